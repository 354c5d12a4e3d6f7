"""Home: what each kind of visitor finds first."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from catalog.models import Project
from contributions.models import Credit
from people.models import Team, User
from tests.create import create_curator, create_project, create_request, create_user, join

pytestmark = pytest.mark.django_db


def home(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return str(response.content.decode())


def merged(project: Project, user: User, guest_team: Team, **fields: Any) -> Credit:
    request = create_request(project, user, guest_team=guest_team, state="merged", **fields)
    return Credit.objects.create(
        request=request,
        project=project,
        user=user,
        guest_team=guest_team,
        host_team=project.owner_team,
        commit="a" * 40,
        merged_at=timezone.now(),
    )


def test_a_visitor_finds_projects_help_wanted_and_the_way_in(client: Client, host_team: Team) -> None:
    create_project("widget", name="Widget", owner_team=host_team, help_wanted=["Documentation"])
    page = home(client)
    for words in ("1 project of 1 team", "Widget", "Looking for help", "Sign in", "New in the catalog"):
        assert words in page
    assert "Waits for me" not in page


def test_an_empty_portal_says_what_comes_first(client: Client) -> None:
    assert "An operator adds the company" in home(client)
    client.force_login(create_user("operator", is_staff=True, is_superuser=True))
    assert "Add a source" in home(client)


def test_somebody_signed_in_sees_their_teams_projects_and_queue(
    client: Client, host_team: Team, alice: User, charlie: User
) -> None:
    project = create_project("widget", name="Widget", owner_team=host_team)
    create_request(project, charlie, title="Turn left as well")
    client.force_login(alice)
    page = home(client)
    assert "My teams' projects" in page
    assert "Turn left as well" in page
    client.force_login(charlie)
    assert "My teams" not in home(client)


def test_contributions_across_teams_are_shown_and_those_inside_are_not(
    client: Client, host_team: Team, guest_team: Team, alice: User, charlie: User
) -> None:
    project = create_project("widget", owner_team=host_team)
    merged(project, charlie, guest_team, title="From afar")
    merged(project, alice, host_team, title="From within")
    page = home(client)
    assert "From afar" in page
    assert "From within" not in page


def test_restricted_listings_are_neither_named_nor_counted(
    client: Client, host_team: Team, guest_team: Team, alice: User, charlie: User
) -> None:
    create_project("widget")
    hidden = [
        create_project("marker-teams", owner_team=host_team, visibility="teams", help_wanted=["marker"]),
        create_project("marker-admins", owner_team=host_team, visibility="admins", featured=True),
        create_project("marker-hidden", listing="hidden"),
        create_project("marker-new", listing="discovered"),
    ]
    for project in hidden:
        merged(project, charlie, guest_team, title="marker")
    for user in (None, charlie):
        if user:
            client.force_login(user)
        page = home(client)
        assert "marker" not in page
        assert "1 project" in page
    client.force_login(alice)
    assert "marker-teams" in home(client)
    client.force_login(create_curator())
    assert "marker-admins" in home(client)


def test_a_closed_portal_shows_a_stranger_nothing(client: Client, settings: LazySettings) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    create_project("widget")
    assert client.get("/").url == "/sign-in/?next=/"


@pytest.mark.parametrize("count", [8, 30])
def test_home_costs_the_same_however_much_there_is(
    client: Client,
    host_team: Team,
    guest_team: Team,
    alice: User,
    charlie: User,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(count):
        project = create_project(owner_team=host_team, help_wanted=["Documentation"])
        merged(project, charlie, guest_team)
        create_request(project, charlie)
        join(create_user(), host_team)
    with django_assert_num_queries(VISITOR):
        home(client)
    client.force_login(alice)
    with django_assert_num_queries(MEMBER):
        home(client)


#: Two counts, four lists with their topics, and the credits.
VISITOR = 8
#: Also session, person, teams and their lines, my teams' projects and what waits.
MEMBER = 18
