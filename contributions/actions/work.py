"""The work on a request: somebody takes it on, offers a branch, or hands it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from catalog import broker
from contributions import branches
from contributions.actions.requests import team_of
from contributions.actions.steps import take
from contributions.errors import NotAllowed
from contributions.lifecycle import Verb
from contributions.models import Change, Event, Request
from people.models import User


def volunteer(
    request: Request, note: str = "", *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """Take on the work, or say that it has begun. The guest team is then that of whoever does it."""
    if request.contributor_id not in (None, by.pk):
        raise NotAllowed("taken", f"{request.contributor} does this already.", "Offer your help in a comment.")
    changes = {"contributor": by.pk, "guest_team": team_of(by, request.project, at or timezone.now())}
    return take(request, Verb.VOLUNTEER, by=by, at=at, note=note, form_key=form_key, changes=changes)


def hand_back(
    request: Request, note: str = "", *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """Leave the work to somebody else; the request stays accepted."""
    changes = {
        "contributor": None,
        "guest_team": team_of(request.author, request.project, at or timezone.now()),
    }
    return take(request, Verb.HAND_BACK, by=by, at=at, note=note, form_key=form_key, changes=changes)


def offer_branch(
    request: Request,
    branch: str,
    *,
    fork_url: str = "",
    by: User,
    at: datetime | None = None,
    form_key: UUID | None = None,
) -> Event:
    """Name the branch with the work; it is fetched after the commit and enters the review with its first revision.

    A review that was under way has to wait for that: nothing that was said before is about this branch.
    Raises ForgeError for a name or an address that cannot be right, BadBranch, NotAllowed, NotNow.
    """
    branch, fork = branch.strip(), branches.fork_of(request.project, fork_url, by=by)
    branches.require_other_branch(request.project, branch, fork=fork)

    def keep(event: Event) -> None:
        change, _ = Change.objects.update_or_create(
            request=request,
            defaults={
                "fork": fork,
                "branch": branch,
                "offered_by": by,
                "offered_at": event.at,
                **branches.NOT_CHECKED,
            },
        )
        fetch_later(change)

    note = f"{branch} of {fork}" if fork else branch
    return take(request, Verb.OFFER, by=by, at=at, note=note, form_key=form_key, then=keep)


def fetch_again(change: Change) -> None:
    """Look at the branch now instead of at the next sync. Asking while that is under way adds nothing."""
    if Change.objects.filter(pk=change.pk, checked_at__isnull=False).update(checked_at=None):
        fetch_later(change)


def fetch_forks_again(project: int) -> None:
    """The same for the branches of forks, whose pushes show in no sync: the code host tells of a change."""
    for change in Change.objects.growing().filter(request__project=project).exclude(fork=""):
        fetch_again(change)


def fetch_later(change: Change) -> None:
    transaction.on_commit(lambda: broker.hint("contributions.tasks.fetch_revision", change.pk))
