from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Project
from contributions.lifecycle import State
from people.models import Team, User
from tests.create import create_request

pytestmark = pytest.mark.django_db


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get("/queue/")["Location"] == "/sign-in/?next=/queue/"


def test_an_empty_queue_says_what_will_stand_here(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert "Your queue is empty" in client.get("/queue/").content.decode()


def test_a_late_answer_is_said_in_words(client: Client, project: Project, alice: User, charlie: User) -> None:
    create_request(project, charlie, turn_since="2026-01-01T00:00Z", guest_team=charlie.teams.get())
    client.force_login(alice)
    text = client.get("/queue/").content.decode()
    assert "later than promised" in text
    assert text.index("Checkout") < text.index("Platform", text.index("Checkout"))


def test_filters_stand_in_the_url(client: Client, project: Project, alice: User, charlie: User) -> None:
    create_request(project, charlie, title="Here")
    client.force_login(alice)
    assert "Here" in client.get("/queue/?project=widget").content.decode()
    elsewhere = client.get("/queue/?project=elsewhere&team=nobody").content.decode()
    assert "Here" not in elsewhere
    assert 'href="?team=nobody"' in elsewhere


def test_the_number_of_queries_does_not_grow(
    client: Client,
    project: Project,
    alice: User,
    charlie: User,
    guest_team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for state in State:
        create_request(project, charlie, state=state, guest_team=guest_team)
    client.force_login(alice)
    client.get("/queue/")
    # Session, person, teams, those above, maintained teams, rows, and the badge.
    with django_assert_num_queries(7):
        client.get("/queue/")
