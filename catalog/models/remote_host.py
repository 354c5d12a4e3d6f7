"""A machine that repositories are fetched from, and whether it can be asked now."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from catalog import pace


class RemoteHost(models.Model):
    """One network host with all its projects, whatever code host lists them. The row named "" is this machine.

    Its rows are what workers lock while they share out the work, see catalog.leases.
    """

    class Condition(models.TextChoices):
        ANSWERS = "answers", "Answers"
        STUMBLES = "stumbles", "Failed last"
        LIMITED = "limited", "Limits us"
        RESTS = "rests", "Down"
        PROBED = "probed", "Down, being probed"

    name = models.CharField(
        max_length=300, unique=True, blank=True, help_text="With its port unless that is the scheme's own."
    )
    connections = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Syncs at the same time; empty for HOST_CONNECTIONS."
    )
    failures = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Failures in a row that were the host's and not a repository's."
    )
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    code = models.CharField(max_length=60, blank=True, editable=False)
    message = models.TextField(blank=True, editable=False)
    cure = models.TextField(blank=True, editable=False)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or "Folders of this machine"

    @property
    def is_down(self) -> bool:
        """The circuit is open: the host is left alone, then asked by one probe at a time until one succeeds."""
        return self.failures >= pace.HOST_IS_DOWN

    def rests(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def condition(self, now: datetime) -> Condition:
        """One word for what may be expected of it."""
        if self.rests(now):
            return self.Condition.LIMITED if self.code == "rate_limited" else self.Condition.RESTS
        if self.is_down:
            return self.Condition.PROBED
        return self.Condition.STUMBLES if self.failures else self.Condition.ANSWERS

    def room(self, *, busy: int, now: datetime, usual: int) -> int:
        """How many more syncs may begin now; `busy` are under way."""
        if self.rests(now):
            return 0
        most = 1 if self.is_down else (self.connections or usual)
        return max(0, most - busy)
