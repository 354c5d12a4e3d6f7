"""What the worker does for contributions."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.db.models import Q
from django.utils import timezone

from catalog.models import Project
from contributions import actions, revisions
from contributions.models import Change
from forge.errors import ForgeError

log = logging.getLogger(__name__)

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
        if error.code == "locked":
            raise self.retry(countdown=10, exc=error) from error
        log.warning("The branches offered to %s could not be followed: %s", project.slug, error)


@shared_task
def catch_up() -> None:
    """What no sync announces: pushes to forks, and whatever the broker lost. The database knows what is due."""
    now = timezone.now()
    lost = Q(checked_at=None, offered_at__lt=now - timedelta(minutes=1))
    stale = ~Q(fork="") & Q(checked_at__lt=now - LOOK_AGAIN)
    under_way = Change.objects.under_way()
    for pk in under_way.filter(lost | stale).order_by("checked_at").values_list("pk", flat=True)[:BATCH]:
        fetch_revision.delay(pk)
    for pk in under_way.behind().values_list("request__project", flat=True).distinct()[:BATCH]:
        follow_branches.delay(pk)
