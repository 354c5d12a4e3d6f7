"""One number and one word for a project's health."""

from collections.abc import Iterable

from catalog.health.checks import Finding

FORMULA = "1"
WORTH = {"pass": 1.0, "warn": 0.5, "fail": 0.0}

# The lowest score that reads so, the best first. The keys are also the tones in which pages draw them.
HEALTHY, NEEDS_CARE = 75, 50
WORDS = {"good": "Healthy", "caution": "Needs care", "bad": "At risk"}


def health_score(findings: Iterable[Finding]) -> int | None:
    """0 to 100: passed weight (a warning counts half) of known weight. None when nothing is known."""
    known = [finding for finding in findings if finding.result in WORTH]
    weight = sum(finding.check.weight for finding in known)
    if not weight:
        return None
    earned = sum(finding.check.weight * WORTH[finding.result] for finding in known)
    return round(100 * earned / weight)


def band(score: int | None) -> str:
    """The key of WORDS for a score; "" without one."""
    if score is None:
        return ""
    return "good" if score >= HEALTHY else "caution" if score >= NEEDS_CARE else "bad"
