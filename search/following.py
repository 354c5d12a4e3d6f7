"""How the index follows the database: work off what is pending, or build everything afresh."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path

from django.conf import settings

from search import registry
from search.engines import engine
from search.engines.base import Busy
from search.engines.lock import held
from search.models import PendingDocument

log = logging.getLogger(__name__)

BATCH = 200  # wishes at a time
WAIT = 5.0  # seconds for the one who is at it


def catch_up() -> int:
    """Index what is pending, and everything when the index cannot be used; how many documents were written.

    One at a time, as somebody who read a row earlier must not write it later. Who finds another at it leaves the
    work to them, or to the schedule.
    """
    try:
        with _turn():
            if not engine().ready().usable:
                return _rebuild()
            return _work_off()
    except Busy as busy:
        log.info("%s What is pending waits for the next turn.", busy)
        return 0


def rebuild() -> int:
    """Index everything afresh and swap it in; the number of documents. Raises Busy."""
    with _turn():
        return _rebuild()


def _turn() -> AbstractContextManager[None]:
    return held(Path(settings.INDEX) / "turn.lock", seconds=WAIT)


def _rebuild() -> int:
    """Wishes that were there before have come true with it; later ones stay."""
    covered = list(PendingDocument.objects.values_list("pk", flat=True))
    written = engine().rebuild(chain.from_iterable(each.documents() for each in registry.kinds()))
    _fulfilled(covered)
    log.info("The search index was built afresh with %d documents.", written)
    return written


def _work_off() -> int:
    written = 0
    while wishes := list(PendingDocument.objects.order_by("pk")[:BATCH]):
        for kind in {wish.kind for wish in wishes}:
            written += _read_again(kind, list({wish.key for wish in wishes if wish.kind == kind}))
        # They go last: a worker that is killed before does the same work again.
        _fulfilled([wish.pk for wish in wishes])
    return written


def _read_again(kind: str, keys: list[str]) -> int:
    searchable = registry.get(kind)
    documents = list(searchable.documents(keys)) if searchable else []
    gone = set(keys) - {document.key for document in documents}
    if gone:
        engine().remove(kind, gone)
    return engine().put(documents)


def _fulfilled(wishes: Sequence[int]) -> None:
    for start in range(0, len(wishes), BATCH):
        PendingDocument.objects.filter(pk__in=wishes[start : start + BATCH]).delete()
