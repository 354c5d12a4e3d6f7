"""Geometry of the pictures that pages draw as SVG: numbers in, frozen shapes out; no markup, no database."""

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TEAM_COLOURS = 12
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(day: date) -> str:
    """As the filter `date` has it, which takes ten times as long; a picture names hundreds of days."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Spark:
    """A line of weekly counts in view box units, origin top left. It begins and ends outside the box, below its
    corners, so that one shape is both the line and the area below it."""

    width: int
    height: int
    points: str
    total: int
    active_weeks: int


@dataclass(frozen=True)
class Bar:
    """One week of an activity picture: x, y, width, height in pixels of the view box; count in commits."""

    x: float
    y: float
    width: float
    height: float
    count: int
    week: date

    @property
    def words(self) -> str:
        return in_words(self.week)


@dataclass(frozen=True)
class Tick:
    """A label below the bars, or beside a horizontal rule."""

    at: float
    label: str


@dataclass(frozen=True)
class Activity:
    """Weekly commits as bars, with month names below and a rule at the highest count."""

    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]
    months: tuple[Tick, ...]
    peak: int
    total: int
    first: date
    last: date


@dataclass(frozen=True)
class Slice:
    """A language's part of the bar: x and width in hundredths of the bar, share in per cent."""

    name: str
    bytes: int
    share: float
    x: float
    width: float
    colour: int


def spark(weekly: Sequence[int]) -> Spark:
    """The line for weekly counts, oldest first. A year without commits is a flat line at the bottom.

    Two units a week and whole numbers keep a list of projects small; the page stretches the box to its place.
    """
    peak = max(weekly, default=0) or 1
    width, height = max(2 * (len(weekly) - 1), 2), 48
    heights = [height - 3 - round((height - 6) * count / peak) for count in weekly] or [height - 3]
    line = " ".join(f"{2 * week},{y}" for week, y in enumerate(heights))
    return Spark(
        width=width,
        height=height,
        points=f"-4,{height + 4} -4,{heights[0]} {line} {width + 4},{heights[-1]} {width + 4},{height + 4}",
        total=sum(weekly),
        active_weeks=sum(1 for count in weekly if count),
    )


def activity(weekly: Sequence[int], first_week: date, *, width: int = 728, height: int = 120) -> Activity:
    """Bars for weekly counts, oldest first; first_week is the first day of the oldest week."""
    base, top = height - 20.0, 14.0
    peak = max(weekly, default=0)
    step = width / max(len(weekly), 1)
    bars = []
    for index, count in enumerate(weekly):
        # A week with a single commit must stay visible beside one with hundreds.
        tall = max((base - top) * count / peak, 2.0) if count else 0.0
        bars.append(
            Bar(
                x=round(index * step + 1, 2),
                y=round(base - tall, 2),
                width=round(step - 2, 2),
                height=round(tall, 2),
                count=count,
                week=first_week + timedelta(weeks=index),
            )
        )
    return Activity(
        width=width,
        height=height,
        base=base,
        bars=tuple(bars),
        months=_months(bars, room=width),
        peak=peak,
        total=sum(weekly),
        first=first_week,
        last=first_week + timedelta(weeks=max(len(weekly) - 1, 0)),
    )


def _months(bars: Sequence[Bar], *, room: int) -> tuple[Tick, ...]:
    """A tick at the first week of each month; one that would be cut off at the right edge is left out."""
    ticks: list[Tick] = []
    for before, bar in itertools.pairwise(bars):
        if bar.week.month != before.week.month and bar.x < room - 28:
            ticks.append(Tick(at=bar.x, label=f"{bar.week:%b}"))
    return tuple(ticks)


def languages(sizes: Mapping[str, int], *, most: int = 6) -> tuple[Slice, ...]:
    """Shares of the bar, the largest first; what does not fit into `most` slices is summed up as Other."""
    ranked = sorted(
        ((name, size) for name, size in sizes.items() if size > 0), key=lambda pair: (-pair[1], pair[0])
    )
    kept, rest = ranked[:most], ranked[most:]
    if rest:
        # One language more than fits keeps its name; it is no longer to read than Other.
        name = rest[0][0] if len(rest) == 1 else "Other"
        kept.append((name, sum(size for _, size in rest)))
    total = sum(size for _, size in kept)
    slices: list[Slice] = []
    x = 0.0
    for index, (name, size) in enumerate(kept):
        width = 100 * size / total
        slices.append(
            Slice(
                name=name,
                bytes=size,
                share=round(width, 1),
                x=round(x, 3),
                width=round(width, 3),
                colour=index + 1 if index < most else 0,
            )
        )
        x += width
    return tuple(slices)


def team_colour(key: int) -> int:
    """A number from 1 to 12 for a team's primary key, which outlives a new name.

    Teams that were entered one after the other, as siblings mostly are, stand five hues apart; twelve in a row all
    differ.
    """
    return key * 5 % TEAM_COLOURS + 1


def person_colour(username: str) -> int:
    """A number from 1 to 12 that stays the same for a username on every machine and in every process."""
    return zlib.crc32(username.encode()) % TEAM_COLOURS + 1


def monogram(name: str) -> str:
    """One or two capitals for a name: initials of its first and last word, or its first two letters."""
    words = [word for word in "".join(c if c.isalnum() else " " for c in name).split() if word]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:2].capitalize()
    return (words[0][0] + words[-1][0]).upper()
