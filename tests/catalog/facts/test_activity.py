"""Commits are counted in one pass, and dates that cannot be true do no harm."""

from datetime import UTC, date, datetime, timedelta

from catalog.facts import activity as counting
from catalog.facts.activity import commits_since, continued, count_activity
from forge.types import Tally

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday


def commit(days_ago=0.0, email="alice@corp.example", name="Alice", at=None, added=0, removed=0):
    at = int((at or NOW - timedelta(days=days_ago)).timestamp())
    return Tally(False, at, at, name.encode(), email.encode(), added, removed)


def commits_of(weekly):
    return [week[0] for week in weekly]


def test_an_empty_history_is_a_quiet_year():
    activity = count_activity([], now=NOW)
    assert (activity.commit_count, activity.authors, activity.first_at) == (0, (), None)
    assert activity.weekly == ((0, 0, 0),) * 52


def test_weeks_begin_on_monday_and_the_oldest_comes_first():
    activity = count_activity([commit(0), commit(6), commit(7), commit(51 * 7 + 6), commit(52 * 7)], now=NOW)
    assert activity.weekly_until == date(2026, 11, 16)
    assert commits_of(activity.weekly[-2:]) == [1, 2]
    assert commits_of(activity.weekly[:1]) == [1]
    assert activity.commit_count == 5


def test_days_are_those_of_utc_and_the_oldest_monday_comes_first():
    activity = count_activity([commit(0), commit(0.4), commit(6), commit(51 * 7 + 6), commit(52 * 7)], now=NOW)
    assert len(activity.daily) == 364
    assert activity.daily[-1] == 2
    assert activity.daily[-7] == 1
    assert activity.daily[0] == 1
    assert sum(activity.daily) == 4


def test_one_address_is_one_author_with_the_newest_name():
    stream = [
        commit(9, name="A. Old"),
        commit(1, email=" Alice@Corp.Example", name="Alice"),
        commit(5, email="b@x"),
    ]
    alice, other = count_activity(stream, now=NOW).authors
    assert (alice.email, alice.name, alice.commits) == ("alice@corp.example", "Alice", 2)
    assert alice.last_at - alice.first_at == timedelta(days=8)
    assert other.email == "b@x"


def test_absurd_dates_are_counted_but_not_believed():
    old, new = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    activity = count_activity([commit(at=old), commit(at=new), commit(3), commit(-0.5)], now=NOW)
    assert activity.commit_count == 4
    assert activity.first_at == NOW - timedelta(days=3)
    assert activity.last_at == NOW
    assert activity.authors[0].last_at == NOW


def test_counting_goes_on_from_an_earlier_run():
    old = [commit(100), commit(20, email="bob@x", name="Bob", added=3)]
    new = [commit(2, added=5, removed=1), commit(1, email="charlie@x"), commit(1.5, email="bob@x", name="Bobby")]
    before = count_activity(old, now=NOW - timedelta(days=15))
    assert continued(before, count_activity(new, now=NOW)) == count_activity(old + new, now=NOW)


def test_lines_are_summed_by_author_and_by_week():
    stream = [
        commit(0, added=5, removed=2),
        commit(1, added=1),
        commit(8, removed=4),
        commit(0, email="b@x", added=9),
    ]
    activity = count_activity(stream, now=NOW)
    alice = activity.authors[0]
    assert (alice.added, alice.removed) == (6, 6)
    assert alice.weeks == {"2026-11-16": (2, 6, 2), "2026-11-09": (1, 0, 4)}
    assert activity.weekly[-2:] == ((1, 0, 4), (3, 15, 2))
    assert commits_since(alice.weeks, date(2026, 11, 16)) == 2


def test_addresses_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr(counting, "MOST_AUTHORS", 3)
    activity = count_activity([commit(1, email=f"{number}@x") for number in range(9)], now=NOW)
    assert (activity.commit_count, len(activity.authors), activity.left_out) == (9, 3, 6)
