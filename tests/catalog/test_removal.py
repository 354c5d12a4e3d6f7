"""A source that is removed: nothing that was saved meanwhile is deleted, and nobody waits for what never comes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.actions import removal
from catalog.actions.following import bury
from catalog.actions.removal import finish_removal, remove_source
from catalog.actions.syncing import request_sync
from catalog.models import CodeHost, Project, SyncRun
from forge.mirror import mirror_path
from people.models import User
from tests.create import create_code_host, create_project, create_user
from tests.repos import build_repo

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return create_user("operator", is_staff=True)


def removed(operator: User, *, keep: bool = False) -> CodeHost:
    """A source with two listings that an operator removed."""
    source = create_code_host()
    for slug in ("ledger", "gateway"):
        build_repo(mirror_path(create_project(slug, code_host=source).pk))
    remove_source(source, by=operator, keep=keep)
    return source


def meanwhile(monkeypatch: pytest.MonkeyPatch, **fields: object) -> None:
    """Something happens to all listings or sources after the removal has read which ones there are."""

    def keeper(projects: Sequence[int]) -> Collection[int]:
        if "removal" in fields:
            CodeHost.objects.update(**fields)
        else:
            Project.objects.update(**fields)
        return ()

    monkeypatch.setattr(removal, "keepers", [keeper])


def test_a_source_that_is_added_again_while_it_is_being_removed_keeps_all(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = removed(operator)
    meanwhile(monkeypatch, removal="")
    finish_removal(source.pk)
    assert Project.objects.count() == 2
    assert all(mirror_path(pk).exists() for pk in Project.objects.values_list("pk", flat=True))
    source.refresh_from_db()
    assert source.removal == ""


def test_a_listing_that_another_source_adopts_meanwhile_stays(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, other = removed(operator), create_code_host()
    meanwhile(monkeypatch, code_host=other)
    finish_removal(source.pk)
    assert Project.objects.filter(code_host=other).count() == 2
    assert all(mirror_path(pk).exists() for pk in Project.objects.values_list("pk", flat=True))
    assert not CodeHost.objects.filter(pk=source.pk).exists()


def test_a_removal_leaves_the_worker_to_others_and_goes_on_later(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = removed(operator)
    with monkeypatch.context() as patched:
        patched.setattr(removal, "SPELL", -1.0)
        finish_removal(source.pk)
    assert Project.objects.count() == 2
    finish_removal(source.pk)
    assert not CodeHost.objects.exists()


def test_two_workers_never_remove_one_source_at_once(operator: User) -> None:
    source = removed(operator)
    CodeHost.objects.update(looking_until=timezone.now() + timedelta(minutes=5))
    finish_removal(source.pk)
    assert Project.objects.count() == 2


# ---------------------------------------------------------------- who waits
def test_who_waits_for_a_sync_hears_that_its_source_was_removed(operator: User) -> None:
    source = create_code_host()
    run = request_sync(create_project("ledger", code_host=source))
    other = request_sync(create_project("gateway", code_host=create_code_host()))
    remove_source(source, by=operator, keep=True)
    run.refresh_from_db()
    other.refresh_from_db()
    assert (run.state, run.code, bool(run.message), bool(run.finished_at)) == ("failed", "gone", True, True)
    assert other.state == "queued"


def test_who_waits_for_a_sync_hears_that_its_repository_is_gone() -> None:
    project = create_project("ledger")
    request_sync(project)
    assert bury(project)
    assert not SyncRun.objects.open().exists()
