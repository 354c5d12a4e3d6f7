"""Curation in the browser: who gets in, the table, bulk actions, the history."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Guide, ListingChange, Project, Topic
from people.models import Team, User
from tests.catalog.pages import said
from tests.create import create_curator, create_project, create_user

pytestmark = pytest.mark.django_db

TABLE, QUEUE, HISTORY = "/curation/", "/curation/discovered/", "/curation/history/"
SOURCES = "/curation/sources/"
UNDO = f"/curation/undo/{uuid.UUID(int=7)}/"


@pytest.fixture
def curator(client: Client) -> User:
    """Signed in."""
    user = create_curator()
    client.force_login(user)
    return user


def slugs(response: Any) -> list[str]:
    return [project.slug for project in response.context["page"]]


def fill(count: int, *, team: Team) -> None:
    for number in range(count):
        project = create_project(f"p-{number:03}", owner_team=team, visibility="teams", health_score=70)
        project.topics.add(Topic.objects.get_or_create(name=f"topic {number % 9}")[0])
        project.visible_teams.add(team)


# ---------------------------------------------------------------- who gets in
@pytest.mark.parametrize("url", [TABLE, QUEUE, HISTORY, SOURCES])
def test_a_stranger_is_asked_to_sign_in_and_an_outsider_refused(client: Client, charlie: User, url: str) -> None:
    assert client.get(url).headers["Location"].startswith("/sign-in/")
    client.force_login(charlie)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("url", [TABLE, QUEUE, UNDO])
def test_nobody_else_changes_anything(client: Client, alice: User, host_team: Team, url: str) -> None:
    create_project("one", owner_team=host_team, listing="discovered")
    wanted = {"action": "list", "project": "one", "address": "/srv"}
    assert client.post(url, wanted).headers["Location"].startswith("/sign-in/")
    client.force_login(alice)
    assert client.post(url, wanted).status_code == 403
    assert Project.objects.get().listing == "discovered"


@pytest.mark.usefixtures("curator")
def test_a_curator_adds_no_sources_and_an_operator_curates_nothing(client: Client) -> None:
    assert client.get(SOURCES).status_code == 403
    assert SOURCES not in client.get(TABLE).content.decode()
    client.force_login(create_user("operator", is_staff=True))
    assert client.get(SOURCES).status_code == 200
    assert client.get(TABLE).status_code == 403


@pytest.mark.usefixtures("curator")
def test_undo_needs_a_post(client: Client) -> None:
    assert client.get(UNDO).status_code == 405


# ---------------------------------------------------------------- the table
@pytest.mark.usefixtures("curator")
def test_filters_and_order_come_from_the_address(client: Client, host_team: Team) -> None:
    ledger = create_project("ledger", owner_team=host_team, summary="Money.", health_score=90)
    create_project("gateway", visibility="admins", lifecycle="production", health_score=10, sync_state="failed")
    create_project("new", listing="discovered")
    Guide.objects.create(project=ledger, kind="readme", path="README.md", blob="0" * 40, size=1)
    wanted = {
        "": ["gateway", "ledger", "new"],
        "q=LEDG": ["ledger"],
        "q=money": ["ledger"],
        "listing=discovered": ["new"],
        "visibility=admins": ["gateway"],
        "lifecycle=production": ["gateway"],
        f"team={host_team.slug}": ["ledger"],
        "lacks=owner": ["gateway", "new"],
        "lacks=summary": ["gateway", "new"],
        "lacks=readme": ["gateway", "new"],
        "lacks=sync": ["gateway"],
        "order=weak": ["gateway", "ledger", "new"],
        "order=new": ["new", "gateway", "ledger"],
        "listing=nonsense&team=nobody&lacks=__class__&order=password": ["gateway", "ledger", "new"],
        "page=999": ["gateway", "ledger", "new"],
    }
    assert {query: slugs(client.get(f"{TABLE}?{query}")) for query in wanted} == wanted


@pytest.mark.usefixtures("curator")
@pytest.mark.parametrize("url", [TABLE, QUEUE])
def test_queries_do_not_grow_with_the_rows(client: Client, host_team: Team, url: str) -> None:
    counts = []
    for count in (5, 50):
        Project.objects.all().delete()
        fill(count, team=host_team)
        Project.objects.update(listing="discovered")
        with CaptureQueriesContext(connection) as queries:
            assert len(slugs(client.get(url))) == count
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


@pytest.mark.usefixtures("curator")
def test_each_row_says_what_it_is_and_names_its_checkbox(client: Client) -> None:
    create_project("evil", name='<script>alert("x")</script>', listing="hidden", featured=True)
    page = client.get(TABLE).content.decode()
    assert "<script>alert" not in page
    assert 'aria-label="Select &lt;script&gt;' in page
    assert "Hidden" in page
    assert "Featured" in page


@pytest.mark.usefixtures("curator")
def test_the_queue_holds_what_is_new_and_teaches_when_it_is_empty(client: Client, settings: LazySettings) -> None:
    settings.NEW_LISTINGS_NEED_CURATION = False
    assert "NEW_LISTINGS_NEED_CURATION" in client.get(QUEUE).content.decode()
    settings.NEW_LISTINGS_NEED_CURATION = True
    assert "Nothing waits for you" in client.get(QUEUE).content.decode()
    create_project("new", listing="discovered")
    create_project("old")
    assert slugs(client.get(QUEUE)) == ["new"]


# ---------------------------------------------------------------- bulk actions
def test_ticked_rows_change_and_the_message_undoes_it(client: Client, curator: User) -> None:
    for slug in ("one", "two", "three"):
        create_project(slug)
    address = f"{TABLE}?order=new"
    answer = client.post(address, {"action": "hide", "project": ["one", "two"], "note": "Secret."}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert said(answer) == "Hide: 2 listings changed."
    assert set(Project.objects.filter(listing="hidden").values_list("slug", flat=True)) == {"one", "two"}
    change = ListingChange.objects.filter(field="listing").first()
    assert change is not None
    assert (change.actor, change.note) == (curator, "Secret.")
    assert f'action="/curation/undo/{change.batch}/"' in answer.content.decode()
    answer = client.post(f"/curation/undo/{change.batch}/", {"next": address}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert said(answer) == "Undone: 2 listings as before."
    assert not Project.objects.exclude(listing="listed").exists()


@pytest.mark.usefixtures("curator")
def test_all_that_match_are_those_of_every_page_and_no_others(client: Client, host_team: Team) -> None:
    fill(60, team=host_team)
    create_project("other")
    page = client.get(f"{TABLE}?q=p-").content.decode()
    assert "All 60 that match" in page
    client.post(f"{TABLE}?q=p-&page=2", {"action": "feature", "all": "on"})
    assert Project.objects.filter(featured=True).count() == 60
    assert not Project.objects.get(slug="other").featured


@pytest.mark.usefixtures("curator")
def test_all_of_the_queue_never_reaches_what_is_listed(client: Client) -> None:
    create_project("new", listing="discovered")
    create_project("old")
    client.post(QUEUE, {"action": "hide", "all": "on"})
    assert dict(Project.objects.values_list("slug", "listing")) == {"new": "hidden", "old": "listed"}


@pytest.mark.usefixtures("curator")
def test_the_button_of_the_queue_outweighs_the_empty_select(client: Client) -> None:
    create_project("new", listing="discovered")
    client.post(QUEUE, {"action": ["", "list"], "project": "new"})
    assert Project.objects.get().listing == "listed"


@pytest.mark.usefixtures("curator")
def test_what_is_missing_is_said_where_one_is_and_ticks_stay(client: Client) -> None:
    create_project("one")
    answer = client.post(TABLE, {"action": "owner", "project": "one"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose the team." in page
    assert 'value="one" data-bulk-item aria-label="Select one" checked' in page


@pytest.mark.usefixtures("curator")
def test_the_same_form_sent_twice_makes_one_change(client: Client) -> None:
    create_project("one")
    for _ in range(2):
        answer = client.post(TABLE, {"action": "hide", "project": "one"}, follow=True)
    assert "like that already" in said(answer)
    assert ListingChange.objects.count() == 1


@pytest.mark.usefixtures("curator")
@pytest.mark.parametrize("project", [[], ["absent"], ["one' OR 1=1--", "\0", "9" * 500, "один", "../one"]])
def test_ids_that_mean_nothing_select_nothing(client: Client, project: list[str]) -> None:
    create_project("one")
    answer = client.post(TABLE, {"action": "hide", "project": project}, follow=True)
    assert "Nothing was selected" in said(answer)
    assert Project.objects.get().listing == "listed"


@pytest.mark.usefixtures("curator")
@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil", "abc", "/\0"]
)
def test_undo_returns_to_this_site_only(client: Client, back: str) -> None:
    assert client.post(UNDO, {"next": back}).headers["Location"] == HISTORY


# ---------------------------------------------------------------- visible at once, behind every door
@pytest.mark.usefixtures("curator", "search_index")
def test_a_change_of_visibility_holds_at_once_behind_every_door(
    client: Client, charlie: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        project = create_project("zeppelin", name="Zeppelin")
        from search import index

        index.put("project", [project.pk])
    outsider = Client()
    outsider.force_login(charlie)
    doors = ["/projects/", "/api/v1/projects/", "/search/?q=zeppelin", "/api/v1/search/?q=zeppelin"]

    def seen() -> list[bool]:
        return ["zeppelin/" in outsider.get(door).content.decode() for door in doors]

    assert seen() == [True] * 4
    for action in ("admins", "hide"):
        client.post(TABLE, {"action": action, "project": "zeppelin"})
        assert seen() == [False] * 4
        assert outsider.get("/projects/zeppelin/").status_code == 404
        assert outsider.get("/api/v1/projects/zeppelin/").status_code == 404
        batch = ListingChange.objects.latest("pk").batch
        client.post(f"/curation/undo/{batch}/")
        assert seen() == [True] * 4


@pytest.mark.usefixtures("curator")
def test_named_teams_see_it_and_others_do_not(
    client: Client, alice: User, charlie: User, host_team: Team, guest_team: Team
) -> None:
    create_project("one")
    client.post(TABLE, {"action": "teams", "teams": [guest_team.pk], "project": "one"})
    seers = [user for user in (alice, charlie, AnonymousUser()) if Project.objects.visible_to(user).exists()]
    assert seers == [charlie]
    assert host_team.name not in client.get(HISTORY).content.decode()
    assert f"Named teams: {guest_team.name}" in client.get(HISTORY).content.decode()


# ---------------------------------------------------------------- the history
@pytest.mark.usefixtures("curator")
def test_the_history_says_who_what_and_why_in_words(client: Client, guest_team: Team) -> None:
    create_project("one")
    create_project("two")
    client.post(TABLE, {"action": "owner", "team": guest_team.pk, "project": "one", "note": "They wrote it."})
    client.post(TABLE, {"action": "feature", "project": ["one", "two"]})
    page = client.get(HISTORY).content.decode()
    for words in ("Curator", "They wrote it.", guest_team.name, "Owner team", "Featured"):
        assert words in page
    assert [len(batch.lines) for batch in client.get(HISTORY).context["batches"]] == [2, 1]
    narrowed = client.get(f"{HISTORY}?project=two").context["batches"]
    assert [[line.project.slug for line in batch.lines] for batch in narrowed] == [["two"]]


@pytest.mark.usefixtures("curator")
def test_a_long_batch_shows_its_first_lines_and_all_on_its_own_page(client: Client, host_team: Team) -> None:
    fill(30, team=host_team)
    client.post(TABLE, {"action": "hide", "all": "on"})
    (batch,) = client.get(HISTORY).context["batches"]
    assert (len(batch.lines), batch.more) == (5, 25)
    (batch,) = client.get(f"{HISTORY}?batch={batch.id}").context["batches"]
    assert (len(batch.lines), batch.more) == (30, 0)


@pytest.mark.usefixtures("curator")
def test_what_is_undone_says_so_and_loses_its_button(client: Client) -> None:
    create_project("one")
    client.post(TABLE, {"action": "hide", "project": "one"}, follow=True)
    batch = ListingChange.objects.get().batch
    client.post(f"/curation/undo/{batch}/")
    page = client.get(HISTORY).content.decode()
    assert "Undone by Curator" in page
    assert "Undid what Curator changed on " in page
    assert f"/curation/undo/{batch}/" not in page
    answer = client.post(f"/curation/undo/{batch}/", follow=True)
    assert said(answer) == "There was nothing left to undo."


@pytest.mark.usefixtures("curator")
def test_undo_after_another_change_says_what_it_left(client: Client) -> None:
    create_project("one")
    client.post(TABLE, {"action": "hide", "project": "one"})
    batch = ListingChange.objects.get().batch
    client.post(TABLE, {"action": "list", "project": "one"})
    client.post(TABLE, {"action": "hide", "project": "one"})
    client.post(TABLE, {"action": "list", "project": "one"})
    answer = client.post(f"/curation/undo/{batch}/", follow=True)
    assert "1 change was left alone" in said(answer)
    assert Project.objects.get().listing == "listed"


@pytest.mark.usefixtures("curator")
@pytest.mark.parametrize("query", ["project=absent", "batch=x", "page=x", f"batch={uuid.UUID(int=1)}"])
def test_odd_addresses_of_the_history_are_pages(client: Client, query: str) -> None:
    assert client.get(f"{HISTORY}?{query}").status_code == 200


@pytest.mark.usefixtures("curator")
def test_the_history_costs_the_same_for_one_and_for_many_batches(client: Client, host_team: Team) -> None:
    fill(20, team=host_team)
    counts = []
    for actions in (["hide"], ["list", "feature", "archive", "disown", "admins"] * 2):
        for action in actions:
            client.post(TABLE, {"action": action, "all": "on"})
        with CaptureQueriesContext(connection) as queries:
            client.get(HISTORY)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
