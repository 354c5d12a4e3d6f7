"""The lines of one file's difference as HTML, one below the other or side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from catalog.diffs.colours import PLAIN, Colours, Palette, line_html
from catalog.diffs.marks import STEPS_OF_FILE, Spans, Steps, marks
from catalog.diffs.pairs import TRIES, pairs
from catalog.guides.text import UNWANTED
from forge.types import DiffFile, DiffHunk, DiffLine, LineKind

#: Files with more lines than that stay plain.
COLOURED_LINES = 3_000
SIGNS: dict[LineKind, str] = {"added": "+", "removed": "−", "context": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """`old` and `new` are line numbers, None where the line is not."""

    kind: LineKind
    old: int | None
    new: int | None
    html: SafeString
    newline: bool = True

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class Row:
    """Side by side: one line twice when it is the same, or a line without a partner."""

    old: Line | None
    new: Line | None


@dataclass(frozen=True, slots=True)
class Hunk:
    """`lines` one below the other, or `rows` side by side; the other one is empty."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: str
    lines: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()


def hunks_of(file: DiffFile, *, split: bool) -> tuple[Hunk, ...]:
    """What a page shows of a file; `file` has its lines."""
    count = sum(len(hunk.lines) for hunk in file.hunks)
    paths = (file.old_path, file.path) if count <= COLOURED_LINES else ("", "")
    drawing = Drawing(Palette(paths[0]), Palette(paths[1]))
    return tuple(drawing.hunk(hunk, split=split) for hunk in file.hunks)


class Drawing:
    """The hunks of one file, with what may still be spent on it."""

    def __init__(self, old: Palette, new: Palette) -> None:
        self.old = old
        self.new = new
        self.steps = Steps(STEPS_OF_FILE)
        self.tries = Steps(TRIES)

    def hunk(self, hunk: DiffHunk, *, split: bool) -> Hunk:
        rows = list(self.rows(hunk.lines))
        head = (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count, visible(hunk.heading))
        return Hunk(*head, rows=tuple(rows)) if split else Hunk(*head, lines=tuple(one_below_the_other(rows)))

    def rows(self, lines: Sequence[DiffLine]) -> Iterator[Row]:
        texts = {id(line): visible(line.text) for line in lines}
        colours = self.colours(lines, texts)
        for is_context, group in groupby(lines, key=lambda line: line.kind == "context"):
            block = list(group)
            if is_context:
                for line in block:
                    same = drawn(line, texts[id(line)], colours[id(line)])
                    yield Row(same, same)
            else:
                yield from self.block(block, texts, colours)

    def colours(self, lines: Sequence[DiffLine], texts: dict[int, str]) -> dict[int, Colours]:
        """The old and the new side are two texts, and each is read as one. The new one colours what is in both."""
        found: dict[int, Colours] = {}
        for palette, other in ((self.old, "added"), (self.new, "removed")):
            side = [line for line in lines if line.kind != other]
            coloured = palette.colour([texts[id(line)] for line in side])
            found |= {id(line): colour for line, colour in zip(side, coloured, strict=True)}
        return found

    def block(
        self, lines: Sequence[DiffLine], texts: dict[int, str], colours: dict[int, Colours]
    ) -> Iterator[Row]:
        removed = [line for line in lines if line.kind == "removed"]
        added = [line for line in lines if line.kind == "added"]
        before, after = ([texts[id(line)] for line in side] for side in (removed, added))
        for left, right in pairs(before, after, self.tries):
            old = None if left is None else removed[left]
            new = None if right is None else added[right]
            old_marks: Spans = ()
            new_marks: Spans = ()
            if old and new:
                old_marks, new_marks = marks(texts[id(old)], texts[id(new)], self.steps)
            yield Row(
                drawn(old, texts[id(old)], colours.get(id(old), PLAIN), old_marks) if old else None,
                drawn(new, texts[id(new)], colours.get(id(new), PLAIN), new_marks) if new else None,
            )


def drawn(line: DiffLine, text: str, colours: Colours, found: Spans = ()) -> Line:
    return Line(line.kind, line.old, line.new, line_html(text, colours, found), line.newline)


def one_below_the_other(rows: Sequence[Row]) -> Iterator[Line]:
    """Of each block first all that was removed, then all that was added."""
    for is_context, group in groupby(rows, key=lambda row: row.old is row.new):
        block = list(group)
        yield from (row.old for row in block if row.old)
        if not is_context:
            yield from (row.new for row in block if row.new)


def visible(text: str) -> str:
    """Nothing hides in a difference: what turns the direction of writing or moves a cursor becomes a sign."""
    text = text[:-1] + "␍" if text.endswith("\r") else text
    return UNWANTED.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r", "\N{REPLACEMENT CHARACTER}"))
