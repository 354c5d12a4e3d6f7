"""The activity page: what a sync summed up of a year, shown with the owner of today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.facts.activity import DAYS, WEEKS, Activity
from catalog.models import ActivityYear, Contributor, Project, Tag
from catalog.yearly import record_year, year_of
from people.models import Membership, Team, User
from tests.create import create_project, create_team, create_user, join

# Session and user, her teams and those above, the project, its year, teams, releases.
QUERIES = 8


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", name="Widget", owner_team=host_team, head_commit="a" * 40)


def this_monday() -> datetime:
    now = timezone.now().astimezone(UTC)
    return now - timedelta(days=now.weekday())


def wrote(project: Project, user: User | None, commits: int, *, name: str = "") -> None:
    week = this_monday().date()
    Contributor.objects.create(
        project=project,
        name=name or str(user),
        email=user.email if user else f"{name}@else.example",
        user=user,
        commits=commits,
        first_at=this_monday(),
        last_at=this_monday(),
        weeks={week.isoformat(): [commits, 10 * commits, 0]},
        last_week=week,
    )


def record(project: Project) -> None:
    days = (0,) * (DAYS - 1) + (9,)
    record_year(project, Activity(0, (), ((0, 0, 0),) * WEEKS, this_monday().date(), None, None, daily=days))


def page(client: Client) -> str:
    answer = client.get("/projects/widget/activity/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_work_is_told_apart_by_team(
    client: Client, project: Project, alice: User, charlie: User, guest_team: Team
) -> None:
    wrote(project, alice, 6)
    wrote(project, charlie, 3)
    wrote(project, None, 1, name="stranger")
    record(project)
    body = page(client)
    assert "10 commits in 52 weeks; 30 % of them by people of other teams than Platform." in body
    assert f"/teams/{guest_team.slug}/" in body
    assert "60 %" in body
    assert "the absence factor is 1" in body
    assert body.count("Show as table") == 3


def test_the_owner_of_today_is_the_host(client: Client, project: Project, charlie: User, guest_team: Team) -> None:
    wrote(project, charlie, 3)
    record(project)
    assert "100 % of them by people of other teams" in page(client)
    Project.objects.update(owner_team=guest_team)
    assert "0 % of them by people of other teams" in page(client)
    Project.objects.update(owner_team=None)
    assert "No team owns this project" in page(client)


def test_a_new_membership_counts_at_the_next_record(project: Project, alice: User) -> None:
    Membership.objects.all().delete()
    wrote(project, alice, 1)
    record(project)
    assert list(year_of(project).teams) == ["unknown"]  # type: ignore[union-attr]
    join(alice, project.owner_team)  # type: ignore[arg-type]
    record(project)
    assert list(year_of(project).teams) == [str(project.owner_team_id)]  # type: ignore[union-attr]


def test_who_came_years_ago_with_another_address_is_not_new(project: Project, alice: User) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    wrote(project, alice, 1)
    Contributor.objects.create(
        project=project,
        name="A",
        email="a@old.example",
        user=alice,
        commits=1,
        first_at=long_ago,
        last_at=long_ago,
    )
    record(project)
    assert sum(month.new for month in year_of(project).months) == 0  # type: ignore[union-attr]


def test_a_team_that_was_removed_has_no_name(client: Client, project: Project, charlie: User) -> None:
    team = create_team("Short-lived")
    Membership.objects.filter(user=charlie).delete()
    join(charlie, team)
    wrote(project, charlie, 1)
    record(project)
    team.delete()
    assert "A former team" in page(client)


def test_before_the_first_count_it_says_so(client: Client, project: Project) -> None:
    assert "Not counted yet" in page(client)


def test_a_quiet_year_says_so(client: Client, project: Project) -> None:
    record(project)
    assert "Nothing happened in the last 52 weeks" in page(client)


def test_releases_have_a_rhythm(client: Client, project: Project) -> None:
    for number, days in enumerate((300, 200, 100)):
        at = timezone.now() - timedelta(days=days)
        Tag.objects.create(project=project, name=f"v1.{number}", commit="c" * 40, tagged_at=at, is_release=True)
    body = page(client)
    assert "Usually 100 days between two releases" in body
    assert "more than twice as long as usual" not in body
    Tag.objects.create(project=project, name="<b>", commit="c" * 40, tagged_at=timezone.now(), is_release=True)
    assert "<b>" not in page(client)


def test_names_of_the_future_and_of_another_version_do_no_harm(client: Client, project: Project) -> None:
    future = timezone.now() + timedelta(days=4000)
    Tag.objects.create(project=project, name="v9", commit="c" * 40, tagged_at=future, is_release=True)
    assert "v9" in page(client)


def test_queries_do_not_grow(
    client: Client,
    alice: User,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.context.queue_count", None)
    client.force_login(alice)
    wrote(project, alice, 1)
    record(project)
    with django_assert_num_queries(QUERIES):
        page(client)
    for number in range(20):
        user = create_user()
        join(user, create_team())
        wrote(project, user, 1)
        Tag.objects.create(
            project=project, name=f"v{number}", commit="c" * 40, tagged_at=timezone.now(), is_release=True
        )
    record(project)
    with django_assert_num_queries(QUERIES):
        page(client)


def test_recording_takes_four_queries_for_any_number_of_authors(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        user = create_user()
        join(user, create_team())
        wrote(project, user, 1)
    with django_assert_num_queries(4):
        record(project)
    assert ActivityYear.objects.count() == 1
