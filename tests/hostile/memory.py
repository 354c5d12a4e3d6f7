"""How much memory this process and all its descendants take together, sampled while something runs."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from forge.limits import children

PROC = Path("/proc")
EVERY = 0.05  # seconds


class Peak(threading.Thread):
    """`bytes` is the most that was seen. Pages that are shared count once, so that a fork adds nothing."""

    def __init__(self, *, with_itself: bool = True) -> None:
        super().__init__(daemon=True)
        self.with_itself = with_itself
        self.bytes = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(EVERY):
            self.look()

    def look(self) -> None:
        family = descendants(os.getpid())
        self.bytes = max(self.bytes, sum(map(memory, family if self.with_itself else family[1:])))


@contextlib.contextmanager
def peak(*, with_itself: bool = True) -> Iterator[Peak]:
    """Nothing is measured where there is no /proc."""
    found = Peak(with_itself=with_itself)
    if not PROC.is_dir():
        yield found
        return
    found.start()
    try:
        yield found
    finally:
        found.over.set()
        found.join()


def descendants(root: int) -> list[int]:
    """The process itself comes first."""
    found = [root]
    for process in found:
        found += children(process)
    return found


def memory(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
