"""Searching code while somebody waits: few at once, each with an end, and it is said where one stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from catalog.diffs.lines import visible
from forge.reading import Wanted
from forge.types import GrepFile, GrepLine, shown

#: A git that looks through all files takes a processor for itself; a process runs so many of them.
AT_ONCE = 4
#: Seconds to wait for a place.
PATIENCE = 1.0
PLACES = threading.BoundedSemaphore(AT_ONCE)
#: Codes of ForgeError that are about what was typed.
COMPLAINTS = ("pattern_invalid", "filter_invalid")


class Busy(Exception):
    """As many as may search do so already."""


@contextmanager
def places(count: int = 1) -> Iterator[None]:
    """Some of the places that this process has for searching. Raises Busy."""
    with ExitStack() as held:
        for _ in range(count):
            if not PLACES.acquire(timeout=PATIENCE):
                raise Busy
            held.callback(PLACES.release)
        yield


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, as it was typed."""

    text: str = ""
    is_regex: bool = False
    matches_case: bool = False
    paths: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Asked:
        text, paths = (visible(asked.get(name, "")) for name in ("q", "path"))
        return cls(text, asked.get("regex") == "1", asked.get("case") == "1", paths.strip())

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    @property
    def words(self) -> dict[str, str]:
        """As they stand in an address; what says nothing is empty."""
        return {
            "q": self.text,
            "regex": "1" if self.is_regex else "",
            "case": "1" if self.matches_case else "",
            "path": self.paths,
        }

    def wanted(self, *, context: int = 0) -> Wanted:
        filters = tuple(self.paths.split())
        return Wanted(self.text, self.is_regex, not self.matches_case, filters, context)


@dataclass(frozen=True, slots=True)
class Line:
    """`parts` are pieces of text and whether each one matched; `is_apart`: lines before it are left out."""

    number: int
    parts: tuple[tuple[str, bool], ...]
    is_match: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class File:
    """`path` keeps git's bytes: show `name`."""

    path: str
    lines: tuple[Line, ...]
    has_more: bool

    @property
    def name(self) -> str:
        return shown(self.path)


def file_of(found: GrepFile) -> File:
    return File(found.path, tuple(lines_of(found.lines)), found.has_more)


def lines_of(lines: Iterable[GrepLine]) -> Iterator[Line]:
    before = None
    for line in lines:
        parts = tuple((visible(text), matched) for text, matched in line.parts)
        is_apart = before is not None and line.number > before + 1
        yield Line(line.number, parts, line.is_match, is_apart)
        before = line.number
