"""What was costly to make for a page: looked up, kept, asked for, and forgotten when nobody wants it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from catalog.models import Rendering

Content = dict[str, Any]
#: A rendering that nobody looked at for so long is made again if somebody does.
KEPT = timedelta(days=60)
MOST = 100_000
#: A worker that was asked so long ago will not answer any more.
PATIENCE = timedelta(minutes=2)
BATCH = 1_000
#: Letters of one rendering as it is stored.
LARGEST = 3_000_000
FAILED = "failed_on"


def kept(kind: str, key: str) -> Content | None:
    """What was made, None when nobody has yet. One query, and a second one on the first look of a day."""
    return content_of(Rendering.objects.filter(kind=kind, key=key).first())


def content_of(row: Rendering | None) -> Content | None:
    """What could not be made is tried once a day."""
    today = timezone.localdate()
    if row is None or row.content is None or row.content.get(FAILED, today.isoformat()) != today.isoformat():
        return None
    if row.used_on != today:
        Rendering.objects.filter(pk=row.pk).update(used_on=today)
    return dict(row.content)


def keep(kind: str, key: str, content: Content) -> None:
    """Whoever makes the same at the same time made the same. What is too large is not kept, and shown plain."""
    if len(json.dumps(content)) > LARGEST:
        content = failure()
    fresh = {"content": content, "used_on": timezone.localdate()}
    Rendering.objects.update_or_create(kind=kind, key=key, defaults=fresh)


def failure() -> Content:
    """Stands for what could not be made today."""
    return {FAILED: timezone.localdate().isoformat()}


def made_or_asked(
    kind: str, key: str, *, make: Callable[[], Content | None], ask: Callable[[], object]
) -> Content | None:
    """What was kept, else what `make` makes within a moment; None while a worker is at it, whom `ask` has asked.

    While it is being waited for, nothing is tried here again.
    """
    row = Rendering.objects.filter(kind=kind, key=key).first()
    if (content := content_of(row)) is not None:
        return content
    if row is not None and row.content is None and row.asked_at > timezone.now() - PATIENCE:
        return None
    if (content := make()) is not None:
        keep(kind, key, content)
        return content
    if is_asked_first(kind, key):
        ask()
    return None


def is_asked_first(kind: str, key: str) -> bool:
    """Notes that a worker is asked for it; False when one was asked a moment ago."""
    now = timezone.now()
    row, is_new = Rendering.objects.get_or_create(kind=kind, key=key)
    if is_new:
        return True
    if row.content is not None:
        # Yesterday's failure: one of those who see it asks again.
        same = Rendering.objects.filter(pk=row.pk, content=row.content)
        return bool(same.update(content=None, asked_at=now)) if content_of(row) is None else False
    late = Rendering.objects.filter(pk=row.pk, content__isnull=True, asked_at__lt=now - PATIENCE)
    return bool(late.update(asked_at=now))


def forget_unused() -> None:
    """What was not looked at for long, and beyond a number that is enough for anybody the longest unused."""
    old = Rendering.objects.filter(used_on__lt=timezone.localdate() - KEPT)
    forget(old.values_list("pk", flat=True).iterator())
    surplus = max(0, Rendering.objects.count() - MOST)
    forget(Rendering.objects.order_by("used_on", "pk").values_list("pk", flat=True)[:surplus].iterator())


def forget(keys: Iterator[int]) -> None:
    """In batches, each a transaction of its own: whoever looks at a page meanwhile does not wait for all."""
    for batch in iter(lambda: list(islice(keys, BATCH)), []):
        Rendering.objects.filter(pk__in=batch).delete()


def forget_of(kind: str, beginning: str) -> None:
    """All of one kind whose key begins so."""
    Rendering.objects.filter(kind=kind, key__startswith=beginning).delete()
