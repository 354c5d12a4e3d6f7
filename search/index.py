"""What other apps call when something changed: the index follows the database a moment later."""

from collections.abc import Iterable


def put(kind: str, keys: Iterable[object]) -> None:
    """These rows were made, changed or deleted: have their documents read again and indexed.

    Call it inside the transaction that changes the rows. The wish is a row in the same transaction, so it is
    neither lost nor early; a task is hinted on commit, and the schedule picks up what a silent broker left
    behind. A key whose row is gone is taken out of the index. One query for any number of keys; never raises
    because of the broker.
    """


def match(kind: str, text: str) -> list[str] | None:
    """The keys of this kind that match a text, best first; not yet cut down to what a viewer may see.

    None for a text without words. Raises engines.base.Unavailable when the index cannot be used.
    """


def rebuild() -> int:
    """Index everything afresh and swap it in; the number of documents. Raises Busy."""
