"""The lock of a mirror: who may write there, and whether the last one who did came to an end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forge.errors import ForgeError

AT_IT, DONE = b"1", b"0"


@contextmanager
def held(file: Path) -> Iterator[tuple[int, bool]]:
    """Hold it, or raise ForgeError `locked` at once. Gives the descriptor, and whether somebody died with it.

    The lock is the kernel's: it ends with the last process that holds it, git's own included. The file says that
    somebody is at it for as long, and goes on to say so of one who was killed or failed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ForgeError("locked") from None
        # An empty file is that of an older portal, or of nobody yet.
        said = os.pread(descriptor, 1, 0)
        if said == DONE:
            os.pwrite(descriptor, AT_IT, 0)
        yield descriptor, said != DONE
        os.pwrite(descriptor, DONE, 0)
    finally:
        os.close(descriptor)
