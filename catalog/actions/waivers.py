"""Excusing a project from a health check for a time, with a reason that everybody reads."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from catalog.actions.curation import changed_row, keep
from catalog.actions.syncing import is_trusted_with
from catalog.curated import FIELDS
from catalog.health.checks import BY_KEY
from catalog.models import Project, Waiver
from catalog.scoring import score_again
from people.models import User
from people.querysets import Viewer

#: The longest time for which somebody may be excused; a year later the reason may have gone.
LONGEST = timedelta(days=366)
REASON = 500


def may_waive(project: Project, *, by: Viewer) -> bool:
    """Maintainers of the owner team, trusted committers and curators."""
    return by.is_authenticated and by.is_active and is_trusted_with(project, by)


@transaction.atomic
def waive(project: Project, check: str, *, by: User, reason: str, until: date) -> Waiver:
    """Let a check not count until the end of a day. One that is waived already is waived anew, by this reason.

    Raises PermissionDenied, ValueError for no check, no reason, or an end that is past or more than a year away.
    """
    require(project, by)
    now, today = timezone.now(), timezone.localdate()
    reason = " ".join(reason.split())[:REASON]
    if check not in BY_KEY or not reason or not today <= until <= today + LONGEST:
        raise ValueError("A waiver needs a check, a reason and an end within a year.")
    locked = lock(project)
    before = FIELDS["waivers"].read(locked)
    open_one = Waiver.objects.filter(project=locked, check_key=check, ended_at=None).first()
    if open_one and (open_one.author_id, open_one.reason, open_one.until) == (by.pk, reason, until):
        return open_one
    if open_one:
        end(open_one, by=by)
    made = Waiver.objects.create(project=locked, check_key=check, author=by, reason=reason, until=until, since=now)
    settle(locked, before, by=by, note=reason)
    return made


@transaction.atomic
def end_waiver(waiver: Waiver, *, by: User) -> None:
    """Let the check count again from now on. Twice is once. Raises PermissionDenied."""
    require(waiver.project, by)
    locked = lock(waiver.project)
    before = FIELDS["waivers"].read(locked)
    if Waiver.objects.filter(pk=waiver.pk, ended_at=None).exists():
        end(waiver, by=by)
        settle(locked, before, by=by, note="")


def require(project: Project, by: User) -> None:
    if not may_waive(project, by=by):
        raise PermissionDenied("Only those who decide in a project waive its checks.")


def lock(project: Project) -> Project:
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


def end(waiver: Waiver, *, by: User) -> None:
    waiver.ended_at, waiver.ended_by = timezone.now(), by
    waiver.save(update_fields=["ended_at", "ended_by"])


def settle(project: Project, before: Any, *, by: User, note: str) -> None:
    """The score as it is now, and a line in the history, where curators undo it."""
    field = FIELDS["waivers"]
    score_again(project, now=timezone.now())
    row = changed_row(project, field, before, field.read(project))
    keep([row], batch=uuid.uuid4(), by=by, note=note)
