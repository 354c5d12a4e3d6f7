"""What a code host knows of a project beyond its files: former names, open issues and changes."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from catalog.models.project import Project


class FormerSlug(models.Model):
    """A name under which a project was known; its old addresses lead to the present one."""

    slug = models.SlugField(max_length=120, unique=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="former_slugs")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.slug


class HostItem(models.Model):
    """An open issue, or an open pull or merge request (a change), at the project's code host."""

    class Kind(models.TextChoices):
        ISSUE = "issue", "Issue"
        CHANGE = "change", "Change"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="host_items")
    kind = models.CharField(max_length=6, choices=Kind)
    number = models.PositiveBigIntegerField()
    title = models.CharField(max_length=500)
    web_url = models.URLField(max_length=2000, blank=True)
    author = models.CharField(max_length=100, blank=True)
    labels = models.JSONField(default=list, blank=True)
    is_first = models.BooleanField(default=False, help_text="Meant for somebody who is new to the project.")
    is_wanted = models.BooleanField(default=False, help_text="The project asks outsiders for help with it.")
    is_draft = models.BooleanField(default=False)
    comments = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["project", "kind", "number"], name="one_row_per_host_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.title}"
