"""What the portal noticed by itself: a new revision, a failed fetch, the arrival on the default branch."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from contributions import branches
from contributions.actions.requests import team_of
from contributions.actions.steps import overtaken, take
from contributions.arrival import Arrival
from contributions.errors import BadBranch
from contributions.facts import Facts
from contributions.lifecycle import Verb
from contributions.models import Change, Credit, Event, Revision
from forge.errors import ForgeError
from people.models import User


def revise(change: Change, facts: Facts, *, number: int, at: datetime | None = None) -> Revision:
    """A new revision enters the review; approvals of older ones no longer count. Raises NotNow."""
    moment = at or timezone.now()

    def keep(event: Event) -> None:
        if not Change.objects.same_offer(change).exists():
            raise overtaken(change.request)
        event.revision = Revision.objects.create(change=change, number=number, created_at=moment, **asdict(facts))
        event.save(update_fields=["revision"])

    event = take(change.request, Verb.REVISE, by=None, at=moment, note=facts.summary, then=keep)
    assert event.revision is not None  # noqa: S101 - `keep` has just set it.
    return event.revision


def merge(change: Change, arrival: Arrival) -> Credit:
    """The work has arrived. Credit goes to whoever offered it, never to whom an author line names.

    That need not be who does the work now: it may have been handed back, and taken on by somebody else.
    """
    request = change.request
    user = who_offered(arrival.revision)
    changes: dict[str, Any] = {}
    if request.contributor_id != user.pk:
        guest_team = team_of(user, request.project, arrival.revision.created_at)
        changes = {"contributor": user, "guest_team": guest_team}

    def keep(event: Event) -> None:
        Change.objects.filter(pk=change.pk).update(
            merged_commit=arrival.commit, merged_how=arrival.how, checked_at=timezone.now(), **branches.NO_ERROR
        )
        Credit.objects.create(
            request=request,
            project=request.project,
            user=user,
            guest_team=request.guest_team,
            host_team=request.project.owner_team,
            commit=arrival.commit,
            merged_at=arrival.at,
        )

    take(request, Verb.MERGE, by=None, at=arrival.at, note=arrival.summary, changes=changes, then=keep)
    return request.credit


def who_offered(revision: Revision) -> User:
    """Who had offered a branch last when it came: the change itself knows only the last one of all."""
    change = revision.change
    offers = change.request.events.filter(verb=Verb.OFFER, at__lte=revision.created_at)
    last = offers.select_related("actor").last()
    return last.actor if last and last.actor else change.offered_by


def note_checked(change: Change, error: ForgeError | BadBranch | None = None) -> None:
    """The branch was looked at: with this outcome."""
    columns = {**branches.NO_ERROR, "checked_at": timezone.now()}
    if error:
        columns |= {"error_code": error.code, "error_message": error.message, "error_cure": error.cure}
    Change.objects.same_offer(change).update(**columns)
