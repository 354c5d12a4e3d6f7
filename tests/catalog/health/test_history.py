"""How a score moved is remembered: when it moved, and once a week while it stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.actions.sources import add_source
from catalog.files import FileFacts
from catalog.health.score import FORMULA
from catalog.models import HealthResult, HealthScore, LastRead, Project, Waiver
from catalog.scoring import KEPT, remember_score
from catalog.sync import sync_now
from people.models import User
from tests.create import create_project
from tests.repos import add_commit, build_repo

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def project() -> Project:
    return create_project("widget")


def rows(project: Project) -> list[tuple[datetime, int | None]]:
    return list(project.health_history.order_by("at").values_list("at", "score"))


def test_a_score_that_stands_still_is_written_once_a_week(project: Project) -> None:
    for days in range(10):
        remember_score(project, 70, now=NOW + days * DAY)
    assert rows(project) == [(NOW, 70), (NOW + 7 * DAY, 70)]


def test_a_score_that_moved_is_written_at_once_and_a_day_has_one_row(project: Project) -> None:
    remember_score(project, 70, now=NOW)
    remember_score(project, 80, now=NOW + timedelta(hours=1))
    remember_score(project, 90, now=NOW + DAY)
    remember_score(project, None, now=NOW + 2 * DAY)
    assert rows(project) == [(NOW + timedelta(hours=1), 80), (NOW + DAY, 90), (NOW + 2 * DAY, None)]


def test_another_formula_is_another_row(project: Project) -> None:
    project.health_history.create(at=NOW, score=70, formula="1")
    remember_score(project, 70, now=NOW + DAY)
    assert list(project.health_history.values_list("formula", flat=True)) == [FORMULA, "1"]


def test_what_was_never_known_has_no_history_and_old_rows_are_forgotten(project: Project) -> None:
    remember_score(project, None, now=NOW)
    assert rows(project) == []
    remember_score(project, 50, now=NOW - KEPT - DAY)
    remember_score(project, 60, now=NOW)
    assert rows(project) == [(NOW, 60)]


def test_a_sync_writes_it_and_an_empty_repository_has_no_score(tmp_path: Path) -> None:
    repo = build_repo(tmp_path / "src" / "gears.git")
    project = add_source(str(repo)).new[0]
    sync_now(project)
    project.refresh_from_db()
    assert [score for _, score in rows(project)] == [project.health_score]
    empty = build_repo(tmp_path / "other" / "empty.git")
    (empty / "refs" / "heads" / "main").unlink()
    nothing = add_source(str(empty)).new[0]
    sync_now(nothing)
    nothing.refresh_from_db()
    assert nothing.health_score is None
    assert set(nothing.health_results.values_list("result", flat=True)) == {"unknown"}
    assert rows(nothing) == []


def test_a_sync_leaves_out_what_is_waived(tmp_path: Path, alice: User) -> None:
    repo = build_repo(tmp_path / "src" / "gears.git")
    project = add_source(str(repo)).new[0]
    sync_now(project)
    project.refresh_from_db()
    before = project.health_score
    until = datetime.now(UTC).date() + DAY
    Waiver.objects.create(project=project, check_key="ci", author=alice, reason="None.", until=until)
    add_commit(repo, files={"a.txt": "a\n"})
    sync_now(project)
    project.refresh_from_db()
    assert before is not None and project.health_score is not None
    assert project.health_score > before
    assert project.health_results.get(check_key="ci").result == "fail"


def test_the_page_draws_the_line_and_costs_the_same_however_long(
    client: Client, project: Project, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Project.objects.update(first_activity=NOW, last_activity=NOW, weekly_until=NOW.date(), synced_commit="a" * 40)
    LastRead.objects.create(project=project, commit="a" * 40, files=FileFacts().as_json())
    HealthResult.objects.create(project=project, check_key="ci", result="fail")
    remember_score(project, 70, now=NOW - 300 * DAY)
    with django_assert_num_queries(QUERIES):
        assert "How it moved" in client.get("/projects/widget/health/").content.decode()
    for number in range(150):
        project.health_history.create(at=NOW - number * DAY, score=number % 101, formula="1")
        if number < 10:
            Waiver.objects.create(project=project, check_key=f"c{number}", author=alice, reason="x", until=NOW)
    with django_assert_num_queries(QUERIES):
        page = client.get("/projects/widget/health/").content.decode()
    assert page.count("<polyline") == 1
    assert page.split("Health scores as a table")[1].split("</table>")[0].count("<tr>") == 105
    assert HealthScore.objects.count() == 151


# The project, its checks, who waived what, the history, whether there is a contribution guide, what was read last,
# who commits often.
QUERIES = 7
