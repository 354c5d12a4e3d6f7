"""When to come again: pure arithmetic of intervals and back-off. docs/operations.md shows what it adds up to."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

#: A project is looked at after this part of the time that has passed since it last moved.
PART_OF_REST = 10
#: A host that failed so often in a row is taken to be down, and asked by one probe at a time.
HOST_IS_DOWN = 3
#: What a code host tells while or just after a project was synced waits for so long, and more of it with it.
SPACING = timedelta(seconds=6)
#: More of it waits until the host has been silent for so long, and never longer than a storm may last.
SILENCE = timedelta(seconds=3)
STORM = timedelta(minutes=1)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)


def jittered(wait: timedelta) -> timedelta:
    """A tenth more or less, so that what began together does not come again together."""
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, keeps no secret.


def part_of(wait: timedelta) -> timedelta:
    """Any part of it, so that what stood still together does not come together."""
    return wait * random.random()  # noqa: S311 - spreads load, keeps no secret.


def interval(moved_at: datetime | None, now: datetime, *, least: timedelta, most: timedelta) -> timedelta:
    """Soon after activity, rarer when quiet: a tenth of the rest so far, between `least` and `most`."""
    if moved_at is None:
        return most
    return min(most, max(least, (now - moved_at) / PART_OF_REST))


def after_storm(ended: datetime | None, now: datetime, *, is_first: bool) -> datetime:
    """When to follow what a code host tells now, if the last sync ended then: one that has rested follows at once.

    Each further word of a storm moves the moment on, so that one more sync is enough for all of it. `is_first`:
    nothing that was told before waits.
    """
    if ended is None or ended <= now - STORM:
        return now
    if is_first:
        return max(ended + SPACING, now)
    return min(max(ended + SPACING, now + SILENCE), ended + STORM)


def patience(failures: int, *, least: timedelta) -> timedelta:
    """How long to leave a failing project alone: twice as long each time, a day at most. `failures` from 1."""
    return min(LONGEST_WAIT, least * int(2 ** min(failures - 1, 16)))


def pause(failures: int) -> timedelta:
    """How long to leave a host alone that failed so often in a row; nothing while it may be an accident."""
    if failures < HOST_IS_DOWN:
        return timedelta()
    return min(LONGEST_PAUSE, FIRST_PAUSE * int(2 ** min(failures - HOST_IS_DOWN, 16)))
