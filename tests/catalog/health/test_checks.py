"""Health says what was found, why it matters and what cures it; what is not known counts nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.health.checks import CHECKS, HealthFacts, absence_factor, check, run_checks, with_waivers
from catalog.health.score import band, health_score, sum_up

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOOD = HealthFacts(
    now=NOW,
    guides={
        kind: f"{kind.upper()}.md" for kind in ("readme", "contributing", "code_of_conduct", "security", "license")
    },
    readme_words=400,
    license_spdx="Apache-2.0",
    has_owner_team=True,
    owner_names=("payments",),
    last_activity=NOW - timedelta(days=3),
    last_release_at=NOW - timedelta(days=40),
    release_count=7,
    commit_count=300,
    description="A ledger that never loses a cent",
    has_ci=True,
    has_tests=True,
    author_commits=(40, 30, 20),
    lifecycle="production",
    answer_hours=20,
    semver_count=7,
    readme={"what": "", "use": "Usage", "help": "Getting help"},
    contributing={"setup": "Set up", "test": "Test", "submit": "Send a change", "review": "Reviews"},
    build_services=("GitHub Actions",),
    owners_active=True,
)
BARE = HealthFacts(
    now=NOW,
    guides={},
    readme_words=0,
    license_spdx="",
    has_owner_team=False,
    owner_names=(),
    last_activity=NOW - timedelta(days=900),
    last_release_at=None,
    release_count=0,
    commit_count=1,
    description="",
    has_ci=False,
    has_tests=False,
    author_commits=(),
    lifecycle="",
)


def result(facts, key):
    return next(finding for finding in run_checks(facts) if finding.check.key == key).result


def test_a_model_project_has_full_marks():
    assert health_score(run_checks(GOOD)) == 100


def test_a_bare_project_is_poor():
    score = health_score(run_checks(BARE))
    assert score is not None
    assert score < 20
    assert band(score) == "bad"


@pytest.mark.parametrize("key", [about.key for about, _ in CHECKS])
def test_each_check_has_words_and_a_cure(key):
    about = check(key)
    assert about.label
    assert about.cure.endswith(".")
    assert about.weight > 0
    assert about.link in ("files", "guide", "contributions", "curate")


@pytest.mark.parametrize("facts", [GOOD, BARE])
def test_evidence_is_a_sentence_that_fits(facts):
    long = "x" * 500
    guides = dict.fromkeys(facts.guides, long)
    said = dict.fromkeys(facts.readme, long[:80])
    facts = replace(facts, owner_names=(long,) * 9, has_owner_team=False, guides=guides, readme=said)
    for more in ({}, {"lifecycle": "archived", "successor": long[:160], "licence_texts": (long[:60],) * 50}):
        for finding in run_checks(replace(facts, **more)):
            assert finding.evidence.endswith(".")
            assert len(finding.evidence) <= 300


@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"readme_words": 20}, "readme", "warn"),
        ({"readme_words": None}, "readme", "unknown"),
        ({"readme_words": None}, "readme_use", "unknown"),
        ({"readme": {"use": "Usage"}}, "readme_what", "fail"),
        ({"readme": {"what": ""}}, "readme_use", "fail"),
        ({"readme": {"what": ""}}, "readme_help", "fail"),
        ({"contributing": {}}, "contributing_setup", "fail"),
        ({"contributing": {"build": "Build it"}}, "contributing_setup", "pass"),
        ({"contributing": {}, "readme": {"test": "Tests"}}, "contributing_test", "pass"),
        ({"contributing": {}}, "contributing_submit", "fail"),
        ({"contributing": {}, "mentioned": ("submit",)}, "contributing_submit", "warn"),
        ({"contributing": {}}, "contributing_review", "fail"),
        ({"description": "A tool"}, "description", "warn"),
        ({"license_spdx": ""}, "licence", "warn"),
        ({"guides": {}}, "licence_text", "warn"),
        ({"guides": {}, "license_spdx": ""}, "licence_text", "fail"),
        ({"guides": {}, "licence_texts": ("Apache-2.0", "CC0-1.0"), "has_reuse": True}, "licence_text", "pass"),
        ({"guides": {}, "licence_texts": ("CC0-1.0",)}, "licence_text", "warn"),
        ({"guides": {}, "license_spdx": "MIT OR Zlib", "licence_texts": ("MIT",)}, "licence_text", "warn"),
        ({"has_owner_team": False}, "owners", "pass"),
        ({"owners_active": None}, "orphaned", "pass"),
        ({"owners_active": False}, "orphaned", "warn"),
        ({"owners_active": False, "last_activity": NOW - timedelta(days=366)}, "orphaned", "fail"),
        ({"owners_active": None, "last_activity": NOW - timedelta(days=366)}, "orphaned", "warn"),
        ({"has_owner_team": False, "owner_names": ()}, "orphaned", "warn"),
        ({"lifecycle": "archived"}, "orphaned", "unknown"),
        ({"has_owner_team": False, "owner_names": ()}, "owners", "fail"),
        ({"last_activity": NOW - timedelta(days=91)}, "activity", "warn"),
        ({"last_activity": NOW - timedelta(days=366)}, "activity", "fail"),
        ({"last_activity": NOW + timedelta(days=1)}, "activity", "pass"),
        ({"last_activity": None}, "activity", "unknown"),
        ({"release_count": 0, "last_release_at": None}, "releases", "warn"),
        ({"last_release_at": NOW - timedelta(days=900)}, "releases", "warn"),
        ({"semver_count": 4}, "versions", "warn"),
        ({"semver_count": 3}, "versions", "fail"),
        ({"release_count": 60, "recent_releases": 20, "semver_count": 19}, "versions", "pass"),
        ({"release_count": 0, "semver_count": 0}, "versions", "unknown"),
        ({"has_ci": None}, "ci", "unknown"),
        ({"has_tests": None}, "tests", "unknown"),
        ({"author_commits": (51, 49)}, "contributors", "warn"),
        ({"author_commits": ()}, "contributors", "unknown"),
        ({"lifecycle": "archived"}, "maintained", "fail"),
        ({"lifecycle": "deprecated", "successor": "Use gears instead."}, "maintained", "warn"),
        ({"lifecycle": "archived", "has_successor": True}, "maintained", "warn"),
        ({"says_deprecated": "This project is no longer maintained."}, "maintained", "warn"),
        ({"answer_hours": None}, "answers", "unknown"),
        ({"answer_hours": 100}, "answers", "warn"),
        ({"answer_hours": 1000}, "answers", "fail"),
    ],
)
def test_each_fact_moves_its_check(change, key, expected):
    assert result(replace(GOOD, **change), key) == expected


def test_unknown_is_never_counted_as_zero():
    unknown = replace(GOOD, readme_words=None, has_ci=None, has_tests=None, answer_hours=None, author_commits=())
    assert health_score(run_checks(unknown)) == 100


def test_an_empty_repository_is_unknown_and_not_bad():
    empty = run_checks(replace(BARE, commit_count=0))
    assert {finding.result for finding in empty} == {"unknown"}
    assert health_score(empty) is None


def test_a_repository_without_owner_and_life_is_called_orphaned():
    orphaned = next(each for each in run_checks(BARE) if each.check.key == "orphaned")
    assert orphaned.result == "fail"
    assert "orphaned" in orphaned.evidence


def test_what_is_waived_counts_neither_way():
    poor = run_checks(replace(GOOD, has_ci=False, has_tests=False))
    assert health_score(poor) < 100
    waived = with_waivers(poor, {"ci", "tests"})
    assert {each.check.key for each in waived if each.result == "waived"} == {"ci", "tests"}
    assert health_score(waived) == 100


def test_a_waiver_of_a_check_that_passes_changes_nothing():
    assert with_waivers(run_checks(GOOD), {"ci"}) == run_checks(GOOD)


def test_the_sum_tells_how_the_score_came_about():
    total = sum_up(run_checks(replace(GOOD, has_ci=False, answer_hours=None, readme_words=20)))
    points = {part.check.key: part.points for part in total.parts}
    assert (points["ci"], points["answers"], points["readme"], points["tests"]) == (0, None, 4, 7)
    assert total.points == sum(value for value in points.values() if value is not None)
    assert total.score == round(100 * total.points / total.weight)
    assert total.formula


def test_the_evidence_names_the_heading_and_the_build_service():
    evidence = {each.check.key: each.evidence for each in run_checks(GOOD)}
    assert evidence["readme_use"] == "README.md says how to use it under “Usage”."
    assert evidence["readme_what"] == "README.md says what it is."
    assert evidence["ci"] == "Set up for GitHub Actions."


def test_nothing_known_is_no_score():
    assert health_score([]) is None
    assert health_score(finding for finding in run_checks(BARE) if finding.result == "unknown") is None
    assert band(None) == ""


def test_a_warning_counts_half():
    ci = [finding for finding in run_checks(GOOD) if finding.check.key == "ci"]
    assert health_score([replace(ci[0], result="warn")]) == 50


@pytest.mark.parametrize(
    ("score", "word"), [(100, "good"), (75, "good"), (74, "caution"), (50, "caution"), (49, "bad")]
)
def test_scores_have_words(score, word):
    assert band(score) == word


def test_the_absence_factor_equals_the_published_example():
    assert absence_factor([1000, 433, 343, 332, 202, 90, 42, 33]) == 2
    assert absence_factor([5]) == 1
    assert absence_factor([]) == 0


def test_a_check_that_is_no_more_is_a_key_error():
    with pytest.raises(KeyError):
        check("stars")
