"""What people do with their own account."""

from __future__ import annotations

from people.models import Identity, User


def add_address(email: str, *, by: User) -> Identity:
    """A commit address. It earns no credit before somebody has confirmed it: an author line proves nothing.

    The address of the account itself counts as confirmed, since the account was made with it.
    """
    identity, _ = Identity.objects.get_or_create(user=by, email=email.lower())
    if identity.email == by.email.lower():
        identity.verify()
    return identity
