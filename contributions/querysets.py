"""Which requests and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from catalog.models import Project, TrustedCommitter
from contributions.lifecycle import CLOSED, HOST_TURNS, UNDER_WAY, State, turn
from people.models import Membership, User
from people.querysets import Viewer

if TYPE_CHECKING:
    from contributions.models import Change, Credit, Request

HOST_STATES = [state for state in State if turn(state, taken=True) in HOST_TURNS]
CONTRIBUTOR_STATES = [State.ACCEPTED, State.IN_PROGRESS, State.CHANGES_ASKED]


def hosted_by(user: User) -> Q:
    """Requests about which this person may decide. Those of projects that nobody maintains fall to curators."""
    trusted = TrustedCommitter.objects.current().filter(user=user).values("project")
    hosted = Q(project__owner_team__in=user.maintained_team_ids) | Q(project__in=trusted)
    return hosted | without_maintainers() if user.may_curate else hosted


def without_maintainers() -> Q:
    maintainers = Membership.objects.current().maintainers().filter(user__is_active=True)
    trusted = TrustedCommitter.objects.current().filter(user__is_active=True)
    return ~Exists(maintainers.filter(team=OuterRef("project__owner_team"))) & ~Exists(
        trusted.filter(project=OuterRef("project"))
    )


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user: Viewer) -> RequestQuerySet:
        """Requests of the projects that this person may know of: who sees a project sees all its discussions."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def open(self) -> RequestQuerySet:
        return self.exclude(state__in=CLOSED)

    def closed(self) -> RequestQuerySet:
        return self.filter(state__in=CLOSED)

    def waiting_longest(self) -> RequestQuerySet:
        """Open ones whose turn has lasted longest first."""
        return self.open().order_by("turn_since", "pk")

    def involving(self, user: User) -> RequestQuerySet:
        """Open ones that this person asked, works on or decides about, or on which their team has to act."""
        mine = Q(author=user) | Q(contributor=user) | hosted_by(user)
        hosted = Q(project__owner_team__in=user.team_ids, state__in=HOST_STATES)
        return self.open().filter(mine | hosted)

    def waiting_for(self, user: User) -> RequestQuerySet:
        """Open ones in which the next step is this person's: see `contributions.queue`, which says why."""
        decides = hosted_by(user) & Q(state__in=HOST_STATES)
        own_change = Q(contributor=user, state=State.IN_REVIEW)
        explains = Q(author=user, state=State.ASKED)
        works = Q(contributor=user, state__in=CONTRIBUTOR_STATES)
        return self.filter((decides & ~own_change) | explains | works)

    def for_rows(self) -> RequestQuerySet:
        """With everything that a row shows; no query more."""
        return self.select_related(
            "project", "project__owner_team", "author", "contributor", "guest_team", "host_team", "change"
        )


class ChangeQuerySet(models.QuerySet["Change"]):
    def same_offer(self, change: Change) -> ChangeQuerySet:
        """This change, unless another branch was offered since it was read: what was found is not about that."""
        return self.filter(pk=change.pk, offered_at=change.offered_at)

    def growing(self) -> ChangeQuerySet:
        """Those whose branch is looked at: who offered it still does the work."""
        return self.filter(request__state__in=UNDER_WAY, offered_by=F("request__contributor"))

    def expected(self) -> ChangeQuerySet:
        """Those that may arrive on the default branch, also after the work was handed back."""
        return self.filter(request__state__in=(State.ACCEPTED, *UNDER_WAY))

    def behind(self) -> ChangeQuerySet:
        """Those with a revision whose arrival was not looked for since the default branch moved."""
        with_revision = self.filter(revisions__isnull=False).exclude(request__project__head_commit="")
        return with_revision.exclude(checked_head=F("request__project__head_commit")).distinct()


class CreditQuerySet(models.QuerySet["Credit"]):
    def across_teams(self) -> CreditQuerySet:
        """Contributions that crossed a team boundary."""
        return self.filter(guest_team__isnull=False).exclude(guest_team=F("host_team"))

    def for_rows(self) -> CreditQuerySet:
        """With everything that a row shows; no query more."""
        return self.select_related("request__project", "project", "user", "guest_team", "host_team")
