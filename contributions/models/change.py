"""A branch offered for review, its versions, and what reviewers say of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from contributions.lifecycle import UNDER_WAY
from contributions.models.request import Request
from contributions.querysets import ChangeQuerySet


class Change(models.Model):
    """The branch that answers a request: in the project's own repository, or in a fork."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="change")
    fork = models.CharField(
        max_length=1000,
        blank=True,
        help_text="The canonical address of the fork; empty for the project's repository.",
    )
    branch = models.CharField(max_length=255)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes")
    offered_at = models.DateTimeField(default=timezone.now)
    merged_commit = models.CharField(max_length=40, blank=True)
    merged_how = models.CharField(max_length=10, blank=True, help_text="merge, squash or rebase.")
    # What went wrong when the branch was last fetched, in words for the contributor.
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    error_cure = models.TextField(blank=True)
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the branch was last looked at; empty while that is under way."
    )
    checked_head = models.CharField(
        max_length=40, blank=True, help_text="The default branch's commit up to which its arrival was looked for."
    )

    objects = ChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.branch

    @property
    def may_grow(self) -> bool:
        """Whether new commits of the branch are looked for: only while who offered it does the work."""
        return self.request.state in UNDER_WAY and self.request.contributor_id == self.offered_by_id

    @property
    def is_fetching(self) -> bool:
        return self.checked_at is None and self.may_grow

    @property
    def latest(self) -> Revision | None:
        return self.revisions.last()


class Revision(models.Model):
    """One version of a change. Its commits stay in the mirror below refs/changes/<change>/<number>."""

    class Merges(models.TextChoices):
        CLEAN = "clean", "Merges cleanly"
        CONFLICT = "conflict", "Conflicts"
        UNKNOWN = "unknown", "Not known yet"

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    head = models.CharField(max_length=40)
    base = models.CharField(max_length=40, help_text="The merge base with the default branch when it was fetched.")
    merges = models.CharField(max_length=10, choices=Merges, default=Merges.UNKNOWN)
    conflicts = models.JSONField(default=list, blank=True, help_text="Paths that conflict.")
    patch_ids = models.JSONField(default=list, blank=True, help_text="One for each commit that is no merge.")
    range_patch_id = models.CharField(
        max_length=40, blank=True, help_text="The one of all its commits together, as a squash has it."
    )
    commit_count = models.PositiveIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0, help_text="Lines.")
    removed = models.PositiveIntegerField(default=0, help_text="Lines.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["change", "number"], name="revisions_are_numbered"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"

    @property
    def is_outdated(self) -> bool:
        """Whether another branch, or this one anew, was offered since."""
        return self.created_at < self.change.offered_at

    @property
    def ref(self) -> str:
        return f"refs/changes/{self.change_id}/{self.number}"


class Review(models.Model):
    """A reviewer's word on one revision. An approval of an older revision no longer counts."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        CHANGES = "changes", "Ask for changes"
        COMMENT = "comment", "Comment"

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict)
    body = models.TextField(blank=True, help_text="Markdown.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.verdict}"
