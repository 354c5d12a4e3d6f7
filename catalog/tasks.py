"""Doors for the worker: each loads, calls, returns. Truth is in the database, so every one may come twice."""

from __future__ import annotations

from celery import shared_task

from catalog import blames, histories, last_changes, renderings, texts
from catalog.actions import discovery, following, pausing, removal, syncing
from catalog.keys import unhexed
from catalog.leases import LONGEST
from catalog.models import Project
from catalog.restarts import AWAY
from catalog.revisions import mirror_of
from catalog.work import work
from people.models import User

#: A hint that nobody took for so long, in seconds, has been given again by the beats since.
STALE = 60


@shared_task(time_limit=int(LONGEST.total_seconds()) + 60, expires=STALE)
def sync_due(lane: str) -> None:
    """Sync what is due; what is left after one turn comes behind what else waits for this worker."""
    if work(lane):
        syncing.wake_one(lane)


@shared_task(expires=30)
def wake() -> None:
    syncing.wake()


@shared_task(expires=300)
def discover_due() -> None:
    discovery.discover_due()


@shared_task(expires=3600)
def look(code_host: int) -> None:
    discovery.look_if_due(code_host)


@shared_task(expires=STALE)
def remove_source(code_host: int) -> None:
    removal.finish_removal(code_host)


@shared_task(expires=STALE)
def settle(code_host: int) -> None:
    pausing.settle(code_host)


@shared_task(expires=3600)
def follow(project: int) -> None:
    following.follow_if_lost(project)


@shared_task(autoretry_for=AWAY, max_retries=10, retry_backoff=True)
def try_again(projects: list[int], by: int) -> None:
    syncing.try_these(projects, by=User.objects.filter(pk=by).first())


@shared_task
def forget_old_runs() -> None:
    syncing.forget_old_runs()


@shared_task(expires=3600)
def index_history(project: int) -> None:
    if found := Project.objects.filter(pk=project).first():
        histories.index(found)


@shared_task(expires=STALE, soft_time_limit=60)
def make_text(project: int, blob: str, path: str, kind: str) -> None:
    """`path` is the hexadecimal of its bytes."""
    if found := Project.objects.filter(pk=project).first():
        texts.make_for(found, blob, unhexed(path), kind)


@shared_task(expires=STALE, soft_time_limit=120)
def find_last_changes(project: int, commit: str, folder: str) -> None:
    """`folder` is the hexadecimal of its bytes."""
    if found := Project.objects.filter(pk=project).first():
        last_changes.find(found, mirror_of(found), commit, unhexed(folder))


@shared_task(expires=STALE, soft_time_limit=180)
def find_blame(project: int, commit: str, path: str) -> None:
    """`path` is the hexadecimal of its bytes."""
    if found := Project.objects.filter(pk=project).first():
        blames.find(found, mirror_of(found), commit, unhexed(path))


@shared_task
def forget_unused_renderings() -> None:
    renderings.forget_unused()
