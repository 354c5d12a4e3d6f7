from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.actions.sources import add_source
from catalog.models import Project, SyncRun
from catalog.signals import synced
from catalog.sync import sync_now
from tests.catalog.sync.runs import Run
from tests.repos import build_repo


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "src" / "widget.git", commits=3)


@pytest.fixture
def project(source: Path) -> Project:
    return add_source(str(source)).new[0]


@pytest.fixture
def run(project: Project) -> Run:
    """Syncs the project here and now; the project is then as it was stored."""

    def run_now(**options: Any) -> SyncRun:
        row = sync_now(project, **options)
        assert row is not None
        project.refresh_from_db()
        return row

    return run_now


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What the apps above heard."""
    heard: list[dict[str, Any]] = []

    def hear(*, project: Project, old_head: str, new_head: str, **_: object) -> None:
        heard.append({"project": project.slug, "old": old_head, "new": new_head})

    synced.connect(hear)
    yield heard
    synced.disconnect(hear)
