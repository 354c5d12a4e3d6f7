"""The forms of sources, filled in as an operator does."""

from __future__ import annotations

from typing import Any

from django.test import Client

from catalog.models import CodeHost
from tests.create import create_code_host

SOURCES = "/curation/sources/"
ADD = "/curation/sources/add/"


def connect(client: Client, kind: str, **fields: str) -> Any:
    usual = (
        {"take_archived": "on", "private_listings": "restrict"} if kind in ("github", "gitlab", "gitea") else {}
    )
    return client.post(f"{ADD}{kind}/", {**usual, **fields})


def add(client: Client, kind: str, answer: Any) -> Any:
    return client.post(f"{ADD}{kind}/", {"draft": answer.context["draft"]}, follow=True)


def gitea(**fields: Any) -> CodeHost:
    usual = {"kind": "gitea", "name": "Acme", "address": "https://git.corp.example/acme", "hosts": []}
    return create_code_host(**{**usual, **fields})
