"""Ends that were not planned: a worker that dies, a database that goes away, a wish that comes in the middle."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from catalog import sync as syncs
from catalog import telling
from catalog.actions.syncing import bring_forward, request_sync
from catalog.models import Project, SyncRun
from catalog.pace import SPACING
from catalog.signals import synced
from catalog.sync import sync, sync_now
from catalog.telling import Telling
from forge.mirror import Mirror, mirror_path
from tests.catalog.sync.runs import expire, taken
from tests.repos import add_branch, add_commit, git

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(project: Project) -> Project:
    """It was synced once."""
    sync_now(project)
    project.refresh_from_db()
    return project


Killed = type("Killed", (BaseException,), {})


def dies(*_: object, **__: object) -> None:
    raise Killed


def gone(*_: object, **__: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


# ---------------------------------------------------------------- a worker that dies
def test_a_row_that_a_dead_worker_left_open_is_closed_though_there_is_nothing_new(project: Project) -> None:
    Telling(taken(project)).opened()
    expire(project)
    sync(taken(project))
    assert set(SyncRun.objects.values_list("state", flat=True)) == {SyncRun.State.OK}


def test_news_of_a_side_branch_outlive_a_dead_worker_and_the_git_that_it_left(
    project: Project, source: Path, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_branch(source, "feature")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(syncs, "read", dies)
        sync(taken(project))
    expire(project)
    with Mirror(mirror_path(project.pk)).lock():
        # Its git still holds the mirror.
        sync(taken(project))
    assert told == []
    sync(taken(project))
    project.refresh_from_db()
    assert (len(told), project.branch_count, project.sync_attempts) == (1, 2, 0)


def test_a_project_that_went_while_it_was_synced_ends_quietly(
    project: Project, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_commit(source, files={"a.txt": "a\n"})
    lease = taken(project)

    def removed(*_: object, **__: object) -> None:
        Project.objects.all().delete()
        raise RuntimeError("no such row")

    monkeypatch.setattr(syncs, "read_findings", removed)
    sync(lease)
    assert not SyncRun.objects.exists()


# ---------------------------------------------------------------- a database or a disk that fails
@pytest.mark.parametrize("step", ["known_of", "reach_of"])
def test_a_database_that_goes_away_in_the_middle_is_no_failure(
    project: Project, source: Path, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    new = add_commit(source, files={"a.txt": "a\n"})
    request_sync(project)
    with monkeypatch.context() as patch:
        patch.setattr(syncs, step, gone)
        sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_state, project.sync_failures, project.lease_until) == ("ok", 0, None)
    assert SyncRun.objects.open().get().state == SyncRun.State.QUEUED
    sync(taken(project))
    project.refresh_from_db()
    assert (project.synced_commit, [each["new"] for each in told]) == (new, [new])
    assert not SyncRun.objects.open().exists()


@pytest.mark.parametrize("has_news", [True, False])
def test_a_row_that_was_written_though_the_answer_got_lost_is_ended(
    project: Project, source: Path, monkeypatch: pytest.MonkeyPatch, has_news: bool
) -> None:
    if has_news:
        add_commit(source, files={"a.txt": "a\n"})
    SyncRun.objects.all().delete()

    @contextmanager
    def answer_lost() -> Iterator[None]:
        with transaction.atomic():
            yield
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(telling, "TELL_EVERY", 0)
    monkeypatch.setattr(telling, "transaction", SimpleNamespace(atomic=answer_lost))
    lease = taken(project)
    if not has_news:
        # Whoever reads a source without news tells nothing by itself.
        monkeypatch.setattr(syncs, "update_mirror", telling_first(syncs.update_mirror))
    sync(lease)
    assert not SyncRun.objects.open().exists()
    assert SyncRun.objects.get().started_at == lease.at


def test_a_sync_that_is_put_off_ends_its_row_though_the_answer_got_lost(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    SyncRun.objects.all().delete()
    telling_of_it = Telling(taken(project))
    telling_of_it.opened()
    telling_of_it.run, telling_of_it.is_unsure = None, True
    telling_of_it.close(state=SyncRun.State.QUEUED)
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED


def test_a_row_whose_commit_failed_is_made_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def rolled_back() -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        raise OperationalError("disk full")

    SyncRun.objects.all().delete()
    telling_of_it = Telling(taken(project))
    with monkeypatch.context() as patch:
        patch.setattr(telling, "transaction", SimpleNamespace(atomic=rolled_back))
        telling_of_it.say()
    assert not SyncRun.objects.exists()
    telling_of_it.conclude(state=SyncRun.State.FAILED, code="gone")
    assert SyncRun.objects.get().code == "gone"


def telling_first(update: Callable[..., Any]) -> Callable[..., Any]:
    def told(project: Project, mirror: Mirror, telling: Telling, **more: Any) -> Any:
        telling.tell("connecting")
        return update(project, mirror, telling, **more)

    return told


def test_a_receiver_that_the_database_failed_hears_it_again(project: Project, source: Path) -> None:
    heard: list[str] = []

    def hear(*, new_head: str, **_: object) -> None:
        heard.append(new_head)
        if len(heard) == 1:
            gone()

    synced.connect(hear)
    try:
        new = add_commit(source, files={"a.txt": "a\n"})
        sync(taken(project))
        sync(taken(project))
    finally:
        synced.disconnect(hear)
    assert heard == [new, new]


def test_what_the_database_refuses_for_good_does_not_come_for_ever(
    project: Project, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_commit(source, files={"a.txt": "a\n"})
    monkeypatch.setattr(syncs, "known_of", gone)
    for _ in range(syncs.MAX_ATTEMPTS + 1):
        sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_state, project.sync_code) == ("parked", "given_up")


def test_a_full_disk_is_no_failure_wherever_it_shows(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Mirror, "lock", full)
    for _ in range(2 * syncs.MAX_ATTEMPTS):
        sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_state, project.sync_failures) == ("ok", 0)
    assert project.next_sync_at and project.next_sync_at > timezone.now() + timedelta(minutes=4)


# ---------------------------------------------------------------- a wish that comes in the middle
Wish = Callable[[Project], Any]


@pytest.mark.parametrize("wish", [bring_forward, request_sync])
def test_a_wish_counts_though_the_clock_of_its_machine_is_behind(
    project: Project, monkeypatch: pytest.MonkeyPatch, wish: Wish
) -> None:
    lease = taken(project)
    with monkeypatch.context() as patch:
        patch.setattr("catalog.actions.syncing.timezone.now", lambda: lease.at - timedelta(minutes=5))
        wish(project)
    sync(lease)
    assert list(Project.objects.due(now=timezone.now() + SPACING)) == [project]
    sync(taken(project))
    assert not Project.objects.due().exists()


def test_who_accepts_a_loss_while_a_sync_refuses_it_gets_one_that_does_not(
    project: Project, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_sync(project)
    telling = Telling(lease := taken(project))
    request_sync(project, accepts_loss=True)
    syncs.close(lease, telling, trouble=syncs.INTERNAL)
    assert SyncRun.objects.open().get().accepts_loss
    sync(taken(project))
    assert not SyncRun.objects.open().exists()


def test_a_worker_that_was_taken_over_moves_no_branches_back(project: Project, source: Path) -> None:
    add_branch(source, "feature")
    lease = taken(project)
    Project.objects.update(lease_owner="another")
    sync(lease)
    project.refresh_from_db()
    assert project.branch_count == 1


def test_a_release_of_a_commit_that_was_read_before_counts_at_once(project: Project, source: Path) -> None:
    git(source, "tag", "v1.0", "main")
    sync(taken(project))
    assert project.health_results.get(check_key="releases").evidence != "There is no release."
    before = list(project.health_results.values_list("check_key", "result", "evidence"))
    Project.objects.update(facts_at=timezone.now() - timedelta(days=100))
    sync(taken(project))
    assert before == list(project.health_results.values_list("check_key", "result", "evidence"))
