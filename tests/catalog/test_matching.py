"""Thousands of keys from the index, as one parameter of a query."""

from __future__ import annotations

import pytest

from catalog.matching import among
from catalog.models import Project
from tests.create import create_project


@pytest.mark.django_db
def test_only_those_among_the_keys() -> None:
    first, second = create_project("first"), create_project("second")
    create_project("third")
    found = among(Project.objects.all(), [second.pk, first.pk, 999_999])
    assert set(found) == {first, second}
    assert not among(Project.objects.all(), []).exists()


@pytest.mark.django_db
def test_ten_thousand_keys_are_one_parameter() -> None:
    only = create_project("only")
    found = among(Project.objects.all(), range(only.pk, only.pk + 10_000))
    assert list(found) == [only]
    assert len(found.query.sql_with_params()[1]) == 1


@pytest.mark.django_db
def test_it_stands_inside_other_questions() -> None:
    only = create_project("only")
    other = create_project("other")
    inner = among(Project.objects.all(), [only.pk]).order_by()
    assert list(Project.objects.filter(pk__in=inner)) == [only]
    assert list(Project.objects.exclude(pk__in=inner)) == [other]
