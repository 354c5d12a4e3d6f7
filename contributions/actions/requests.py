"""What people do with a request: ask for something, answer, decide, take on the work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from catalog.models import Project
from contributions import markup, welcome
from contributions.actions.steps import Posted, once, take
from contributions.errors import NotAllowed, NotNow
from contributions.lifecycle import State, Verb
from contributions.models import Event, Request
from contributions.roles import sees
from people.models import Team, User


def propose(
    project: Project,
    title: str,
    *,
    what: str,
    why: str = "",
    kind: str = Request.Kind.FEATURE,
    does_it_myself: bool = True,
    by: User,
    at: datetime | None = None,
    form_key: UUID | None = None,
) -> Request:
    """Ask to change something. Raises TooLong, NotAllowed for an unseen project, NotNow for an archived one."""
    markup.require_short(what, why)
    if not sees(project, by):
        raise NotAllowed("not_yours", "You cannot see this project.")
    if project.is_archived:
        raise NotNow(
            "project_archived",
            "This project is archived and takes no contributions.",
            "Ask its owner team whether something took its place.",
        )

    def write() -> Event:
        moment = at or timezone.now()
        request = Request.objects.create(
            project=project,
            title=title.strip(),
            what=what.strip(),
            why=why.strip(),
            kind=kind,
            author=by,
            contributor=by if does_it_myself else None,
            guest_team=team_of(by, project, moment),
            host_team=project.owner_team,
            created_at=moment,
            turn_since=moment,
        )
        event = Event.objects.create(
            request=request, actor=by, verb=Verb.PROPOSE, after=State.PROPOSED, at=moment, form_key=form_key
        )
        markup.rendered([request.what, request.why], project)
        welcome.count_again(project.pk)
        return event

    return once(write, form_key=form_key, by=by, of=Posted(Verb.PROPOSE, project)).request


def team_of(user: User, project: Project, at: datetime) -> Team | None:
    """For which team somebody acts: the project's own if they belong to it, else the one they joined first."""
    memberships = user.memberships.current(timezone.localtime(at).date()).select_related("team")
    teams = [membership.team for membership in memberships.order_by("since", "pk")]
    return next((team for team in teams if team.pk == project.owner_team_id), teams[0] if teams else None)


def ask(
    request: Request, note: str, *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """A maintainer wants to know more before deciding."""
    return take(request, Verb.ASK, by=by, at=at, note=note, form_key=form_key)


def answer(
    request: Request, note: str, *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """The author answers the question."""
    return take(request, Verb.ANSWER, by=by, at=at, note=note, form_key=form_key)


def accept(
    request: Request, note: str = "", *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    return take(request, Verb.ACCEPT, by=by, at=at, note=note, form_key=form_key)


def decline(
    request: Request, reason: str, *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """Say no, with a reason: whoever asked deserves one. Raises ValueError without it."""
    if not reason.strip():
        raise ValueError("A request is declined with a reason.")
    changes = {"reason": reason.strip()}
    return take(request, Verb.DECLINE, by=by, at=at, note=reason, form_key=form_key, changes=changes)


def comment(
    request: Request, note: str, *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    return take(request, Verb.COMMENT, by=by, at=at, note=note, form_key=form_key)


def withdraw(
    request: Request, reason: str = "", *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    changes = {"reason": reason.strip()}
    return take(request, Verb.WITHDRAW, by=by, at=at, note=reason, form_key=form_key, changes=changes)


def reopen(
    request: Request, note: str = "", *, by: User, at: datetime | None = None, form_key: UUID | None = None
) -> Event:
    """Ask again. The host answers anew; a branch that was offered stays."""
    return take(request, Verb.REOPEN, by=by, at=at, note=note, form_key=form_key, changes={"reason": ""})


def projects_with_requests(projects: Sequence[int]) -> set[int]:
    """Those in which people have worked: their listings are not deleted with a source. A query for 500."""
    found: set[int] = set()
    for start in range(0, len(projects), 500):
        part = projects[start : start + 500]
        found.update(Request.objects.filter(project__in=part).values_list("project", flat=True))
    return found
