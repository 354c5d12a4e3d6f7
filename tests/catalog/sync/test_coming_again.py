"""When a project is synced again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog import sync as syncs
from catalog.actions.syncing import bring_forward
from catalog.ending import PARK_AFTER
from catalog.models import Project, SyncRun
from catalog.pace import SPACING
from catalog.sync import sync
from tests.catalog.sync.runs import Run, taken

pytestmark = pytest.mark.django_db


def test_a_project_that_moves_is_looked_at_again_soon(project: Project, run: Run, settings: LazySettings) -> None:
    settings.SYNC_INTERVAL_LEAST, settings.SYNC_INTERVAL_MOST = 900, 86_400
    run()
    assert project.next_sync_at
    assert timedelta(minutes=13) < project.next_sync_at - timezone.now() < timedelta(minutes=17)
    Project.objects.update(moved_at=timezone.now() - timedelta(days=30), last_activity=None)
    run()
    assert timedelta(hours=21) < project.next_sync_at - timezone.now() < timedelta(hours=27)


def test_a_failing_source_is_asked_less_and_less_often_and_parked_in_the_end(
    project: Project, source: Path, run: Run
) -> None:
    source.rename(source.with_name("away.git"))
    waits = []
    for _ in range(PARK_AFTER - 1):
        run()
        assert project.next_sync_at and project.sync_state == Project.SyncState.FAILED
        waits.append(project.next_sync_at - timezone.now())
    assert waits[0] < timedelta(minutes=17) < timedelta(minutes=26) < waits[1] < waits[2]
    assert waits[-1] < timedelta(hours=27)
    run()
    assert (project.sync_state, project.sync_code, project.next_sync_at) == (
        Project.SyncState.PARKED,
        "gone",
        None,
    )


def test_what_was_wanted_while_a_sync_ran_comes_soon(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read = syncs.read_findings

    def asked_meanwhile(*args: Any, **options: Any) -> Any:
        bring_forward(project)
        bring_forward(project)
        return read(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", asked_meanwhile)
        sync(taken(project))
    project.refresh_from_db()
    assert project.next_sync_at and project.next_sync_at <= timezone.now() + SPACING
    assert project.sync_reason == Project.Reason.WEBHOOK
    sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_wanted_at, project.sync_reason) == (None, Project.Reason.SCHEDULE)


def test_quiet_runs_leave_one_row(project: Project, run: Run) -> None:
    for _ in range(4):
        run()
    assert SyncRun.objects.filter(changed=True).count() == 1
    assert SyncRun.objects.filter(changed=False).count() == 1
