"""What other apps call when something changed or is looked for: the index follows the database a moment later."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from kombu.exceptions import OperationalError

from search import tasks
from search.engines import engine
from search.engines.base import State
from search.models import PendingDocument
from search.query import parse

log = logging.getLogger(__name__)
_gathering = ContextVar("gathering", default=False)


def put(kind: str, keys: Iterable[object]) -> None:
    """These rows were made, changed or deleted: have their documents read again and indexed.

    Call it inside the transaction that changes the rows. The wish is a row in the same transaction, so it is
    neither lost nor early; a task is hinted on commit, and the schedule picks up what a silent broker left
    behind. A key whose row is gone is taken out of the index. One query for any number of keys; never raises
    because of the broker.
    """
    put_all({kind: keys})


def put_all(keys: Mapping[str, Iterable[object]]) -> None:
    """The same for keys of several kinds at once."""
    pairs = dict.fromkeys((kind, str(key)) for kind, some in keys.items() for key in some)
    wishes = [PendingDocument(kind=kind, key=key) for kind, key in pairs]
    if wishes:
        PendingDocument.objects.bulk_create(wishes, batch_size=1000)
        transaction.on_commit(_hint)


def remove(kind: str, keys: Iterable[object]) -> None:
    """These rows are gone or no longer to be found: the same wish, as reading them again finds nothing."""
    put(kind, keys)


@contextmanager
def gathered() -> Iterator[None]:
    """For whoever changes much at once: the task is hinted a single time, at the end."""
    token = _gathering.set(True)
    try:
        yield
    finally:
        _gathering.reset(token)
        _hint()


def match(kind: str, text: str) -> list[str] | None:
    """The keys of this kind that match a text, best first; not yet cut down to what a viewer may see.

    None for a text without words. Raises engines.base.Unavailable when the index cannot be used.
    """
    query = parse(text)
    return None if query.is_empty else engine().match(query, kinds={kind}).keys(kind)


def ready() -> State:
    """Whether questions can be answered. Never raises."""
    return engine().ready()


def _hint() -> None:
    if _gathering.get():
        return
    try:
        tasks.catch_up.delay()
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer (%s); the schedule will index what changed.", error)
