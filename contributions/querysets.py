"""Which requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from contributions.lifecycle import CLOSED
from people.querysets import Viewer

if TYPE_CHECKING:
    pass


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user: Viewer) -> RequestQuerySet:
        """Requests of the projects that this person may know of: who sees a project sees all its discussions."""
        from catalog.models import Project

        return self.filter(project__in=Project.objects.visible_to(user))

    def open(self) -> RequestQuerySet:
        return self.exclude(state__in=CLOSED)

    def for_rows(self) -> RequestQuerySet:
        """With everything that a row shows; no query more."""
        return self.select_related(
            "project", "project__owner_team", "author", "contributor", "guest_team", "host_team"
        )
