"""What this app does when the catalog tells it something."""

from __future__ import annotations

from typing import Any

from catalog.models import Project
from contributions.models import Change
from contributions.tasks import follow_branches


def follow_after_sync(*, project: Project, **signal: Any) -> None:
    """Branches may have grown or arrived; most projects have none under way and cost one query."""
    if Change.objects.under_way().filter(request__project=project).exists():
        follow_branches.delay(project.pk)
