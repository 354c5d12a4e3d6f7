"""A body that is too long is answered while it comes in, before Django stores any more of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.conf import LazySettings

from portal.bodies import BodyLimit

WEBHOOK = "/api/webhooks/00000000-0000-4000-8000-000000000000/"


class Sender:
    """Sends `size` bytes in parts of 64 kB, and remembers how many of them were asked for."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.asked = 0
        self.answers: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        part = b"x" * min(self.left, 2**16)
        self.left -= len(part)
        self.asked += len(part)
        return {"type": "http.request", "body": part, "more_body": self.left > 0}

    async def send(self, message: Any) -> None:
        self.answers.append(message)


async def stores_all(scope: Any, receive: Any, send: Any) -> None:
    """What Django's handler does first."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(path: str, size: int, *, announced: bool = False) -> Sender:
    sender = Sender(size)
    headers = [(b"content-length", str(size).encode())] if announced else []
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(BodyLimit(stores_all)(scope, sender.receive, sender.send))
    return sender


@pytest.mark.parametrize(("path", "limit"), [(WEBHOOK, 2**20), ("/sign-in/", 2621440)])
def test_a_body_is_read_no_further_than_it_may_be_long(settings: LazySettings, path: str, limit: int) -> None:
    settings.WEBHOOK_BODY_LIMIT = 1
    assert [each["status"] for each in ask(path, limit).answers] == [200]
    endless = ask(path, 100 * 2**20)
    assert endless.answers[0]["status"] == 413
    assert limit < endless.asked <= limit + 2**16


def test_what_is_announced_too_long_is_not_read_at_all() -> None:
    refused = ask(WEBHOOK, 26 * 2**20, announced=True)
    assert (refused.answers[0]["status"], refused.asked) == (413, 0)
    said = json.loads(refused.answers[1]["body"])
    assert said["code"] == "webhook_too_large" and set(said) == {"code", "message", "cure"}


def test_other_kinds_of_connections_are_none_of_its_business() -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    asyncio.run(BodyLimit(application)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == [{"type": "lifespan"}]
