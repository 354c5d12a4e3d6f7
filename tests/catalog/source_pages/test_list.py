"""The page of all sources: for operators only, with how each fares."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import CodeHost
from people.models import User
from tests.catalog.pages import page, said
from tests.catalog.source_pages.forms import SOURCES, gitea
from tests.create import create_code_host, create_curator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", ["", "add/", "add/github/", "{pk}/", "{pk}/state/", "{pk}/remove/"])
def test_operators_only(client: Client, what: str, alice: User) -> None:
    url = SOURCES + what.format(pk=create_code_host().pk)
    assert client.get(url).status_code == 302
    for user in (alice, create_curator()):
        client.force_login(user)
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("what", ["rescan", "pause", "webhook", "remove"])
def test_nobody_else_changes_a_source(client: Client, what: str) -> None:
    source = create_code_host(kind="gitea", address="https://git.corp.example/x")
    client.force_login(create_curator())
    assert client.post(f"{SOURCES}{source.pk}/{what}/", {"listings": "delete"}).status_code == 403
    source.refresh_from_db()
    assert (source.enabled, source.removal, bool(source.webhook_secret)) == (True, "", False)


@pytest.mark.usefixtures("operator")
def test_what_is_wrong_with_a_source_stands_beside_it(client: Client) -> None:
    create_code_host(
        error_code="unreachable",
        error_message="It does not answer.",
        error_cure="Ask its operator.",
        problems=[{"line": 3, "text": "ext::x", "code": "bad_scheme", "message": "No.", "cure": "Use https."}],
    )
    answer = page(client.get(SOURCES))
    for words in ("unreachable", "It does not answer.", "Line 3", "bad_scheme", "Use https."):
        assert words in answer
    assert client.post("/curation/sources/999999/rescan/").status_code == 404


@pytest.mark.usefixtures("operator")
def test_how_far_a_look_is_and_what_the_host_allows_is_told(client: Client) -> None:
    now = timezone.now()
    source = gitea(looking_until=now + timedelta(minutes=5), look_phase="reading the list", look_count=1234)
    row = page(client.get(f"{SOURCES}{source.pk}/state/"))
    assert "reading the list" in row
    assert "1,234 found" in row
    assert "hx-get" in row
    CodeHost.objects.update(
        looking_until=None, next_look_at=now + timedelta(hours=5), api_limit=5000, api_remaining=4321
    )
    row = page(client.get(f"{SOURCES}{source.pk}/state/"))
    assert "4,321 of 5,000 questions left" in row
    assert "hx-get" not in row


@pytest.mark.usefixtures("operator")
def test_the_number_of_queries_does_not_grow_with_the_sources(client: Client) -> None:
    counts = []
    for number in range(2):
        for each in range(4 * number + 1):
            gitea(address=f"https://git.corp.example/{number}-{each}")
        with CaptureQueriesContext(connection) as queries:
            client.get(SOURCES)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


@pytest.mark.usefixtures("operator")
def test_a_paused_source_rests_until_it_is_resumed(client: Client) -> None:
    source = gitea()
    client.post(f"{SOURCES}{source.pk}/pause/")
    source.refresh_from_db()
    assert not source.enabled
    assert "paused" in said(client.post(f"{SOURCES}{source.pk}/rescan/"))
    assert not CodeHost.objects.due().exists()
    client.post(f"{SOURCES}{source.pk}/pause/", {"enabled": "on"})
    assert CodeHost.objects.due().get() == source
