"""A delivery that comes again does nothing, unless it was not heard."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from api import deliveries
from api.models import WebhookDelivery
from catalog.actions import hearing
from catalog.models import CodeHost, Project
from tests.api.deliveries import PUSH_OF_GITLAB, create_host, deliver, due, example, listed, of_gitlab, post
from tests.create import create_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]


def test_the_same_delivery_again_is_answered_and_does_nothing(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    answers = []
    for _ in range(3):
        Project.objects.update(next_sync_at=None)
        answers.append(deliver(client, github, "push", payload, id="one").content)
    assert len(set(answers)) == 1
    assert WebhookDelivery.objects.count() == 1 and not due()


def test_the_same_body_under_another_id_does_nothing(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    deliver(client, github, "push", payload, id="one")
    Project.objects.update(next_sync_at=None)
    assert deliver(client, github, "push", payload, id="two").status_code == 200
    assert not due()


def test_another_source_may_get_the_same_delivery(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    other = create_host()
    project = listed(other, payload, slug="another", remote="https://git.corp.example/another")
    deliver(client, github, "push", payload, id="one")
    deliver(client, other, "push", payload, id="one")
    assert project in due() and WebhookDelivery.objects.count() == 2


def test_gitlab_may_honestly_say_the_same_twice(client: Client) -> None:
    """A branch that is moved, moved back and moved again makes one body three times over."""
    host = create_host("gitlab")
    body = json.dumps(PUSH_OF_GITLAB).encode()
    create_project(code_host=host, host_id="15", next_sync_at=None)
    post(client, host, body, of_gitlab("Push Hook", body, id="one"))
    Project.objects.update(next_sync_at=None)
    post(client, host, body, of_gitlab("Push Hook", body, id="one"))
    assert not due()
    post(client, host, body, of_gitlab("Push Hook", body, id="two"))
    assert due().exists()


def test_what_could_not_be_done_was_not_heard(
    client: Client, github: CodeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the host may deliver it again."""
    payload = example("push")
    listed(github, payload)
    client.raise_request_exception = False

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(hearing, "hear", broken)
        assert deliver(client, github, "push", payload, id="one").status_code == 500
    assert not WebhookDelivery.objects.exists()
    assert deliver(client, github, "push", payload, id="one").status_code == 200
    assert due().exists()


def test_deliveries_are_forgotten_after_a_month(client: Client, github: CodeHost) -> None:
    deliver(client, github, "ping", example("ping"))
    assert deliveries.forget_old() == 0
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(days=31))
    assert deliveries.forget_old() == 1
