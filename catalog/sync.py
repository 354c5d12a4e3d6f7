"""One sync: bring the mirror up to date, read what is new, replace the facts. Safe to run twice, or killed."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from catalog.actions.syncing import HEARTBEAT
from catalog.findings import read_findings, read_refs
from catalog.models import Project, SyncRun
from catalog.reach import Reach, reach_of
from catalog.recording import READERS, known_activity, record, record_refs
from catalog.signals import synced
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import Progress, Remote, UpdateResult
from forge.urls import parse_remote

log = logging.getLogger(__name__)

#: Progress is written at most this often, in seconds.
TELL_EVERY = 0.5
#: A repository that ended its worker so often is left alone until somebody asks for it again.
MAX_ATTEMPTS = 3
#: Facts this old are read again though nothing moved: scores depend on the day, and readers get better.
FACTS_AGE = timedelta(days=7)
LONGEST_WAIT = timedelta(days=1)

#: What others write to a project while a sync reads.
KEPT_FRESH = [
    "name", "summary", "motivation", "kind", "docs_url", "owner_team", "lifecycle", "skills", "help_wanted",
    "curated_fields", "host_says", "answer_hours",
]  # fmt: skip

GIVEN_UP = {
    "code": "given_up",
    "message": "Reading this repository ended the portal's worker several times, so it is left alone.",
    "cure": "An operator finds the reason in the worker's log, often memory or the time limit. "
    "A sync that somebody asks for tries again.",
}
INTERNAL = {
    "code": "internal",
    "message": "Something went wrong in the portal itself while this repository was read. "
    "The last good facts stay.",
    "cure": "Sync again. If it stays, an operator finds the reason in the log.",
}


class Superseded(Exception):
    """The run is no longer ours: it was taken over, or the project is gone."""


class Lease:
    """The right to write to a run row: every write names the start that it belongs to."""

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self.told = 0.0
        self.untold: dict[str, Any] = {}

    def tell(self, phase: str, **amounts: Any) -> None:
        """Progress for people and a sign of life, at most twice a second. Raises Superseded."""
        self.untold |= {"phase": phase, "percent": None, **amounts}
        now = time.monotonic()
        if now - self.told >= TELL_EVERY:
            self.told = now
            self.write(beat_at=timezone.now())

    def hear(self, progress: Progress) -> None:
        amounts = {"objects_done": progress.objects, "bytes_done": progress.bytes}
        known = {name: amount for name, amount in amounts.items() if amount}
        self.tell(progress.phase, percent=progress.percent, **known)

    def write(self, **values: Any) -> None:
        """These values, and what was not told yet."""
        mine = SyncRun.objects.filter(pk=self.run.pk, state=SyncRun.State.RUNNING, started_at=self.run.started_at)
        if not mine.update(**{**self.untold, **values}):
            raise Superseded
        self.untold = {}


@dataclass(frozen=True, slots=True)
class News:
    """What a sync brought. `changed`: the source had something new. `is_told`: the apps above hear of it."""

    project: Project
    old_head: str
    new_head: str
    changed: bool
    is_told: bool


def sync(run: SyncRun, *, accept_loss: bool = False) -> bool:
    """Carry out a run; False when somebody else does. Never raises because of a repository.

    `accept_loss` follows a source that lost its branches, see `forge.mirror`. The mirror's lock, which ends with
    its holder, says whether an earlier worker is still alive; only who holds it takes a run.
    """
    mirror = Mirror(mirror_path(run.project_id))
    news = None
    try:
        with mirror.lock():
            lease = take(run)
            if lease is None:
                return False
            with reporting(lease):
                news = bring_up_to_date(lease, mirror, accept_loss=accept_loss)
    except ForgeError:
        # Locked by an earlier worker that lives, or by somebody who fetches a change: that is over soon.
        SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.QUEUED).update(beat_at=None)
        return False
    if news is not None:
        with reporting(lease):
            finish(lease, news)
    return True


def take(run: SyncRun) -> Lease | None:
    """QUEUED to RUNNING in one conditional update; also from a worker that has fallen silent."""
    now = timezone.now()
    free = Q(state=SyncRun.State.QUEUED) | Q(state=SyncRun.State.RUNNING, beat_at__lt=now - 2 * HEARTBEAT)
    fresh = {"phase": "connecting", "percent": None, "objects_done": 0, "bytes_done": 0}
    taken = SyncRun.objects.filter(free, pk=run.pk).update(
        state=SyncRun.State.RUNNING, started_at=now, beat_at=now, attempts=F("attempts") + 1, **fresh
    )
    if not taken:
        return None
    Project.objects.filter(pk=run.project_id).update(sync_state=Project.SyncState.RUNNING)
    related = ("project__code_host__default_team", "project__owner_team")
    return Lease(SyncRun.objects.select_related(*related).get(pk=run.pk))


@contextmanager
def reporting(lease: Lease) -> Iterator[None]:
    """Whatever goes wrong inside becomes words on the project's page, and never the worker's end."""
    try:
        yield
    except Superseded:
        log.info("Sync %s was taken over.", lease.run.pk)
    except ForgeError as error:
        fail(lease, code=error.code, message=error.message, cure=error.cure)
    except Exception:
        log.exception("Sync %s of %s failed.", lease.run.pk, lease.run.project.slug)
        fail(lease, **INTERNAL)


def bring_up_to_date(lease: Lease, mirror: Mirror, *, accept_loss: bool) -> News | None:
    run, project = lease.run, lease.run.project
    if run.attempts > MAX_ATTEMPTS:
        fail(lease, **GIVEN_UP)
        return None
    reach = reach_of(project.code_host)
    update = mirror.update(
        remote_of(project, reach),
        on_progress=lease.hear,
        hosts=reach.hosts,
        folders=reach.folders,
        accept_loss=accept_loss,
    )
    head = update.head or ""
    changed = update.changed or head != project.synced_commit
    # After a failure or a killed worker the mirror may be ahead of what was recorded and told.
    is_torn = run.attempts > 1 or bool(project.sync_code)
    news = News(project, project.head_commit, head, changed, is_told=changed or is_torn)
    if news.is_told or facts_are_old(project):
        read(lease, mirror, update)
    return news


def remote_of(project: Project, reach: Reach) -> Remote:
    try:
        return parse_remote(project.remote, folders=reach.folders)
    except ForgeError as error:
        # It was there when it came in, so what is missing now has gone.
        raise ForgeError("gone") if error.code == "path_missing" else error from None


def facts_are_old(project: Project) -> bool:
    """Whether they were read long ago, or by readers that knew less than those of today."""
    if project.facts_at is None or project.facts_version != READERS:
        return True
    return timezone.now() - project.facts_at > FACTS_AGE


def read(lease: Lease, mirror: Mirror, update: UpdateResult) -> None:
    """Read what moved and record it: everything when the default branch did, else only branches and tags."""
    project, now = lease.run.project, timezone.now()
    refs = read_refs(mirror, update)
    if refs.head == project.synced_commit and not facts_are_old(project):
        with transaction.atomic():
            project.save(update_fields=record_refs(project, refs))
        return
    found = read_findings(mirror, refs, slug=project.slug, now=now, known=known_activity(project), tell=lease.tell)
    lease.tell("saving")
    with transaction.atomic():
        # What a curator or a request changed since this sync began must stand.
        project.refresh_from_db(fields=KEPT_FRESH, from_queryset=Project.objects.select_for_update(of=("self",)))
        project.save(update_fields=record(project, found, now=now))


# ---------------------------------------------------------------- how it ends
def finish(lease: Lease, news: News) -> None:
    """Tell the apps above, then close the run: who takes over from a worker killed in between tells again."""
    if news.is_told:
        synced.send_robust(sender=Project, project=news.project, old_head=news.old_head, new_head=news.new_head)
    now = timezone.now()
    with transaction.atomic():
        lease.write(state=SyncRun.State.OK, phase="", percent=100, changed=news.changed, finished_at=now)
        close(lease, state=Project.SyncState.OK, wait=timedelta(seconds=settings.SYNC_INTERVAL), now=now)


def fail(lease: Lease, *, code: str, message: str, cure: str) -> None:
    """Say what went wrong on the run and on the project; the last good facts stay."""
    now = timezone.now()
    said = {"code": code, "message": message, "cure": cure}
    try:
        with transaction.atomic():
            lease.write(state=SyncRun.State.FAILED, phase="", finished_at=now, **said)
            close(lease, state=Project.SyncState.FAILED, wait=patience(lease.run.project, now), now=now, **said)
    except Superseded:
        log.info("Sync %s was taken over.", lease.run.pk)


def close(
    lease: Lease, *, state: str, wait: timedelta, now: datetime, code: str = "", message: str = "", cure: str = ""
) -> None:
    Project.objects.filter(pk=lease.run.project_id).update(
        sync_state=state,
        sync_code=code,
        sync_message=message,
        sync_cure=cure,
        sync_finished_at=now,
        next_sync_at=now + wait * random.uniform(0.9, 1.1),  # noqa: S311 - spreads load, keeps no secret.
    )
    # Of equal outcomes without news the last one is enough, or a quiet project would leave a row every hour.
    same = SyncRun.objects.filter(project=lease.run.project_id, changed=False, code=code)
    same.filter(finished_at__lt=now).delete()


def patience(project: Project, now: datetime) -> timedelta:
    """How long to leave a failing project alone: twice as long as the last time, a day at most."""
    usual = timedelta(seconds=settings.SYNC_INTERVAL)
    if not project.sync_code or project.sync_finished_at is None:
        return usual
    return max(usual, min(LONGEST_WAIT, 2 * (now - project.sync_finished_at)))
