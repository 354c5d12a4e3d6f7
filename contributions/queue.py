"""The review queue: whose turn it is, why, and since when. Rules over rows; the rows come with one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import BooleanField, ExpressionWrapper
from django.utils import timezone

from catalog.models import Project
from contributions.lifecycle import CONTRIBUTOR_TURNS, HOST_TURNS, Turn
from contributions.models import Request
from contributions.querysets import RequestQuerySet, hosted_by
from people.models import Team, User

#: More than this many requests in one queue are cut, the longest waiting kept.
LIMIT = 500


class Section(Enum):
    ME = "Waiting for me"
    TEAM = "My team must answer"
    OTHERS = "Waiting for others"


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to one request. `decides`: may answer and review; `in_team`: belongs to the host team."""

    is_author: bool
    is_contributor: bool
    decides: bool
    in_team: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One request in the queue. `due` is None where nothing was promised, `late` while the promise holds."""

    request: Request
    section: Section
    why: str
    due: datetime | None
    late: timedelta | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The sections in their order, each with its rows, the longest waiting first; what one may filter by."""

    sections: tuple[tuple[Section, tuple[Row, ...]], ...]
    teams: tuple[Team, ...]
    projects: tuple[Project, ...]
    is_cut: bool

    def rows(self, section: Section) -> tuple[Row, ...]:
        return dict(self.sections)[section]

    @property
    def count(self) -> int:
        return sum(len(rows) for _, rows in self.sections)


MINE = {
    Turn.REVIEW: "Your review",
    Turn.LAND: "Approved: yours to merge",
    Turn.EXPLAIN: "Your answer to a question",
    Turn.WORK: "Your branch",
    Turn.REVISE: "Returned to you: changes asked for",
}
OURS = {
    Turn.ANSWER: "Your team’s answer",
    Turn.REVIEW: "A maintainer’s review",
    Turn.LAND: "A maintainer’s merge",
}
THEIRS = {
    Turn.ANSWER: "The host team’s answer",
    Turn.EXPLAIN: "The author’s answer to a question",
    Turn.VOLUNTEER: "Somebody who takes it on",
    Turn.WORK: "The contributor’s branch",
    Turn.REVIEW: "The host team’s review",
    Turn.REVISE: "The contributor’s changes",
    Turn.LAND: "The host team’s merge",
}


def is_mine(turn: Turn, standing: Standing) -> bool:
    """Whether this person alone can make the next step, or is one of the maintainers who review and merge."""
    if turn is Turn.EXPLAIN:
        return standing.is_author
    if turn in CONTRIBUTOR_TURNS:
        return standing.is_contributor
    if turn is Turn.REVIEW:
        return standing.decides and not standing.is_contributor
    return turn is Turn.LAND and standing.decides


def may_act(turn: Turn, standing: Standing) -> bool:
    """Whether the next step is this person's, or one of a few people's: any maintainer may give the answer."""
    return is_mine(turn, standing) or (turn is Turn.ANSWER and standing.decides)


def place(turn: Turn, standing: Standing) -> tuple[Section, str] | None:
    """The one section where this belongs, and why; None when it is no concern of theirs."""
    if is_mine(turn, standing):
        return Section.ME, MINE[turn]
    if turn in HOST_TURNS and (standing.in_team or standing.decides):
        return Section.TEAM, OURS[turn]
    if turn in THEIRS and (standing.is_author or standing.is_contributor or standing.decides):
        return Section.OTHERS, THEIRS[turn]
    return None


def due(turn: Turn, *, since: datetime, promise_days: int | None) -> datetime | None:
    """Until when the host team promised to say something; only its own answers and reviews are promised."""
    if promise_days is None or turn not in (Turn.ANSWER, Turn.REVIEW):
        return None
    return since + timedelta(days=promise_days)


def row(request: Request, standing: Standing, *, now: datetime) -> Row | None:
    placed = place(request.turn, standing)
    if placed is None:
        return None
    section, why = placed
    change = getattr(request, "change", None)
    if change and change.error_code and change.may_grow and request.turn in CONTRIBUTOR_TURNS:
        why = f"{why}: the one offered could not be read"
    team = request.project.owner_team
    until = due(request.turn, since=request.turn_since, promise_days=team.answer_promise_days if team else None)
    late = now - until if until and until < now else None
    return Row(request, section, why, until, late)


def standing_of(request: Request, user: User) -> Standing:
    """For a request that was loaded by `rows_of`, which annotates `decides`."""
    return Standing(
        is_author=request.author_id == user.pk,
        is_contributor=request.contributor_id == user.pk,
        decides=bool(request.decides),  # type: ignore[attr-defined]
        in_team=request.project.owner_team_id in user.team_ids,
    )


def rows_of(requests: RequestQuerySet, user: User, *, now: datetime) -> list[Row]:
    """Those that this person may see, the longest waiting first; one query.

    One more than LIMIT at most, which tells whether there are others.
    """
    decides = ExpressionWrapper(hosted_by(user), output_field=BooleanField())
    chosen = requests.visible_to(user).waiting_longest().for_rows().annotate(decides=decides)
    found = (row(each, standing_of(each, user), now=now) for each in chosen[: LIMIT + 1])
    return [entry for entry in found if entry]


def for_user(user: User, *, team: str = "", project: str = "", now: datetime | None = None) -> Queue:
    """This person's queue, filtered by the slugs of a team (host or guest) and a project; one query."""
    found = rows_of(Request.objects.involving(user), user, now=now or timezone.now())
    rows = found[:LIMIT]
    kept = [entry for entry in rows if matches(entry.request, team=team, project=project)]
    return Queue(
        sections=tuple(
            (section, tuple(entry for entry in kept if entry.section is section)) for section in Section
        ),
        teams=unique_teams(rows),
        projects=tuple(sorted({entry.request.project for entry in rows}, key=lambda project: project.name)),
        is_cut=len(found) > LIMIT,
    )


def matches(request: Request, *, team: str, project: str) -> bool:
    teams = [found.slug for found in (request.project.owner_team, request.guest_team) if found]
    return (not team or team in teams) and (not project or request.project.slug == project)


def unique_teams(rows: Iterable[Row]) -> tuple[Team, ...]:
    both = {team for entry in rows for team in (entry.request.project.owner_team, entry.request.guest_team)}
    return tuple(sorted((team for team in both if team), key=lambda team: team.name))


def next_steps(user: User) -> list[Row]:
    """What waits for a step that this person can take, the longest waiting first; one query."""
    return rows_of(Request.objects.waiting_for(user), user, now=timezone.now())[:LIMIT]


def count_for(user: User) -> int:
    """How many those are: the badge in the header. One query."""
    return Request.objects.visible_to(user).waiting_for(user).count()
