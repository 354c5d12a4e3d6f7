"""Badges say what anybody may know, to anybody, and nothing to nobody of what is restricted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.badges import BADGES, Badge, width_of
from catalog.models import FormerSlug, Project
from people.models import Team, User
from tests.create import create_project

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", owner_team=host_team, head_commit="a" * 40, last_activity=THEN)


def words(client: Client, name: str, **changes: Any) -> str:
    Project.objects.update(**changes)
    answer = client.get(f"/projects/widget/badge/{name}.svg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    picture = ElementTree.fromstring(answer.content)  # noqa: S314
    title = picture.findtext("{http://www.w3.org/2000/svg}title")
    assert title == picture.get("aria-label")
    return title or ""


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("health", {"health_score": 82}, "health: 82 healthy"),
        ("health", {"health_score": 20}, "health: 20 at risk"),
        ("health", {"health_score": None}, "health: unknown"),
        ("activity", {"activity_score": 1200}, "activity: 1200 very high"),
        ("activity", {"last_activity": None}, "activity: unknown"),
        ("lifecycle", {"lifecycle": "production"}, "lifecycle: production"),
        ("lifecycle", {}, "lifecycle: not stated"),
        ("licence", {"license_spdx": "MIT"}, "licence: MIT"),
        ("licence", {}, "licence: none found"),
        ("licence", {"head_commit": ""}, "licence: unknown"),
        ("answers", {"answer_hours": 5}, "answers: in 5 h"),
        ("answers", {"answer_hours": 100}, "answers: in 4 days"),
        ("answers", {}, "answers: promised within 3 days"),
        ("answers", {"owner_team": None}, "answers: unknown"),
        ("contribute", {}, "contribute: propose a change"),
        ("contribute", {"guests_welcomed": 1}, "contribute: 1 guest this year"),
        ("contribute", {"help_wanted": ["docs"]}, "contribute: help wanted"),
        ("contribute", {"lifecycle": "archived"}, "contribute: archived"),
    ],
)
def test_each_badge_says_what_is_known(
    client: Client, project: Project, name: str, changes: dict[str, Any], said: str
) -> None:
    Team.objects.update(answer_promise_days=3)
    assert words(client, name, **changes) == said


def test_words_of_strangers_stay_words(client: Client, project: Project) -> None:
    nasty = '"/><script>alert(1)</script>' + "x" * 60
    said = words(client, "licence", license_spdx=nasty)
    assert said.startswith('licence: "/><script>')
    assert b"<script" not in client.get("/projects/widget/badge/licence.svg").content


@pytest.mark.parametrize("name", BADGES)
def test_it_is_cached_shortly_without_a_cookie(client: Client, project: Project, alice: User, name: str) -> None:
    client.force_login(alice)
    answer = client.get(f"/projects/widget/badge/{name}.svg")
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    again = client.get(f"/projects/widget/badge/{name}.svg", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Project.objects.update(health_score=11, activity_score=11, lifecycle="production", license_spdx="X")
    Project.objects.update(answer_hours=1, help_wanted=["docs"])
    later = client.get(f"/projects/widget/badge/{name}.svg", headers={"If-None-Match": answer["ETag"]})
    assert later.status_code == 200


@pytest.mark.parametrize("hidden", [{"visibility": "teams"}, {"visibility": "admins"}, {"listing": "hidden"}])
def test_what_a_stranger_may_not_see_is_absent_for_its_own_team_too(
    client: Client, project: Project, alice: User, hidden: dict[str, str]
) -> None:
    Project.objects.update(**hidden)
    client.force_login(alice)
    assert client.get("/projects/widget/badge/health.svg").status_code == 404
    assert client.get("/projects/nothing/badge/health.svg").status_code == 404


def test_no_such_badge_and_former_names(client: Client, project: Project) -> None:
    assert client.get("/projects/widget/badge/coolness.svg").status_code == 404
    FormerSlug.objects.create(project=project, slug="gadget")
    answer = client.get("/projects/gadget/badge/health.svg")
    assert answer["Location"] == "/projects/widget/badge/health.svg"


def test_a_badge_costs_one_query(
    client: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get("/projects/widget/badge/answers.svg")


def test_wide_words_get_wide_badges() -> None:
    assert width_of("mmm") > width_of("iii")
    badge = Badge("health", "82 healthy", "good")
    assert badge.width == badge.label_width + badge.value_width
    assert badge.label_width < float(badge.value_middle) < badge.width


def test_the_health_page_has_lines_to_copy(client: Client, project: Project) -> None:
    page = client.get("/projects/widget/health/").content.decode()
    image = "http://127.0.0.1:8000/projects/widget/badge/health.svg"
    assert f"[![health]({image})](http://127.0.0.1:8000/projects/widget/health/)" in page
    assert f".. image:: {image}" in page
    assert f"&lt;img src=&quot;{image}&quot; alt=&quot;health&quot;&gt;" in page
