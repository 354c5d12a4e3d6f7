"""What operators watch: the hosts at work with their numbers, and which projects run, wait or fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from catalog.models import Project, RemoteHost, SyncRun
from catalog.querysets import ProjectQuerySet, time_has_come

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

State = Project.SyncState
Condition = RemoteHost.Condition


@dataclass(frozen=True, slots=True)
class HostAtWork:
    """A machine that repositories are fetched from, with how its projects fare. `host` may be no row yet."""

    host: RemoteHost
    condition: Condition
    projects: int
    running: int
    waiting: int
    failed: int
    parked: int

    @property
    def key(self) -> str:
        """What an address calls it; the folders of this machine have no name of their own."""
        return self.host.name or HERE

    @property
    def is_local(self) -> bool:
        return not self.host.name

    @property
    def connections(self) -> int:
        """How many syncs it gets at the same time when nothing is wrong."""
        return self.host.connections or settings.HOST_CONNECTIONS

    @property
    def is_in_trouble(self) -> bool:
        return self.condition != Condition.ANSWERS

    @property
    def can_be_tried(self) -> bool:
        """Whether asking it again now makes any difference: as long as it is left alone."""
        return self.condition in (Condition.RESTS, Condition.LIMITED)


#: The folders of this machine, in an address.
HERE = "-"


def hosts_at_work(now: datetime | None = None) -> list[HostAtWork]:
    """All hosts, those in trouble first, then the busiest. Six queries, each of few rows or along an index."""
    now = now or timezone.now()
    known = {host.name: host for host in RemoteHost.objects.all()}
    projects = by_host(Project.objects.all())
    running = by_host(Project.objects.at_work())
    # What is due and what is followed are counted apart, because a database finds no index for both at once.
    followed = Project.objects.waiting(now=now).filter(runs__in=SyncRun.objects.open())
    due = Project.objects.due(now=now)
    waiting = by_host(due) + by_host(followed.exclude(time_has_come(now)))
    trouble = in_trouble()
    hosts = [known.get(name) or RemoteHost(name=name) for name in known.keys() | projects.keys()]
    found = [
        HostAtWork(
            host,
            host.condition(now),
            projects[host.name],
            running[host.name],
            waiting[host.name],
            trouble[host.name, State.FAILED],
            trouble[host.name, State.PARKED],
        )
        for host in hosts
        if projects[host.name]
    ]
    return sorted(found, key=lambda each: (not each.is_in_trouble, -each.running, -each.projects, each.host.name))


def by_host(projects: ProjectQuerySet) -> Counter[str]:
    return Counter(dict(projects.order_by().values_list("remote_host").annotate(count=Count("*"))))


def in_trouble() -> Counter[tuple[str, str]]:
    found = Project.objects.filter(sync_state__in=Project.SYNC_TROUBLE).order_by()
    rows = found.values_list("remote_host", "sync_state").annotate(count=Count("*"))
    return Counter({(host, state): count for host, state, count in rows})


@dataclass(frozen=True, slots=True)
class Numbers:
    """All syncs at one glance."""

    running: int
    waiting: int
    failed: int
    parked: int
    ended: int
    coming: int

    @property
    def is_quiet(self) -> bool:
        return not self.running and not self.waiting


def numbers(hosts: Iterable[HostAtWork], now: datetime | None = None) -> Numbers:
    """Two queries. `ended`: in the last hour; `coming`: in the next quarter of an hour."""
    now = now or timezone.now()
    hosts = list(hosts)
    coming = Project.objects.filter(time_has_come(now + QUARTER), next_sync_at__gt=now)
    return Numbers(
        running=sum(each.running for each in hosts),
        waiting=sum(each.waiting for each in hosts),
        failed=sum(each.failed for each in hosts),
        parked=sum(each.parked for each in hosts),
        ended=SyncRun.objects.filter(finished_at__gt=now - HOUR).count(),
        coming=coming.count(),
    )


def codes() -> list[str]:
    """The codes of what is wrong now."""
    found = Project.objects.filter(sync_state__in=Project.SYNC_TROUBLE).exclude(sync_code="")
    return list(found.order_by("sync_code").values_list("sync_code", flat=True).distinct())
