"""A database that restarts or is full for a moment pauses the work and does not lose it."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

T = TypeVar("T")
#: Seconds between two tries, and for how long; after that the lease runs out and somebody begins anew.
WAIT = 1.0
PATIENCE = 120.0

AWAY = (OperationalError, InterfaceError)


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Around a transaction that writes much, with no other of these inside it.

    SQLite lets one write at a time and has all others look again after a sleep; here they wait in a queue. Other
    databases let everybody write.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with (settings.VAR / "writing.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def outlast(work: Callable[[], T]) -> T:
    """What `work` answers, tried again while the database is away. `work` is one transaction and may come twice.

    Raises what it raised last when the database stays away, or when a transaction is open already.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except AWAY as error:
            if connection.in_atomic_block or time.monotonic() >= deadline:
                raise
            log.warning("The database is away, trying again: %s", error)
            connection.close()
            time.sleep(WAIT)
