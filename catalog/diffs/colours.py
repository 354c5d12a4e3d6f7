"""Colours of code that comes in pieces: the short class names of Pygments, as offsets in each line."""

from __future__ import annotations

import contextlib
import html
import time
from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString, mark_safe
from pygments.lexer import Lexer
from pygments.token import STANDARD_TYPES, _TokenType

from catalog.diffs.marks import Spans
from catalog.guides.code import Late, lexer_for, tokens

LONGEST_LINE = 1_000
#: Characters of one side of a hunk. Some lexers take a time that grows faster than the text.
LONGEST_SIDE = 60_000
#: Seconds for all of a file; what comes after that stays plain.
PATIENCE = 0.25
#: The classes that static/css/code.css colours; all others would only make the page heavy.
COLOURED = frozenset(
    (
        *("c", "ch", "cm", "c1", "cs", "cp", "cpf", "k", "kc", "kd", "kn", "kp", "kr", "ow", "nt"),
        *("s", "sa", "sb", "sc", "sd", "s1", "s2", "se", "sh", "si", "sr", "ss", "sx", "gi"),
        *("m", "mb", "mf", "mh", "mi", "mo", "kt", "nb", "no", "nv", "na"),
        *("nc", "nd", "ne", "nf", "fm", "nn", "gp", "gd", "gr", "err"),
    )
)

Colour = tuple[int, int, str]
Colours = tuple[Colour, ...]
PLAIN: Colours = ()


class Palette:
    """The colours of one file. It lexes until its time is over."""

    def __init__(self, path: str, *, patience: float = PATIENCE) -> None:
        self.lexer = lexer_for(path[-255:])
        self.patience = patience

    def colour(self, lines: Sequence[str]) -> list[Colours]:
        """Of lines that follow each other. Plain where there is no lexer, a line too long or no time left."""
        total = sum(map(len, lines))
        if self.lexer is None or total > LONGEST_SIDE or max(map(len, lines), default=0) > LONGEST_LINE:
            return [PLAIN] * len(lines)
        started = time.monotonic()
        try:
            return list(self._by_line(self.lexer, lines, started + self.patience))
        finally:
            self.patience -= time.monotonic() - started

    def _by_line(self, lexer: Lexer, lines: Sequence[str], deadline: float) -> Iterator[Colours]:
        found: list[list[Colour]] = [[] for _ in lines]
        line = column = 0
        with contextlib.suppress(Late):
            for kind, value in tokens("\n".join(lines), lexer, deadline):
                css = css_of(kind)
                for part in cut(value):
                    if part == "\n":
                        line, column = line + 1, 0
                        continue
                    if css and line < len(found):
                        add(found[line], column, column + len(part), css)
                    column += len(part)
        yield from map(tuple, found)


def add(found: list[Colour], start: int, end: int, css: str) -> None:
    """Behind what is there; a token of the same colour makes the last one longer."""
    if found and found[-1][1] == start and found[-1][2] == css:
        start = found.pop()[0]
    found.append((start, end, css))


def cut(value: str) -> Iterator[str]:
    """The parts of a token that lie on different lines, with the line ends between them."""
    first, *rest = value.split("\n")
    yield first
    for part in rest:
        yield "\n"
        yield part


def css_of(kind: _TokenType) -> str:
    found: _TokenType | None = kind
    while found is not None and found not in STANDARD_TYPES:
        found = found.parent
    name = STANDARD_TYPES[found] if found is not None else ""
    return name if name in COLOURED else ""


def line_html(text: str, colours: Colours, marks: Spans) -> SafeString:
    """One line as HTML: escaped, coloured, and marked where it differs."""
    pieces = [piece(text[start:end], css, marks, start) for start, end, css in filled(colours, len(text))]
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped.


def filled(colours: Colours, length: int) -> Iterator[Colour]:
    """The colours with what lies between them."""
    at = 0
    for start, end, css in colours:
        if start > at:
            yield at, start, ""
        yield start, end, css
        at = end
    if at < length:
        yield at, length, ""


def piece(text: str, css: str, marks: Spans, start: int) -> str:
    inner = "".join(marked(text, marks, start)) if marks else html.escape(text, quote=False)
    return f'<span class="{css}">{inner}</span>' if css and inner else inner


def marked(text: str, marks: Spans, start: int) -> Iterator[str]:
    at, end = start, start + len(text)
    for first, last in marks:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        yield html.escape(text[at - start : first - start], quote=False)
        yield f"<mark>{html.escape(text[first - start : last - start], quote=False)}</mark>"
        at = last
    yield html.escape(text[at - start :], quote=False)
