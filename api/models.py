"""Tokens with which a program reads what its owner may read."""

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
