"""Who may sync what, and when: leases that are handed out by the database and end by themselves.

A lease is three columns of the project: its owner, when it began and until when it holds. A worker that dies
leaves one that runs out, and the next one takes the project up again. Nothing here depends on the broker.
"""

from __future__ import annotations

import os
import shutil
import socket
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from catalog.models import Project, RemoteHost
from catalog.querysets import ProjectQuerySet, nobody_is_at_it

#: A fetch has its own limit; as much again is plenty for reading. Longer holds no lease, whoever renews it.
LONGEST = timedelta(seconds=2 * settings.GIT_TIMEOUT + 600)
#: Looked at for one that may begin: a host without room must not hide the others behind its own long queue.
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync a project: each write names the start that it belongs to. `host_failures` as found."""

    project: Project
    owner: str
    at: datetime
    host_failures: int = 0

    def rows(self) -> ProjectQuerySet:
        """The project's row while the lease is ours; no row once somebody else took over."""
        return Project.objects.filter(pk=self.project.pk, lease_owner=self.owner, leased_at=self.at)


def new_owner() -> str:
    """A name for one process during its life, which tells operators where it is."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(lane: str, *, owner: str, limit: int) -> list[Lease]:
    """The most urgent projects that may begin now, taken by one transaction: five queries, whatever the number.

    The rows of the hosts are locked meanwhile, so that no two workers share out the same room.
    """
    now = timezone.now()
    if not has_room_on_disk() or not Project.objects.due(lane, now=now).exists():
        return []
    with transaction.atomic():
        hosts = {host.name: host for host in RemoteHost.objects.select_for_update()}
        room = room_by_host(hosts, now)
        full = [name for name, left in room.items() if not left]
        due = Project.objects.due(lane, now=now).exclude(remote_host__in=full)
        due = due.select_related("code_host__default_team", "owner_team")[: limit * CANDIDATES]
        chosen = share_out(due, room=room, limit=limit)
        hold(chosen, owner=owner, now=now)
    return [Lease(each, owner, now, failures_of(hosts.get(each.remote_host))) for each in chosen]


def room_by_host(hosts: dict[str, RemoteHost], now: datetime) -> dict[str, int]:
    """How many syncs may begin at each network host; a host that never failed and has none running is left out."""
    held = Project.objects.filter(lease_until__gt=now).exclude(remote_host="").order_by()
    busy = Counter(dict(held.values_list("remote_host").annotate(Count("pk"))))
    usual = settings.HOST_CONNECTIONS
    return {
        name: hosts.get(name, RemoteHost(name=name)).room(busy=busy[name], now=now, usual=usual)
        for name in busy.keys() | hosts.keys()
        if name
    }


def share_out(due: Iterable[Project], *, room: dict[str, int], limit: int) -> list[Project]:
    left = dict(room)
    chosen: list[Project] = []
    for project in due:
        if len(chosen) == limit:
            break
        host = project.remote_host
        if host and left.setdefault(host, settings.HOST_CONNECTIONS) <= 0:
            continue
        if host:
            left[host] -= 1
        chosen.append(project)
    return chosen


def hold(projects: Collection[Project], *, owner: str, now: datetime) -> None:
    until = now + timedelta(seconds=settings.SYNC_LEASE)
    for project in projects:
        project.sync_attempts += 1
        project.lease_owner, project.leased_at, project.lease_until = owner, now, until
    Project.objects.filter(pk__in=[project.pk for project in projects]).update(
        lease_owner=owner, leased_at=now, lease_until=until, sync_attempts=F("sync_attempts") + 1
    )


def claim_one(project: Project, *, owner: str) -> Lease | None:
    """For whoever syncs here and now: whatever its time, its host and its lane; None while somebody is at it."""
    now = timezone.now()
    with transaction.atomic():
        rows = Project.objects.select_for_update(of=("self",)).filter(nobody_is_at_it(now), pk=project.pk)
        found = rows.select_related("code_host__default_team", "owner_team").first()
        if found is None:
            return None
        hold([found], owner=owner, now=now)
    host = RemoteHost.objects.filter(name=found.remote_host).first() if found.remote_host else None
    return Lease(found, owner, now, failures_of(host))


def failures_of(host: RemoteHost | None) -> int:
    return host.failures if host else 0


def renew(owner: str) -> int:
    """Keep all leases of a living process; one that is held longer than any sync takes runs out all the same."""
    now = timezone.now()
    held = Project.objects.filter(lease_owner=owner, lease_until__isnull=False, leased_at__gt=now - LONGEST)
    return held.update(lease_until=now + timedelta(seconds=settings.SYNC_LEASE))


FREE: dict[str, Any] = {"lease_owner": "", "leased_at": None, "lease_until": None}


def give_back(leases: Iterable[Lease]) -> None:
    """Leases that were not used after all: the next one may have them at once."""
    for lease in leases:
        lease.rows().update(**FREE, sync_attempts=F("sync_attempts") - 1)


def has_room_on_disk() -> bool:
    """Below the reserve no sync begins; all go on by themselves once there is room again."""
    folder = settings.MIRRORS if settings.MIRRORS.exists() else settings.VAR
    return not folder.exists() or shutil.disk_usage(folder).free > settings.DISK_RESERVE * 2**20
