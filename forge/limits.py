"""How much a git process may take, and how it is held to that."""

import contextlib
import math
import os
import resource
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Where the kernel has no other way, the shell sets the limits and becomes git. Python's own way, code that runs
# between fork and exec, could deadlock with threads. A system that lacks one of the limits goes on without it.
LIMITER = """{ ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; ulimit -v "$3"; ulimit -d "$4"; } 2>/dev/null
shift 4; exec git "$@\""""
IS_LINUX = hasattr(resource, "prlimit") and Path(f"/proc/self/task/{os.getpid()}/children").exists()


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


def start(args: Sequence[str], limits: Limits, **options: Any) -> subprocess.Popen[bytes]:
    """A git under its limits. `options` are those of Popen.

    On Linux they are set a moment after its start, which saves starting a shell: memory and time add up, so the
    moment does no harm.
    """
    if not IS_LINUX:
        return subprocess.Popen(limited(args, limits), **options)
    git = subprocess.Popen(["git", *args], **options)  # noqa: S607 - whichever git the PATH has.
    limit(git.pid, limits)
    return git


def limited(args: Sequence[str], limits: Limits) -> list[str]:
    """The argument list of a shell that becomes a git under its limits."""
    numbers = [int(limits.seconds) + 1, limits.file // 512, limits.memory // 1024, limits.data // 1024]
    return ["/bin/sh", "-c", LIMITER, "git", *map(str, numbers), *args]


def limit(pid: int, limits: Limits) -> None:
    """For a process and all below it; one that has ended already needs none.

    A parent comes before its children: those to come have its limits from the start.
    """
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
    for child in children(pid):
        limit(child, limits)


def children(pid: int) -> Iterator[int]:
    """What each of its threads started."""
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                yield from map(int, (thread / "children").read_text("ascii").split())


def wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Sleep until a child of ours has ended. Raises TimeoutExpired when the time is over.

    Popen's own way looks again after pauses that double, which can cost more than git itself did.
    """
    until = time.monotonic() + seconds
    # A sandbox may refuse it, and then Popen has to do.
    with contextlib.suppress(OSError, AttributeError):
        if process.poll() is None:
            descriptor = os.pidfd_open(process.pid)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                poll.poll(None if seconds == math.inf else seconds * 1000)
            finally:
                os.close(descriptor)
    process.wait(None if seconds == math.inf else max(0, until - time.monotonic()))
