"""One number and one word for a project's health, and how the number came about."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.health.facts import Check, Finding, Result

# Raised whenever checks, weights or this arithmetic change, so that scores of two formulas are never compared.
FORMULA = "2"
POINTS = {"pass": 1.0, "warn": 0.5, "fail": 0.0}

# The lowest scores that read so, and the words; their keys are also the tones in which a score is drawn.
HEALTHY, NEEDS_CARE = 75, 50
WORDS = {"good": "Healthy", "caution": "Needs care", "bad": "At risk"}


@dataclass(frozen=True, slots=True)
class Part:
    """What one check adds to the sum: its weight times its share; None where it counts neither way."""

    check: Check
    result: Result
    points: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """`score` is 100 × `points` / `weight`, rounded half up; None when nothing is known."""

    parts: tuple[Part, ...]
    points: float
    weight: int
    score: int | None
    formula: str = FORMULA


def sum_up(findings: Iterable[Finding]) -> Sum:
    """The score with every step to it. What is unknown or waived is neither in the points nor in the weight."""
    parts = tuple(Part(each.check, each.result, points_of(each)) for each in findings)
    known = [part for part in parts if part.points is not None]
    weight, points = sum(part.check.weight for part in known), sum(part.points or 0.0 for part in known)
    return Sum(parts, points, weight, math.floor(100 * points / weight + 0.5) if weight else None)


def points_of(finding: Finding) -> float | None:
    share = POINTS.get(finding.result)
    return None if share is None else finding.check.weight * share


def health_score(findings: Iterable[Finding]) -> int | None:
    """0 to 100: passed weight (a warning counts half) of known weight. None when nothing is known."""
    return sum_up(findings).score


def band(score: int | None) -> str:
    """The key of WORDS for a score; "" without one."""
    if score is None:
        return ""
    return "good" if score >= HEALTHY else "caution" if score >= NEEDS_CARE else "bad"
