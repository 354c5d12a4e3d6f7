"""A sync that fails is coded, and keeps what was read before."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog import sync as syncs
from catalog.models import Project, SyncRun
from catalog.signals import synced
from tests.catalog.sync.runs import Run
from tests.repos import add_commit, git, tip

pytestmark = pytest.mark.django_db


def test_a_source_that_is_gone_keeps_the_last_good_facts(project: Project, source: Path, run: Run) -> None:
    run()
    source.rename(source.with_name("away.git"))
    row = run()
    assert (row.state, row.code) == (SyncRun.State.FAILED, "gone")
    assert (project.sync_state, project.sync_code) == (Project.SyncState.FAILED, "gone")
    assert project.sync_message and project.sync_cure
    assert project.commit_count == 3 and project.guides.filter(kind="readme").exists()
    source.with_name("away.git").rename(source)
    run()
    assert (project.sync_state, project.sync_code, project.sync_cure) == (Project.SyncState.OK, "", "")


def test_a_source_that_lost_its_branches_is_followed_only_when_told_to(
    project: Project, source: Path, run: Run
) -> None:
    run()
    git(source, "update-ref", "-d", "refs/heads/main")
    assert run().code == "emptied"
    assert project.commit_count == 3
    assert run(accept_loss=True).state == SyncRun.State.OK
    assert (project.commit_count, project.head_commit, project.guides.count()) == (0, "", 0)


def test_a_loss_that_is_seen_three_times_hours_apart_is_believed(project: Project, source: Path, run: Run) -> None:
    run()
    git(source, "update-ref", "-d", "refs/heads/main")
    for _ in range(2):
        assert run().code == "emptied"
        # Looking again at once makes nothing more certain.
        assert run().code == "emptied"
        project.loss["at"] = (timezone.now() - timedelta(hours=2)).isoformat()
        project.save(update_fields=["loss"])
    assert run().state == SyncRun.State.OK
    assert (project.commit_count, project.loss) == (0, {})


def test_after_a_failure_nothing_is_taken_for_granted(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    add_commit(source, files={"a.txt": "a\n"})
    git(source, "tag", "v1", "main")
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "record", lambda *_, **__: 1 / 0)
        assert run().code == "internal"
    git(source, "tag", "--delete", "v1")
    git(source, "update-ref", "refs/heads/main", "main~1")
    assert run().changed
    assert (project.commit_count, project.head_commit, project.tags.count()) == (3, tip(source), 0)


def test_a_mistake_of_ours_is_coded_and_logged(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", lambda *_, **__: 1 / 0)
        assert run().code == "internal"
    assert "ZeroDivisionError" in caplog.text
    assert run().state == SyncRun.State.OK
    assert project.commit_count == 3


def test_a_failing_receiver_does_not_fail_the_sync(project: Project, run: Run, told: list[dict[str, Any]]) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("not my day")

    synced.connect(fail)
    try:
        assert run().state == SyncRun.State.OK
    finally:
        synced.disconnect(fail)
    assert len(told) == 1
