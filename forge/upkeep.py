"""Keeping the reads of a mirror quick: many small packs become few, many loose refs become one file."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits

MANY_PACKS = 30
#: A second of work, for which a sync of the same mirror may have to wait.
PATHS_AT_ONCE = 5_000
HEAVY = 4 * 2**30  # bytes of memory, see `heavy`


def tidy(mirror: Path, *, many_refs: bool, hold: Sequence[int]) -> None:
    """To be called by the holder of the lock, at the end of a sync.

    The sync itself is done by then, so that a failure here only means that the next one tries again.
    """
    with contextlib.suppress(ForgeError):
        if many_refs:
            environment.run(["pack-refs", "--all"], git_dir=mirror, hold=hold)
        join_packs(mirror, hold=hold)


def join_packs(mirror: Path, *, hold: Sequence[int]) -> None:
    if sum(1 for _ in (mirror / "objects" / "pack").glob("*.pack")) > MANY_PACKS:
        args = ["repack", "-d", "--quiet", "--geometric=2"]
        environment.run(args, git_dir=mirror, limits=heavy(), hold=hold)


def index_history(mirror: Path, *, hold: Sequence[int]) -> None:
    """Write down the shape of the history and which paths each commit changed, for PATHS_AT_ONCE commits more.

    It makes the history of a path and blame ten times as fast. A layer that stands gets no paths later, so all is
    written anew with what was known of it. Raises ForgeError.
    """
    args = ["commit-graph", "write", "--reachable", "--changed-paths", "--split=replace", "--no-progress"]
    environment.run([*args, f"--max-new-filters={PATHS_AT_ONCE}"], git_dir=mirror, limits=heavy(), hold=hold)


def heavy() -> Limits:
    """For what takes in or rewrites a whole repository; a read gets less memory, because trees can be bombs."""
    return Limits(seconds=settings.GIT_TIMEOUT, memory=HEAVY)
