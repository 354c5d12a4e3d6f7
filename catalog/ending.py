"""How a sync ends: the project's row, the row of the run and the row of its host, in one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from catalog import pace
from catalog.actions.following import LOST, ask_later
from catalog.leases import FREE, Lease
from catalog.models import Project, RemoteHost, SyncRun
from catalog.restarts import outlast, turn_to_write
from catalog.telling import Superseded, Telling, quiet_rows
from forge.errors import ForgeError
from forge.losses import seen_again

#: What is the fault of the machine that a repository lives on, or of the way to it.
HOST_CODES = {"unreachable", "host_unknown", "certificate", "host_key"}
#: What is nobody's fault and over soon, with the time after which to try again.
SOON = {
    "locked": timedelta(seconds=10),
    "moving": timedelta(seconds=30),
    "disk_full": timedelta(minutes=5),
    "rate_limited": timedelta(minutes=1),
}
#: After so many failures in a row a project is parked: about four days with the usual settings.
PARK_AFTER = 10


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a sync failed, in words for people; a look that went well has none of it."""

    code: str = ""
    message: str = ""
    cure: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Of a project, which calls them by longer names."""
        return {"sync_code": self.code, "sync_message": self.message, "sync_cure": self.cure}


NONE = Trouble()


def close(
    lease: Lease,
    telling: Telling,
    *,
    changed: bool = False,
    trouble: Trouble = NONE,
    is_parked: bool = False,
    is_ours: bool = True,
    **more: Any,
) -> None:
    """End a sync, well or in trouble. A look without news is one update of one row.

    `is_ours`: whether a failure counts against the repository. `more` are columns of the project.
    Raises Superseded with nothing written.
    """
    now, project = timezone.now(), lease.project
    code = trouble.code
    failures = project.sync_failures + is_ours if code else 0
    # Nothing tries by itself what its host has no more.
    is_parked = is_parked or failures >= PARK_AFTER or (bool(code) and project.gone_at is not None)
    more |= {"moved_at": now} if changed else {}
    wait = rest_of(project, now=now, changed=changed, failures=failures, is_ours=is_ours)
    values = {
        "sync_state": state_of(code, is_parked=is_parked),
        **trouble.columns,
        "sync_finished_at": now,
        "sync_failures": failures,
        "sync_lane": Project.Lane.QUICK,
        **({} if code else {"loss": {}}),
        **more,
    }
    if not code:
        # Only a sync writes these, so what it found well already need not be written again.
        values = {name: value for name, value in values.items() if getattr(project, name) != value}

    def end() -> None:
        free(lease, next_at=None if is_parked else now + pace.jittered(wait), now=now, **values)

    def tell() -> None:
        with transaction.atomic():
            end()
            if telling.known() is not None or code or changed:
                ended = SyncRun.State.FAILED if code else SyncRun.State.OK
                telling.conclude(state=ended, changed=changed, phase="", finished_at=now, **asdict(trouble))
                if not changed:
                    quiet_rows(project, code=code)
            if lease.host_failures and code not in HOST_CODES:
                host = RemoteHost.objects.filter(name=project.remote_host)
                host.update(failures=0)
                host.exclude(code="rate_limited", paused_until__gt=now).update(**WELL)

    is_quiet = not (code or changed or telling.run or telling.is_unsure or lease.host_failures)

    def write() -> None:
        with turn_to_write():
            end() if is_quiet else tell()

    outlast(write)


WELL: dict[str, Any] = {"failures": 0, "paused_until": None, "code": "", "message": "", "cure": ""}


def state_of(code: str, *, is_parked: bool) -> str:
    if not code:
        return Project.SyncState.OK
    return Project.SyncState.PARKED if is_parked else Project.SyncState.FAILED


def rest_of(project: Project, *, now: datetime, changed: bool, failures: int, is_ours: bool) -> timedelta:
    """How long to leave a project alone, before jitter."""
    least = timedelta(seconds=settings.SYNC_INTERVAL_LEAST)
    most = timedelta(seconds=settings.SYNC_INTERVAL_MOST)
    if not is_ours:
        # Its host rests as a whole, so that this one waits for nothing else.
        return pace.FIRST_PAUSE
    if failures:
        return pace.patience(failures, least=least)
    moments = [at for at in (now if changed else None, project.moved_at, project.last_activity) if at]
    return pace.interval(max(moments, default=None), now, least=least, most=most)


def free(lease: Lease, *, next_at: datetime | None, now: datetime, **values: Any) -> None:
    """End the lease; a sync that a person wanted while this one ran comes at once, others soon. Raises Superseded.

    A wish is new when it is not the one that was found at the start: clocks of two machines may differ. Most syncs
    saw none come, and one plain statement is half the work.
    """
    values |= {**FREE, "sync_attempts": 0}
    rest = {"next_sync_at": next_at, "sync_reason": Project.Reason.SCHEDULE, "sync_wanted_at": None}
    if lease.rows(sync_wanted_at=lease.project.sync_wanted_at).update(**values, **rest):
        return
    soon = When(sync_reason=Project.Reason.PERSON, then=Value(now))
    if not lease.rows().update(**values, next_sync_at=Case(soon, default=Value(now + pace.SPACING))):
        raise Superseded


# ---------------------------------------------------------------- what went wrong
def fail(lease: Lease, telling: Telling, error: ForgeError) -> None:
    """Say what went wrong; the last good facts stay. Raises Superseded."""
    if error.code in SOON:
        return postpone(lease, telling, error=error)
    trouble = Trouble(error.code, error.message, error.cure)
    is_ours = True
    if error.code in HOST_CODES and lease.project.remote_host:
        is_ours = not note_host_failure(lease.project.remote_host, error).is_down
    more: dict[str, Any] = {}
    if error.fingerprint:
        more["loss"] = seen_again(lease.project.loss, error.fingerprint, now=timezone.now())
    close(lease, telling, trouble=trouble, is_ours=is_ours, **more)
    if error.code in LOST:
        ask_later(lease.project)
    return None


def note_host_failure(name: str, error: ForgeError) -> RemoteHost:
    """One more failure of a host in a row; after a few its circuit opens, for longer each time."""

    def write() -> RemoteHost:
        now = timezone.now()
        with transaction.atomic():
            RemoteHost.objects.get_or_create(name=name)
            host = RemoteHost.objects.select_for_update().get(name=name)
            host.failures = min(host.failures + 1, 1000)
            host.failed_at = now
            rest = pace.pause(host.failures)
            until = now + pace.jittered(rest)
            # What began before a host limited our rate may still fail, which does not end the wait it asked for.
            if not (host.rests(now) and host.paused_until and host.paused_until > until):
                host.code, host.message, host.cure = error.code, error.message, error.cure
                host.paused_until = until if rest else None
            host.save()
        return host

    return outlast(write)


def postpone(
    lease: Lease, telling: Telling, *, error: ForgeError | None = None, lane: str = Project.Lane.QUICK
) -> None:
    """Not now: the lease ends, who waits goes on waiting, and nothing counts as a failure. Raises Superseded.

    This start does not count, yet what it or an earlier one left untold the next one tells, see `catalog.sync`.
    A host that limits our rate is left alone as a whole until it says.
    """
    now = timezone.now()
    next_at = now
    if error is not None:
        next_at = error.retry_at or now + pace.jittered(SOON[error.code])
    put_off(
        lease,
        telling,
        next_at=next_at,
        attempts=max(1, lease.project.sync_attempts - 1),
        phase=error.message[:60] if error else "",
        lane=lane,
        limit=error if error is not None and error.code == "rate_limited" else None,
    )


def resume(lease: Lease, telling: Telling) -> None:
    """The database was away in the middle: begin again. This start counts, or what the database refuses for good
    would come for ever. Raises Superseded.
    """
    next_at = timezone.now() + pace.jittered(SOON["locked"])
    put_off(lease, telling, next_at=next_at, attempts=lease.project.sync_attempts, lane=lease.project.sync_lane)


def put_off(
    lease: Lease,
    telling: Telling,
    *,
    next_at: datetime,
    attempts: int,
    lane: str,
    phase: str = "",
    limit: ForgeError | None = None,
) -> None:
    def write() -> None:
        with turn_to_write(), transaction.atomic():
            ended = lease.rows().update(**FREE, sync_attempts=attempts, next_sync_at=next_at, sync_lane=lane)
            if not ended:
                raise Superseded
            telling.close(state=SyncRun.State.QUEUED, phase=phase, percent=None)
            name = lease.project.remote_host
            if limit is not None and name:
                said = {"code": limit.code, "message": limit.message, "cure": limit.cure}
                RemoteHost.objects.update_or_create(name=name, defaults={"paused_until": next_at, **said})

    outlast(write)
