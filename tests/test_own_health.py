"""The portal passes its own health check: its readers read its own checkout and find nothing to mend."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from catalog.actions.sources import add_source
from catalog.guiding import guide_of
from catalog.models import Project
from catalog.sync import sync_now
from tests.repos import BOB, add_commit, build_repo, git

pytestmark = pytest.mark.django_db


def tracked() -> dict[str, bytes]:
    """The files of this checkout as they are now."""
    names = git(settings.BASE_DIR, "-c", f"safe.directory={settings.BASE_DIR}", "ls-files").splitlines()
    return {name: path.read_bytes() for name in names if (path := settings.BASE_DIR / name).is_file()}


@pytest.fixture
def portal(tmp_path: Path) -> Project:
    """The checkout as a repository. Its history is made up: two people, this month, and a release."""
    at = timezone.now() - timedelta(days=3)
    repo = build_repo(tmp_path / "git" / "portal.git", files=tracked(), at=at)
    add_commit(repo, files={"NEWS": "More.\n"}, author=BOB)
    git(repo, "tag", "v0.1.0", "main")
    project = add_source(str(repo)).new[0]
    sync_now(project)
    project.refresh_from_db()
    return project


def test_the_portal_has_full_marks(portal: Project) -> None:
    assert (portal.sync_state, portal.sync_message) == (Project.SyncState.OK, "")
    results = portal.health_results.exclude(result="unknown").exclude(result="pass")
    assert dict(results.values_list("check_key", "evidence")) == {}
    assert portal.health_score == 100


def test_the_portal_is_described_by_its_own_metadata(portal: Project) -> None:
    assert portal.name == "InnerSource portal"
    assert portal.summary
    assert portal.license_spdx == "Apache-2.0"
    assert portal.main_language == "Python"
    assert set(portal.topics.values_list("name", flat=True)) >= {"innersource", "developer-portal"}
    assert "Python" in portal.skills


def test_the_portals_guide_answers_what_a_newcomer_asks(portal: Project, client: Client) -> None:
    page = client.get(f"/projects/{portal.slug}/guide/").content.decode()
    for words in ("Set up", "What we look for", "Report a problem", "Contributions welcome"):
        assert words in page
    found = guide_of(portal)
    assert {part.topic for part in found.unknown} == set()
    assert [draft.key for draft in found.drafts] == []
