"""The one place where these tests ask the portal for a sync."""

from __future__ import annotations

from catalog.models import Project
from catalog.sync import sync_now


def synced(project: Project) -> Project:
    """The project as one sync leaves it, carried out here and now as a worker would."""
    sync_now(project)
    project.refresh_from_db()
    return project
