"""Who changed what on a listing, when, and whether it was undone."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models.project import Project


class ListingChange(models.Model):
    """One field of one listing, before and after. A bulk action writes rows that share a batch."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="changes")
    batch = models.UUIDField(db_index=True)
    field = models.CharField(max_length=30)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    was_curated = models.BooleanField(
        default=False, help_text="Whether a curator had set the field before, so that undoing restores that too."
    )
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.field} of {self.project}"
