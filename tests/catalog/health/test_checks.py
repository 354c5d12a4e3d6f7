from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.health.checks import CHECKS, HealthFacts, absence_factor, check, run_checks
from catalog.health.score import band, health_score

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GUIDES = ("readme", "contributing", "code_of_conduct", "security", "license")
GOOD = HealthFacts(
    now=NOW,
    guides={kind: f"{kind}.md" for kind in GUIDES},
    readme_words=200,
    license_spdx="MIT",
    has_owner_team=True,
    owner_names=(),
    last_activity=NOW - timedelta(days=3),
    last_release_at=NOW - timedelta(days=30),
    release_count=4,
    commit_count=90,
    description="Retries for HTTP.",
    has_ci=True,
    has_tests=True,
    author_commits=(5, 5, 5),
    lifecycle="production",
    answer_hours=8,
)


def result(key: str, facts: HealthFacts) -> str:
    return {finding.check.key: finding.result for finding in run_checks(facts)}[key]


def test_a_project_that_does_everything_has_full_marks() -> None:
    findings = run_checks(GOOD)
    assert {finding.result for finding in findings} == {"pass"}
    assert health_score(findings) == 100


def test_unknown_is_never_counted_as_zero() -> None:
    facts = replace(GOOD, answer_hours=None, has_ci=None, has_tests=None, lifecycle="", author_commits=())
    assert result("answers", facts) == "unknown"
    assert health_score(run_checks(facts)) == 100


def test_nothing_known_has_no_score() -> None:
    assert health_score(()) is None
    assert band(None) == ""


@pytest.mark.parametrize(
    ("key", "change", "expected"),
    [
        ("readme", {"guides": {}}, "fail"),
        ("readme", {"readme_words": 5}, "warn"),
        ("readme", {"readme_words": None}, "unknown"),
        ("contributing", {"guides": {}}, "fail"),
        ("conduct", {"guides": {}}, "warn"),
        ("licence", {"license_spdx": ""}, "warn"),
        ("licence", {"license_spdx": "", "guides": {}}, "fail"),
        ("owners", {"has_owner_team": False, "owner_names": ("ada@corp.example",)}, "warn"),
        ("owners", {"has_owner_team": False}, "fail"),
        ("activity", {"last_activity": NOW - timedelta(days=200)}, "warn"),
        ("activity", {"last_activity": NOW - timedelta(days=500)}, "fail"),
        ("activity", {"last_activity": None}, "unknown"),
        ("releases", {"last_release_at": None}, "warn"),
        ("releases", {"last_release_at": None, "commit_count": 0}, "unknown"),
        ("absence", {"author_commits": (9, 1)}, "warn"),
        ("ci", {"has_ci": False}, "fail"),
        ("tests", {"has_tests": False}, "fail"),
        ("lifecycle", {"lifecycle": "archived"}, "fail"),
        ("answers", {"answer_hours": 100}, "warn"),
        ("answers", {"answer_hours": 1000}, "fail"),
    ],
)
def test_each_check_tells_apart(key: str, change: dict[str, object], expected: str) -> None:
    assert result(key, replace(GOOD, **change)) == expected  # type: ignore[arg-type]


def test_the_fixture_of_chaoss() -> None:
    assert absence_factor((1000, 202, 90, 33, 332, 343, 42, 433)) == 2
    assert absence_factor(()) == 0


def test_a_warning_counts_half() -> None:
    facts = replace(GOOD, readme_words=5)
    weight = sum(about.weight for about in CHECKS.values())
    assert health_score(run_checks(facts)) == round(100 * (weight - 5) / weight)


def test_every_check_has_a_cure_and_evidence_that_fits() -> None:
    facts = replace(GOOD, description="x" * 5000, owner_names=("y" * 5000,), has_owner_team=False)
    for finding in run_checks(facts):
        assert finding.check.cure
        assert 0 < len(finding.evidence) <= 300


def test_a_check_that_is_no_more_is_told_apart() -> None:
    assert check("readme").label == "README"
    with pytest.raises(KeyError):
        check("no-such-check")


@pytest.mark.parametrize(("score", "word"), [(100, "good"), (75, "good"), (74, "caution"), (49, "bad")])
def test_bands(score: int, word: str) -> None:
    assert band(score) == word
