"""When a code host is looked through, by whom, and what that costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actions import discovery
from catalog.actions.sources import add_source
from catalog.models import ApiAnswer, CodeHost, RemoteHost, Secret
from search.models import PendingDocument
from tests.catalog.acme import Acme
from tests.catalog.code_hosts.looks import look, project
from tests.forge.connectors.code_host import Reply

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- when, and by whom
def test_two_workers_never_look_at_once(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(looking_until=timezone.now() + timedelta(minutes=5))
    asked = len(acme.server.asked)
    look(source)
    assert len(acme.server.asked) == asked


def test_a_look_whose_worker_died_is_taken_up_again(acme: Acme, source: CodeHost) -> None:
    past = timezone.now() - timedelta(minutes=1)
    CodeHost.objects.update(looking_since=past, looking_until=past)
    acme.add(9, "web")
    discovery.look_if_due(look(source).pk)
    assert project(9)


def test_a_paused_source_is_not_looked_through(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(enabled=False, next_look_at=timezone.now())
    asked = len(acme.server.asked)
    discovery.discover_due()
    discovery.look_if_due(source.pk)
    assert len(acme.server.asked) == asked


def test_a_source_comes_again_after_its_own_interval(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(interval=600)
    look(source)
    assert timedelta(minutes=8) < source.next_look_at - timezone.now() < timedelta(minutes=12)


# ---------------------------------------------------------------- what it costs
def test_nothing_new_writes_nothing(acme: Acme, source: CodeHost) -> None:
    look(source)
    PendingDocument.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        look(source)
    written = [each["sql"] for each in queries if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert all('"catalog_codehost"' in sql for sql in written)
    assert not PendingDocument.objects.exists()


def test_the_number_of_queries_does_not_grow_with_what_is_known(acme: Acme, source: CodeHost) -> None:
    def queries() -> int:
        look(source)
        with CaptureQueriesContext(connection) as found:
            look(source)
        return len([each for each in found if "apianswer" not in each["sql"]])

    before = queries()
    for number in range(20, 40):
        acme.add(number, f"p{number}")
    look(source)
    assert queries() == before


def test_an_answer_that_did_not_change_is_asked_for_by_its_mark(acme: Acme, source: CodeHost) -> None:
    look(source)
    asked = len(acme.server.asked)
    look(source)
    assert all("if-none-match" in each.headers for each in acme.server.asked[asked:])
    assert ApiAnswer.objects.count() >= 1


def test_answers_given_to_one_token_are_forgotten_with_it(acme: Acme, source: CodeHost) -> None:
    look(source)
    add_source(acme.address, kind="gitea", token=Secret.of("another"))
    assert not ApiAnswer.objects.exists()


# ---------------------------------------------------------------- limits
def limited(until: datetime) -> Reply:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000"}
    return Reply({}, status=429, headers={**headers, "X-RateLimit-Reset": str(int(until.timestamp()))})


def test_a_host_that_limits_us_is_left_alone_until_it_says(acme: Acme, source: CodeHost) -> None:
    until = (timezone.now() + timedelta(minutes=20)).replace(microsecond=0).astimezone(UTC)
    acme.trouble = limited(until)
    look(source)
    assert source.error_code == "rate_limited"
    assert source.next_look_at >= until
    assert RemoteHost.objects.get(name=acme.server.name).paused_until == until
    assert (source.api_remaining, source.look_failures) == (0, 0)
    asked = len(acme.server.asked)
    look(source)
    assert len(acme.server.asked) == asked
    assert source.next_look_at == until


def test_what_is_left_of_the_limit_is_known(acme: Acme, source: CodeHost) -> None:
    assert look(source).api_remaining == 4000
