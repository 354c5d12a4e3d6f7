"""Doors for the worker: each loads, calls, returns. Truth is in the database, so every one may come twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from catalog.actions import sources, syncing
from catalog.models import SyncRun
from catalog.sync import sync

# A fetch has its own limit; as much again is plenty for reading. Whoever takes longer is ended and taken over.
LONGEST = 2 * settings.GIT_TIMEOUT + 600


@shared_task(time_limit=LONGEST)
def sync_project(run_id: int) -> None:
    run = SyncRun.objects.filter(pk=run_id, state__in=SyncRun.OPEN).first()
    if run:
        sync(run)


@shared_task(expires=30)
def queue_due() -> None:
    syncing.queue_due()


@shared_task(expires=300)
def discover_due() -> None:
    sources.discover_due()
