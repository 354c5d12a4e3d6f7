"""One sync of a project at a time, killed at any moment."""

from typing import Any

import pytest
from django.utils import timezone

from catalog import sync as syncs
from catalog.leases import claim_one
from catalog.models import Project, SyncRun
from catalog.sync import MAX_ATTEMPTS, sync, sync_now
from catalog.telling import Telling
from forge.mirror import Mirror, mirror_path
from tests.catalog.sync.runs import Run, expire, taken

pytestmark = pytest.mark.django_db


def test_who_holds_the_lease_is_the_only_one(project: Project, told: list[dict[str, Any]]) -> None:
    lease = taken(project)
    assert claim_one(project, owner="somebody else") is None
    assert sync_now(project) is None
    sync(lease)
    assert len(told) == 1


def test_somebody_at_the_mirror_keeps_the_sync_waiting_without_a_failure(project: Project) -> None:
    with Mirror(mirror_path(project.pk)).lock():
        row = sync_now(project)
    project.refresh_from_db()
    assert row is not None and row.state == SyncRun.State.QUEUED
    assert (project.sync_state, project.sync_failures, project.lease_until) == (Project.SyncState.NEVER, 0, None)
    assert project.next_sync_at and project.next_sync_at > timezone.now()
    row = sync_now(project)
    assert row is not None and row.state == SyncRun.State.OK


def test_a_killed_workers_sync_is_taken_over(project: Project, told: list[dict[str, Any]]) -> None:
    dead = taken(project)
    Telling(dead).opened()
    expire(project)
    sync(taken(project))
    run = SyncRun.objects.get()
    assert run.state == SyncRun.State.OK
    assert len(told) == 1
    # The one that seemed dead wakes up: it writes nothing more.
    sync(dead)
    project.refresh_from_db()
    assert (project.sync_state, project.sync_attempts) == (Project.SyncState.OK, 0)


def test_news_are_told_again_by_who_takes_over_before_the_lease_ended(
    project: Project, run: Run, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(syncs.synced, "send_robust", killed)
        with pytest.raises(Killed):
            run()
    expire(project)
    assert run().state == SyncRun.State.OK
    assert len(told) == 1


def test_a_worker_that_was_taken_over_records_nothing(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = syncs.read_findings

    def taken_over(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        Project.objects.update(lease_owner="another")
        return found

    monkeypatch.setattr(syncs, "read_findings", taken_over)
    run()
    assert (project.lease_owner, project.synced_commit) == ("another", "")


def test_a_repository_that_kills_its_worker_is_parked(project: Project, run: Run) -> None:
    Project.objects.update(sync_attempts=MAX_ATTEMPTS)
    assert run().code == "given_up"
    assert (project.sync_state, project.next_sync_at) == (Project.SyncState.PARKED, None)
    # Whoever asks for it has it tried again.
    assert run().state == SyncRun.State.OK
