"""Geometry of the line of a health score over time: moments in, frozen shapes out; no markup, no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

#: Space for labels at the left and below, and above the highest score.
LEFT, BELOW, ABOVE = 34, 20, 10
#: Scores at which a rule stands: the ends, and where a word begins, see catalog.health.score.
RULES = (0, 50, 75, 100)


@dataclass(frozen=True)
class ScorePoint:
    """A score from `at` on, until the next one; None while it was unknown."""

    at: datetime
    score: int | None
    formula: str


@dataclass(frozen=True)
class Mark:
    """Something that stands at a place of the picture, with its words."""

    at: float
    label: str


@dataclass(frozen=True)
class ScoreLine:
    """`lines` are points of polylines, one for each stretch in which the score was known; `formulas` stand where
    another way of counting began. `points` are the rows of the table, the newest first.
    """

    width: int
    height: int
    left: int
    base: float
    lines: tuple[str, ...]
    rules: tuple[Mark, ...]
    formulas: tuple[Mark, ...]
    end: tuple[float, float] | None
    points: tuple[ScorePoint, ...]
    first: datetime
    last: datetime
    lowest: int | None
    highest: int | None


def score_line(
    points: Sequence[ScorePoint], now: datetime, *, width: int = 480, height: int = 132
) -> ScoreLine | None:
    """Steps from each score to the next, the oldest first, up to now; None without any."""
    if not points:
        return None
    first, last = points[0].at, max(now, points[-1].at)
    base = float(height - BELOW)
    # A history of one moment is a short level line rather than a division by nothing.
    long = max(last - first, timedelta(hours=1))

    def x(at: datetime) -> float:
        return round(LEFT + (width - LEFT - 4) * ((at - first) / long), 1)

    def y(score: int) -> float:
        return round(base - (base - ABOVE) * score / 100, 1)

    known = [point.score for point in points if point.score is not None]
    shown = (point for point in reversed(points) if point.score is not None)
    latest = next(shown, None)
    is_known = points[-1].score is not None
    return ScoreLine(
        width=width,
        height=height,
        left=LEFT,
        base=base,
        lines=tuple(
            " ".join(f"{x(at)},{y(score)}" for at, score in stretch) for stretch in stretches(points, last)
        ),
        rules=tuple(Mark(y(score), str(score)) for score in RULES),
        formulas=tuple(
            Mark(x(later.at), f"formula {later.formula}")
            for before, later in pairwise(points)
            if before.formula != later.formula
        ),
        end=(x(last), y(latest.score)) if latest and latest.score is not None and is_known else None,
        points=tuple(reversed(points)),
        first=first,
        last=last,
        lowest=min(known, default=None),
        highest=max(known, default=None),
    )


def stretches(points: Sequence[ScorePoint], last: datetime) -> Iterator[list[tuple[datetime, int]]]:
    """The corners of the steps of each stretch in which the score was known."""
    corners: list[tuple[datetime, int]] = []
    ends = [*(point.at for point in points[1:]), last]
    for point, end in zip(points, ends, strict=True):
        if point.score is None:
            if corners:
                yield corners
            corners = []
        else:
            corners += [(point.at, point.score), (end, point.score)]
    if corners:
        yield corners
