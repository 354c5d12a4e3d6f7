"""Visible means visible everywhere: every route is walked as somebody who must not know of a listing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from api.models import Token
from catalog.models import Project
from people.models import Membership, Team, User
from tests.create import create_curator
from tests.portal.planted import SECRET, SLUG, WORD, Planted
from tests.portal.routes import ADMIN, ALL, FILTERED, OBJECTS, OPEN, QUERIES, SOURCES, Arguments

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the routes
def test_every_route_is_known_here() -> None:
    """Whoever adds a route says in this file what it shows to whom."""
    assert set(OPEN) | set(OBJECTS) == ALL - ADMIN


# ---------------------------------------------------------------- who looks
@pytest.fixture
def visitor(client: Client) -> Client:
    return client


@pytest.fixture
def outsider(client: Client, charlie: User) -> Client:
    client.force_login(charlie)
    return client


@pytest.fixture
def by_token(charlie: User) -> Client:
    _, key = Token.issue(user=charlie, name="test")
    return Client(headers={"authorization": f"Token {key}"})


@pytest.fixture
def withdrawn(client: Client, planted: Planted, charlie: User, guest_team: Team) -> Client:
    """Charlie saw the listing a moment ago, in this session; then his team lost it."""
    planted.project.visible_teams.add(guest_team)
    client.force_login(charlie)
    assert SECRET in said(client.get(planted.project.get_absolute_url()))
    planted.project.visible_teams.clear()
    return client


@pytest.fixture
def former_member(client: Client, planted: Planted, host_team: Team, charlie: User) -> Client:
    """Charlie belonged to the team that owns the listing until today."""
    today = timezone.localdate()
    Membership.objects.create(team=host_team, user=charlie, since=today.replace(year=2020), until=today)
    client.force_login(charlie)
    return client


OUTSIDERS = ["visitor", "outsider", "by_token", "withdrawn", "former_member"]


@pytest.fixture(params=OUTSIDERS)
def stranger(request: pytest.FixtureRequest, planted: Planted) -> Client:
    client: Client = request.getfixturevalue(request.param)
    return client


def said(response: Any) -> str:
    """Everything that an answer carries: status, headers and body, without what is random in each."""
    body = response.content.decode("utf-8", "replace")
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1…", body)
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.items()))
    return f"{response.status_code}\n{headers}\n\n{body}"


def asked(client: Client, method: str, url: str, **data: Any) -> str:
    response = getattr(client, method)(url, data, headers={"X-Request-Id": "the-same-number"})
    return said(response)


# ---------------------------------------------------------------- what they must not learn
def test_no_page_shows_a_stranger_anything_of_it(stranger: Client) -> None:
    leaks = []
    for name, places in OPEN.items():
        for arguments in places:
            for query in QUERIES if name in FILTERED else [{}]:
                text = asked(stranger, "get", reverse(name, kwargs=arguments), **query)
                asked_for_it = SLUG in query.values()
                if SECRET in text or (SLUG in text and not asked_for_it):
                    leaks.append((name, arguments, query))
    assert leaks == []


def test_fragments_show_a_stranger_nothing_either(stranger: Client) -> None:
    for name in ("catalog:list", "search:search", "contributions:queue"):
        for query in QUERIES:
            response = stranger.get(reverse(name), query, headers={"HX-Request": "true"})
            assert SECRET not in said(response)


def test_a_mistyped_word_is_not_corrected_to_one_that_only_restricted_texts_hold(stranger: Client) -> None:
    typo = f"{SECRET[:-1]}x"
    for name in ("search:search", "search:suggest", "api:search", "catalog:list"):
        assert SECRET not in asked(stranger, "get", reverse(name), q=typo)


def test_unseen_equals_absent(stranger: Client, planted: Planted) -> None:
    """Same status, same headers, same body, but for the address itself where a page repeats it."""
    told_apart = []
    for name, places in OBJECTS.items():
        for there, absent in places(planted):
            for method in ("get", "head", "post"):
                unseen, nothing = (nameless(stranger, method, name, arguments) for arguments in (there, absent))
                if unseen != nothing or SECRET in unseen or unseen.startswith("2"):
                    told_apart.append((name, method, there))
    assert told_apart == []


def nameless(client: Client, method: str, name: str, arguments: Arguments) -> str:
    """What is said at this address, without the address and what its length does to that of the answer."""
    url = reverse(name, kwargs=arguments)
    return re.sub(r"Content-Length: \d+", "", asked(client, method, url).replace(url, "URL"))


def test_a_request_is_not_found_through_another_listing(stranger: Client, planted: Planted) -> None:
    url = reverse("contributions:request", kwargs={"slug": "open-one", "pk": planted.request.pk})
    assert asked(stranger, "get", url).startswith("404")


def test_raw_bytes_are_not_served_from_what_the_browser_kept(stranger: Client, planted: Planted) -> None:
    url = reverse("catalog:raw", args=[SLUG, planted.project.head_commit, "README.md"])
    blob = planted.project.guides.get(kind="readme").blob
    assert stranger.get(url, headers={"If-None-Match": f'"{blob}"'}).status_code == 404


def test_the_administration_lets_no_stranger_in(stranger: Client, planted: Planted) -> None:
    for name in (name for name in ADMIN if name.removeprefix("admin:").isidentifier()):
        urls = admin_urls(name, planted)
        assert urls, f"{name} wants arguments that this test does not know."
        for url in urls:
            text = asked(stranger, "get", url)
            assert SECRET not in text
            assert text.startswith(("302", "404", "403")) or name in ("admin:login", "admin:jsi18n")


def admin_urls(name: str, planted: Planted) -> list[str]:
    kind = ContentType.objects.get_for_model(Project)
    candidates: list[list[Any]] = [[], [planted.project.pk], ["catalog"], [kind.pk, planted.project.pk]]
    return [url for arguments in candidates if (url := reversed_or_none(name, arguments))]


def reversed_or_none(name: str, arguments: list[Any]) -> str | None:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return None


# ---------------------------------------------------------------- that the planted words would show
SHOWN_TO_BOB = {
    *("portal:home", "catalog:list", "search:search", "search:suggest", "contributions:queue"),
    *("people:person", "people:team", "api:search", "api:project-list", "api:contribution-list"),
    "catalog:search-code",
    "catalog:feed",
}


def test_its_own_team_sees_it_everywhere(client: Client, planted: Planted, bob: User) -> None:
    """Else the tests above would pass because nothing is shown to anybody."""
    client.force_login(bob)
    seen = {
        name
        for name, places in OPEN.items()
        for arguments in places
        for query in QUERIES[:2]
        if SECRET in asked(client, "get", reverse(name, kwargs=arguments), **query)
    }
    assert seen == SHOWN_TO_BOB
    for name in set(OBJECTS) - {"catalog:curate-undo", "people:remove-address", *SOURCES}:
        for there, _ in OBJECTS[name](planted):
            assert not asked(client, "get", reverse(name, kwargs=there)).startswith("403")


def test_curators_see_it_in_their_table_and_its_history(client: Client, planted: Planted) -> None:
    client.force_login(create_curator())
    for name in ("catalog:curate", "catalog:curate-history"):
        assert SECRET in asked(client, "get", reverse(name))


# ---------------------------------------------------------------- a closed portal
def test_a_closed_portal_shows_a_visitor_no_page_at_all(
    client: Client, planted: Planted, settings: LazySettings
) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    open_to_all = {"people:sign-in", "api:docs", "api:schema"}
    for name in set(OPEN) - open_to_all:
        for arguments in OPEN[name]:
            text = asked(client, "get", reverse(name, kwargs=arguments), q=WORD)
            assert text[:3] in {"302", "401", "403", "405"}, name
            assert WORD not in text.replace(f"q%3D{WORD}", "")
