"""The list of projects as people see it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Project, ProjectLanguage, Topic
from people.models import Team, User
from search import index
from search.engines.base import Unavailable
from tests.create import create_project, create_team, create_user

HTMX = {"HX-Request": "true"}


def slugs(response: Any) -> list[str]:
    return [project.slug for project in response.context["page"].object_list]


def fill(count: int, *, team: Team) -> None:
    for number in range(count):
        project = create_project(
            f"service-{number:03}",
            owner_team=team,
            summary="Keeps the orders of all shops and tells everybody who wants to know of them. " * 2,
            kind="service",
            lifecycle="production",
            health_score=82,
            weekly_commits=[number % 7] * 52,
            weekly_until=date(2026, 11, 16),
            last_activity="2026-11-20T10:00Z",
            answer_hours=20,
            help_wanted=["Documentation"],
            guests_welcomed=3,
        )
        for language in ("Python", f"Language {number % 40}"):
            ProjectLanguage.objects.create(project=project, name=language, bytes=100)
        project.topics.add(Topic.objects.get_or_create(name=f"topic {number % 40}")[0])


@pytest.mark.django_db
def test_an_outsider_reads_what_everyone_may_see(client: Client, charlie: User) -> None:
    create_project("open")
    create_project("secret", visibility="admins")
    create_project("new", listing="discovered")
    assert slugs(client.get("/projects/")) == ["open"]
    client.force_login(charlie)
    answer = client.get("/projects/")
    assert slugs(answer) == ["open"]
    assert "secret" not in answer.content.decode()


def test_the_owner_team_sees_its_listing_before_it_is_listed(client: Client, alice: User, host_team: Team) -> None:
    create_project("new", listing="discovered", owner_team=host_team)
    client.force_login(alice)
    answer = client.get("/projects/")
    assert slugs(answer) == ["new"]
    assert "Newly discovered" in answer.content.decode()


@pytest.mark.django_db
def test_filters_text_and_order_come_from_the_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = create_project("first"), create_project("second")
    third = create_project("third", lifecycle="archived")
    found = [str(project.pk) for project in (third, second, first)]
    monkeypatch.setattr(index, "match", lambda kind, text: found if text else None)
    assert slugs(client.get("/projects/?q=x")) == ["third", "second", "first"]
    assert slugs(client.get("/projects/?q=x&sort=name")) == ["first", "second", "third"]
    assert slugs(client.get("/projects/?q=x&lifecycle=archived")) == ["third"]


@pytest.mark.django_db
def test_the_index_never_decides_what_is_visible(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = create_project("secret", visibility="admins")
    monkeypatch.setattr(index, "match", lambda kind, text: [str(secret.pk)])
    answer = client.get("/projects/?q=secret")
    assert slugs(answer) == []
    assert answer.context["page"].paginator.count == 0


@pytest.mark.django_db
def test_without_an_index_names_and_summaries_are_looked_at(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_project("ledger", summary="Books money twice")
    create_project("other")

    def broken(kind: str, text: str) -> list[str]:
        raise Unavailable

    monkeypatch.setattr(index, "match", broken)
    answer = client.get("/projects/?q=MONEY+books")
    assert slugs(answer) == ["ledger"]
    assert "search-index-unavailable" in answer.content.decode()


@pytest.mark.django_db
def test_an_unknown_filter_is_ignored_and_can_be_taken_out(client: Client) -> None:
    create_project("only")
    answer = client.get("/projects/?language=Klingon&sort=name")
    assert slugs(answer) == ["only"]
    assert "Klingon (not known here)" in answer.content.decode()
    assert 'href="?sort=name"' in answer.content.decode()


@pytest.mark.django_db
def test_htmx_gets_only_what_a_filter_changes(client: Client) -> None:
    create_project("only")
    part = client.get("/projects/?view=cards", headers=HTMX).content.decode()
    whole = client.get("/projects/?view=cards").content.decode()
    assert part.lstrip().startswith('<div id="results"')
    assert "<html" not in part
    assert part.strip() in whole
    assert "HX-Request" in client.get("/projects/").headers["Vary"]


@pytest.mark.django_db
def test_going_back_gets_the_whole_page(client: Client) -> None:
    create_project("only")
    answer = client.get("/projects/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in answer.content.decode()


def test_pages_keep_the_filters(client: Client, host_team: Team) -> None:
    fill(30, team=host_team)
    answer = client.get("/projects/?language=Python&page=2&sort=name")
    assert slugs(answer) == [f"service-{number:03}" for number in range(25, 30)]
    assert 'href="?language=Python&amp;page=1&amp;sort=name"' in answer.content.decode()
    assert len(slugs(client.get("/projects/?page=999"))) == 5
    assert len(slugs(client.get("/projects/?page=x&size=50"))) == 30


@pytest.mark.parametrize("query", ["", "?q=service&language=Python", "?sort=name&view=cards&team=platform"])
def test_queries_do_not_grow_with_the_rows(
    client: Client,
    alice: User,
    host_team: Team,
    query: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def everything(kind: str, text: str) -> list[str]:
        return [str(key) for key in keys]

    monkeypatch.setattr(index, "match", everything)
    monkeypatch.setattr("portal.context.queue_count", None)  # What waits for her is counted by its own tests.
    client.force_login(alice)
    fill(5, team=host_team)
    keys = list(Project.objects.values_list("pk", flat=True))
    wanted = QUERIES[query]
    with django_assert_num_queries(wanted):
        client.get(f"/projects/{query}")
    for number in range(45):
        create_project(f"more-{number}", owner_team=create_team())
    keys = list(Project.objects.values_list("pk", flat=True))
    with django_assert_num_queries(wanted):
        assert len(slugs(client.get(f"/projects/{query}"))) in (5, 25)


# Session and user, their teams and those above, seven for the facets, how many, the rows, their topics, and
# one for each filter that has to be known.
QUERIES = {"": 14, "?q=service&language=Python": 15, "?sort=name&view=cards&team=platform": 15}


def test_a_page_of_25_rows_is_small(client: Client, alice: User, host_team: Team) -> None:
    for number in range(40):
        create_project(owner_team=create_team(f"Department of things {number}"))
    fill(40, team=host_team)
    client.force_login(alice)
    answer = client.get("/projects/?language=Python&sort=name")
    assert len(slugs(answer)) == 25
    assert len(answer.content) <= 60_000


@pytest.mark.django_db
def test_an_empty_catalog_tells_an_operator_how_to_fill_it(client: Client) -> None:
    assert "No projects yet" in client.get("/projects/").content.decode()
    client.force_login(create_user("operator", is_staff=True))
    assert "add_source" in client.get("/projects/").content.decode()


@pytest.mark.django_db
def test_no_match_offers_ways_on(client: Client) -> None:
    create_project("only", lifecycle="production")
    ProjectLanguage.objects.create(project=Project.objects.get(), name="Go", bytes=1)
    text = client.get("/projects/?language=Go&lifecycle=archived").content.decode()
    assert "No project matches all of this" in text
    assert "Without “Go”" in text
    assert "See all projects" in text


@pytest.mark.django_db
def test_nobody_reads_without_signing_in_where_that_is_asked_for(client: Client, settings: Any) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    create_project("open")
    assert client.get("/projects/").status_code == 302
    assert not Project.objects.visible_to(AnonymousUser()).exists()
