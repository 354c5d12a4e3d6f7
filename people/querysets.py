"""Which people, teams and memberships."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias, Union

from django.contrib.auth.models import AnonymousUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from people.models import User

#: Whoever looks at a page: somebody signed in, or nobody.
Viewer: TypeAlias = Union["User", AnonymousUser]


class UserQuerySet(models.QuerySet["User"]):
    def with_verified_email(self, emails: list[str]) -> UserQuerySet:
        """People who have proved that one of these addresses is theirs."""
        lowered = [email.lower() for email in emails]
        return self.filter(identities__email__in=lowered, identities__verified_at__isnull=False).distinct()


class Users(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's own manager, which creates accounts, with our choices of rows."""


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: Viewer) -> TeamQuerySet:
        """The teams that this person belongs to today; none for somebody who is not signed in."""
        return self.filter(pk__in=user.team_ids) if user.is_authenticated else self.none()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: date | None = None) -> MembershipQuerySet:
        """Memberships that hold on a day (today unless named)."""
        day = day or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def maintainers(self) -> MembershipQuerySet:
        from people.models import Membership

        return self.filter(role=Membership.Role.MAINTAINER)
