"""One number and one word for a project's health."""

import math
from collections.abc import Iterable

from catalog.health.checks import Finding

# Raised whenever checks, weights or this arithmetic change, so that scores of two formulas are never compared.
FORMULA = "1"
POINTS = {"pass": 1.0, "warn": 0.5, "fail": 0.0}

# The lowest scores that read so, and the words; their keys are also the tones in which a score is drawn.
HEALTHY, NEEDS_CARE = 75, 50
WORDS = {"good": "Healthy", "caution": "Needs care", "bad": "At risk"}


def health_score(findings: Iterable[Finding]) -> int | None:
    """0 to 100: passed weight (a warning counts half) of known weight. None when nothing is known."""
    known = [finding for finding in findings if finding.result in POINTS]
    weight = sum(finding.check.weight for finding in known)
    if not weight:
        return None
    passed = sum(finding.check.weight * POINTS[finding.result] for finding in known)
    return math.floor(100 * passed / weight + 0.5)


def band(score: int | None) -> str:
    """The key of WORDS for a score; "" without one."""
    if score is None:
        return ""
    return "good" if score >= HEALTHY else "caution" if score >= NEEDS_CARE else "bad"
