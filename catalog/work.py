"""A worker's turn: take what is due from the database and sync it, several at a time, for a few seconds."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from catalog import leases
from catalog.leases import Lease, kept
from catalog.models import Project
from catalog.querysets import nobody_is_at_it
from catalog.restarts import AWAY
from catalog.sync import sync
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path

log = logging.getLogger(__name__)

#: Seconds after which a turn ends, so that other tasks of the same worker come to theirs.
TURN = 10.0
#: Leases that one thread may have waiting, so that claiming costs little and a killed worker holds little. The
#: price: a host whose room is taken by leases that wait gets more only with the next claim.
AHEAD = 8
#: Seconds between two looks for work while there is none, and after which leases that nobody takes go back.
PAUSE = 1.0


class Supply:
    """What the threads of one turn take their work from.

    One sync may be slow, so nothing waits for it: the other threads go on until it has ended, also with what
    becomes due meanwhile, and what none of them gets to goes back for other workers.
    """

    def __init__(self, lane: str, *, threads: int, owner: str = "") -> None:
        self.lane = lane
        #: The name of this turn. One that was given up is renewed by no later turn, so that it runs out.
        self.owner = owner or leases.new_owner()
        self.limit = threads * AHEAD if threads > 1 else 1
        #: When so few are left, one thread claims more while the others go on.
        self.few = threads
        self.is_claiming = False
        #: One thread is left for others when a host answers slowly.
        self.per_host = threads - 1 if threads > 1 else None
        self.until = time.monotonic() + TURN
        self.waiting: deque[Lease] = deque()
        self.moved = threading.Condition()
        self.took_at = 0.0
        self.look_at = 0.0
        #: When each thread began with what it is at.
        self.begun: dict[int, float] = {}
        self.is_empty = False

    def next(self) -> Lease | None:
        """None when nothing is due and nobody is at work, or when the turn is over."""
        with self.moved:
            if self.begun.pop(threading.get_ident(), None) is not None:
                # Its host has room again, so what waits for that is looked for at once.
                self.look_at = 0.0
            self.moved.notify_all()
            while not self.is_over:
                if lease := self.taken():
                    return lease
                if not self.begun and not self.is_claiming:
                    self.is_empty = True
                    return None
                self.moved.wait(PAUSE)
            return None

    def taken(self) -> Lease | None:
        """The next lease; more are claimed when few are left, at most once a pause while there is nothing."""
        now = time.monotonic()
        if len(self.waiting) < self.few and not self.is_claiming and now >= self.look_at:
            self.look_at = 0.0 if self.claim() else now + PAUSE
        if not self.waiting:
            return None
        self.took_at = self.begun[threading.get_ident()] = time.monotonic()
        return self.waiting.popleft()

    def claim(self) -> bool:
        """Whether there was anything. The others take what waits meanwhile."""
        self.is_claiming = True
        limit = self.limit - len(self.waiting)
        self.moved.release()
        claimed: list[Lease] = []
        try:
            claimed = leases.claim(self.lane, owner=self.owner, limit=limit, per_host=self.per_host)
        finally:
            self.moved.acquire()
            self.waiting.extend(claimed)
            self.is_claiming = False
            self.moved.notify_all()
        return bool(claimed)

    @property
    def is_over(self) -> bool:
        """Whether the time is up and all that was under way by then has ended."""
        if self.is_empty:
            return True
        return time.monotonic() > self.until and all(begun > self.until for begun in self.begun.values())

    def give_back(self, *, after: float = 0.0) -> None:
        """Leases that no thread took for so many seconds."""
        with self.moved:
            if self.waiting and time.monotonic() - self.took_at >= after:
                leases.give_back(self.waiting)
                self.waiting.clear()


def work(lane: str) -> bool:
    """One turn. Whether there may be more to do."""
    threads = settings.SYNC_THREADS if lane == Project.Lane.QUICK else 1
    if not leases.has_room_on_disk():
        sweep_what_the_dead_left()
        return False
    supply = Supply(lane, threads=threads)
    try:
        with kept(supply.owner):
            sync_suspects(supply)
            turn(supply, threads)
    except AWAY as error:
        # What is held runs out, and the next beat goes on.
        log.warning("The database stays away, this turn ends: %s", error)
        connection.close()
    return not supply.is_empty


def turn(supply: Supply, threads: int) -> None:
    try:
        if threads == 1:
            drain(supply)
        else:
            drain_together(supply, threads)
    finally:
        supply.give_back()


def sync_suspects(supply: Supply) -> None:
    """Whoever began these died of it, perhaps; one at a time and alone, so that they take no others with them."""
    until = time.monotonic() + TURN
    while time.monotonic() < until:
        found = leases.claim(supply.lane, owner=supply.owner, limit=1, suspects=True)
        if not found:
            return
        sync(found[0], is_quick=supply.lane == Project.Lane.QUICK)


def drain(supply: Supply) -> None:
    while lease := supply.next():
        sync(lease, is_quick=supply.lane == Project.Lane.QUICK)


def drain_together(supply: Supply, count: int) -> None:
    """Waiting for the network is what most syncs do, so threads are enough; reading is git's own work."""

    def run() -> None:
        try:
            drain(supply)
        except AWAY as error:
            log.warning("The database stays away, this thread ends: %s", error)
        finally:
            with supply.moved:
                supply.begun.pop(threading.get_ident(), None)
                supply.moved.notify_all()
            connections.close_all()

    threads = [threading.Thread(target=run, name=f"sync-{number}") for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(PAUSE)
            try:
                supply.give_back(after=PAUSE)
            except AWAY:
                connection.close()


def sweep_what_the_dead_left() -> None:
    """A worker that was killed while it fetched may have left what fills the disk, so that nothing can begin."""
    left = Project.objects.filter(nobody_is_at_it(timezone.now()), sync_attempts__gt=0)
    for key in left.values_list("pk", flat=True):
        with contextlib.suppress(ForgeError, OSError), Mirror(mirror_path(key)).lock():
            log.info("Swept the mirror of project %s.", key)
