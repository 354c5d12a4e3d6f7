"""Which people, teams and memberships."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias, Union

from django.contrib.auth.models import AnonymousUser, UserManager
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

if TYPE_CHECKING:
    from people.models import Membership, Team, User

#: Whoever looks at a page: somebody signed in, or nobody.
Viewer: TypeAlias = Union["User", AnonymousUser]


def holds(day: date, prefix: str = "") -> Q:
    """What has begun by a day and not ended: for rows with `since` and `until`, the first day after the last."""
    open_end = Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": day})
    return open_end & Q(**{f"{prefix}since__lte": day})


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

    def tree(self) -> list[Team]:
        """The roots of the organisation; each node carries `below`, its children, and `people`, how many members
        it has today. One query, whatever the size of the tree.
        """
        current = holds(timezone.localdate(), "memberships__") & Q(memberships__user__is_active=True)
        nodes = list(self.annotate(people=Count("memberships__user", filter=current, distinct=True)))
        below: dict[int | None, list[Team]] = {}
        for node in nodes:
            below.setdefault(node.parent_id, []).append(node)
        for node in nodes:
            node.below = below.get(node.pk, [])
        return below.get(None, [])


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: date | None = None) -> MembershipQuerySet:
        """Memberships that hold on a day (today unless named)."""
        return self.filter(holds(day or timezone.localdate()))

    def maintainers(self) -> MembershipQuerySet:
        return self.filter(role="maintainer")
