"""Reads what a code host or a webhook sends, field by field: a stranger's JSON, whose every type may be wrong.

A field that is missing, of another type or out of bounds is unknown; only what a repository cannot be named
without is demanded. Texts lose their invisible characters and are cut.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit

from forge.errors import ForgeError, printable
from forge.http import MOST

# A parser makes a hundred bytes of every bracket and comma. A page of a hundred repositories has 2,000 and 20,000.
MAX_BRACKETS = 200_000
MAX_COMMAS = 400_000
MAX_NUMBER = 2**53
MAX_TEXTS = 100
MAX_LABEL = 100
MAX_ADDRESS = 2000


def parse(body: bytes) -> object:
    """JSON within bounds. Raises ValueError, whatever is wrong with it."""
    if body.count(b"[") + body.count(b"{") > MAX_BRACKETS or body.count(b",") > MAX_COMMAS:
        raise ValueError("It holds too many values.")
    try:
        return cast(object, json.loads(body))
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


class Fields:
    """One JSON object. `what` names it in an error: "repository"."""

    def __init__(self, value: object, what: str = "answer") -> None:
        if not isinstance(value, Mapping):
            raise ForgeError("answer_invalid", what=f"a {what} that is none")
        self.values: Mapping[str, object] = value
        self.what = what

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def inner(self, name: str) -> "Fields":
        """The object inside, an empty one when there is none."""
        value = self.values.get(name)
        return Fields(value if isinstance(value, Mapping) else {}, self.what)

    def raw(self, name: str) -> object:
        return self.values.get(name)

    def text(self, name: str, *, limit: int = 500) -> str:
        value = self.values.get(name)
        if not isinstance(value, str):
            return ""
        # Cut first, so that a text of megabytes costs nothing.
        return printable(" ".join(value[: limit * 4].split()), limit=limit)

    def needed(self, name: str, *, limit: int = 500) -> str:
        """A text that must be there as it is, without invisible characters."""
        value = self.values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isprintable():
            raise ForgeError("answer_invalid", what=f"the {name} of a {self.what}")
        return value

    def identity(self, name: str = "id") -> str:
        """The host's stable number of something, "" when it has none."""
        value = self.count(name)
        return "" if value is None else str(value)

    def count(self, name: str) -> int | None:
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_NUMBER:
            return None
        return value

    def amount(self, name: str) -> int | None:
        """How many of something there are, None when no column could hold so many."""
        value = self.count(name)
        return value if value is None or value <= MOST else None

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def moment(self, name: str) -> datetime | None:
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > 40:
            return None
        try:
            found = datetime.fromisoformat(value)
            # Gitea writes the year 1 where it means never, and a year at the edge breaks every calculation.
            return found.astimezone(UTC) if found.tzinfo and 1970 <= found.year <= 2200 else None
        except (ValueError, OverflowError):
            return None

    def texts(self, name: str, *, inside: str = "") -> tuple[str, ...]:
        """A list of texts, or of objects that hold the text as `inside`. Each once, in the host's order."""
        value = self.values.get(name)
        if not isinstance(value, list):
            return ()
        found: dict[str, None] = {}
        for each in value[:MAX_TEXTS]:
            holder = each if inside and isinstance(each, Mapping) else {inside: each}
            if text := Fields(holder).text(inside, limit=MAX_LABEL):
                found[text] = None
        return tuple(found)

    def page(self, name: str, *, host: str) -> str:
        """The address of a page of this host, fit to be a link; anything else is dropped."""
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > MAX_ADDRESS or not value.isprintable():
            return ""
        return value if is_page(value, host=host) else ""


def is_page(address: str, *, host: str) -> bool:
    try:
        parts = urlsplit(address)
        there = parts.netloc.lower()
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and there == host.lower() and not re.search(r"[\s\\<>\"']", address)
