"""How much a git process may take, and how it is held to that."""

import contextlib
import math
import os
import resource
import select
from collections.abc import Sequence
from dataclasses import dataclass

# No code of ours runs between fork and exec, which threads could deadlock. The shell sets the limits and becomes
# git. One that only reads has them set a moment after its start, which saves the shell: memory and time add up, so
# the moment does no harm. A system that lacks one of the limits goes on without it.
LIMITER = """{ ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; ulimit -v "$3"; ulimit -d "$4"; } 2>/dev/null
shift 4; exec git "$@\""""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of wall clock and of CPU, bytes of output, of one written file, of address space and of data.

    Packs that are mapped take address space, however large they are; data is what takes memory for good.
    `silence` are seconds that git may work without a word before it is taken to be lost in something.
    """

    seconds: float = 120
    silence: float = math.inf
    output: int = 256 * 2**20
    file: int = 16 * 2**30
    memory: int = 1536 * 2**20
    data: int = 384 * 2**20


def limited(args: Sequence[str], limits: Limits) -> list[str]:
    """The argument list of a git under its limits of CPU, file size and address space."""
    numbers = [int(limits.seconds) + 1, limits.file // 512, limits.memory // 1024, limits.data // 1024]
    return ["/bin/sh", "-c", LIMITER, "git", *map(str, numbers), *args]


def limit(pid: int, limits: Limits) -> None:
    """The same limits for a git that just started; one that has ended already needs none."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(limits.seconds) + 1,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_DATA: limits.data,
    }
    for kind, most in wanted.items():
        # A limit that is lower already stays, as it does in the shell.
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, kind, (most, most))


def wait_for_end(pid: int, seconds: float) -> None:
    """Sleep until a child of ours has ended, or the time is over."""
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(descriptor)
