"""Long histories are made quick to read beside the syncs, and never in their way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import broker, histories
from catalog import sync as syncs
from catalog.models import Project
from catalog.sync import sync_now
from forge import reading, upkeep
from forge.mirror import Mirror, mirror_path
from tests.create import create_project
from tests.repos import add_commit, git

pytestmark = pytest.mark.django_db

TASK = "catalog.tasks.index_history"


@pytest.fixture
def project(project: Project) -> Project:
    """It was synced once."""
    sync_now(project)
    project.refresh_from_db()
    return project


def graph(project: Project) -> Path:
    return mirror_path(project.pk) / "objects" / "info" / "commit-graphs" / "commit-graph-chain"


def written(project: Project) -> bytes:
    """The layer that the chain names."""
    chain = graph(project)
    return (chain.parent / f"graph-{chain.read_text().strip()}.graph").read_bytes()


def test_it_is_written_step_by_step_and_nothing_reads_otherwise(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "PATHS_AT_ONCE", 2)
    monkeypatch.setattr(upkeep, "PATHS_AT_ONCE", 2)
    mirror = Mirror(mirror_path(project.pk))
    before = [each.id for each in reading.log(mirror, project.head_commit, path="CHANGES")]
    with mirror.lock():
        mirror.index_history()
    first = written(project)
    histories.index(project)
    assert b"BDAT" in first
    assert len(written(project)) > len(first)
    assert [each.id for each in reading.log(mirror, project.head_commit, path="CHANGES")] == before
    assert git(mirror.path, "commit-graph", "verify") == ""


def test_while_a_sync_runs_it_is_left_alone(project: Project) -> None:
    with Mirror(mirror_path(project.pk)).lock():
        histories.index(project)
    assert not graph(project).exists()


def test_a_project_without_a_mirror_is_left_alone() -> None:
    histories.index(create_project("unread"))


def test_only_news_of_a_long_history_asks_for_it(
    project: Project, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(broker, "hint", lambda task, *words, **more: bool(asked.append(task)) or True)
    monkeypatch.setattr(syncs, "LONG_HISTORY", 5)
    for commits, expected in ((4, 0), (5, 1)):
        add_commit(source, files={"more.txt": f"{commits}"})
        sync_now(project)
        project.refresh_from_db()
        assert (project.commit_count, asked.count(TASK)) == (commits, expected)
    sync_now(project)
    assert asked.count(TASK) == 1
