"""Where a project stands in its life: what is told of it, to whom, and how curators set it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.lifecycle import Said, said
from catalog.models import ListingChange, Project
from people.models import Team, User
from tests.create import create_curator, create_project

OVERVIEW = "/projects/widget/"


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", name="Widget", owner_team=host_team)


@pytest.fixture
def curator(client: Client) -> User:
    user = create_curator()
    client.force_login(user)
    return user


def body(client: Client, url: str = OVERVIEW) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def curate(client: Client, action: str, **fields: Any) -> Any:
    return client.post("/curation/", {"action": action, "project": "widget", **fields})


# ---------------------------------------------------------------- the successor
def test_every_page_of_a_deprecated_project_leads_to_its_successor(client: Client, project: Project) -> None:
    gear = create_project("gear", name="Gear")
    Project.objects.filter(pk=project.pk).update(lifecycle="deprecated", successor=gear)
    for page in ("", "guide/", "syncs/", "health/", "activity/"):
        assert 'Use <a href="/projects/gear/">Gear</a> instead.' in body(client, OVERVIEW + page)


def test_a_successor_that_one_may_not_see_is_not_hinted_at(
    client: Client, project: Project, charlie: User
) -> None:
    secret = create_project("zebra", name="Zebra", visibility="admins")
    client.force_login(charlie)
    Project.objects.filter(pk=project.pk).update(lifecycle="archived")
    without = body(client)
    Project.objects.filter(pk=project.pk).update(successor=secret)
    assert "ebra" not in body(client)
    assert "Ask Platform what to use instead." in body(client)
    assert body(client).count("instead") == without.count("instead")
    assert "ebra" not in client.get("/api/v1/projects/widget/").content.decode()
    assert client.get("/api/v1/projects/widget/").json()["successor"] is None


def test_a_project_that_goes_on_has_no_successor_to_show(client: Client, project: Project) -> None:
    gear = create_project("gear", name="Gear")
    Project.objects.filter(pk=project.pk).update(lifecycle="production", successor=gear)
    assert "Gear" not in body(client)


def test_a_successor_in_words_may_be_an_address_of_the_web_only(client: Client, project: Project) -> None:
    Project.objects.update(lifecycle="deprecated", successor_text="https://wiki.corp.example/gear")
    assert '<a href="https://wiki.corp.example/gear" rel="nofollow noreferrer">' in body(client)
    Project.objects.update(successor_text="javascript:alert(1)")
    assert 'href="javascript' not in body(client)


@pytest.mark.parametrize(
    "text", ["#platform-help", "ftp://x.example/", "see https://x.example/ first", "", "//x.example"]
)
def test_words_stay_words(text: str) -> None:
    assert said(text) == Said(text)


def test_a_project_does_not_succeed_itself(client: Client, project: Project, curator: User) -> None:
    Project.objects.update(lifecycle="deprecated", successor=project)
    assert "Use <a" not in body(client)
    Project.objects.update(lifecycle="", successor=None)
    curate(client, "deprecate", successor="widget")
    project.refresh_from_db()
    assert (project.lifecycle, project.successor) == ("", None)


def test_the_notice_costs_one_query(
    client: Client,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    gear = create_project("gear", name="Gear")
    with django_assert_num_queries(7):
        client.get(OVERVIEW + "guide/")
    Project.objects.filter(pk=project.pk).update(lifecycle="deprecated", successor=gear)
    with django_assert_num_queries(8):
        client.get(OVERVIEW + "guide/")


# ---------------------------------------------------------------- badge and support
def test_a_badge_counts_until_it_expires(client: Client, project: Project) -> None:
    today = timezone.localdate()
    Project.objects.update(maturity="graduated", maturity_until=today + timedelta(days=1))
    assert "Graduated" in body(client)
    assert client.get("/api/v1/projects/widget/").json()["maturity"] == "graduated"
    Project.objects.update(maturity_until=today)
    assert "Was graduated; expired" in body(client)
    assert client.get("/api/v1/projects/widget/").json()["maturity"] is None


def test_who_helps_stands_on_the_overview(client: Client, project: Project) -> None:
    Project.objects.update(
        support="https://help.corp.example/", escalation="<b>on call", production_since=date(2024, 5, 6)
    )
    found = body(client)
    assert '<a href="https://help.corp.example/"' in found
    assert "&lt;b&gt;on call" in found
    assert "since 6 May 2024" in found
    assert "Set by a curator" not in found


# ---------------------------------------------------------------- curation
def test_a_curator_deprecates_for_a_listing_and_takes_it_back(
    client: Client, project: Project, curator: User
) -> None:
    gear = create_project("gear", name="Gear")
    curate(client, "deprecate", successor="https://portal.corp.example/projects/gear/", note="Twice the same")
    project.refresh_from_db()
    assert (project.lifecycle, project.successor) == ("deprecated", gear)
    assert "successor" in project.curated_fields
    assert "gear" in body(client, "/curation/history/")
    batch = ListingChange.objects.values_list("batch", flat=True).distinct().get()
    client.post(f"/curation/undo/{batch}/")
    project.refresh_from_db()
    assert (project.lifecycle, project.successor, project.curated_fields) == ("", None, [])


def test_what_is_no_listing_is_a_successor_in_words(client: Client, project: Project, curator: User) -> None:
    curate(client, "deprecate", successor="Buy it from Acme")
    project.refresh_from_db()
    assert (project.successor, project.successor_text) == (None, "Buy it from Acme")


def test_each_deed_is_kept_and_undone(client: Client, project: Project, curator: User) -> None:
    soon = (timezone.localdate() + timedelta(days=90)).isoformat()
    curate(client, "production", day="2024-05-06")
    curate(client, "support", support="#help", escalation="on call")
    curate(client, "badge", maturity="incubating", until=soon)
    curate(client, "kind", kind="service")
    project.refresh_from_db()
    assert project.production_since == date(2024, 5, 6)
    assert (project.support, project.escalation, project.kind) == ("#help", "on call", "service")
    assert project.counted_maturity == "incubating"
    assert "Set by a curator" in body(client)
    assert "Incubating" in body(client, "/curation/history/")
    for batch in set(ListingChange.objects.values_list("batch", flat=True)):
        client.post(f"/curation/undo/{batch}/")
    project.refresh_from_db()
    assert (project.production_since, project.support, project.maturity, project.kind) == (None, "", "", "")
    assert project.maturity_until is None
    assert project.curated_fields == []


def test_a_badge_is_taken(client: Client, project: Project, curator: User) -> None:
    Project.objects.update(maturity="graduated", maturity_until=timezone.localdate())
    curate(client, "no_badge")
    project.refresh_from_db()
    assert (project.maturity, project.maturity_until) == ("", None)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("deprecate", {}),
        ("production", {"day": "soon"}),
        ("badge", {}),
        ("badge", {"maturity": "graduated", "until": "2020-01-01"}),
        ("kind", {"kind": "starship"}),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    client: Client, project: Project, curator: User, action: str, fields: dict[str, str]
) -> None:
    assert curate(client, action, **fields).status_code == 422
    assert not ListingChange.objects.exists()
