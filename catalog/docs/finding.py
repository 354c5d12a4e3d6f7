"""Words found in the documents of a project, read afresh for each question and never for long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.docs.places import ending
from catalog.docs.titles import LONGEST_LINE, plain, title_of
from catalog.guides.finish import NOT_IN_ANCHOR
from catalog.guides.text import decode

LONGEST_QUESTION = 100
MOST_WORDS = 6
#: Results of one document, and all of them.
MOST_EACH = 5
MOST = 50
AROUND = 90
HEADING = re.compile(r"#{1,6}[ \t]+(\S.*)|={1,6}[ \t]+(\S.*)")
ADORNMENT = re.compile(r"([=\-~^*+#\"'`])\1{2,}[ \t]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `is_hit` where it is one of the words."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a document: the heading above it, "" for none or when it is one itself, and words around.

    `anchor` is that of the heading as the renderer most likely made it, without its prefix.
    """

    heading: str
    anchor: str
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that holds all the words; the best places in it. The larger `rank`, the better."""

    path: str
    title: str
    hits: tuple[Hit, ...]
    rank: int


def words_of(question: str) -> tuple[str, ...]:
    """The words asked for, lowered; in quotes they are one."""
    found = re.findall(r'"([^"]+)"|(\S+)', question[:LONGEST_QUESTION])
    words = (" ".join((quoted or word).strip('"').lower().split()) for quoted, word in found)
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def look(path: str, data: bytes, words: tuple[str, ...]) -> Found | None:
    """What one document says of all these words; None when one of them is missing."""
    decoded = decode(data)
    if decoded is None or not words:
        return None
    text = decoded.text
    lowered = f"{path}\n{text}".lower()
    if not all(word in lowered for word in words):
        return None
    title = title_of(path, text)
    in_title = sum(word in title.lower() for word in words)
    hits = list(places(path, text, words))
    in_headings = sum(not hit.heading and bool(hit.anchor) for hit in hits[:MOST_EACH])
    rank = 100 * in_title + 10 * in_headings + min(9, len(hits))
    return Found(path, title, tuple(hits[:MOST_EACH]), rank)


def places(path: str, text: str, words: tuple[str, ...]) -> Iterator[Hit]:
    """The lines that hold one of the words, at most twice as many as are shown."""
    heading = ""
    count = 0
    lines = [line[:LONGEST_LINE] for line in text.split("\n")]
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        is_title = is_heading(path, line, below)
        if is_title:
            heading = plain(line.lstrip("#= \t").rstrip("# \t"))
        if any(word in line.lower() for word in words):
            shown = heading if is_title else line
            yield Hit("" if is_title else heading, anchor_of(heading), snippet(shown, words))
            count += 1
            if count >= 2 * MOST_EACH:
                return


def anchor_of(heading: str) -> str:
    return NOT_IN_ANCHOR.sub("", heading.lower()).strip().replace(" ", "-")


def is_heading(path: str, line: str, below: str) -> bool:
    if ending(path) == "rst":
        return bool(line.strip() and ADORNMENT.fullmatch(below) and not ADORNMENT.fullmatch(line))
    return HEADING.fullmatch(line) is not None


def snippet(line: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """The words of a line around the first hit, the hits marked."""
    line = " ".join(line.split())
    lowered = line.lower()
    if len(lowered) != len(line):
        return (Piece(line[: 2 * AROUND]),)
    first = min((at for word in words if (at := lowered.find(word)) >= 0), default=0)
    start = max(0, first - AROUND)
    shown, low = line[start : first + AROUND], lowered[start : first + AROUND]
    pieces = list(pieces_of(shown, low, words))
    before = [Piece("… ")] if start else []
    after = [Piece(" …")] if first + AROUND < len(line) else []
    return (*before, *pieces, *after)


def pieces_of(shown: str, lowered: str, words: tuple[str, ...]) -> Iterator[Piece]:
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    at = 0
    for found in pattern.finditer(lowered):
        if found.start() > at:
            yield Piece(shown[at : found.start()])
        yield Piece(shown[found.start() : found.end()], is_hit=True)
        at = found.end()
    if at < len(shown):
        yield Piece(shown[at:])


def best(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda each: (-each.rank, each.path))[:MOST])
