"""Checks of how work is done: tests, a build service, releases and their versions."""

from __future__ import annotations

from catalog.health.facts import Answer, Asked, Check, HealthFacts, Result, counted
from catalog.health.people import ACTIVE_DAYS, QUIET_DAYS

#: Shares of releases that are semantic versions: of so many a reader may rely on it, of fewer it is chance.
MOSTLY, PARTLY = 0.9, 0.5


def tests(facts: HealthFacts) -> Answer:
    if facts.has_tests is None:
        return "unknown", "Not all files were looked at."
    return ("pass", "It has automated tests.") if facts.has_tests else ("fail", "No automated tests were found.")


def ci(facts: HealthFacts) -> Answer:
    if facts.has_ci is None:
        return "unknown", "Not all files were looked at."
    if not facts.has_ci:
        return "fail", "No build service is set up."
    names = " and ".join(facts.build_services[:3])
    return "pass", f"Set up for {names}." if names else "A build service is set up."


def releases(facts: HealthFacts) -> Answer:
    if not facts.release_count:
        return "warn", "No tag is named like a version."
    text = f"{counted(facts.release_count, 'release')}"
    if facts.last_release_at is None:
        return "pass", f"{text}."
    age = max(0, (facts.now - facts.last_release_at).days)
    # A finished library may rest: an old release counts half only while work goes on without a new one.
    working = facts.idle_days is not None and facts.idle_days <= ACTIVE_DAYS
    result: Result = "warn" if age > 2 * QUIET_DAYS and working else "pass"
    return result, f"{text}, the newest {counted(age, 'day')} old."


def versions(facts: HealthFacts) -> Answer:
    if not facts.release_count:
        return "unknown", "There is no release yet."
    recent = facts.recent_releases or facts.release_count
    share = facts.semver_count / recent
    said = f"{facts.semver_count:,} of the newest {counted(recent, 'release')} follow semantic versioning"
    return ("pass" if share >= MOSTLY else "warn" if share >= PARTLY else "fail"), f"{said} ({share:.0%})."


PRACTICE_CHECKS: tuple[Asked, ...] = (
    (
        Check(
            "tests",
            "Tests",
            7,
            "Add automated tests, so that a guest knows that a change breaks nothing.",
            "files",
        ),
        tests,
    ),
    (
        Check("ci", "Build service", 6, "Have a build service run the tests for every change.", "files"),
        ci,
    ),
    (
        Check(
            "releases",
            "Releases",
            4,
            "Tag versions, for example v1.2.0, so that others can depend on them.",
            "files",
        ),
        releases,
    ),
    (
        Check(
            "versions",
            "Semantic versions",
            2,
            "Name tags MAJOR.MINOR.PATCH, so that others know which update may break them.",
            "files",
        ),
        versions,
    ),
)
