"""One holder at a time, over all threads and processes of a machine."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engines.base import Busy


@contextmanager
def held(file: Path, *, seconds: float) -> Iterator[None]:
    """Hold the lock of this name; the system frees it when its holder dies.

    Raises Busy when another does not let go within that many seconds.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a") as opened:
        _acquire(opened.fileno(), until=time.monotonic() + seconds)
        yield


def _acquire(descriptor: int, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy("The search index is being written by another process.") from None
            time.sleep(0.02)
