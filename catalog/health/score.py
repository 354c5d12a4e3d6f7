"""One number and one word for a project's health."""

from collections.abc import Iterable

from catalog.health.checks import Finding

FORMULA = "1"


def health_score(findings: Iterable[Finding]) -> int | None:
    """0 to 100: passed weight (a warning counts half) of known weight. None when nothing is known."""
    raise NotImplementedError


def health_word(score: int | None) -> str:
    """healthy from 75, fair from 50, poor below; unknown without a score."""
    raise NotImplementedError
