"""Asking for a sync. The database knows what is to be done; the broker only hints that now is a good time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog import broker
from catalog.models import Project, SyncRun, TrustedCommitter
from people.models import User
from people.querysets import Viewer

#: A running sync shows itself at least this often, so one that was silent for twice as long has lost its worker.
HEARTBEAT = timedelta(seconds=60)
#: A hint that no worker followed for so long is given again: the broker may have lost it.
HINT_AGAIN = timedelta(minutes=10)
#: How many projects one beat queues, and how many hints it repeats, so that a beat stays short.
BATCH = 500


def may_sync(project: Project, *, by: Viewer) -> bool:
    """Whether this person may ask for a sync: curators, maintainers of the owner team, trusted committers."""
    if not by.is_authenticated:
        return False
    if by.may_curate or project.owner_team_id in by.maintained_team_ids:
        return True
    return TrustedCommitter.objects.current().filter(project=project, user=by).exists()


def request_sync(project: Project, *, by: User | None = None) -> SyncRun:
    """The project's open run, made if there is none: two clicks make one. A worker is hinted on commit.

    A broker that cannot be reached is no error: the run waits, and the next beat hints again.
    """
    with transaction.atomic():
        run, is_new = SyncRun.objects.get_or_create(
            project=project,
            state__in=SyncRun.OPEN,
            defaults={"state": SyncRun.State.QUEUED, "requested_by": by, "beat_at": timezone.now()},
        )
        if is_new:
            Project.objects.filter(pk=project.pk).update(sync_state=Project.SyncState.QUEUED)
            transaction.on_commit(lambda: hint([run.pk]))
    return run


def request_syncs(projects: Iterable[Project]) -> list[SyncRun]:
    """The same for many at once, in a number of queries that does not grow: only the runs that are new."""
    with transaction.atomic():
        runs = new_runs(projects)
        transaction.on_commit(lambda: hint([run.pk for run in runs]))
    return runs


def open_runs(projects: Iterable[Project]) -> list[SyncRun]:
    """The open runs of these projects, made where there is none, for whoever does without a worker."""
    ids = [project.pk for project in projects]
    with transaction.atomic():
        new_runs(projects)
    return list(SyncRun.objects.filter(project__in=ids, state__in=SyncRun.OPEN).select_related("project"))


def new_runs(projects: Iterable[Project]) -> list[SyncRun]:
    now = timezone.now()
    ids = [project.pk for project in projects]
    busy = set(SyncRun.objects.filter(project__in=ids, state__in=SyncRun.OPEN).values_list("project", flat=True))
    free = [pk for pk in ids if pk not in busy]
    rows = [SyncRun(project_id=pk, queued_at=now, beat_at=now) for pk in free]
    # Somebody may ask for one of them in this moment: then theirs is the run.
    SyncRun.objects.bulk_create(rows, ignore_conflicts=True)
    Project.objects.filter(pk__in=free).update(sync_state=Project.SyncState.QUEUED)
    return list(SyncRun.objects.filter(project__in=free, state=SyncRun.State.QUEUED, queued_at=now))


def hint(run_ids: Iterable[int]) -> None:
    """Tell the workers about runs; those that the broker did not take are marked for the next beat."""
    waiting = deque(run_ids)
    while waiting and broker.hint("catalog.tasks.sync_project", waiting[0]):
        waiting.popleft()
    if waiting:
        SyncRun.objects.filter(pk__in=waiting, state=SyncRun.State.QUEUED).update(beat_at=None)


def queue_due() -> int:
    """What beat does: queue the projects whose time has come and hint again what no worker took up.

    Runs that no worker started, and runs whose worker has fallen silent, are hinted again; the one that then gets
    the mirror's lock takes the run over (see catalog.sync). Answers the number of runs that are new.
    """
    repeat_hints()
    due = Project.objects.due().exclude(runs__state__in=SyncRun.OPEN).only("pk")
    return len(request_syncs(due[:BATCH]))


def repeat_hints() -> None:
    now = timezone.now()
    lost = Q(state=SyncRun.State.QUEUED) & (Q(beat_at=None) | Q(beat_at__lt=now - HINT_AGAIN))
    silent = Q(state=SyncRun.State.RUNNING, beat_at__lt=now - 2 * HEARTBEAT)
    ids = list(SyncRun.objects.filter(lost | silent).order_by("queued_at").values_list("pk", flat=True)[:BATCH])
    SyncRun.objects.filter(pk__in=ids, state=SyncRun.State.QUEUED).update(beat_at=now)
    hint(ids)
