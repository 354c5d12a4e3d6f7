"""What a delivery says: in the words of each kind of host, and of which repository."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import urlencode

import pytest
from django.test import Client

from catalog.models import CodeHost, Project
from tests.api.deliveries import (
    PUSH_OF_GITLAB,
    SECRET,
    create_host,
    deliver,
    due,
    example,
    listed,
    of_gitea,
    of_github,
    of_gitlab,
    post,
    signed_by_gitlab,
)
from tests.create import create_project
from tests.forge.connectors.specified import github_deliveries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]


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
