from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from api import deliveries, webhooks
from api.models import WebhookDelivery
from catalog.actions import hearing
from catalog.models import CodeHost, Project, Secret
from catalog.querysets import ProjectQuerySet
from forge.connectors import webhooks as forged
from tests.api.deliveries import (
    SECRET,
    UNKNOWN,
    create_host,
    deliver,
    example,
    listed,
    of_gitea,
    of_github,
    of_gitlab,
    post,
    signature,
    signed_by_gitlab,
)
from tests.create import create_project
from tests.forge.connectors.specified import github_deliveries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]

NumQueries = Callable[[int], Any]
Commits = Callable[..., Any]


def due() -> ProjectQuerySet:
    return Project.objects.due()


# ---------------------------------------------------------------- who is heard
def test_a_push_brings_the_next_sync_forward(
    client: Client, github: CodeHost, hints: list[Any], django_capture_on_commit_callbacks: Commits
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
    client: Client, github: CodeHost, django_assert_num_queries: NumQueries
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


# ---------------------------------------------------------------- what is heard
def test_every_recorded_delivery_of_github_is_answered(client: Client, github: CodeHost) -> None:
    answered = set()
    for event, payloads in github_deliveries().items():
        for payload in payloads:
            repository = payload.get("repository") or {}
            if repository and not Project.objects.filter(host_id=str(repository.get("id"))).exists():
                number = Project.objects.count()
                listed(github, payload, slug=f"p{number}", remote=f"https://git.corp.example/{number}")
            answered.add(deliver(client, github, event, payload).status_code)
    assert answered == {200}


def test_a_repository_is_known_by_its_number_and_by_nothing_else_in_the_body(
    client: Client, github: CodeHost
) -> None:
    payload = example("push")
    project = listed(github, payload)
    payload["repository"] |= {
        "full_name": "../../etc/%2f",
        "clone_url": "https://evil.example/x.git",
        "ssh_url": "--upload-pack=x",
    }
    payload["ref"] = "--upload-pack=x"
    assert deliver(client, github, "push", payload).status_code == 200
    assert due().get() == project
    project.refresh_from_db()
    assert project.remote.startswith("https://git.corp.example/") and project.path != "../../etc/%2f"


def test_one_whose_number_is_not_known_yet_goes_by_its_path(client: Client, github: CodeHost) -> None:
    payload = example("push")
    project = listed(github, payload, host_id="")
    assert deliver(client, github, "push", payload).status_code == 200
    assert due().get() == project


def test_another_repository_at_the_same_path_is_not_taken_for_it(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload, host_id="77")
    assert deliver(client, github, "push", payload).status_code == 401


def test_a_ping_shows_that_the_webhook_works(client: Client, github: CodeHost) -> None:
    payload = example("ping")
    assert deliver(client, github, "ping", payload).status_code == 200
    assert github.deliveries.get().event == "ping"
    assert not due()


def test_gitea_is_heard(client: Client) -> None:
    host = create_host("gitea")
    body = json.dumps({"ref": "refs/heads/main", "repository": {"id": 7, "full_name": "acme/ledger"}}).encode()
    project = create_project(code_host=host, host_id="7", next_sync_at=None)
    assert post(client, host, body, of_gitea("push", body)).status_code == 200
    assert due().get() == project


PUSH_OF_GITLAB = {
    "object_kind": "push",
    "ref": "refs/heads/main",
    "project_id": 15,
    "project": {"id": 15, "path_with_namespace": "payments/core/ledger"},
}


@pytest.mark.parametrize("is_signed", [False, True])
def test_gitlab_is_heard(client: Client, is_signed: bool) -> None:
    key = bytes(range(32))
    host = create_host("gitlab", secret="whsec_" + base64.b64encode(key).decode() if is_signed else SECRET)
    body = json.dumps(PUSH_OF_GITLAB).encode()
    project = create_project(code_host=host, host_id="15", next_sync_at=None)
    headers = of_gitlab("Push Hook", body)
    if is_signed:
        headers = signed_by_gitlab(body, key=key, id="msg_1", at=int(time.time()))
    assert post(client, host, body, headers).status_code == 200
    assert due().get() == project


def test_a_form_with_the_json_inside_is_read(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = of_github("push", body) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(client, github, body, headers).status_code == 200
    assert due().exists()


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b"", b'{"a":' * 100_000, b"null"])
def test_what_is_signed_and_cannot_be_read_is_said(client: Client, github: CodeHost, body: bytes) -> None:
    answer = post(client, github, body, of_github("push", body))
    assert answer.status_code == 400
    assert answer.json()["code"] == "webhook_invalid" and answer.json()["cure"]


def test_an_event_of_gitea_is_none_of_github(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload)
    body = json.dumps(payload).encode()
    assert post(client, github, body, of_gitea("push", body)).status_code == 400


# ---------------------------------------------------------------- bodies
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


# ---------------------------------------------------------------- again
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


# ---------------------------------------------------------------- how much
@pytest.mark.parametrize(
    ("event", "action", "count"),
    [("push", "", 10), ("issues", "opened", 6), ("pull_request", "opened", 6), ("repository", "privatized", 7)],
)
def test_the_door_asks_the_database_little(
    client: Client,
    github: CodeHost,
    django_assert_max_num_queries: NumQueries,
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


def test_a_restricted_listing_is_answered_like_any_other(client: Client, github: CodeHost) -> None:
    payload = example("push")
    project = listed(github, payload, visibility=Project.Visibility.ADMINS, listing=Project.Listing.HIDDEN)
    answer = deliver(client, github, "push", payload)
    assert answer.json() == {"accepted": True} and due().get() == project
