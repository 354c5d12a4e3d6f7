"""The activity score is the one of the pattern, to the point."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.facts.activity import ScoreFacts, activity_score, level_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def facts(forks=0, stars=0, issues=0, subscribers=0, idle=1, age=1800, weekly=0, *, told=True):
    return ScoreFacts(
        created_at=NOW - timedelta(days=age),
        updated_at=NOW - timedelta(days=idle),
        forks=forks,
        stars=stars,
        open_issues=issues,
        subscribers=subscribers,
        weekly_commits=[weekly] * 52,
        description="A description of more than thirty characters" if told else "",
        has_guidelines=told,
    )


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (facts(331, 136, 98, 20, 1, 1400, 5), 3796),
        (facts(2, 6, 5, 4, 200, 1100, 0), 167),
        (facts(0, 0, 0, 1, 0, 10, 12), 1277),
        (facts(20, 30, 10, 8, 10, 1800, 1), 423),
        (facts(told=False), 50),
    ],
)
def test_scores_equal_the_reference_code(given, score):
    assert activity_score(given, now=NOW).value == score


def test_the_parts_add_up():
    score = activity_score(facts(331, 136, 98, 20, 1, 1400, 5), now=NOW)
    assert round(sum(part.points for part in score.parts)) == score.value
    assert all(part.reason.endswith(".") for part in score.parts)


def test_no_commits_known_is_no_busy_week():
    bare = ScoreFacts(created_at=NOW - timedelta(days=800), updated_at=NOW - timedelta(days=400))
    assert activity_score(bare, now=NOW).value == 0


def test_a_date_to_come_scores_no_higher_than_today():
    ahead = ScoreFacts(created_at=NOW + timedelta(days=9), updated_at=NOW + timedelta(days=9))
    today = ScoreFacts(created_at=NOW, updated_at=NOW)
    assert activity_score(ahead, now=NOW).value == activity_score(today, now=NOW).value


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (2501, "Extremely high"),
        (2500, "Very high"),
        (301, "High"),
        (300, "Moderate"),
        (51, "Low"),
        (6, "Very low"),
        (5, "None"),
    ],
)
def test_levels_have_words(value, word):
    assert level_of(value) == word
