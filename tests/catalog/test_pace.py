from datetime import UTC, datetime, timedelta

import pytest

from catalog.pace import HOST_IS_DOWN, LONGEST_PAUSE, LONGEST_WAIT, interval, jittered, patience, pause

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (timedelta(0), QUARTER),
        (timedelta(hours=2), QUARTER),
        (timedelta(hours=5), timedelta(minutes=30)),
        (timedelta(days=1), timedelta(hours=2.4)),
        (timedelta(days=10), DAY),
        (timedelta(days=900), DAY),
    ],
)
def test_the_interval_grows_with_the_rest(rest: timedelta, expected: timedelta) -> None:
    assert interval(NOW - rest, NOW, least=QUARTER, most=DAY) == expected


def test_what_never_moved_is_quiet() -> None:
    assert interval(None, NOW, least=QUARTER, most=DAY) == DAY


def test_patience_doubles_up_to_a_day() -> None:
    waits = [patience(failures, least=QUARTER) for failures in range(1, 30)]
    assert waits[:3] == [QUARTER, 2 * QUARTER, 4 * QUARTER]
    assert waits[-1] == LONGEST_WAIT


def test_a_host_is_left_alone_after_a_few_failures_and_for_an_hour_at_most() -> None:
    waits = [pause(failures) for failures in range(1, 40)]
    assert waits[HOST_IS_DOWN - 2] == timedelta()
    assert waits[HOST_IS_DOWN - 1 : HOST_IS_DOWN + 2] == [timedelta(minutes=minutes) for minutes in (1, 2, 4)]
    assert waits[-1] == LONGEST_PAUSE


def test_jitter_is_a_tenth() -> None:
    assert all(0.9 * DAY <= jittered(DAY) <= 1.1 * DAY for _ in range(100))
