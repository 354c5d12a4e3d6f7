"""What people see of a sync that runs: its row, with the phase and how far it is."""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError, transaction

from catalog.leases import Lease
from catalog.models import Project, SyncRun
from catalog.restarts import AWAY
from forge.types import Progress

#: Progress is written at most this often, in seconds.
TELL_EVERY = 0.5
#: A sync of the quick lane that takes more seconds than this, or brings more, begins anew in the long one.
QUICK = 90
QUICK_OBJECTS = 100_000


class Superseded(Exception):
    """The lease is no longer ours: somebody took over, or the project is gone."""


class TooLong(Exception):
    """This sync belongs into the long lane."""


class Telling:
    """The open row of one sync. It is made when there is something to tell: a look without news leaves none.

    `is_quick`: whether it has to be a short one, and raises TooLong when it is not.
    """

    def __init__(self, lease: Lease, *, is_quick: bool = False) -> None:
        self.lease = lease
        self.is_quick = is_quick
        self.run = self.waiting()
        # Most are over before there is anything to tell.
        self.began = self.told = time.monotonic()
        self.untold: dict[str, Any] = {}
        #: The database went away while the row was made, so it may be there.
        self.is_unsure = False

    @property
    def accepts_loss(self) -> bool:
        return self.run is not None and self.run.accepts_loss

    def waiting(self) -> SyncRun | None:
        """The row that somebody asked for or that an earlier start left: it runs from now on."""
        if not self.lease.has_run:
            return None
        run = SyncRun.objects.open().filter(project=self.lease.project).first()
        if run is not None:
            SyncRun.objects.filter(pk=run.pk).update(**self.beginning())
        return run

    def beginning(self) -> dict[str, Any]:
        fresh = {"phase": "connecting", "percent": None, "objects_done": 0, "bytes_done": 0}
        return {"state": SyncRun.State.RUNNING, "started_at": self.lease.at, **fresh}

    @property
    def fresh(self) -> dict[str, Any]:
        """Of a row that nobody asked for."""
        project = self.lease.project
        return {"project": project, "queued_at": self.lease.at, "reason": project.sync_reason}

    def known(self) -> SyncRun | None:
        """The row of this sync, if there is one."""
        if self.run is None and self.is_unsure:
            rows = SyncRun.objects.open().filter(project=self.lease.project, started_at=self.lease.at)
            self.run = rows.first()
        return self.run

    def opened(self) -> SyncRun:
        """The row of this sync, made now unless there is one."""
        if self.run is None:
            try:
                with transaction.atomic():
                    run = SyncRun.objects.create(**self.fresh, **self.beginning())
                # Only now it is there; an answer that got lost leaves that open, see `known`.
                self.run = run
            except IntegrityError:
                # Somebody asked in this moment: then theirs is the row. Or the project is gone.
                self.run = SyncRun.objects.open().filter(project=self.lease.project).first()
                if self.run is None:
                    raise Superseded from None
                SyncRun.objects.filter(pk=self.run.pk).update(**self.beginning())
        return self.run

    # ------------------------------------------------------------ progress
    def tell(self, phase: str, **amounts: Any) -> None:
        """Progress for people, at most twice a second. Raises Superseded, TooLong."""
        self.untold |= {"phase": phase, "percent": None, **amounts}
        now = time.monotonic()
        # The lease may be older: it waited for a thread.
        if self.is_quick and now - self.began > QUICK:
            raise TooLong
        if now - self.told >= TELL_EVERY:
            self.told = now
            self.say()

    def hear(self, progress: Progress) -> None:
        """Progress of a fetch."""
        if self.is_quick and progress.total > QUICK_OBJECTS:
            raise TooLong
        amounts = {"objects_done": progress.objects, "bytes_done": progress.bytes}
        known = {name: amount for name, amount in amounts.items() if amount}
        self.tell(progress.phase, percent=progress.percent, **known)

    def say(self) -> None:
        """What was not told yet. A database that is away misses it, and the sync goes on."""
        try:
            if not self.lease.rows().exists():
                raise Superseded
            run = self.opened()
            SyncRun.objects.filter(pk=run.pk, started_at=self.lease.at).update(**self.untold)
        except AWAY:
            self.is_unsure = self.run is None
            return
        self.untold = {}

    def close(self, **values: Any) -> None:
        """The end of the row, if there is one; to be called in the transaction that frees the lease."""
        run = self.known()
        if run is None:
            return
        row = SyncRun.objects.filter(pk=run.pk)
        if row.filter(accepts_loss=run.accepts_loss).update(**{**self.untold, **values}):
            return
        # Somebody accepted a loss while this sync ran: the one that they wait for comes next.
        row.update(state=SyncRun.State.QUEUED, phase="", percent=None)

    def conclude(self, **values: Any) -> None:
        """The same for what has to be told though nobody saw it begin: its row is made ended.

        Who asks for a sync in this very moment has a row of their own, and theirs comes next.
        """
        if self.known() is None:
            SyncRun.objects.create(**self.fresh, **{**self.beginning(), **self.untold, **values})
        else:
            self.close(**values)


def quiet_rows(project: Project, *, code: str) -> None:
    """Of equal outcomes without news the last one is enough, so the earlier ones go."""
    same = SyncRun.objects.filter(project=project, changed=False, code=code, state__in=SyncRun.ENDED)
    last = same.order_by("-finished_at", "-pk").values("pk")[:1]
    same.exclude(pk__in=list(last.values_list("pk", flat=True))).delete()
