"""What a running sync tells of itself, and how it learns that it takes long."""

from types import SimpleNamespace

import pytest

from catalog import sync as syncs
from catalog.actions.syncing import request_sync
from catalog.models import Project, SyncRun
from catalog.sync import sync
from catalog.telling import Telling, TooLong
from forge.types import Progress
from tests.catalog.sync.runs import taken

pytestmark = pytest.mark.django_db


def test_progress_is_seen_and_not_written_too_often(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([9.0, 10.0, 10.1, 10.6])
    monkeypatch.setattr("catalog.telling.time", SimpleNamespace(monotonic=lambda: next(clock)))
    telling = Telling(taken(project))
    for objects in (1, 2, 3):
        telling.hear(Progress("receiving", 10 * objects, objects, 1000 * objects))
        row = SyncRun.objects.get()
        assert row.objects_done == (3 if objects == 3 else 1)
    assert (row.phase, row.percent, row.bytes_done) == ("receiving", 30, 3000)


def test_only_the_time_since_it_began_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1000.0, 1089.0, 1091.0])
    monkeypatch.setattr("catalog.telling.time", SimpleNamespace(monotonic=lambda: next(clock)))
    telling = Telling(taken(project), is_quick=True)
    telling.tell("receiving")
    with pytest.raises(TooLong):
        telling.tell("receiving")


def test_a_fetch_that_brings_much_moves_to_the_long_lane(project: Project) -> None:
    telling = Telling(taken(project), is_quick=True)
    with pytest.raises(TooLong):
        telling.hear(Progress("receiving", 0, 1, 1000, total=10**6))


def test_what_takes_long_begins_anew_in_the_long_lane_without_a_failure(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(*_: object, **__: object) -> None:
        raise TooLong

    request_sync(project)
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", long)
        sync(taken(project), is_quick=True)
    project.refresh_from_db()
    assert (project.sync_lane, project.sync_state) == (Project.Lane.LONG, Project.SyncState.NEVER)
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED
    sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_lane, project.sync_state) == (Project.Lane.QUICK, Project.SyncState.OK)
    assert SyncRun.objects.get().state == SyncRun.State.OK
