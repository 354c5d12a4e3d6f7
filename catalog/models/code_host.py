"""Where repositories live."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.kinds import Kind, kind_of
from catalog.models.secret import SecretField
from catalog.querysets import CodeHostQuerySet
from forge.connectors import KINDS


class CodeHost(models.Model):
    """A source of repositories: a folder, one git URL, a file of URLs, or a group of GitHub, GitLab or Gitea."""

    class Private(models.TextChoices):
        """What becomes of a repository that its host calls private."""

        RESTRICT = "restrict", "List them for curators only, until one of them decides"
        LEAVE_OUT = "leave_out", "Leave them out"
        SHOW = "show", "List them like all others: everybody here may read them"

    class Removal(models.TextChoices):
        NONE = "", "Not removed"
        KEEP = "keep", "Its listings stay as they are"
        DELETE = "delete", "Its listings go with their mirrors"

    kind = models.CharField(max_length=20, help_text="The connector that reads it, see forge.connectors.")
    name = models.CharField(max_length=200)
    address = models.CharField(
        max_length=1000,
        unique=True,
        help_text="A folder, a git URL, a text file of URLs or a group of a code host, as the server sees it.",
    )
    clone_base = models.CharField(
        max_length=500,
        blank=True,
        help_text="What people put before a repository's path to clone it, such as ssh://git.example.com/ "
        "(only where they cannot use the address that the portal uses).",
    )
    hosts = models.JSONField(
        default=list, blank=True, help_text="Host names that the portal may reach because of it."
    )
    folders = models.JSONField(
        default=list, blank=True, help_text="Folders that the portal may read because an operator named them."
    )
    default_team = models.ForeignKey(
        "people.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Owns what has no owner stated.",
    )
    enabled = models.BooleanField(default=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )
    added_at = models.DateTimeField(auto_now_add=True)

    # What of it comes in.
    topic = models.CharField(
        max_length=50, blank=True, help_text="Only repositories with this topic; empty for all of them."
    )
    take_archived = models.BooleanField(default=True, help_text="Whether archived repositories come in.")
    take_forks = models.BooleanField(default=False, help_text="Whether forks come in.")
    private_listings = models.CharField(max_length=10, choices=Private, default=Private.RESTRICT)

    # What it entrusts to us. Nothing ever shows these again.
    token = SecretField()
    token_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="Stands in the address of its webhook."
    )
    webhook_secret = SecretField()
    webhook_secret_set_at = models.DateTimeField(null=True, blank=True, editable=False)

    # When it is looked through. Truth is here, the broker only wakes a worker.
    interval = models.PositiveIntegerField(
        null=True, blank=True, help_text="Seconds between two looks; empty for DISCOVER_INTERVAL."
    )
    next_look_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    looking_since = models.DateTimeField(null=True, blank=True, editable=False)
    looking_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the look under way is taken for dead."
    )
    look_phase = models.CharField(max_length=60, blank=True, editable=False)
    look_count = models.PositiveIntegerField(default=0, editable=False)
    look_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    discovered_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a look last came to its end."
    )
    problems = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What the last discovery could not take: line, code, message, cure.",
    )
    error_code = models.CharField(max_length=60, blank=True, editable=False)
    error_message = models.TextField(blank=True, editable=False)
    error_cure = models.TextField(blank=True, editable=False)

    # How much its API lets us ask, as it said last.
    api_limit = models.PositiveIntegerField(null=True, blank=True, editable=False)
    api_remaining = models.PositiveIntegerField(null=True, blank=True, editable=False)
    api_reset_at = models.DateTimeField(null=True, blank=True, editable=False)

    removal = models.CharField(max_length=10, choices=Removal, default=Removal.NONE, blank=True, editable=False)

    objects = CodeHostQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:source", args=[self.pk])

    @property
    def has_api(self) -> bool:
        return self.kind in KINDS and KINDS[self.kind].has_api

    @property
    def label(self) -> str:
        """What kind of source it is, for people."""
        return KINDS[self.kind].label if self.kind in KINDS else self.kind

    @property
    def about(self) -> Kind:
        return kind_of(self.kind)

    @property
    def is_local(self) -> bool:
        return self.kind == "directory"

    @property
    def is_being_looked_through(self) -> bool:
        return self.looking_until is not None and self.looking_until > timezone.now()

    @property
    def waits_for_a_look(self) -> bool:
        return self.enabled and self.next_look_at <= timezone.now()

    def pause_between_looks(self) -> timedelta:
        return timedelta(seconds=self.interval or settings.DISCOVER_INTERVAL)

    def limits_at(self, now: datetime) -> int | None:
        """How many questions are left; None when the host has not said, or said it long ago."""
        if self.api_reset_at is not None and self.api_reset_at <= now:
            return None
        return self.api_remaining


class ApiAnswer(models.Model):
    """What a host's API answered, to be asked about with the host's own mark next time: an unchanged answer is
    cheap for both. It belongs to the token that it was given to."""

    code_host = models.ForeignKey(CodeHost, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=64, help_text="SHA-256 of the address.")
    url = models.TextField()
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=300, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(help_text="Compressed with zlib.")
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_host", "key"], name="one_answer_per_address")]

    def __str__(self) -> str:
        return self.url
