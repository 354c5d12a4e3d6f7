"""How a code host's API is asked: with its token, its earlier answers at hand, and an ear for its limits."""

from __future__ import annotations

import hashlib
import zlib
from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.models import ApiAnswer, CodeHost
from forge.connectors import Access
from forge.http import Forgetful, Limits, Stored, Validators

#: Packed bytes of one answer that is kept, and how many answers of one host.
MAX_PACKED = 1_000_000
MAX_UNPACKED = 20 * 2**20
MAX_ANSWERS = 2_000
#: An answer is marked as used at most so often, and forgotten after a time of rest.
USED = timedelta(days=1)
KEPT = timedelta(days=30)


def access_of(code_host: CodeHost) -> Access:
    """For a connector. A source that is not stored yet remembers nothing. Raises ForgeError."""
    stored = code_host.pk is not None
    validators: Validators = StoredAnswers(code_host) if stored else Forgetful()

    def note(limits: Limits) -> None:
        note_limits(code_host, limits)

    return Access(
        hosts=tuple(code_host.hosts),
        token=code_host.token.reveal(),
        validators=validators,
        on_limits=note,
    )


def note_limits(code_host: CodeHost, limits: Limits) -> None:
    """Kept on the object; who asked stores it with the rest of what is to be told."""
    code_host.api_limit = limits.limit
    code_host.api_remaining = limits.remaining
    code_host.api_reset_at = limits.reset_at


class StoredAnswers:
    """The validators of one source, kept in the database for the next look."""

    def __init__(self, code_host: CodeHost) -> None:
        self.code_host = code_host

    def get(self, url: str) -> Stored | None:
        row = ApiAnswer.objects.filter(code_host=self.code_host, key=key_of(url)).first()
        if row is None:
            return None
        unpacked = zlib.decompressobj()
        body = unpacked.decompress(bytes(row.body), MAX_UNPACKED)
        if timezone.now() - row.used_at > USED:
            ApiAnswer.objects.filter(pk=row.pk).update(used_at=timezone.now())
        return Stored(row.etag, row.modified, row.headers, body)

    def put(self, url: str, stored: Stored) -> None:
        body = zlib.compress(stored.body, 6)
        if len(body) > MAX_PACKED:
            return
        values: dict[str, Any] = {
            "url": url,
            "etag": stored.etag,
            "modified": stored.modified,
            "headers": dict(stored.headers),
            "body": body,
            "used_at": timezone.now(),
        }
        ApiAnswer.objects.update_or_create(code_host=self.code_host, key=key_of(url), defaults=values)


def key_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def forget_old(code_host: CodeHost) -> None:
    """What was not asked for long, and what is more than a host is worth."""
    answers = ApiAnswer.objects.filter(code_host=code_host)
    answers.filter(used_at__lt=timezone.now() - KEPT).delete()
    surplus = list(answers.order_by("-used_at", "-pk").values_list("pk", flat=True)[MAX_ANSWERS:])
    answers.filter(pk__in=surplus).delete()


def forget_all(code_host: CodeHost) -> None:
    """What one token was shown says nothing of what another one may see."""
    ApiAnswer.objects.filter(code_host=code_host).delete()
