"""“I want to change X in your project”, what happened to it, and the credit that it earned."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from contributions.lifecycle import State, Turn, Verb, turn
from contributions.querysets import CreditQuerySet, RequestQuerySet


class Request(models.Model):
    """A contribution request. Its state moves only through contributions.actions, by contributions.lifecycle."""

    class Kind(models.TextChoices):
        FEATURE = "feature", "Feature"
        FIX = "fix", "Fix"
        DOCS = "docs", "Documentation"
        OTHER = "other", "Something else"

    project = models.ForeignKey("catalog.Project", on_delete=models.CASCADE, related_name="requests")
    title = models.CharField(max_length=200)
    what = models.TextField("what should change", help_text="Markdown.")
    why = models.TextField("why it is needed", blank=True, help_text="Markdown.")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FEATURE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests")
    contributor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contributing",
        help_text="Who does the work; nobody yet when empty.",
    )
    # Organisations change; what counts for patch-flow is where people stood when they asked.
    guest_team = models.ForeignKey(
        "people.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="guest_requests"
    )
    host_team = models.ForeignKey(
        "people.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="host_requests"
    )
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    reason = models.TextField(blank=True, help_text="Why it was declined or withdrawn, or what was asked.")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="The first answer of the host team.")
    # Since when it is whose turn it is: the queue's age.
    turn_since = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "turn_since"], name="request_by_state_and_age"),
            models.Index(fields=["project", "state"], name="request_by_project"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contributions:request", args=[self.project.slug, self.pk])

    @property
    def turn(self) -> Turn:
        return turn(self.state, taken=self.contributor_id is not None)

    @property
    def waiting(self) -> timedelta:
        """How long it has been somebody's turn."""
        return timezone.now() - self.turn_since

    @property
    def is_guest(self) -> bool:
        """Whether it crosses a team boundary: by somebody of another team than the host's."""
        return self.guest_team_id is None or self.guest_team_id != self.host_team_id

    @property
    def is_open(self) -> bool:
        return State(self.state).is_open


class Event(models.Model):
    """One step of a request: who did what, when, from which state to which. Never changed, never deleted."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty for what the portal noticed by itself in a sync.",
    )
    verb = models.CharField(max_length=20, choices=Verb)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, blank=True)
    note = models.TextField(blank=True)
    revision = models.ForeignKey(
        "contributions.Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    at = models.DateTimeField(default=timezone.now)
    # A form carries a random key, so that posting it twice makes one event.
    form_key = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["actor", "form_key"], name="one_event_of_a_form"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d}"


class Credit(models.Model):
    """A merged contribution: who earned it, in whose project, and where both stood then."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="credit")
    project = models.ForeignKey("catalog.Project", on_delete=models.CASCADE, related_name="credits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits")
    guest_team = models.ForeignKey(
        "people.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="credits_given"
    )
    host_team = models.ForeignKey(
        "people.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="credits_received"
    )
    commit = models.CharField(max_length=40, help_text="The commit on the default branch that brought it.")
    merged_at = models.DateTimeField()

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at"]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"
