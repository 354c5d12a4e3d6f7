"""What was costly is kept, asked for once, and forgotten when nobody looks at it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog import renderings
from catalog.models import Rendering

pytestmark = pytest.mark.django_db


def test_what_was_kept_is_found(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    renderings.keep("code", "1", {"html": "a"})
    renderings.keep("code", "1", {"html": "b"})
    with django_assert_num_queries(1):
        assert renderings.kept("code", "1") == {"html": "b"}
    assert renderings.kept("code", "2") is None
    assert renderings.kept("text", "1") is None


def test_a_worker_is_asked_once_and_again_when_it_stays_silent() -> None:
    assert renderings.is_asked_first("code", "1")
    assert not renderings.is_asked_first("code", "1")
    assert renderings.kept("code", "1") is None
    Rendering.objects.update(asked_at=timezone.now() - 2 * renderings.PATIENCE)
    assert renderings.is_asked_first("code", "1")
    renderings.keep("code", "1", {"html": "a"})
    Rendering.objects.update(asked_at=timezone.now() - 2 * renderings.PATIENCE)
    assert not renderings.is_asked_first("code", "1")


def test_the_unused_go_and_a_look_keeps_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        renderings.keep("code", str(number), {})
    long_ago = timezone.localdate() - renderings.KEPT - timedelta(days=1)
    Rendering.objects.filter(key__in="01").update(used_on=long_ago)
    renderings.kept("code", "1")
    renderings.forget_unused()
    assert set(Rendering.objects.values_list("key", flat=True)) == set("1234")
    monkeypatch.setattr(renderings, "MOST", 2)
    Rendering.objects.filter(key__in="34").update(used_on=timezone.localdate() - timedelta(days=1))
    renderings.forget_unused()
    assert set(Rendering.objects.values_list("key", flat=True)) == set("12")
