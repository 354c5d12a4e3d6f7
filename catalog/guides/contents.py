"""The headings of a rendered text as a table of contents beside it."""

from __future__ import annotations

import html as entities
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.guides.finish import TocEntry
from catalog.guides.sections import HEADING, title_of

#: With fewer headings a text is seen at a glance.
FEWEST = 3
MOST = 200
LEVELS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of contents. `depth` counts from 1, at most LEVELS; `anchor` is an id on the page."""

    title: str
    anchor: str
    depth: int


def headings(html: str) -> Iterator[TocEntry]:
    """Those of a text that catalog.guides.render made, also of one that was stored."""
    for level, anchor, inside in HEADING.findall(html):
        if title := title_of(inside):
            yield TocEntry(int(level), title, entities.unescape(anchor))


def contents(toc: Iterable[TocEntry]) -> tuple[Line, ...]:
    """Empty for a short text. A heading that names the whole is no part of what it holds."""
    entries = list(toc)
    levels = [entry.level for entry in entries]
    if levels and levels[0] == min(levels) and levels.count(levels[0]) == 1:
        entries = entries[1:]
    if len(entries) < FEWEST:
        return ()
    top = min(entry.level for entry in entries)
    lines = (Line(entry.title, entry.anchor, entry.level - top + 1) for entry in entries)
    return tuple(line for line in lines if line.depth <= LEVELS)[:MOST]
