"""The table of contents of a guide, from its HTML as it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.guides.sections import HEADING, title_of

MOST = 60
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """`depth` is 0 for those on top of this table and 1 for those below; `anchor` is the id of the heading."""

    depth: int
    title: str
    anchor: str


def contents(html: str) -> tuple[Heading, ...]:
    """The two highest levels of headings, sixty at most; nothing for a guide that needs no table.

    A guide's own title, its first heading where no other is as high, is left out.
    """
    found = [(int(each[1]), title_of(each[3]), each[2]) for each in HEADING.finditer(html)]
    found = [each for each in found if each[1]]
    if len(found) > 1 and all(level > found[0][0] for level, _, _ in found[1:]):
        found = found[1:]
    top = min((level for level, _, _ in found), default=0)
    table = [Heading(level - top, title, anchor) for level, title, anchor in found if level <= top + 1]
    return tuple(table[:MOST]) if len(table) >= FEWEST else ()
