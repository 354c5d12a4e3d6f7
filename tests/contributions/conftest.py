from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog.models import Project
from contributions.models import Request
from forge.mirror import Mirror, mirror_path
from forge.urls import parse_remote
from people.models import Team, User
from tests.create import create_code_host, create_project, create_request
from tests.repos import build_repo

#: A day in the past, recent enough for every window that is counted.
A_DAY = timezone.now() - timedelta(days=20)


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", name="Widget", owner_team=host_team)


@pytest.fixture
def request_(project: Project, charlie: User, guest_team: Team) -> Request:
    """Charlie of Checkout asks Platform for something and would do it himself."""
    before = A_DAY - timedelta(days=1)
    return create_request(project, charlie, guest_team=guest_team, created_at=before, turn_since=before)


@pytest.fixture
def repo(tmp_path: Path, settings: LazySettings) -> Path:
    """The project's repository; forks may lie beside it."""
    settings.SOURCE_FOLDERS = [tmp_path / "git"]
    (tmp_path / "git").mkdir()
    return build_repo(tmp_path / "git" / "widget.git", commits=2)


@pytest.fixture
def real_project(repo: Path, host_team: Team) -> Project:
    """A project whose mirror holds the repository."""
    host = create_code_host(address=str(repo.parent))
    project = create_project(
        "widget", name="Widget", owner_team=host_team, code_host=host, path="widget.git", remote=str(repo)
    )
    return synced(project)


def synced(project: Project) -> Project:
    """What a sync does that matters here: the mirror follows, and the project knows its head."""
    with Mirror(mirror_path(project.pk)).lock() as mirror:
        found = mirror.update(parse_remote(project.remote))
    project.default_branch, project.head_commit = found.default_branch or "", found.head or ""
    project.save(update_fields=["default_branch", "head_commit"])
    return project
