"""Asking for a sync. The database knows what is to be done; the broker only hints that now is a good time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, DateTimeField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from catalog import broker, pace
from catalog.models import Project, RemoteHost, SyncRun, TrustedCommitter
from catalog.querysets import ProjectQuerySet
from catalog.restarts import turn_to_write
from forge.errors import ForgeError
from people.models import User
from people.querysets import Viewer

#: Workers that one beat wakes at most; each goes on until nothing is due.
WAKE = 16
#: Rows that are written at once, so that others come to their turn in between.
BATCH = 500
#: Projects that one worker is told to try again.
MESSAGE = 5000
#: Runs older than this are forgotten; the last one of each project stays.
KEPT = timedelta(days=90)
#: The code of what ended its workers, see catalog.sync.
GIVEN_UP = "given_up"
#: What a wish of the code host depends on.
HEARD = ("sync_wanted_at", "leased_at", "sync_finished_at", "next_sync_at", "sync_code")

Reason = Project.Reason


def may_sync(project: Project, *, by: Viewer) -> bool:
    """Whether this person may ask for a sync: curators, maintainers of the owner team, trusted committers.

    Nobody for one that is gone at its host, which is asked for with every look through its source.
    """
    return by.is_authenticated and project.gone_at is None and is_trusted_with(project, by)


def is_trusted_with(project: Project, user: User) -> bool:
    """Whether this person is a curator, a maintainer of the owner team or a trusted committer of it."""
    if user.may_curate or project.owner_team_id in user.maintained_team_ids:
        return True
    return TrustedCommitter.objects.current().filter(project=project, user=user).exists()


def may_accept_loss(project: Project, *, by: Viewer) -> bool:
    """Whether the source shows less than the mirror holds, and this person may say that it was on purpose."""
    return bool(project.loss) and may_sync(project, by=by)


def may_operate(user: Viewer) -> bool:
    """Operators see every run and every host, and decide what is tried again."""
    return user.is_authenticated and user.is_active and (user.is_superuser or user.is_staff)


def request_sync(project: Project, *, by: User | None = None, accepts_loss: bool = False) -> SyncRun:
    """The project's open run, made if there is none: two clicks make one. A worker is hinted on commit.

    It comes before all that the schedule wants, also for a parked project. A broker that cannot be reached is no
    error: the next beat wakes the workers.
    """
    with transaction.atomic():
        run = keep_run(project, by=by, accepts_loss=accepts_loss)
        transaction.on_commit(wake_one)
    return run


def keep_run(project: Project, *, by: User | None = None, accepts_loss: bool = False) -> SyncRun:
    """The open run of a project that somebody asked for."""
    with transaction.atomic():
        run, is_new = SyncRun.objects.get_or_create(
            project=project,
            state__in=SyncRun.OPEN,
            defaults={
                "state": SyncRun.State.QUEUED,
                "requested_by": by,
                "reason": Reason.PERSON,
                "accepts_loss": accepts_loss,
            },
        )
        if accepts_loss and not is_new:
            SyncRun.objects.filter(pk=run.pk).update(accepts_loss=True)
        want([project.pk], reason=Reason.PERSON)
    return run


def request_syncs(projects: Iterable[Project], *, by: User | None = None) -> list[SyncRun]:
    """The same for many at once: only the runs that are new. Some hundred are asked for by one transaction."""
    ids, now = [project.pk for project in projects], timezone.now()
    new: list[SyncRun] = []
    for part in batched(ids):
        with turn_to_write(), transaction.atomic():
            new += keep_runs(part, by=by, now=now)
    transaction.on_commit(wake)
    return new


def batched(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def keep_runs(ids: Sequence[int], *, by: User | None, now: datetime) -> list[SyncRun]:
    """New runs of those of these projects that have none. Needs a transaction."""
    runs = SyncRun.objects.filter(project__in=ids)
    busy = set(runs.open().values_list("project", flat=True))
    made = {"queued_at": now, "reason": Reason.PERSON, "requested_by": by}
    # Somebody may ask for one of them in this moment: then theirs is the run.
    rows = [SyncRun(project_id=pk, **made) for pk in ids if pk not in busy]
    SyncRun.objects.bulk_create(rows, ignore_conflicts=True)
    want(ids, reason=Reason.PERSON)
    return list(runs.filter(state=SyncRun.State.QUEUED, queued_at=now))


def bring_forward(project: Project) -> None:
    """The code host says that something moved. However often it says so, one sync more is enough.

    When the last one ended a moment ago, the next one waits until the host is silent, so that a storm makes two at
    most. What was parked because it ended its workers waits for a person.
    """
    with transaction.atomic():
        # Locked, so that a sync that ends in this moment is not taken for one that ended long ago.
        before = Project.objects.select_for_update().only(*HEARD).get(pk=project.pk)
        if before.next_sync_at is None and before.sync_code == GIVEN_UP:
            return
        now = timezone.now()
        is_first = not is_hinted(before)
        soon = pace.after_storm(before.sync_finished_at, now, is_first=is_first)
        want([project.pk], reason=Reason.WEBHOOK, soon=soon)
        if is_first:
            delay = pace.SPACING if before.leased_at else soon - now
            transaction.on_commit(lambda: wake_one(delay=delay.total_seconds()))


def is_hinted(project: Project) -> bool:
    """Whether somebody wants it already since its sync began, and a worker was told so."""
    wanted, begun = project.sync_wanted_at, project.leased_at
    return wanted is not None and (begun is None or wanted > begun)


def want(ids: Sequence[int], *, reason: int, soon: datetime | None = None) -> None:
    """A sync that began before this moment is not enough. Who is due already keeps its place.

    `soon` is when to begin, now if not told. A later word of a code host may move its own earlier one on.
    """
    now = timezone.now()
    soon = soon or now
    # The smaller of nothing and something is nothing in SQLite, and something in PostgreSQL.
    first: Any = Coalesce(Least(F("next_sync_at"), Value(soon)), Value(soon))
    if reason == Reason.WEBHOOK:
        told_before = When(sync_reason=reason, next_sync_at__gt=now, then=Value(soon))
        first = Case(told_before, default=first, output_field=DateTimeField())
    Project.objects.filter(pk__in=ids).update(
        next_sync_at=first, sync_wanted_at=now, sync_reason=Least(F("sync_reason"), reason)
    )


def try_again(projects: ProjectQuerySet, *, by: User) -> int:
    """Those of these that failed or are parked, now; how many. Raises PermissionDenied.

    However many they are, some hundred are done when this returns; workers go on with the others. What cannot be
    handed to them stays as it is, and so does what belongs to a source that is paused.
    """
    if not may_operate(by):
        raise PermissionDenied("Only an operator decides what is tried again.")
    active = projects.filter(code_host__enabled=True, sync_state__in=Project.SYNC_TROUBLE)
    ids = list(active.order_by("pk").values_list("pk", flat=True))
    count = try_these(ids[:BATCH], by=by)
    for start in range(BATCH, len(ids), MESSAGE):
        part = ids[start : start + MESSAGE]
        count += len(part) * broker.hint("catalog.tasks.try_again", part, by.pk)
    return count


def try_these(ids: Sequence[int], *, by: User | None) -> int:
    """Those of these that still failed or are parked, some hundred by one transaction; how many.

    The failures of parked ones are forgotten. Many at once come one after the other: their hosts take no more than
    their connections at a time.
    """
    count, now = 0, timezone.now()
    fresh = {"sync_state": Project.SyncState.FAILED, "sync_failures": 0, "sync_attempts": 0, "next_sync_at": now}
    for part in batched(ids):
        some = Project.objects.filter(pk__in=part, code_host__enabled=True)
        with turn_to_write(), transaction.atomic():
            failed = list(some.filter(sync_state=Project.SyncState.FAILED).values_list("pk", flat=True))
            keep_runs(failed, by=by, now=now)
            count += len(failed) + some.filter(sync_state=Project.SyncState.PARKED).update(**fresh)
    transaction.on_commit(wake)
    return count


def try_host(host: RemoteHost, *, by: User) -> None:
    """Ask a host again before its pause is over, as long as it is down by one probe. Raises PermissionDenied."""
    if not may_operate(by):
        raise PermissionDenied("Only an operator ends a pause.")
    RemoteHost.objects.filter(pk=host.pk).update(paused_until=None)
    transaction.on_commit(wake)


def set_connections(name: str, connections: int | None, *, by: User) -> None:
    """How many syncs a host gets at the same time; None for the usual number. Raises PermissionDenied."""
    if not may_operate(by):
        raise PermissionDenied("Only an operator sets what a host gets.")
    RemoteHost.objects.update_or_create(name=name, defaults={"connections": connections})
    transaction.on_commit(wake)


# ---------------------------------------------------------------- waking workers
def wake_one(lane: str = Project.Lane.QUICK, *, delay: float = 0.0) -> None:
    broker.hint("catalog.tasks.sync_due", lane, queue=settings.SYNC_QUEUES[lane], delay=delay)


def wake() -> None:
    """What beat does: as many workers as have something to do, up to a limit; each goes on by itself."""
    for lane in Project.Lane.values:
        for _ in range(Project.objects.due(lane)[:WAKE].count()):
            wake_one(lane)


def forget_old_runs() -> int:
    """What beat does once a day. Answers how many runs went."""
    old = SyncRun.objects.filter(state__in=SyncRun.ENDED, finished_at__lt=timezone.now() - KEPT)
    last = SyncRun.objects.filter(project=OuterRef("project")).order_by("-finished_at", "-pk").values("pk")[:1]
    return old.exclude(pk=Subquery(last)).delete()[0]


def end_waiting(ids: Sequence[int]) -> None:
    """Nothing is fetched for these projects any more: who waits for a sync of theirs hears so.

    Call it in the transaction that takes their time away.
    """
    gone = ForgeError("gone")
    said = {"code": gone.code, "message": gone.message, "cure": gone.cure, "phase": ""}
    for part in batched(ids):
        SyncRun.objects.filter(project__in=part, state=SyncRun.State.QUEUED).update(
            state=SyncRun.State.FAILED, finished_at=timezone.now(), **said
        )
