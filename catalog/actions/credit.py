"""Whose commits are whose, kept right when a person proves or loses an e-mail address."""

from __future__ import annotations

from catalog.models import Contributor
from people.models import Identity


def follow_identity(*, instance: Identity, **signal: object) -> None:
    """Commits of a verified address name its person from now on, those of an unverified one nobody."""
    person = instance.user_id if instance.verified_at else None
    Contributor.objects.filter(email=instance.email).exclude(user=person).update(user=person)


def forget_identity(*, instance: Identity, **signal: object) -> None:
    Contributor.objects.filter(email=instance.email, user=instance.user_id).update(user=None)
