"""How the health of a project moved, and what of it somebody excused for a time."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models.project import Project


class HealthScore(models.Model):
    """The score as it was found at one moment, by which formula; at most one row a day."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="health_history", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    score = models.PositiveSmallIntegerField(null=True, help_text="0 to 100; empty when it was unknown.")
    formula = models.CharField(max_length=10)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["project", "-at"], name="health_by_day")]

    def __str__(self) -> str:
        return f"{self.project}: {self.score}"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def current(self, now: datetime | None = None) -> WaiverQuerySet:
        """Those that count: nobody ended them and their last day is not over."""
        today = timezone.localdate(now or timezone.now())
        return self.filter(ended_at=None, until__gte=today)

    def keys_of(self, project: Project, *, now: datetime | None = None) -> frozenset[str]:
        """The checks of a project that are waived; one query."""
        return frozenset(self.current(now).filter(project=project).values_list("check_key", flat=True))


class Waiver(models.Model):
    """Somebody who decides says that a check does not count for a project, why, and until when."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="waivers")
    check_key = models.CharField(max_length=40)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateField(help_text="The last day on which it counts.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "check_key"], condition=Q(ended_at=None), name="one_open_waiver_per_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_key} of {self.project}"
