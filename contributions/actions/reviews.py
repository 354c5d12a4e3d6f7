"""What reviewers say of a revision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contributions.actions.steps import take
from contributions.errors import NotNow
from contributions.lifecycle import Verb
from contributions.models import Event, Request, Review, Revision
from people.models import User

VERBS = {
    Review.Verdict.APPROVE: Verb.APPROVE,
    Review.Verdict.CHANGES: Verb.ASK_FOR_CHANGES,
    Review.Verdict.COMMENT: Verb.COMMENT,
}


def review(
    request: Request,
    revision: Revision,
    *,
    verdict: str,
    body: str = "",
    by: User,
    at: datetime | None = None,
    form_key: UUID | None = None,
) -> Event:
    """Comment, approve or ask for changes. A verdict is given on the newest revision only.

    Raises NotAllowed, NotNow; ValueError for a revision of another request.
    """
    if revision.change.request_id != request.pk:
        raise ValueError("The revision belongs to another request.")

    def keep(event: Event) -> None:
        if verdict != Review.Verdict.COMMENT:
            require_newest(revision)
        Review.objects.create(revision=revision, reviewer=by, verdict=verdict, body=body.strip(), at=event.at)

    verb = VERBS[Review.Verdict(verdict)]
    return take(request, verb, by=by, at=at, note=body, form_key=form_key, revision=revision, then=keep)


def require_newest(revision: Revision) -> None:
    """Nobody approves what they have not seen: asked while the request's row is locked."""
    newest = Revision.objects.filter(change=revision.change_id).order_by("number").last()
    if newest and newest.pk != revision.pk:
        raise NotNow(
            "stale_revision",
            f"Revision {newest.number} arrived while you looked at revision {revision.number}.",
            f"Look at revision {newest.number} and decide on that one.",
        )
