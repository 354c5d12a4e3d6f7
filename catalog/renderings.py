"""What was costly to make for a page: looked up, kept, asked for, and forgotten when nobody wants it."""

from __future__ import annotations

from collections.abc import Iterator
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


def kept(kind: str, key: str) -> Content | None:
    """What was made, None when nobody has yet. One query, and a second one on the first look of a day."""
    row = Rendering.objects.filter(kind=kind, key=key).first()
    if row is None or row.content is None:
        return None
    today = timezone.localdate()
    if row.used_on != today:
        Rendering.objects.filter(pk=row.pk).update(used_on=today)
    return dict(row.content)


def keep(kind: str, key: str, content: Content) -> None:
    """Whoever makes the same at the same time made the same."""
    fresh = {"content": content, "used_on": timezone.localdate()}
    Rendering.objects.update_or_create(kind=kind, key=key, defaults=fresh)


def is_asked_first(kind: str, key: str) -> bool:
    """Notes that a worker is asked for it; False when one was asked a moment ago."""
    now = timezone.now()
    row, is_new = Rendering.objects.get_or_create(kind=kind, key=key)
    if is_new:
        return True
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
