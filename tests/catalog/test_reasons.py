from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import CodeHost, Project, RemoteHost
from catalog.reasons import every, length, why_not_now, why_then

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
Words = pytest.mark.parametrize


def project(**fields: object) -> Project:
    fields = {"sync_state": "ok", "sync_finished_at": NOW, "next_sync_at": NOW + timedelta(hours=1)} | fields
    return Project(slug="widget", code_host=fields.pop("code_host", None) or CodeHost(enabled=True), **fields)


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


@Words(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(hours=3, minutes=10), "3 hours"),
        (timedelta(days=12), "12 days"),
    ],
)
def test_lengths_are_whole_units(span: timedelta, words: str) -> None:
    assert length(span) == words


def test_a_pace_reads_as_people_say_it() -> None:
    spans = [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24)]
    assert [every(span) for span in spans] == ["every 15 minutes", "every hour", "once a day"]


@Words(
    ("fields", "words"),
    [
        ({"moved_at": ago(days=12)}, "Quiet for 12 days: looked at once a day."),
        (
            {"moved_at": ago(days=50), "last_activity": ago(hours=20)},
            "Quiet for 20 hours: looked at every 2 hours.",
        ),
        ({"moved_at": ago(minutes=1)}, "It moved just now: looked at every 15 minutes."),
        ({}, "Nothing has moved in it yet: looked at once a day."),
        ({"sync_finished_at": None, "sync_state": "never"}, "It was not read yet."),
        ({"sync_wanted_at": NOW, "sync_reason": 0}, "Somebody asked."),
        ({"sync_wanted_at": NOW, "sync_reason": 1}, "The code host told of a change."),
        (
            {"sync_state": "failed", "sync_failures": 3},
            "It failed 3 times in a row; each wait is twice as long as the one before, up to a day.",
        ),
        ({"sync_state": "failed"}, "The last sync failed, so it is tried again soon."),
        (
            {"sync_state": "parked", "sync_failures": 10, "next_sync_at": None},
            "It failed 10 times in a row, so it is left alone until somebody asks for a sync.",
        ),
        ({"sync_state": "parked", "next_sync_at": None}, "It is left alone until somebody asks for a sync."),
        ({"code_host": CodeHost(enabled=False)}, "Its source is paused, so nothing is fetched from it."),
    ],
)
def test_the_next_time_comes_with_its_reason(fields: dict[str, object], words: str) -> None:
    assert why_then(project(**fields), None, NOW) == words


def test_a_host_in_trouble_is_the_reason_for_its_projects() -> None:
    down = RemoteHost(name="git.corp.example", failures=3)
    assert why_then(project(), down, NOW).startswith("git.corp.example is down; ")
    down.paused_until = NOW + timedelta(minutes=2)
    assert why_then(project(), down, NOW) == "git.corp.example is left alone for a while."


def test_what_waits_says_for_what() -> None:
    host, due = RemoteHost(name="git.corp.example", connections=2), {"next_sync_at": ago(minutes=1)}
    assert why_not_now(project(**due), host, NOW, busy=1) == "The next free worker"
    assert (
        why_not_now(project(**due, sync_lane="long"), host, NOW, busy=1) == "The next free worker for long syncs"
    )
    assert why_not_now(project(**due), host, NOW, busy=2) == "All connections of git.corp.example are in use"
    assert why_not_now(project(), host, NOW, busy=0) == "Put off for a moment"
    paused = project(**due, code_host=CodeHost(enabled=False))
    assert why_not_now(paused, host, NOW, busy=0) == "Its source is paused"
    host.paused_until = NOW + timedelta(minutes=1)
    assert why_not_now(project(**due), host, NOW, busy=0) == "git.corp.example is left alone"
