"""A worker's turn: take what is due from the database and sync it, several at a time, for a few seconds."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from catalog import leases
from catalog.leases import Lease
from catalog.models import Project
from catalog.restarts import AWAY
from catalog.sync import sync

#: Seconds after which a turn ends, so that other tasks of the same worker come to theirs.
TURN = 10.0
#: Leases that one thread may have waiting, so that claiming costs little and a killed worker holds little.
AHEAD = 4

_names: dict[int, str] = {}


def own_name() -> str:
    """The name under which this process holds its leases; a forked child has its own."""
    return _names.setdefault(os.getpid(), leases.new_owner())


class Supply:
    """What the threads of one turn take their work from."""

    def __init__(self, lane: str, *, threads: int) -> None:
        self.lane = lane
        self.limit = threads * AHEAD if threads > 1 else 1
        self.until = time.monotonic() + TURN
        self.waiting: deque[Lease] = deque()
        self.lock = threading.Lock()
        self.is_empty = False

    def next(self) -> Lease | None:
        """None when nothing is due, or when the turn is over."""
        with self.lock:
            if not self.waiting and not self.is_over:
                self.waiting.extend(leases.claim(self.lane, owner=own_name(), limit=self.limit))
                self.is_empty = not self.waiting
            return self.waiting.popleft() if self.waiting and not self.is_over else None

    @property
    def is_over(self) -> bool:
        return self.is_empty or time.monotonic() > self.until


def work(lane: str) -> bool:
    """One turn. Whether there may be more to do."""
    threads = settings.SYNC_THREADS if lane == Project.Lane.QUICK else 1
    supply = Supply(lane, threads=threads)
    try:
        with kept(own_name()):
            if threads == 1:
                drain(supply)
            else:
                drain_together(supply, threads)
    finally:
        leases.give_back(supply.waiting)
    return not supply.is_empty


def drain(supply: Supply) -> None:
    while lease := supply.next():
        sync(lease, is_quick=supply.lane == Project.Lane.QUICK)


def drain_together(supply: Supply, count: int) -> None:
    """Waiting for the network is what most syncs do, so threads are enough; reading is git's own work."""

    def run() -> None:
        try:
            drain(supply)
        except AWAY:
            # The database is away: what is held runs out or is given back, and the next beat goes on.
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, name=f"sync-{number}") for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def kept(owner: str) -> Iterator[None]:
    """Renews this process's leases meanwhile, however long one of its syncs is silent."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(settings.SYNC_LEASE / 3):
            try:
                leases.renew(owner)
            except AWAY:
                continue
            finally:
                connections.close_all()

    thread = threading.Thread(target=renew, name="leases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
