"""Where code hosts deliver what happened. Whoever cannot sign learns nothing here, not even that a source exists.

An unknown source, one that is paused or has no secret, a wrong signature and a repository that is not listed are
answered alike, by the same steps: two queries and a signature over the body.
"""

from __future__ import annotations

import functools
import logging
import secrets
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from api import deliveries
from catalog.actions.hearing import project_of
from catalog.models import CodeHost, Secret
from forge.connectors import webhooks
from forge.connectors.webhooks import Delivery
from forge.errors import ForgeError

log = logging.getLogger(__name__)

STATUS = {"webhook_refused": 401, "webhook_invalid": 400, "webhook_too_large": 413, "webhook_too_many": 429}
#: Who stands for a source that may not deliver, and what for a body that nobody signed.
NOBODY = CodeHost(pk=0, kind="github")
NOTHING = Delivery("", "", "", "other")
CHUNK = 64 * 2**10


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Six queries at most, two for what is refused; the rest is left to a worker, who gets a hint."""
    try:
        receive(request, public_id)
    except ForgeError as error:
        answer = JsonResponse(
            {"code": error.code, "message": error.message, "cure": error.cure}, status=STATUS[error.code]
        )
        if error.code == "webhook_too_many":
            answer["Retry-After"] = "60"
        return answer
    # The same for whatever was delivered: it says nothing of what is listed here, nor who may see it.
    return JsonResponse({"accepted": True})


def receive(request: HttpRequest, public_id: UUID) -> None:
    """Raises ForgeError with a code of STATUS."""
    body = body_of(request)
    code_host = CodeHost.objects.present().filter(public_id=public_id, enabled=True).first() or NOBODY
    delivery = delivered(code_host, request, body)
    project = project_of(code_host, delivery or NOTHING)
    if delivery is None or (project is None and is_about_a_listing(delivery)):
        raise ForgeError("webhook_refused")
    if deliveries.too_many(code_host):
        raise ForgeError("webhook_too_many", limit=settings.WEBHOOKS_PER_MINUTE)
    deliveries.take(code_host, project, delivery)


def is_about_a_listing(delivery: Delivery) -> bool:
    """Happenings of repositories themselves are heard of all: one may just have been created."""
    return delivery.what in ("push", "change", "issue")


def delivered(code_host: CodeHost, request: HttpRequest, body: bytes) -> Delivery | None:
    """What a code host says, None when it is not known to be its word. Raises ForgeError `webhook_invalid`."""
    headers = dict(request.headers)
    try:
        webhooks.verify(code_host.kind, headers, body, secret_of(code_host))
    except ForgeError:
        return None
    return webhooks.read(code_host.kind, headers, body)


def secret_of(code_host: CodeHost) -> str:
    try:
        return (code_host.webhook_secret or nobodys()).reveal()
    except ForgeError as error:
        log.warning("The secret of the webhook of source %s: %s", code_host.pk, error.message)
        return nobodys().reveal()


@functools.cache
def nobodys() -> Secret:
    """Stands for a secret that is missing. Nobody knows it, so nothing is ever signed with it."""
    return Secret.of(secrets.token_hex(32))


# ---------------------------------------------------------------- the body
def body_of(request: HttpRequest) -> bytes:
    """As it was sent, read no further than it may be long. Raises ForgeError `webhook_too_large`.

    No code host compresses what it sends, so nothing is unpacked here.
    """
    limit = settings.WEBHOOK_BODY_LIMIT * 2**20
    is_packed = request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
    if is_packed or announced(request) > limit:
        raise too_large()
    parts, size = [], 0
    while part := request.read(CHUNK):
        size += len(part)
        if size > limit:
            raise too_large()
        parts.append(part)
    return b"".join(parts)


def announced(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def too_large() -> ForgeError:
    return ForgeError("webhook_too_large", limit=settings.WEBHOOK_BODY_LIMIT)
