"""One step of a request: asked of the table, guarded, recorded. Every verb goes through here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Project
from contributions import lifecycle, markup, welcome
from contributions.errors import NotAllowed, NotNow
from contributions.lifecycle import CLOSED, Role, State, Step, Verb
from contributions.models import Event, Request, Revision
from contributions.roles import PORTAL, roles
from people.models import User


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form is for: a verb of one request, or PROPOSE in one project. Its key counts for nothing else."""

    verb: Verb
    of: Request | Project

    def made(self, event: Event) -> bool:
        home = event.request.project if event.verb == Verb.PROPOSE else event.request
        return event.verb == self.verb and home == self.of


def take(
    request: Request,
    verb: Verb,
    *,
    by: User | None,
    at: datetime | None = None,
    note: str = "",
    form_key: UUID | None = None,
    revision: Revision | None = None,
    changes: dict[str, Any] | None = None,
    then: Callable[[Event], None] | None = None,
) -> Event:
    """Move a request by one verb and write the event; `by` is None for what the portal noticed.

    `changes` are further columns of the request; `then` writes what else belongs to the step, while the row is
    locked by the guarded update. `request` is brought up to date in place. A form posted twice gives its one
    event. Raises NotAllowed, NotNow, TooLong.
    """
    markup.require_short(note)

    def write() -> Event:
        held = roles(request, by) if by else PORTAL
        step = allowed_step(request, verb, held)
        moment = at or timezone.now()
        before = request.state
        move(request, {**moved(request, step, moment, changes or {}), **answered(request, held, by, moment)})
        event = Event.objects.create(
            request=request,
            actor=by,
            verb=verb,
            before=before,
            after=request.state,
            note=note.strip(),
            revision=revision,
            at=moment,
            form_key=form_key,
        )
        if verb not in markup.PLAIN:
            markup.rendered([event.note], request.project)
        if then:
            then(event)
        welcome.count_again(request.project_id)
        return event

    return once(write, form_key=form_key, by=by, of=Posted(verb, request))


def move(request: Request, columns: dict[str, Any]) -> None:
    """Write the columns if the request is still as it was read; two people at once: one wins."""
    read = Request.objects.filter(pk=request.pk, state=request.state, contributor=request.contributor_id)
    if not read.update(**columns):
        raise overtaken(request)
    request.refresh_from_db(fields=[*columns])


def allowed_step(request: Request, verb: Verb, held: frozenset[Role]) -> Step:
    step = lifecycle.step(verb, request.state, held)
    if step:
        return step
    if lifecycle.allowed_in(verb, request.state):
        raise NotAllowed("not_yours", *who_may(verb, held))
    raise NotNow(
        "not_now",
        f"This request is {State(request.state).label.lower()}, so that is not possible any more.",
        "Read what happened below, then choose from what is possible now.",
    )


def who_may(verb: Verb, held: frozenset[Role]) -> tuple[str, str]:
    """The sentence and the cure for somebody who is not among those who may."""
    if Role.CONTRIBUTOR in held and verb in (Verb.APPROVE, Verb.ASK_FOR_CHANGES):
        return "Nobody decides on their own change.", "Ask another maintainer for a review."
    wanted = {role for step in lifecycle.STEPS if step.verb == verb for role in step.roles}
    if Role.MAINTAINER in wanted:
        return "Only the project's maintainers can do this.", "Leave a comment for them instead."
    if Role.CONTRIBUTOR in wanted:
        return "Only the person who does the work can do this.", "Leave a comment for them instead."
    if Role.AUTHOR in wanted:
        return "Only the person who asked for this can do it.", "Leave a comment for them instead."
    return "You cannot do this.", "Sign in as somebody who can see the project."


def moved(request: Request, step: Step, at: datetime, changes: dict[str, Any]) -> dict[str, Any]:
    """The columns that a step changes. The queue's clock starts again when the turn passes on."""
    after = step.after or State(request.state)
    columns = {"state": after, **changes}
    taken = columns.get("contributor", request.contributor_id) is not None
    if lifecycle.turn(after, taken=taken) is not request.turn:
        columns["turn_since"] = at
    if after in CLOSED:
        columns.setdefault("closed_at", at if request.is_open else F("closed_at"))
    else:
        columns["closed_at"] = None
    return columns


def answered(request: Request, held: frozenset[Role], by: User | None, at: datetime) -> dict[str, Any]:
    """The first word of a maintainer to somebody else is the host's answer."""
    if by is None or Role.MAINTAINER not in held or request.author_id == by.pk:
        return {}
    return {"answered_at": Coalesce("answered_at", Value(at))}


def overtaken(request: Request) -> NotNow:
    """Somebody else was faster: says who did what."""
    last = request.events.select_related("actor").last()
    who = last.actor or "The portal" if last else "Somebody"
    what = last.get_verb_display() if last else "changed this"
    return NotNow(
        "overtaken",
        f"{who} {what} while you were here, so your step was not taken.",
        "Read what happened below, then choose from what is possible now.",
    )


def once(write: Callable[[], Event], *, form_key: UUID | None, by: User | None, of: Posted) -> Event:
    """The event of this person's form: written now, or the one that it made when it was posted before.

    Raises NotNow `form_used` when the form made another step.
    """
    try:
        with transaction.atomic():
            return earlier(form_key, by, of) or write()
    except (IntegrityError, NotNow):
        # Two posts of one form can run side by side: the second meets what the first one wrote.
        if event := earlier(form_key, by, of):
            return event
        raise


def earlier(form_key: UUID | None, by: User | None, of: Posted) -> Event | None:
    if form_key is None:
        return None
    event = Event.objects.filter(form_key=form_key, actor=by).select_related("request__project").first()
    if event and not of.made(event):
        raise NotNow(
            "form_used",
            "This form was sent before and made another step, so nothing was done now.",
            "Choose the step again on the request's page.",
        )
    return event
