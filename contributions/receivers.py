"""What this app does when the catalog tells it something."""

from __future__ import annotations

from typing import Any

from catalog import broker
from catalog.models import Project
from contributions.models import Change


def follow_after_sync(*, project: Project, **signal: Any) -> None:
    """Branches may have grown or arrived; most projects have none under way and cost one query.

    That they are to be looked at is written down first: `catch_up` finds them if the hint is lost.
    """
    changes = Change.objects.filter(request__project=project)
    # Who still works at a change expects it to arrive.
    if changes.expected().exists():
        changes.growing().update(checked_at=None)
        broker.hint("contributions.tasks.follow_branches", project.pk)
