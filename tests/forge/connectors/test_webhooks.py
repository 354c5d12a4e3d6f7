"""Recorded deliveries of GitHub, and deliveries of GitLab and Gitea as they are specified."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from forge.connectors.webhooks import EVENTS, MAX_BODY, Delivery, read, verify
from forge.errors import ForgeError
from tests.forge.connectors import answers, specified

SECRET = "a secret of some length"
BODY = b'{"a": 1}'
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SIGNATURE = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
KEY = bytes(range(32))
SIGNING_TOKEN = "whsec_" + base64.b64encode(KEY).decode()


def refused(kind: str, headers: dict[str, str], *, body: bytes = BODY, secret: str = SECRET) -> bool:
    try:
        verify(kind, headers, body, secret, now=NOW)
    except ForgeError as error:
        assert error.code == "webhook_refused"
        return True
    return False


# ---------------------------------------------------------------- signatures
@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("github", {"X-Hub-Signature-256": f"sha256={SIGNATURE}"}),
        ("github", {"x-hub-signature-256": f"sha256={SIGNATURE}"}),
        ("gitea", {"X-Gitea-Signature": SIGNATURE}),
        ("gitea", {"X-Forgejo-Signature": SIGNATURE}),
        ("gitea", {"X-Hub-Signature-256": f"sha256={SIGNATURE}"}),
        ("gitlab", {"X-Gitlab-Token": SECRET}),
    ],
)
def test_a_signed_body_is_believed_and_any_other_is_not(kind: str, headers: dict[str, str]) -> None:
    assert not refused(kind, headers)
    assert refused(kind, headers, secret=SECRET + "x")
    assert refused(kind, {name: value[:-1] for name, value in headers.items()})
    assert refused(kind, dict.fromkeys(headers, ""))
    assert refused(kind, {})
    if kind != "gitlab":
        assert refused(kind, headers, body=BODY + b" ")


def test_githubs_own_example_of_a_signature_is_believed() -> None:
    # From "Validating webhook deliveries" of GitHub's documentation, "Testing the webhook payload validation".
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    verify("github", {"X-Hub-Signature-256": signature}, b"Hello, World!", "It's a Secret to Everybody")


@pytest.mark.parametrize("kind", ["github", "gitea", "gitlab", "directory", ""])
def test_without_a_secret_nothing_is_believed(kind: str) -> None:
    empty = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={empty}", "X-Gitea-Signature": empty, "X-Gitlab-Token": ""}
    assert refused(kind, headers, secret="")


def test_old_signatures_are_no_signatures() -> None:
    weak = hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()
    assert refused("github", {"X-Hub-Signature": f"sha1={weak}", "X-Hub-Signature-256": f"sha1={weak}"})


@pytest.mark.parametrize("odd", ["\ud800", "ü", "\x00", "x" * 100_000])
def test_odd_signatures_are_refused_like_any_other(odd: str) -> None:
    assert refused("github", {"X-Hub-Signature-256": odd})
    assert refused("gitlab", {"X-Gitlab-Token": odd})
    signed = {"webhook-id": odd[:5], "webhook-timestamp": odd, "webhook-signature": odd}
    assert refused("gitlab", signed, secret=SIGNING_TOKEN)


def signed_by_gitlab(at: datetime, *, key: bytes = KEY) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key, f"msg_1.{stamp}.".encode() + BODY, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,AAAA {signature}"}


def test_a_signing_token_of_gitlab_is_checked_as_standard_webhooks_says() -> None:
    assert not refused("gitlab", signed_by_gitlab(NOW), secret=SIGNING_TOKEN)
    assert refused("gitlab", signed_by_gitlab(NOW), secret=SIGNING_TOKEN, body=b"{}")
    assert refused("gitlab", signed_by_gitlab(NOW, key=b"other"), secret=SIGNING_TOKEN)
    assert refused("gitlab", signed_by_gitlab(NOW) | {"webhook-id": "msg_2"}, secret=SIGNING_TOKEN)


def test_the_specifications_own_example_is_believed() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, the values of its reference implementations' tests.
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    verify("gitlab", headers, body, secret, now=datetime.fromtimestamp(1614265330, UTC))


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_signed_delivery_grows_old(minutes: int) -> None:
    headers = signed_by_gitlab(NOW + timedelta(minutes=minutes))
    assert refused("gitlab", headers, secret=SIGNING_TOKEN)


def test_a_signing_token_is_never_taken_as_a_plain_one() -> None:
    assert refused("gitlab", {"X-Gitlab-Token": SIGNING_TOKEN}, secret=SIGNING_TOKEN)


# ---------------------------------------------------------------- GitHub
def github(event: str, payload: object, **headers: str) -> Delivery:
    named = {"X-GitHub-Event": event, "X-GitHub-Delivery": "72d3162e", "Content-Type": "application/json"}
    return read("github", named | headers, json.dumps(payload).encode())


@pytest.mark.parametrize("product", ["api.github.com", "ghes-35"])
def test_every_recorded_delivery_of_github_is_read(product: str) -> None:
    read_ones = 0
    for event, payloads in specified.github_deliveries(product).items():
        for payload in payloads:
            delivery = github(event, payload)
            repository = payload.get("repository") or {}
            assert delivery.what == EVENTS.get(event, "other")
            assert delivery.host_id == str(repository.get("id", "")) and delivery.path == repository.get(
                "full_name", ""
            )
            read_ones += delivery.what in ("push", "repository", "change", "issue", "ping")
    assert read_ones > 30


def recorded(event: str, action: str) -> Any:
    return next(each for each in specified.github_deliveries()[event] if each.get("action") == action)


def test_a_push_says_what_was_pushed_where() -> None:
    payload = specified.github_deliveries()["push"][0]
    delivery = github("push", payload)
    assert (delivery.what, delivery.ref) == ("push", payload["ref"])
    assert delivery.clone_urls == (payload["repository"]["clone_url"], payload["repository"]["ssh_url"])
    assert delivery.delivery_id == "72d3162e" and len(delivery.digest) == 64


@pytest.mark.parametrize("event", ["create", "delete"])
def test_a_branch_that_comes_or_goes_is_a_push(event: str) -> None:
    for payload in specified.github_deliveries()[event]:
        ref = github(event, payload).ref
        assert ref == f"refs/{'tags' if payload['ref_type'] == 'tag' else 'heads'}/{payload['ref']}"


def test_a_renamed_repository_says_its_old_name() -> None:
    payload = recorded("repository", "renamed")
    delivery = github("repository", payload)
    old = payload["changes"]["repository"]["name"]["from"]
    assert delivery.action == "renamed" and delivery.path == payload["repository"]["full_name"]
    assert delivery.old_path == f"{payload['repository']['owner']['login']}/{old}"


def test_a_transferred_repository_says_its_old_owner() -> None:
    transferred = [each for each in specified.github_deliveries()["repository"] if each["action"] == "transferred"]
    for payload in transferred:
        (owner,) = (each for each in payload["changes"]["owner"]["from"].values() if each)
        delivery = github("repository", payload)
        assert delivery.old_path == f"{owner['login']}/{payload['repository']['name']}"


def test_a_repository_that_becomes_public_is_publicized() -> None:
    (payload, *_) = specified.github_deliveries()["public"]
    assert (github("public", payload).what, github("public", payload).action) == ("repository", "publicized")


@pytest.mark.parametrize("kind", ["github", "gitea"])
def test_json_inside_a_form_is_read(kind: str) -> None:
    payload = specified.github_deliveries()["push"][0]
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "1",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert read(kind, headers, body).host_id == str(payload["repository"]["id"])


# ---------------------------------------------------------------- GitLab
def gitlab(payload: object, event: str = "Push Hook", **headers: str) -> Delivery:
    named = {"X-Gitlab-Event": event, "X-Gitlab-Event-UUID": "13792a34"} | headers
    return read("gitlab", named, json.dumps(payload).encode())


@pytest.mark.parametrize(
    ("payload", "what", "action", "ref"),
    [
        (answers.GITLAB_PUSH, "push", "", "refs/heads/main"),
        (answers.GITLAB_TAG, "push", "", "refs/tags/v1.0.0"),
        (answers.GITLAB_ISSUE_EVENT, "issue", "open", ""),
        (answers.GITLAB_CHANGE_EVENT, "change", "update", ""),
        (answers.GITLAB_PROJECT_EVENT, "repository", "renamed", ""),
    ],
)
def test_deliveries_of_gitlab_are_read(payload: Any, what: str, action: str, ref: str) -> None:
    delivery = gitlab(payload)
    assert (delivery.what, delivery.action, delivery.ref) == (what, action, ref)
    assert (delivery.host_id, delivery.path) == ("4711", "payments/core/ledger")


def test_a_moved_project_says_its_old_path() -> None:
    payload = answers.variant(answers.GITLAB_PROJECT_EVENT, event_name="project_transfer")
    assert (gitlab(payload).action, gitlab(payload).old_path) == ("transferred", "payments/core/books")
    assert gitlab(answers.variant(payload, event_name="project_destroy")).action == "deleted"


def test_addresses_of_a_gitlab_project_are_told() -> None:
    assert gitlab(answers.GITLAB_PUSH).clone_urls == (
        "https://gitlab.corp.example/payments/core/ledger.git",
        "git@gitlab.corp.example:payments/core/ledger.git",
    )


def test_tries_of_one_gitlab_delivery_have_one_id() -> None:
    assert gitlab(answers.GITLAB_PUSH, **{"Idempotency-Key": "f5e526"}).delivery_id == "f5e526"
    old = {
        gitlab(payload).delivery_id for payload in (answers.GITLAB_PUSH, answers.GITLAB_TAG, answers.GITLAB_PUSH)
    }
    assert len(old) == 2


def test_what_concerns_no_project_is_something_else() -> None:
    assert gitlab({"event_name": "user_create", "user_id": 1}, "System Hook").what == "other"
    assert gitlab({"object_kind": "work_item", "object_attributes": {"type": "Epic"}}).what == "other"


# ---------------------------------------------------------------- Gitea and Forgejo
@pytest.mark.parametrize("brand", ["Gitea", "Forgejo"])
def test_deliveries_of_gitea_are_read(brand: str) -> None:
    payload = {"ref": "refs/heads/trunk", "repository": answers.GITEA_REPOSITORY, "sender": answers.GITEA_USER}
    headers = {f"X-{brand}-Event": "push", f"X-{brand}-Delivery": "f6266f16"}
    delivery = read("gitea", headers, json.dumps(payload).encode())
    assert (delivery.what, delivery.ref, delivery.delivery_id) == ("push", "refs/heads/trunk", "f6266f16")
    assert (delivery.host_id, delivery.path) == ("140", "Tools/Hammer")


@pytest.mark.parametrize(
    ("event", "payload", "what", "action"),
    [
        ("repository", {"action": "deleted"}, "repository", "deleted"),
        ("pull_request", {"action": "opened", "number": 10}, "change", "opened"),
        ("issues", {"action": "label_updated", "number": 9}, "issue", "label_updated"),
        ("create", {"ref": "glue", "ref_type": "branch"}, "push", ""),
        ("wiki", {"action": "edited"}, "other", "edited"),
    ],
)
def test_events_of_gitea_are_told_apart(event: str, payload: dict[str, Any], what: str, action: str) -> None:
    body = json.dumps(payload | {"repository": answers.GITEA_REPOSITORY}).encode()
    delivery = read("gitea", {"X-Gitea-Event": event, "X-Gitea-Delivery": "1"}, body)
    assert (delivery.what, delivery.action) == (what, action)


# ---------------------------------------------------------------- what is none
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"repository": {"id": 1}}',
        b'{"repository": "x"}',
        b'{"repository": {"full_name": "a\\u202eb", "id": 1}}',
        b" " * (MAX_BODY + 1),
        b'{"object_kind": "push"}',
        b'{"object_kind": 7}',
        b'{"object_kind": "push", "project": {"path_with_namespace": 1}}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
@pytest.mark.parametrize("kind", ["github", "gitlab", "gitea"])
def test_what_is_no_delivery_is_refused(kind: str, body: bytes) -> None:
    headers = {"X-GitHub-Event": "push", "X-GitHub-Delivery": "1", "X-Gitlab-Event": "Push Hook"}
    with pytest.raises(ForgeError) as caught:
        read(kind, headers, body)
    assert caught.value.code == "webhook_invalid" and caught.value.message.isprintable()


@pytest.mark.parametrize("missing", ["X-GitHub-Event", "X-GitHub-Delivery"])
def test_headers_must_name_event_and_delivery(missing: str) -> None:
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "1"}
    del headers[missing]
    with pytest.raises(ForgeError) as caught:
        read("github", headers, b"{}")
    assert caught.value.code == "webhook_invalid"


def test_fields_of_any_type_break_nothing() -> None:
    odd: list[Any] = [None, True, -1, 2**70, 1.5, "", "x" * 100_000, [], [[]], {}, {"a": []}, "\ud800", "\u202e"]
    payload = specified.github_deliveries()["repository"][0]
    for name in payload:
        for value in odd:
            try:
                delivery = github("repository", {**payload, name: value})
            except ForgeError as error:
                assert error.code == "webhook_invalid"
            else:
                assert delivery.path.isprintable() and delivery.action.isprintable() and len(delivery.action) <= 60
