"""Deliveries as code hosts make them, with signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from typing import Any

from django.test import Client
from django.urls import reverse

from catalog.models import CodeHost, Project, Secret
from catalog.querysets import ProjectQuerySet
from tests.create import create_code_host, create_project
from tests.forge.connectors.specified import github_deliveries

SECRET = "a secret that the host and the portal share"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PUSH_OF_GITLAB = {
    "object_kind": "push",
    "ref": "refs/heads/main",
    "project_id": 15,
    "project": {"id": 15, "path_with_namespace": "payments/core/ledger"},
}
numbers = itertools.count(1)


def create_host(kind: str = "github", *, secret: str = SECRET, **fields: Any) -> CodeHost:
    fields.setdefault("hosts", ["git.corp.example"])
    return create_code_host(kind=kind, webhook_secret=Secret.of(secret), **fields)


def example(event: str, action: str = "") -> dict[str, Any]:
    """A recorded payload of GitHub, a copy of its own."""
    found = next(each for each in github_deliveries()[event] if not action or each.get("action") == action)
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def listed(code_host: CodeHost, payload: dict[str, Any], **fields: Any) -> Project:
    """The project that a payload is about."""
    repository = payload["repository"]
    fields.setdefault("host_id", str(repository["id"]))
    fields.setdefault("next_sync_at", None)
    return create_project(code_host=code_host, path=repository["full_name"], **fields)


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def of_github(event: str, body: bytes, *, id: str = "", secret: str = SECRET) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": id or f"delivery-{next(numbers)}",
        "X-Hub-Signature-256": f"sha256={signature(body, secret)}",
    }


def of_gitea(event: str, body: bytes, *, id: str = "", secret: str = SECRET) -> dict[str, str]:
    """Gitea sends GitHub's headers beside its own."""
    own = {"X-Gitea-Event": event, "X-Gitea-Delivery": id or f"delivery-{next(numbers)}"}
    return of_github(event, body, id=own["X-Gitea-Delivery"], secret=secret) | own


def of_gitlab(event: str, body: bytes, *, id: str = "", secret: str = SECRET) -> dict[str, str]:
    id = id or f"delivery-{next(numbers)}"
    return {
        "Content-Type": "application/json",
        "X-Gitlab-Event": event,
        "Idempotency-Key": id,
        "X-Gitlab-Token": secret,
    }


def signed_by_gitlab(body: bytes, *, key: bytes, id: str, at: int) -> dict[str, str]:
    signed = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "X-Gitlab-Event": "Push Hook",
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def post(client: Client, code_host: CodeHost | str, body: bytes, headers: dict[str, str]) -> Any:
    public_id = code_host if isinstance(code_host, str) else code_host.public_id
    url = reverse("api:webhook", args=[public_id])
    kind = headers.get("Content-Type", "application/json")
    return client.generic("POST", url, body, content_type=kind, headers=headers)


def deliver(client: Client, code_host: CodeHost, event: str, payload: Any, **options: str) -> Any:
    """A delivery of GitHub."""
    body = json.dumps(payload).encode()
    return post(client, code_host, body, of_github(event, body, **options))


def due() -> ProjectQuerySet:
    """What a worker would sync now."""
    return Project.objects.due()
