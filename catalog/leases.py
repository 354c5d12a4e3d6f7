"""Who may sync what, and when: leases that are handed out by the database and end by themselves.

A lease is three columns of the project: its owner, when it began and until when it holds. A worker that dies
leaves one that runs out, and the next one takes the project up again. Nothing here depends on the broker.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone

from catalog.models import Project, RemoteHost, SyncRun
from catalog.querysets import ProjectQuerySet, nobody_is_at_it
from catalog.restarts import AWAY, turn_to_write

#: A fetch has its own limit; as much again is plenty for reading. Longer holds no lease, whoever renews it.
LONGEST = timedelta(seconds=2 * settings.GIT_TIMEOUT + 600)
#: Looked at for one that may begin: a host without room must not hide the others behind its own long queue.
CANDIDATES = 8
#: Begun so often without coming to an end: it may be what ended its workers, so it runs with nothing beside it.
SUSPECT = 2


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync a project: each write names the start that it belongs to.

    As found at that start: `host_failures`, and `has_run`, whether a row of a run is open already.
    """

    project: Project
    owner: str
    at: datetime
    host_failures: int = 0
    has_run: bool = False

    def rows(self, **more: Any) -> ProjectQuerySet:
        """The project's row while the lease is ours, and `more` holds; no row once somebody else took over."""
        return Project.objects.filter(pk=self.project.pk, lease_owner=self.owner, leased_at=self.at, **more)


def new_owner() -> str:
    """A name for whoever takes leases, which tells operators on what machine and in which process that is."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(
    lane: str, *, owner: str, limit: int, per_host: int | None = None, suspects: bool = False
) -> list[Lease]:
    """The most urgent projects that may begin now, taken by one transaction: six queries, whatever the number.

    `per_host` is how many syncs of one network host this owner has at most, so that a slow one leaves it room for
    the others. `suspects` are for a worker that has nothing else under way.
    The rows of the hosts are locked meanwhile, so that no two workers share out the same room.
    """
    now = timezone.now()
    due = Project.objects.due(lane, now=now)
    due = due.filter(sync_attempts__gte=SUSPECT) if suspects else due.filter(sync_attempts__lt=SUSPECT)
    # By its time alone, so that the first one is found along an index wherever its row lies.
    if not has_room_on_disk() or not due.order_by("next_sync_at").values_list("pk").first():
        return []
    with turn_to_write(), transaction.atomic():
        hosts = locked_hosts()
        room = room_by_host(hosts, now, owner=owner, per_host=per_host)
        full = [name for name, left in room.items() if not left]
        candidates = due.exclude(remote_host__in=full).values_list("pk", "remote_host")[: limit * CANDIDATES]
        most = min(settings.HOST_CONNECTIONS, per_host or settings.HOST_CONNECTIONS)
        chosen = share_out(candidates, room=room, most=most, limit=limit)
        held = hold(chosen, owner=owner, now=now)
    return [lease_of(project, now, host=hosts.get(project.remote_host)) for project in held]


def locked_hosts() -> dict[str, RemoteHost]:
    """All of them, by name. This machine's own row is there always, so that there is something to lock."""
    hosts = {host.name: host for host in RemoteHost.objects.select_for_update()}
    if "" in hosts:
        return hosts
    RemoteHost.objects.get_or_create(name="")
    return {host.name: host for host in RemoteHost.objects.select_for_update()}


def room_by_host(
    hosts: dict[str, RemoteHost], now: datetime, *, owner: str, per_host: int | None
) -> dict[str, int]:
    """How many syncs may begin at each network host; a host that never failed and has none running is left out."""
    held = Project.objects.filter(lease_until__gt=now).exclude(remote_host="").order_by()
    busy, ours = Counter[str](), Counter[str]()
    for name, holder, count in held.values_list("remote_host", "lease_owner").annotate(Count("pk")):
        busy[name] += count
        ours[name] += count if holder == owner else 0
    usual = settings.HOST_CONNECTIONS
    room = {
        name: hosts.get(name, RemoteHost(name=name)).room(busy=busy[name], now=now, usual=usual)
        for name in busy.keys() | hosts.keys()
        if name
    }
    if per_host is None:
        return room
    return {name: min(left, max(0, per_host - ours[name])) for name, left in room.items()}


def share_out(candidates: Iterable[tuple[int, str]], *, room: dict[str, int], most: int, limit: int) -> list[int]:
    """Of keys and their hosts, the keys that may begin; `most` for a host of which `room` knows nothing."""
    left = dict(room)
    chosen: list[int] = []
    for key, host in candidates:
        if len(chosen) == limit:
            break
        if host and left.setdefault(host, most) <= 0:
            continue
        if host:
            left[host] -= 1
        chosen.append(key)
    return chosen


def hold(keys: Collection[int], *, owner: str, now: datetime) -> list[Project]:
    """Those that are ours from now on, in this order: who syncs here and now may have been quicker."""
    until = now + timedelta(seconds=settings.SYNC_LEASE)
    Project.objects.filter(nobody_is_at_it(now), pk__in=keys).update(
        lease_owner=owner, leased_at=now, lease_until=until, sync_attempts=F("sync_attempts") + 1
    )
    ours = Project.objects.filter(pk__in=keys, lease_owner=owner, leased_at=now)
    runs = SyncRun.objects.open().filter(project=OuterRef("pk"))
    rows = ours.select_related("code_host").annotate(has_run=Exists(runs))
    found = {project.pk: project for project in rows}
    return [found[key] for key in keys if key in found]


def lease_of(project: Project, at: datetime, *, host: RemoteHost | None) -> Lease:
    has_run: bool = getattr(project, "has_run", False)
    return Lease(project, project.lease_owner, at, host.failures if host else 0, has_run)


def claim_one(project: Project, *, owner: str) -> Lease | None:
    """For whoever syncs here and now: whatever its time, its host and its lane; None while somebody is at it."""
    now = timezone.now()
    held = hold([project.pk], owner=owner, now=now)
    if not held:
        return None
    name = held[0].remote_host
    return lease_of(held[0], now, host=RemoteHost.objects.filter(name=name).first() if name else None)


def renew(owner: str) -> int:
    """Keep all leases of a living owner; one that is held longer than any sync takes runs out all the same."""
    now = timezone.now()
    held = Project.objects.filter(lease_owner=owner, lease_until__isnull=False, leased_at__gt=now - LONGEST)
    return held.update(lease_until=now + timedelta(seconds=settings.SYNC_LEASE))


@contextmanager
def kept(owner: str) -> Iterator[None]:
    """Renews the leases of an owner meanwhile, however long one of its syncs is silent."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(settings.SYNC_LEASE / 3):
            try:
                renew(owner)
            except AWAY:
                continue
            finally:
                connections.close_all()

    thread = threading.Thread(target=keep, name="leases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


FREE: dict[str, Any] = {"lease_owner": "", "leased_at": None, "lease_until": None}


def give_back(leases: Iterable[Lease]) -> None:
    """Leases that were not used after all: the next one may have them at once."""
    for lease in leases:
        # Whoever unparked it meanwhile began to count anew.
        lease.rows().update(**FREE, sync_attempts=Greatest(F("sync_attempts") - 1, 0))


def has_room_on_disk() -> bool:
    """Below the reserve no sync begins; all go on by themselves once there is room again."""
    folder = settings.MIRRORS if settings.MIRRORS.exists() else settings.VAR
    return not folder.exists() or shutil.disk_usage(folder).free > settings.DISK_RESERVE * 2**20
