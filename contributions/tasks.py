"""What the worker does for contributions."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.db.models import F, Q
from django.utils import timezone

from catalog.models import Project
from contributions import revisions
from contributions.models import Change
from forge.errors import ForgeError

log = logging.getLogger(__name__)

#: A mirror that is being synced is tried again so often, this many seconds apart; all within the minute between
#: two beats, so that `catch_up`, which goes on from there, adds to no chain of tries that is still alive.
TRIES = 5
WAIT = 10
#: Nobody waits for a hint that is older, in seconds: the next beat gives it again.
BEAT = 60

#: A fork is looked at this often; its pushes do not show in the project's own sync.
LOOK_AGAIN = timedelta(minutes=15)
BATCH = 200


@shared_task(bind=True, max_retries=TRIES, expires=BEAT)
def fetch_revision(self: Task[Any, None], change_id: int) -> None:
    """Fetch an offered branch; waits its turn while the project is being synced."""
    change = Change.objects.growing().select_related("request__project").filter(pk=change_id).first()
    if change is None:
        return
    try:
        revisions.fetch(change)
    except ForgeError as error:
        try_again(self, error)


@shared_task(bind=True, max_retries=TRIES, expires=BEAT)
def follow_branches(self: Task[Any, None], project_id: int) -> None:
    """After a sync of the project: new revisions and arrivals."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return
    try:
        revisions.follow(project)
    except ForgeError as error:
        if error.code == "locked":
            try_again(self, error)
        else:
            log.warning("The branches offered to %s could not be followed: %s", project.slug, error)


def try_again(task: Task[Any, None], error: ForgeError) -> None:
    """A little later; after the last try what was not checked is left so, for `catch_up`."""
    if not task.request.is_eager and task.request.retries < TRIES:
        raise task.retry(countdown=WAIT, exc=error) from error


@shared_task
def catch_up() -> None:
    """What no sync announces: pushes to forks, and whatever the broker lost. The database knows what is due."""
    now = timezone.now()
    lost = Q(checked_at=None, offered_at__lt=now - timedelta(minutes=1))
    stale = ~Q(fork="") & Q(checked_at__lt=now - LOOK_AGAIN)
    due = Change.objects.growing().filter(lost | stale).order_by(F("checked_at").asc(nulls_first=True))
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        fetch_revision.delay(pk)
    for pk in Change.objects.expected().behind().values_list("request__project", flat=True).distinct()[:BATCH]:
        follow_branches.delay(pk)
