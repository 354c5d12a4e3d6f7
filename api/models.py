"""Tokens with which a program reads what its owner may read, and what code hosts delivered."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

PREFIX = "isp_"


def digest(secret: str) -> str:
    """The token is 256 random bits, so a plain hash is as good as a slow one and costs nothing per request."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Token(models.Model):
    """Only the digest is kept; the secret is shown once, when it is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100, help_text="What it is for.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=12, editable=False, help_text="Its first characters, to tell it by.")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    @classmethod
    def issue(cls, *, user: object, name: str, days: int = 365) -> tuple[Token, str]:
        """A new token and its secret, which cannot be had again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        expiry = timezone.now() + timedelta(days=days)
        token = cls.objects.create(
            user=user, name=name, digest=digest(secret), beginning=secret[:10], expires_at=expiry
        )
        return token, secret

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class WebhookDelivery(models.Model):
    """A signed webhook that was heard, so that it is heard once. Nothing of its body is kept.

    It `waits` until a worker has asked the code host's API about the project: the broker may lose its hint.
    """

    code_host = models.ForeignKey("catalog.CodeHost", on_delete=models.CASCADE, related_name="deliveries")
    project = models.ForeignKey(
        "catalog.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    delivery = models.CharField(max_length=64, help_text="SHA-256 of the id that the host gave it.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what its signature covers.")
    event = models.CharField(max_length=60, help_text="The host's own word for what happened.")
    what = models.CharField(max_length=10, help_text="The same in the words of forge.connectors.webhooks.")
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    waits = models.BooleanField(default=False)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["code_host", "delivery"], name="one_row_per_delivery"),
            models.UniqueConstraint(fields=["code_host", "digest"], name="one_row_per_body"),
        ]
        indexes = [
            models.Index(fields=["code_host", "-received_at"], name="deliveries_of_host"),
            models.Index(fields=["project"], condition=models.Q(waits=True), name="deliveries_that_wait"),
        ]

    def __str__(self) -> str:
        return f"{self.event} at {self.received_at:%Y-%m-%d %H:%M}"
