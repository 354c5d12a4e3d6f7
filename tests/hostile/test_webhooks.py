"""Each delivery of the corpus is answered with the status that it says, and none does what it must not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from api.models import WebhookDelivery
from catalog import broker
from catalog.models import CodeHost, Project
from tests.api.deliveries import create_host, of_gitea, of_github, of_gitlab, post
from tests.create import create_project
from tests.hostile.corpus.inputs import WEBHOOKS

CASES: list[tuple[str, int]] = WEBHOOKS

pytestmark = pytest.mark.django_db

REPOSITORY = {"id": 7, "full_name": "acme/ledger", "clone_url": "https://git.corp.example/acme/ledger.git"}
PUSH: dict[str, Any] = {"ref": "refs/heads/main", "repository": REPOSITORY}
GIGABYTE = 2**30


def push(**fields: Any) -> bytes:
    return json.dumps({**PUSH, **fields}).encode()


def repository(**fields: Any) -> bytes:
    return push(repository=REPOSITORY | fields)


def zeros(size: int) -> bytes:
    """Packed. A member of a megabyte over and over, so that nobody has to make the whole."""
    return gzip.compress(bytes(2**20)) * (size // 2**20)


class Sender:
    """Delivers about acme/ledger, which is listed, and remembers the answers."""

    def __init__(self) -> None:
        self.host = create_host(address="https://git.corp.example/acme")
        remote = "https://git.corp.example/acme/ledger.git"
        self.project = create_project(
            code_host=self.host, host_id="7", path="acme/ledger", remote=remote, next_sync_at=None
        )
        self.answers: list[Any] = []

    def send(self, body: bytes, headers: dict[str, str] | None = None, *, to: CodeHost | None = None) -> int:
        headers = of_github("push", body) if headers is None else headers
        self.answers.append(post(Client(), to or self.host, body, headers))
        return int(self.answers[-1].status_code)

    def send_with(self, body: bytes, *, event: str = "push", to: CodeHost | None = None, **changed: str) -> int:
        renamed = {name.replace("_", "-"): value for name, value in changed.items()}
        return self.send(body, of_github(event, body) | renamed, to=to)


def delivered_twice(sender: Sender) -> int:
    body = push()
    first = sender.send(body, of_github("push", body, id="the same"))
    Project.objects.update(next_sync_at=None)
    assert sender.send(body, of_github("push", body, id="the same")) == first
    assert not Project.objects.due().exists()
    return first


def storm(sender: Sender) -> int:
    """A tenth of it. How many syncs all of it makes while one runs is tried in tests/api/test_storm.py."""
    statuses = {sender.send(push(n=number)) for number in range(50)}
    assert len(statuses) == 1 and Project.objects.due().count() == 1
    return statuses.pop()


def unknown_repository(sender: Sender) -> int:
    status = sender.send(repository(id=8, full_name="acme/nothing"))
    sender.send_with(push(), X_Hub_Signature_256="sha256=" + "0" * 64)
    unknown, wrong = sender.answers
    assert unknown.content == wrong.content
    return status


def restricted(sender: Sender) -> int:
    Project.objects.update(visibility=Project.Visibility.ADMINS)
    status = sender.send(push())
    Project.objects.update(visibility=Project.Visibility.EVERYONE)
    sender.send(push(n=2))
    assert sender.answers[0].content == sender.answers[1].content
    return status


def other_secret(sender: Sender) -> int:
    other = create_host(secret="of another source")
    create_project("of-another", code_host=other, next_sync_at=None)
    return sender.send(push(), of_github("push", push(), secret="of another source"))


def gitlab_case(sender: Sender) -> int:
    host = create_host("gitlab", secret="Secret")
    body = push()
    return sender.send(body, of_gitlab("Push Hook", body, secret="sEcret"), to=host)


def as_form(sender: Sender) -> int:
    body = urlencode({"payload": push().decode()}).encode()
    return sender.send_with(body, Content_Type="application/x-www-form-urlencoded")


Deliver = Callable[[Sender], int]
DELIVERED: dict[str, Deliver] = {
    "no signature": lambda to: to.send_with(push(), X_Hub_Signature_256=""),
    "wrong signature": lambda to: to.send_with(push(), X_Hub_Signature_256="sha256=" + "0" * 64),
    "signature of another repository's secret": other_secret,
    "sha1 only": lambda to: to.send_with(push(), X_Hub_Signature_256="", X_Hub_Signature="sha1=" + "0" * 40),
    "right signature, body changed by one byte": lambda to: to.send(push() + b" ", of_github("push", push())),
    "right signature, not JSON": lambda to: to.send(b"not JSON"),
    "right, JSON but a list": lambda to: to.send(b"[]"),
    "right, 26 MB": lambda to: to.send(b" " * (26 * 2**20)),
    "right, unknown repository (same answer and time as wrong signature)": unknown_repository,
    "right, delivered twice (same delivery id)": delivered_twice,
    "right, 500 in one second for one repository -> at most 2 syncs": storm,
    "right, clone_url differs from the registered URL (must be ignored)": lambda to: to.send(
        repository(clone_url="https://evil.example/x.git", ssh_url="ext::sh -c touch% /tmp/x")
    ),
    "right, ref is '--upload-pack=x'": lambda to: to.send(push(ref="--upload-pack=x")),
    "right, repository.full_name with '../' or %2f": lambda to: max(
        to.send(repository(full_name=name)) for name in ("../../etc/passwd", "acme%2f..%2fledger")
    ),
    "GitLab token header equal but for case": gitlab_case,
    "Gitea event sent to the GitHub endpoint": lambda to: to.send(push(), of_gitea("push", push())),
    "right, for a restricted repository: nothing in the answer": restricted,
    "Content-Type form with payload=": as_form,
    "gzip body that unpacks to 1 GB": lambda to: to.send_with(zeros(GIGABYTE), Content_Encoding="gzip"),
    "ping event": lambda to: to.send_with(b'{"zen": "Design for failure.", "hook_id": 1}', event="ping"),
}


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Sender:
    monkeypatch.setattr(broker, "hint", lambda *_, **__: True)
    return Sender()


def test_each_case_is_delivered() -> None:
    assert set(DELIVERED) == {case for case, _ in CASES}


@pytest.mark.parametrize(("case", "status"), CASES)
def test_webhook_case_is_answered_as_it_says(sender: Sender, case: str, status: int) -> None:
    remote = sender.project.remote
    assert DELIVERED[case](sender) == status
    if status != 200:
        assert not Project.objects.due().exists() and not WebhookDelivery.objects.exists()
        assert set(sender.answers[0].json()) == {"code", "message", "cure"}
    sender.project.refresh_from_db()
    assert (sender.project.remote, sender.project.path) == (remote, "acme/ledger")
