"""How long a delivery may be, how many may come, and how little each asks of the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from api import webhooks
from api.models import WebhookDelivery
from catalog.models import CodeHost
from tests.api.deliveries import create_host, deliver, example, listed, of_github, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]


def test_a_body_is_read_no_further_than_it_may_be_long(
    client: Client, github: CodeHost, settings: LazySettings
) -> None:
    settings.WEBHOOK_BODY_LIMIT = 1
    body = b" " * (2**20 + 1)
    answer = post(client, github, body, of_github("push", body))
    assert (answer.status_code, answer.json()["code"]) == (413, "webhook_too_large")
    assert "1 MB" in answer.json()["message"]
    just = b" " * 2**20
    assert post(client, github, just, of_github("push", just)).status_code == 400


def test_a_body_that_is_longer_than_it_said_is_not_read_on(settings: LazySettings) -> None:
    settings.WEBHOOK_BODY_LIMIT = 1
    asked: list[int] = []

    class Request:
        headers: dict[str, str] = {}

        def read(self, size: int) -> bytes:
            asked.append(size)
            return b"x" * size

    with pytest.raises(webhooks.ForgeError, match="larger than 1 MB"):
        webhooks.body_of(Request())  # type: ignore[arg-type]
    assert 2**20 < sum(asked) <= 2**20 + webhooks.CHUNK


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "GZIP"])
def test_nothing_is_unpacked(client: Client, github: CodeHost, coding: str) -> None:
    body = b"\x1f\x8b"
    assert post(client, github, body, of_github("push", body) | {"Content-Encoding": coding}).status_code == 413


@pytest.mark.parametrize(
    ("event", "action", "count"),
    [("push", "", 10), ("issues", "opened", 6), ("pull_request", "opened", 6), ("repository", "privatized", 7)],
)
def test_the_door_asks_the_database_little(
    client: Client,
    github: CodeHost,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    event: str,
    action: str,
    count: int,
) -> None:
    """Savepoints of this test, which stand for the begin and the end of transactions, among them."""
    payload = example(event, action)
    listed(github, payload)
    with django_assert_max_num_queries(count):
        assert deliver(client, github, event, payload).status_code == 200


def test_a_host_that_sends_too_much_is_told_to_wait(
    client: Client, github: CodeHost, settings: LazySettings
) -> None:
    settings.WEBHOOKS_PER_MINUTE = 3
    payload = example("push")
    listed(github, payload)
    statuses = [deliver(client, github, "push", payload | {"n": n}).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = deliver(client, github, "push", payload | {"n": 9})
    assert answer.headers["Retry-After"] == "60" and answer.json()["code"] == "webhook_too_many"
    assert deliver(client, create_host(), "ping", example("ping")).status_code == 200
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    assert deliver(client, github, "push", payload | {"n": 9}).status_code == 200
