"""Which projects: the one verb that decides what anybody sees, and the choices of the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, OuterRef, Prefetch, Q, Subquery, When
from django.utils import timezone

from people.querysets import Viewer, holds

if TYPE_CHECKING:
    from catalog.models import CodeHost, Project, SyncRun, TrustedCommitter


def sees_everything(user: Viewer) -> bool:
    return user.is_authenticated and user.may_curate


def nobody_is_at_it(now: datetime) -> Q:
    """No worker holds the project, or the one that did has fallen silent."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def time_has_come(now: datetime) -> Q:
    """Its time is over, and its source is not paused.

    The projects of a paused source are left out of the schedule's indexes, see `catalog.actions.pausing`; until
    the last of them is, the word of the source counts.
    """
    return Q(paused_at=None, next_sync_at__lte=now, code_host__enabled=True)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: Viewer) -> ProjectQuerySet:
        """The projects that this person may know of. Every door goes through here.

        A listed project reaches everyone, or the named teams and the teams below them. The owner team and
        trusted committers see their listings also before they are listed. What is for admins only reaches
        curators alone. It costs at most two queries more, once for each loaded user.
        """
        if settings.READING_NEEDS_SIGN_IN and not user.is_authenticated:
            return self.none()
        if sees_everything(user):
            return self
        listed = Q(listing="listed")
        seen = listed & Q(visibility="everyone")
        if user.is_authenticated:
            teams = user.team_line_ids
            named = self.model.visible_teams.through.objects.filter(team__in=teams).values("project")
            seen |= listed & Q(visibility="teams", pk__in=named)
            trusted = user.trusted_in.current().values("project")
            seen |= (Q(owner_team__in=user.team_ids) | Q(pk__in=trusted)) & ~Q(visibility="admins")
        return self.filter(seen)

    def listed(self) -> ProjectQuerySet:
        return self.filter(listing="listed")

    def looking_for_help(self) -> ProjectQuerySet:
        return self.exclude(help_wanted=[]).exclude(lifecycle__in=["archived", "deprecated"])

    def for_rows(self) -> ProjectQuerySet:
        """With everything that a project row shows; two queries more, whatever the number of rows."""
        return self.select_related("owner_team", "code_host").prefetch_related("topics")

    def due(self, lane: str = "", *, now: datetime | None = None) -> ProjectQuerySet:
        """Projects whose time for a sync has come and that nobody is at, the most urgent first."""
        now = now or timezone.now()
        found = self.filter(nobody_is_at_it(now), time_has_come(now))
        found = found.filter(sync_lane=lane) if lane else found
        return found.order_by("sync_reason", "next_sync_at")

    def at_work(self) -> ProjectQuerySet:
        """Those that a living worker is at."""
        return self.filter(lease_until__gt=timezone.now())

    def waiting(self, *, now: datetime | None = None) -> ProjectQuerySet:
        """Those that wait for a worker, or for what keeps them from one, the most urgent first."""
        from catalog.models import SyncRun

        now = now or timezone.now()
        is_followed = Q(pk__in=SyncRun.objects.open().values("project"))
        return self.filter(nobody_is_at_it(now), time_has_come(now) | is_followed).order_by(
            "sync_reason", "next_sync_at"
        )

    def for_watching(self) -> ProjectQuerySet:
        """With what the pages about syncs show, and without the rest; one query more, for the open runs."""
        from catalog.models import SyncRun

        runs = SyncRun.objects.open().select_related("requested_by")
        prefetched = self.select_related("code_host").prefetch_related(Prefetch("runs", runs, to_attr="open_runs"))
        return prefetched.defer("weekly_commits", "host_says", "motivation", "metadata_problems", "notes")


class TrustedCommitterQuerySet(models.QuerySet["TrustedCommitter"]):
    def current(self, day: date | None = None) -> TrustedCommitterQuerySet:
        return self.filter(holds(day or timezone.localdate()))


class CodeHostQuerySet(models.QuerySet["CodeHost"]):
    def counted(self) -> CodeHostQuerySet:
        """Each with `project_count`."""
        return self.annotate(project_count=Count("projects"))

    def present(self) -> CodeHostQuerySet:
        """Those that nobody removed; one whose listings stay keeps its row for their sake."""
        return self.filter(removal="")

    def due(self, now: datetime | None = None) -> CodeHostQuerySet:
        """Sources whose time for a look has come and that nobody is looking through, the longest waiting first."""
        now = now or timezone.now()
        idle = Q(looking_until=None) | Q(looking_until__lte=now)
        return self.present().filter(idle, enabled=True, next_look_at__lte=now).order_by("next_look_at")

    def unsettled(self) -> CodeHostQuerySet:
        """Paused ones with projects that are still in the schedule, and others with some that are not in it."""
        from catalog.models import Project

        # The first in order is found along the index, where a database might search all to learn there is none.
        projects = Project.objects.filter(code_host=OuterRef("pk")).order_by("paused_at").values("pk")
        paused, scheduled = projects.filter(paused_at__isnull=False)[:1], projects.filter(paused_at=None)[:1]
        differs = Case(When(enabled=True, then=Subquery(paused)), default=Subquery(scheduled))
        return self.present().alias(differs=differs).exclude(differs=None)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def open(self) -> SyncRunQuerySet:
        """Those that wait or run; a project has one at most."""
        return self.filter(state__in=self.model.OPEN)
