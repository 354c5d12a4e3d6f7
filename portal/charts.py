"""Geometry of the pictures on activity pages: numbers in, frozen shapes out; no markup, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.pictures import MONTHS, Tick, in_words

WIDTH = 728
#: Room for a label at the right edge.
LABEL = 30
CELL = 13
LEFT = 28
SIZES = (5, 7, 9, 11)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Block:
    """One kind's part of a bar. `kind` is its pattern, `label` what it means."""

    kind: str
    label: str
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of blocks that stand on each other, the first one at the bottom."""

    label: str
    x: float
    width: float
    blocks: tuple[Block, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Stacks:
    """`peak` is the highest sum, at which a rule is drawn."""

    width: int
    height: int
    base: float
    bars: tuple[Stack, ...]
    ticks: tuple[Tick, ...]
    peak: int


def stacks(
    rows: Sequence[tuple[str, Sequence[int]]],
    kinds: Sequence[tuple[str, str]],
    ticks: Sequence[tuple[int, str]],
    *,
    height: int = 140,
) -> Stacks:
    """Bars for rows of a label with counts, one of each kind (its pattern and meaning). `ticks` name bars."""
    base, top = height - 20.0, 14.0
    peak = max((sum(counts) for _, counts in rows), default=0)
    step = WIDTH / max(len(rows), 1)
    gap = min(2.0, step / 4) if len(rows) > 20 else step / 4
    bars = []
    for index, (label, counts) in enumerate(rows):
        y, blocks = base, []
        for (kind, meaning), count in zip(kinds, counts, strict=True):
            tall = max((base - top) * count / peak, 1.5) if count else 0.0
            y -= tall
            if count:
                blocks.append(Block(kind, meaning, round(y, 2), round(tall, 2), count))
        x = index * step + gap / 2
        bars.append(Stack(label, round(x, 2), round(step - gap, 2), tuple(blocks), sum(counts)))
    named = tuple(Tick(round(index * step + gap / 2, 2), word) for index, word in ticks)
    return Stacks(WIDTH, height, base, tuple(bars), tuple(t for t in named if t.at < WIDTH - LABEL), peak)


def month_ticks(mondays: Sequence[date]) -> list[tuple[int, str]]:
    """The weeks in which a month begins."""
    return [
        (index, MONTHS[monday.month - 1])
        for index, monday in enumerate(mondays)
        if index and monday.month != mondays[index - 1].month
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A day with commits. It grows with their number, so that its colour is not needed to read it."""

    day: str
    count: int
    level: int
    x: float
    y: float
    size: int


@dataclass(frozen=True, slots=True)
class Heat:
    """52 columns of weeks with seven rows, Monday on top; days without commits have no cell."""

    width: int
    height: int
    cells: tuple[Cell, ...]
    months: tuple[Tick, ...]
    weekdays: tuple[Tick, ...]
    total: int
    active: int
    busiest: Cell | None


def heat(days: Sequence[int], first: date) -> Heat:
    """From counts by day, the oldest first; `first` is a Monday. Levels are quarters of the busiest day."""
    peak = max(days, default=0)
    cells = []
    for index, count in enumerate(days):
        if count:
            level = -(-4 * count // peak) - 1
            column, row, size = index // 7, index % 7, SIZES[level]
            x, y = LEFT + column * CELL + (CELL - size) / 2, 16 + row * CELL + (CELL - size) / 2
            day = f"{WEEKDAYS[row]} {in_words(first + timedelta(days=index))}"
            cells.append(Cell(day, count, level + 1, x, y, size))
    columns = -(-len(days) // 7)
    mondays = [first + timedelta(weeks=number) for number in range(columns)]
    named = ((LEFT + CELL * index, word) for index, word in month_ticks(mondays) if index < columns - 1)
    return Heat(
        width=LEFT + columns * CELL,
        height=16 + 7 * CELL,
        cells=tuple(cells),
        months=tuple(Tick(x, word) for x, word in named),
        weekdays=tuple(Tick(16 + CELL * row + 10, word) for row, word in ((0, "Mon"), (2, "Wed"), (4, "Fri"))),
        total=sum(days),
        active=len(cells),
        busiest=max(cells, key=lambda cell: cell.count, default=None),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A release on the time line."""

    x: float
    name: str
    day: str


@dataclass(frozen=True, slots=True)
class Line:
    width: int
    marks: tuple[Mark, ...]
    years: tuple[Tick, ...]


def time_line(releases: Sequence[tuple[str, datetime]], *, now: datetime) -> Line:
    """Releases from the first one until `now`, in its zone. The years are named, or months where all are young."""
    releases = [(name, at.astimezone(now.tzinfo)) for name, at in releases]
    first = min((at for _, at in releases), default=now)
    span = max((now - first).total_seconds(), 86400.0)
    room = WIDTH - 24

    def place(at: datetime) -> float:
        return round(12 + room * min(1.0, max(0.0, (at - first).total_seconds() / span)), 1)

    marks = tuple(Mark(place(at), name, in_words(at)) for name, at in releases)
    starts = [(date(year, 1, 1), str(year)) for year in range(first.year + 1, now.year + 1)]
    if span < 400 * 86400:
        months = [(first.year + (first.month + n) // 12, (first.month + n) % 12) for n in range(14)]
        starts = [(date(year, month + 1, 1), MONTHS[month]) for year, month in months]
    step = -(-len(starts) // 14) or 1
    moments = [(datetime(day.year, day.month, day.day, tzinfo=now.tzinfo), word) for day, word in starts[::step]]
    return Line(WIDTH, marks, tuple(Tick(place(at), word) for at, word in moments if first < at < now))
