"""The health checks: what each asks, what it found and what cures it. Beside it stand the questions."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from catalog.health.documents import CONDUCT_CHECKS, GUIDE_CHECKS, LEGAL_CHECKS, README_CHECKS
from catalog.health.facts import Answer, Asked, Check, Finding, HealthFacts, Result
from catalog.health.people import PEOPLE_CHECKS, absence_factor
from catalog.health.practice import PRACTICE_CHECKS

__all__ = [
    "CHECKS",
    "Answer",
    "Asked",
    "Check",
    "Finding",
    "HealthFacts",
    "Result",
    "absence_factor",
    "check",
    "run_checks",
    "with_waivers",
]

CHECKS: tuple[Asked, ...] = (
    *README_CHECKS,
    *GUIDE_CHECKS,
    *LEGAL_CHECKS,
    *PEOPLE_CHECKS,
    *PRACTICE_CHECKS,
    *CONDUCT_CHECKS,
)
BY_KEY = {about.key: about for about, _ in CHECKS}
NO_COMMITS = "There are no commits yet."


def run_checks(facts: HealthFacts) -> tuple[Finding, ...]:
    """Every check, in the order in which pages show them. An empty repository is not known, rather than bad."""
    if not facts.commit_count:
        return tuple(Finding(about, "unknown", NO_COMMITS) for about, _ in CHECKS)
    return tuple(
        Finding(about, result, evidence[:300]) for about, ask in CHECKS for result, evidence in [ask(facts)]
    )


def with_waivers(findings: Iterable[Finding], waived: Container[str]) -> tuple[Finding, ...]:
    """The same with what was excused, by the keys of checks. What passes needs no excuse and stays as it is."""
    return tuple(
        replace(each, result="waived") if each.check.key in waived and each.result != "pass" else each
        for each in findings
    )


def check(key: str) -> Check:
    """The words of a stored result. Raises KeyError for a key that is no check any more."""
    return BY_KEY[key]
