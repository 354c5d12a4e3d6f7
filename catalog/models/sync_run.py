"""What there is to tell of a sync: somebody waits for it, it found something new, or it failed."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models.project import Project
from catalog.querysets import SyncRunQuerySet


class SyncRun(models.Model):
    """Queued, running, then finished. The database keeps that a project has at most one open run.

    Who may sync is settled by the lease on the project; a look that finds nothing new leaves no row.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        OK = "ok", "Done"
        FAILED = "failed", "Failed"

    OPEN = (State.QUEUED, State.RUNNING)
    ENDED = (State.OK, State.FAILED)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.PositiveSmallIntegerField(choices=Project.Reason, default=Project.Reason.SCHEDULE)
    phase = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    objects_done = models.PositiveBigIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    cure = models.TextField(blank=True)
    accepts_loss = models.BooleanField(
        default=False, help_text="Whether it follows a source that lost its branches, because somebody says so."
    )
    changed = models.BooleanField(default=False, help_text="Whether the source had anything new.")
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["-finished_at"], name="run_by_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_run_per_project",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def took(self) -> timedelta | None:
        """From its start to its end, or to now; None before it began."""
        if self.started_at is None:
            return None
        return (self.finished_at or timezone.now()) - self.started_at
