"""Who is heard at the door of webhooks, and what anybody else learns there."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from api.models import WebhookDelivery
from catalog.models import CodeHost, Project, Secret
from forge.connectors import webhooks as forged
from tests.api.deliveries import (
    SECRET,
    UNKNOWN,
    create_host,
    deliver,
    due,
    example,
    listed,
    of_github,
    post,
    signature,
)
from tests.create import create_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]


def test_a_push_brings_the_next_sync_forward(
    client: Client,
    github: CodeHost,
    hints: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    payload = example("push")
    project, other = listed(github, payload), create_project(code_host=github, next_sync_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        answer = deliver(client, github, "push", payload)
    assert (answer.status_code, answer.json()) == (200, {"accepted": True})
    assert list(due()) == [project] and due().get().sync_reason == Project.Reason.WEBHOOK
    assert [task for task, *_ in hints] == ["catalog.tasks.sync_due"]
    row = WebhookDelivery.objects.get()
    assert (row.project, row.event, row.waits) == (project, "push", False)
    other.refresh_from_db()
    assert other.next_sync_at is None


def test_no_session_and_no_sign_in_is_needed(client: Client, github: CodeHost, settings: LazySettings) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    strict = Client(enforce_csrf_checks=True)
    payload = example("push")
    listed(github, payload)
    answer = deliver(strict, github, "push", payload)
    assert answer.status_code == 200 and not answer.cookies


def said(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    return answer.status_code, answer.content, sorted(answer.items())


def test_whoever_cannot_sign_learns_nothing(
    client: Client, github: CodeHost, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Same status, same headers, same bytes, and the same work for the database."""
    payload = example("push")
    listed(github, payload)
    secretless = create_host(secret="", hosts=[])
    paused, removed = create_host(enabled=False), create_host(removal="keep")
    unreadable = create_host()
    CodeHost.objects.filter(pk=unreadable.pk).update(webhook_secret=Secret("gAAAAA"))
    for host in (secretless, paused, removed, unreadable):
        listed(host, payload, slug=f"of-{host.pk}", remote=f"https://git.corp.example/{host.pk}")
    folder = create_host("directory")
    body = json.dumps(payload).encode()
    stranger = json.dumps(payload | {"repository": payload["repository"] | {"id": 1, "full_name": "a/b"}}).encode()
    cases = [
        (github, body, of_github("push", body, secret="another one")),
        (github, body, of_github("push", body) | {"X-Hub-Signature-256": ""}),
        (github, body, of_github("push", body) | {"X-Hub-Signature-256": "sha1=" + signature(body)[:40]}),
        (github, body[:-1] + b" ", of_github("push", body)),
        (github, b"no JSON", of_github("push", body)),
        (github, stranger, of_github("push", stranger)),
        (github, b"no JSON", {}),
        *((host, body, of_github("push", body)) for host in (secretless, paused, removed, unreadable, folder)),
        (secretless, body, of_github("push", body, secret="")),
        (UNKNOWN, body, of_github("push", body)),
    ]
    answers = []
    for host, content, headers in cases:
        with django_assert_num_queries(2):
            answers.append(said(post(client, host, content, headers | {"X-Request-Id": "the-same-number"})))
    assert len(set(map(str, answers))) == 1 and answers[0][0] == 401
    assert json.loads(answers[0][1])["code"] == "webhook_refused"
    assert not WebhookDelivery.objects.exists() and not due()


def test_every_refusal_signs_the_whole_body(
    client: Client, github: CodeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the time that an answer takes tells nothing of what is known here."""
    signed: list[int] = []
    real = forged.hex_signature

    def hex_signature(body: bytes, secret: str) -> str:
        signed.append(len(body))
        return real(body, secret)

    monkeypatch.setattr(forged, "hex_signature", hex_signature)
    body = b"x" * 5000
    hosts: list[CodeHost | str] = [github, create_host("gitlab"), create_host("gitea"), create_host(secret="")]
    for host in [*hosts, create_host(enabled=False), UNKNOWN]:
        assert post(client, host, body, of_github("push", body, secret="wrong")).status_code == 401
    assert signed == [5000] * 6


def test_a_secret_is_good_for_its_own_source_only(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    other = create_host(secret="of another source")
    assert deliver(client, github, "push", payload, secret="of another source").status_code == 401
    assert deliver(client, other, "push", payload, secret="of another source").status_code == 401
    assert not due()


def test_only_post_is_answered(client: Client, github: CodeHost) -> None:
    for public_id in (str(github.public_id), UNKNOWN):
        assert client.get(f"/api/webhooks/{public_id}/").status_code == 405
    assert client.post("/api/webhooks/no-number/").status_code == 404


def test_a_restricted_listing_is_answered_like_any_other(client: Client, github: CodeHost) -> None:
    payload = example("push")
    project = listed(github, payload, visibility=Project.Visibility.ADMINS, listing=Project.Listing.HIDDEN)
    answer = deliver(client, github, "push", payload)
    assert answer.json() == {"accepted": True} and due().get() == project


def test_nothing_of_a_delivery_is_logged_or_stored(
    client: Client, github: CodeHost, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    payload = example("push") | {"marker": "xyzzymark"}
    listed(github, payload)
    deliver(client, github, "push", payload, id="id-xyzzymark")
    deliver(client, github, "push", payload, secret="xyzzymark")
    body = b"xyzzymark"
    post(client, github, body, of_github("push", body))
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "api", "catalog", output=str(dump))
    for text in (caplog.text, dump.read_text()):
        assert "xyzzymark" not in text and SECRET not in text
