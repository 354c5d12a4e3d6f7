"""What a sync sums up of a year, and the packages that it finds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from catalog.models import ActivityYear, Package, Project
from catalog.yearly import year_of
from forge.fast_import import Author
from people.models import Team, User
from tests.catalog.sync.runs import Run
from tests.create import create_user, join
from tests.repos import add_commit

pytestmark = pytest.mark.django_db

BOT = Author("renovate[bot]", "bot@corp.example")


def author_of(user: User) -> Author:
    return Author(user.name, user.email)


def test_a_year_goes_on_from_sync_to_sync_as_if_counted_afresh(
    project: Project, source: Path, run: Run, host_team: Team, charlie: User
) -> None:
    Project.objects.update(owner_team=host_team, curated_fields=["owner_team"])
    host = create_user("hostess")
    join(host, host_team)
    now = timezone.now()
    for number, author in enumerate((author_of(host), author_of(charlie), BOT, author_of(charlie))):
        at = now - timedelta(days=200 - 50 * number)
        add_commit(source, files={f"{number}.txt": "x\n" * (number + 1)}, author=author, at=at)
        run()
    kept = ActivityYear.objects.values("days", "sums", "until").get()
    year = year_of(project)
    assert year is not None
    assert sum(year.days) == sum(project.weekly_commits)
    assert year.teams[str(host_team.pk)].total == 1
    assert year.teams[str(charlie.memberships.get().team_id)].total == 2
    assert year.teams[str(charlie.memberships.get().team_id)].lines == 6
    assert (year.teams["bots"].total, year.bots) == (1, 1)
    Project.objects.update(facts_version=0)
    run()
    assert ActivityYear.objects.values("days", "sums", "until").get() == kept


def test_packages_follow_their_manifests(project: Project, source: Path, run: Run) -> None:
    run()
    assert not Package.objects.exists()
    add_commit(source, files={"pyproject.toml": '[project]\nname = "acme-widget"\nversion = "1.0"\n'})
    run()
    found = Package.objects.values_list("ecosystem", "name", "version", "path")
    assert list(found) == [("pypi", "acme-widget", "1.0", "pyproject.toml")]
    before = Package.objects.get()
    add_commit(source, files={"src/a.py": "x = 1\n"})
    run()
    assert Package.objects.get() == before
    add_commit(source, files={"pyproject.toml": None, "widget.gemspec": "s.name = 'widget'\n"})
    run()
    assert list(found.all()) == [("gem", "widget", "", "widget.gemspec")]


def test_a_project_without_a_year_is_counted_afresh(project: Project, source: Path, run: Run) -> None:
    run()
    ActivityYear.objects.all().delete()
    add_commit(source, files={"a.txt": "a"})
    run()
    assert project.commit_count == 4
    assert ActivityYear.objects.count() == 1
