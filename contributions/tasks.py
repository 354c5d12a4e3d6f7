"""What the worker does for contributions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.db.models import Q
from django.utils import timezone

from catalog.models import Project
from contributions import actions, revisions
from contributions.models import Change
from forge.errors import ForgeError

#: A fork is looked at this often; its pushes do not show in the project's own sync.
LOOK_AGAIN = timedelta(minutes=15)
BATCH = 200


@shared_task(bind=True, max_retries=60)
def fetch_revision(self: Task[Any, None], change_id: int) -> None:
    """Fetch an offered branch; waits its turn while the project is being synced."""
    change = Change.objects.select_related("request__project").filter(pk=change_id).first()
    if change is None or not change.request.is_open:
        return
    try:
        revisions.fetch(change)
    except ForgeError as error:
        if self.request.is_eager or self.request.retries >= 60:
            actions.note_checked(change, error)
            return
        raise self.retry(countdown=5, exc=error) from error


@shared_task(bind=True, max_retries=60)
def follow_branches(self: Task[Any, None], project_id: int) -> None:
    """After a sync of the project: new revisions and arrivals."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return
    try:
        revisions.follow(project)
    except ForgeError as error:
        raise self.retry(countdown=10, exc=error) from error


@shared_task
def look_at_forks() -> None:
    """What no sync announces: pushes to forks, and branches whose first fetch the broker lost."""
    due = timezone.now() - LOOK_AGAIN
    lost = Q(checked_at=None, offered_at__lt=timezone.now() - timedelta(minutes=1))
    stale = ~Q(fork="") & Q(checked_at__lt=due)
    ids = Change.objects.under_way().filter(lost | stale).order_by("checked_at").values_list("pk", flat=True)
    for pk in ids[:BATCH]:
        fetch_revision.delay(pk)
