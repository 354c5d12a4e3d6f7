"""A source is paused, or goes on: its projects leave the schedule, or come back to it without a stampede.

The source's own `enabled` decides at once what is claimed. That the schedule's indexes hold none of what is
paused follows in the background, some hundred projects by one transaction. What is interrupted, and whatever else
parts the two, such as a look that brings projects in after the pause or an edit in the administration, the next
beat finds.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from catalog import broker, pace
from catalog.actions.sources import require_operator
from catalog.ending import rest_of
from catalog.models import CodeHost, Project
from catalog.querysets import ProjectQuerySet
from catalog.restarts import turn_to_write
from people.models import User

#: Projects that are written at once.
BATCH = 200
#: What decides when a project's time comes.
TIMED = ("next_sync_at", "sync_wanted_at", "sync_failures", "moved_at", "last_activity")


def pause_source(code_host: CodeHost, *, by: User, enabled: bool) -> None:
    """A paused source is not looked through and its projects are not synced. Raises PermissionDenied."""
    require_operator(by)
    CodeHost.objects.filter(pk=code_host.pk).update(enabled=enabled)
    transaction.on_commit(lambda: broker.hint("catalog.tasks.discover_due") and None)


def settle(pk: int) -> None:
    """What a worker does for a source. Twice is once; two at the same time share the work."""
    while settle_some(pk):
        pass


def settle_some(pk: int) -> bool:
    """Some hundred projects by one transaction; whether there were any.

    What somebody else holds in this moment is left to the next beat, so that no two wait for each other.
    """
    # In the order of an index, so that the last ones are not searched for among all.
    here = Project.objects.filter(code_host=pk).select_for_update(skip_locked=True).order_by("paused_at")
    with turn_to_write(), transaction.atomic():
        enabled = CodeHost.objects.present().filter(pk=pk).values_list("enabled", flat=True).first()
        if enabled is None:
            return False
        if enabled:
            return bring_back(here.filter(paused_at__isnull=False), now=timezone.now())
        return take_out(here.filter(paused_at=None), now=timezone.now())


def take_out(projects: ProjectQuerySet, *, now: datetime) -> bool:
    """Their times stay as they are, also what a sync that is under way or a person writes there later."""
    ids = list(projects.values_list("pk", flat=True)[:BATCH])
    return bool(ids) and bool(Project.objects.filter(pk__in=ids).update(paused_at=now))


def bring_back(projects: ProjectQuerySet, *, now: datetime) -> bool:
    """What somebody asked for comes at once, and what has no time still has none.

    What the schedule missed comes some time within its own usual interval, as if the pause had not been, so that
    its host sees no more of it than on any other day.
    """
    found = list(projects.only(*TIMED)[:BATCH])
    missed = [project for project in found if is_missed(project, now)]
    for project in missed:
        rest = rest_of(project, now=now, changed=False, failures=project.sync_failures, is_ours=True)
        project.next_sync_at = now + pace.part_of(rest)
    Project.objects.bulk_update(missed, ["next_sync_at"])
    return bool(Project.objects.filter(pk__in=[project.pk for project in found]).update(paused_at=None))


def is_missed(project: Project, now: datetime) -> bool:
    return project.next_sync_at is not None and project.next_sync_at <= now and project.sync_wanted_at is None
