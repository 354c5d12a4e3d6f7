"""One run of a sync, with its progress."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models.project import Project


class SyncRun(models.Model):
    """Queued, running, then finished. The database keeps that a project has at most one open run."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        OK = "ok", "Done"
        FAILED = "failed", "Failed"

    OPEN = (State.QUEUED, State.RUNNING)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    phase = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    objects_done = models.PositiveBigIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    cure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker began it; a repository that kills its worker is given up."
    )
    changed = models.BooleanField(default=False, help_text="Whether the source had anything new.")
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(
        null=True, blank=True, help_text="The last sign of life; a silent run is taken over."
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-queued_at", "-pk"]
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
