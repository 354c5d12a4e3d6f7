"""What a code host tells us without being asked: whose word it is (`verify`), and what it says (`read`).

Pure functions over headers and a body; header names may have any case. Verify first, and answer an unknown
repository exactly as a wrong signature. A delivery says that something happened and to which repository; what is
true now is asked of the host, so a replayed or a forged detail leads to a needless look and to nothing else.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qs

from forge.connectors.fields import Fields, parse
from forge.errors import ForgeError

# GitHub sends no more. Whoever receives takes less, see WEBHOOK_BODY_LIMIT.
MAX_BODY = 25 * 2**20
# Older signed deliveries are replays: https://github.com/standard-webhooks/standard-webhooks
MAX_AGE_SECONDS = 300
SIGNED_SECRET = "whsec_"  # noqa: S105

What = Literal["push", "repository", "change", "issue", "ping", "other"]
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook. `host_id` and `path` name the repository, "" where the event is about none.

    `delivery_id` is the host's; it is a header that no signature covers, so refuse a known `digest` (of the
    signed body) as well. `action` of a repository is one of created, deleted, renamed, transferred, archived,
    unarchived, publicized, privatized, edited; of anything else it is the host's own word. `old_path` is given
    after a rename or a transfer. `ref` is the full name of what was pushed. Addresses are unchecked text.
    """

    delivery_id: str
    digest: str
    event: str
    what: What
    action: str = ""
    host_id: str = ""
    path: str = ""
    old_path: str = ""
    clone_urls: tuple[str, ...] = ()
    ref: str = ""


# ---------------------------------------------------------------- whose word it is
def verify(kind: str, headers: Headers, body: bytes, secret: str, *, now: datetime | None = None) -> None:
    """Raises ForgeError `webhook_refused` unless the secret's owner sent this body. Takes the same time for any
    wrong signature. `now` is for GitLab's signed deliveries, which grow old."""
    check = CHECKS.get(kind)
    if check is None or not secret or not check(lowered(headers), body, secret, now or datetime.now(UTC)):
        raise ForgeError("webhook_refused")


def lowered(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def hex_signature(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def signed_by_github(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    return same(headers.get("x-hub-signature-256", ""), f"sha256={hex_signature(body, secret)}")


def signed_by_gitea(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    own = headers.get("x-gitea-signature") or headers.get("x-forgejo-signature")
    given = f"sha256={own}" if own else headers.get("x-hub-signature-256", "")
    return same(given, f"sha256={hex_signature(body, secret)}")


def signed_by_gitlab(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    """GitLab sends its secret token as it is; with a signing token it signs as Standard Webhooks says.

    A signing token is never taken as a plain one: it would travel in the open.
    """
    if not secret.startswith(SIGNED_SECRET):
        # Needed by nobody: a host that sends its token as it is must not answer faster than one that signs.
        hex_signature(body, secret)
        return same(headers.get("x-gitlab-token", ""), secret)
    try:
        key = base64.b64decode(secret.removeprefix(SIGNED_SECRET), validate=True)
        age = abs(now.timestamp() - int(headers.get("webhook-timestamp", "")[:15]))
    except (binascii.Error, ValueError):
        return False
    signed = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()[:10]
    matches = [same(each, wanted) for each in given]
    return any(matches) and age <= MAX_AGE_SECONDS


CHECKS: dict[str, Callable[[Headers, bytes, str, datetime], bool]] = {
    "github": signed_by_github,
    "gitlab": signed_by_gitlab,
    "gitea": signed_by_gitea,
}


# ---------------------------------------------------------------- what it says
def read(kind: str, headers: Headers, body: bytes) -> Delivery:
    """Raises ForgeError `webhook_invalid` for what is no event of such a host."""
    if kind not in READERS:
        raise ForgeError("webhook_refused")
    headers = lowered(headers)
    if len(body) > MAX_BODY:
        raise ForgeError("webhook_invalid", why=f"it is larger than {MAX_BODY // 2**20} MB")
    try:
        payload = Fields(parse(payload_of(headers, body)), "webhook")
        return READERS[kind](headers, payload, hashlib.sha256(body).hexdigest())
    except ValueError:
        raise ForgeError("webhook_invalid", why="its body is no JSON of a bearable kind") from None
    except ForgeError as error:
        raise ForgeError("webhook_invalid", why=str(error.values.get("what", error.message))) from None


def payload_of(headers: Headers, body: bytes) -> bytes:
    """GitHub and Gitea can be told to send a form with the JSON inside."""
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return body
    form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return form.get("payload", [""])[0].encode("utf-8", "replace")


def header(headers: Headers, *names: str) -> str:
    for name in names:
        value = headers.get(name, "")
        if value and value.isprintable():
            return value[:200]
    return ""


def addresses(*found: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in found if address))


# GitHub's words for events; Gitea took them over.
EVENTS: dict[str, What] = {
    "push": "push",
    "create": "push",
    "delete": "push",
    "repository": "repository",
    "public": "repository",
    "pull_request": "change",
    "pull_request_review": "change",
    "pull_request_review_comment": "change",
    "pull_request_comment": "change",
    "pull_request_label": "change",
    "pull_request_sync": "change",
    "issues": "issue",
    "issue_comment": "issue",
    "issue_label": "issue",
    "ping": "ping",
}


def read_github(headers: Headers, payload: Fields, digest: str) -> Delivery:
    if header(headers, "x-gitea-event", "x-forgejo-event"):
        # They send GitHub's headers as well, but their payloads differ.
        raise ForgeError("answer_invalid", what="an event of GitHub; this one is of Gitea or Forgejo")
    event = header(headers, "x-github-event")
    return github_like(event, header(headers, "x-github-delivery"), payload, digest)


def read_gitea(headers: Headers, payload: Fields, digest: str) -> Delivery:
    event = header(headers, "x-gitea-event", "x-forgejo-event", "x-github-event")
    delivery_id = header(headers, "x-gitea-delivery", "x-forgejo-delivery", "x-github-delivery")
    return github_like(event, delivery_id, payload, digest)


def github_like(event: str, delivery_id: str, payload: Fields, digest: str) -> Delivery:
    if not event or not delivery_id:
        raise ForgeError("answer_invalid", what="its headers name no event or no delivery")
    what = EVENTS.get(event, "other")
    action = "publicized" if event == "public" else payload.text("action", limit=60)
    repository = payload.inner("repository")
    path = repository.text("full_name", limit=400)
    if what in ("push", "repository", "change", "issue"):
        repository.needed("full_name", limit=400)
    if what == "change" and event == "pull_request_review":
        action = f"review_{action}"
    return Delivery(
        delivery_id,
        digest,
        event,
        what,
        action=action,
        host_id=repository.identity(),
        path=path,
        old_path=old_path_of(payload, path),
        clone_urls=addresses(repository.text("clone_url", limit=2000), repository.text("ssh_url", limit=2000)),
        ref=full_ref(payload) if what == "push" else "",
    )


def old_path_of(payload: Fields, path: str) -> str:
    """Where the repository was before it was renamed or transferred."""
    changes = payload.inner("changes")
    owner, _, name = path.partition("/")
    old_name = changes.inner("repository").inner("name").text("from", limit=200)
    before = changes.inner("owner").inner("from")
    old_owner = before.inner("organization").text("login", limit=200) or before.inner("user").text(
        "login", limit=200
    )
    return f"{old_owner or owner}/{old_name or name}" if old_name or old_owner else ""


def full_ref(payload: Fields) -> str:
    """A push says the full name, the creation or deletion of a branch or a tag the short one and its type."""
    ref = payload.text("ref", limit=400)
    folder = {"branch": "refs/heads/", "tag": "refs/tags/"}.get(payload.text("ref_type", limit=20), "")
    return ref if ref.startswith("refs/") else folder + ref


# GitLab's names of what happened: `object_kind` in projects' webhooks, `event_name` in groups' and the host's.
KINDS: dict[str, tuple[What, str]] = {
    "push": ("push", ""),
    "tag_push": ("push", ""),
    "repository_update": ("push", ""),
    "merge_request": ("change", ""),
    "issue": ("issue", ""),
    "work_item": ("issue", ""),
    "project_create": ("repository", "created"),
    "project_destroy": ("repository", "deleted"),
    "project_rename": ("repository", "renamed"),
    "project_transfer": ("repository", "transferred"),
    "project_update": ("repository", "edited"),
}


def read_gitlab(headers: Headers, payload: Fields, digest: str) -> Delivery:
    event = payload.text("object_kind", limit=60) or payload.text("event_name", limit=60)
    if not header(headers, "x-gitlab-event") or not event:
        raise ForgeError("answer_invalid", what="it names no event")
    what, action = KINDS.get(event, ("other", ""))
    project = payload.inner("project")
    attributes = payload.inner("object_attributes")
    path = project.text("path_with_namespace", limit=400) or payload.text("path_with_namespace", limit=400)
    if what == "issue" and not path:
        # A group's epics are work items as well.
        what = "other"
    if what != "other" and not path:
        raise ForgeError("answer_invalid", what="the path of its project")
    return Delivery(
        gitlab_delivery_id(headers, digest),
        digest,
        event,
        what,
        action=action or attributes.text("action", limit=60),
        host_id=project.identity() or payload.identity("project_id"),
        path=path,
        old_path=payload.text("old_path_with_namespace", limit=400),
        clone_urls=addresses(project.text("git_http_url", limit=2000), project.text("git_ssh_url", limit=2000)),
        ref=payload.text("ref", limit=400) if what == "push" else "",
    )


def gitlab_delivery_id(headers: Headers, digest: str) -> str:
    """One id for all tries of one delivery. Before 17.4 there is none: what one event caused shares its UUID."""
    known = header(headers, "webhook-id", "idempotency-key")
    return known or f"{header(headers, 'x-gitlab-event-uuid')}:{digest[:32]}"


READERS: dict[str, Callable[[Headers, Fields, str], Delivery]] = {
    "github": read_github,
    "gitlab": read_gitlab,
    "gitea": read_gitea,
}
