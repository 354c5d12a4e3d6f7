"""Stops a request whose body is too long, while it comes in.

Django's ASGI handler stores a body whole before any line of ours sees it, so that anybody could fill the disk.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from forge.errors import ForgeError

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

WEBHOOKS = "/api/webhooks/"


class BodyLimit:
    """Answers 413 as soon as a body is announced or found to be too long, and reads no more of it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        counted = Counted(receive, limit=limit_of(scope["path"]))
        if announced(scope) > counted.limit:
            return await refuse(scope, send)
        await self.application(scope, counted.receive, send)
        if counted.is_over:
            await refuse(scope, send)
        return None


class Counted:
    """To the application, a body that is too long looks like a sender who went away: it ends without an answer."""

    def __init__(self, receive: Receive, *, limit: int) -> None:
        self.inner = receive
        self.limit = limit
        self.seen = 0

    async def receive(self) -> Message:
        message = await self.inner()
        self.seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over else message

    @property
    def is_over(self) -> bool:
        return self.seen > self.limit


def limit_of(path: str) -> int:
    """Bytes. Nothing is uploaded anywhere else, so what a form may hold is enough there."""
    if path.startswith(WEBHOOKS):
        return int(settings.WEBHOOK_BODY_LIMIT) * 2**20
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def announced(scope: Message) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def refuse(scope: Message, send: Send) -> None:
    """In the words that `api.webhooks` uses, where it is a webhook."""
    kind, body = b"text/plain", b"The body of this request is too long.\n"
    if scope["path"].startswith(WEBHOOKS):
        error = ForgeError("webhook_too_large", limit=settings.WEBHOOK_BODY_LIMIT)
        said = {"code": error.code, "message": error.message, "cure": error.cure}
        kind, body = b"application/json", json.dumps(said).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
