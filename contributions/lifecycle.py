"""The life of a contribution request as one table: state × verb → state, and who may do it.

The table is the only place that knows which step is allowed when. Actions ask it, pages show the buttons
that it allows, and a test walks every combination.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices


class State(TextChoices):
    PROPOSED = "proposed", "Proposed"
    ASKED = "asked", "Question asked"
    ACCEPTED = "accepted", "Accepted"
    IN_PROGRESS = "in_progress", "In progress"
    IN_REVIEW = "in_review", "In review"
    CHANGES_ASKED = "changes_asked", "Changes asked for"
    APPROVED = "approved", "Approved"
    MERGED = "merged", "Merged"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"

    @property
    def is_open(self) -> bool:
        return self not in CLOSED


CLOSED = frozenset({State.MERGED, State.DECLINED, State.WITHDRAWN})
OPEN = tuple(state for state in State if state not in CLOSED)


class Verb(TextChoices):
    PROPOSE = "propose", "proposed this"
    ASK = "ask", "asked a question"
    ANSWER = "answer", "answered"
    ACCEPT = "accept", "accepted this"
    DECLINE = "decline", "declined this"
    VOLUNTEER = "volunteer", "took on the work"
    HAND_BACK = "hand_back", "handed the work back"
    OFFER = "offer", "offered a branch"
    REVISE = "revise", "fetched a new revision"
    APPROVE = "approve", "approved"
    ASK_FOR_CHANGES = "ask_for_changes", "asked for changes"
    COMMENT = "comment", "commented"
    MERGE = "merge", "saw this arrive on the default branch"
    WITHDRAW = "withdraw", "withdrew this"
    REOPEN = "reopen", "reopened this"


class Role(Enum):
    """What somebody is to one request; a person may be several at once."""

    READER = "reader"  # Anybody signed in who can see the project.
    AUTHOR = "author"
    CONTRIBUTOR = "contributor"
    MAINTAINER = "maintainer"  # Maintainers of the host team and trusted committers of the project.
    PORTAL = "portal"  # What a sync noticed.


class Turn(Enum):
    """Who has to do what next, so that a request moves on."""

    ANSWER = "answer"  # The host team says whether it wants this.
    EXPLAIN = "explain"  # The author answers a question.
    VOLUNTEER = "volunteer"  # Anybody takes on the work.
    WORK = "work"  # The contributor offers a branch.
    REVIEW = "review"  # The host team reviews.
    REVISE = "revise"  # The contributor changes what reviewers asked for.
    LAND = "land"  # The host team merges what it approved.
    NOBODY = "nobody"


HOST_TURNS = frozenset({Turn.ANSWER, Turn.REVIEW, Turn.LAND})
CONTRIBUTOR_TURNS = frozenset({Turn.WORK, Turn.REVISE})

_TURNS = {
    State.PROPOSED: Turn.ANSWER,
    State.ASKED: Turn.EXPLAIN,
    State.ACCEPTED: Turn.WORK,
    State.IN_PROGRESS: Turn.WORK,
    State.IN_REVIEW: Turn.REVIEW,
    State.CHANGES_ASKED: Turn.REVISE,
    State.APPROVED: Turn.LAND,
}


def turn(state: str, *, taken: bool) -> Turn:
    """Whose turn it is; `taken` says whether somebody does the work."""
    found = _TURNS.get(State(state), Turn.NOBODY)
    return Turn.VOLUNTEER if found is Turn.WORK and not taken else found


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: by this verb these states become that one (the same when `after` is None).

    Somebody needs one of `roles` and none of `barred`.
    """

    verb: Verb
    before: frozenset[State]
    after: State | None
    roles: frozenset[Role]
    barred: frozenset[Role] = frozenset()

    def is_for(self, roles: frozenset[Role]) -> bool:
        return bool(self.roles & roles) and not self.barred & roles


def _step(
    verb: Verb, before: tuple[State, ...], after: State | None, *roles: Role, barred: tuple[Role, ...] = ()
) -> Step:
    return Step(verb, frozenset(before), after, frozenset(roles), frozenset(barred))


UNANSWERED = (State.PROPOSED, State.ASKED)
UNDER_REVIEW = (State.IN_REVIEW, State.CHANGES_ASKED, State.APPROVED)
UNDER_WAY = (State.IN_PROGRESS, *UNDER_REVIEW)

STEPS: tuple[Step, ...] = (
    _step(Verb.ACCEPT, UNANSWERED, State.ACCEPTED, Role.MAINTAINER),
    _step(Verb.ASK, UNANSWERED, State.ASKED, Role.MAINTAINER),
    _step(Verb.ANSWER, (State.ASKED,), State.PROPOSED, Role.AUTHOR),
    _step(Verb.VOLUNTEER, (State.ACCEPTED,), State.IN_PROGRESS, Role.READER),
    # A branch enters the review when it was fetched, so that a misspelt one never waits for a reviewer, and
    # that no approval of another branch counts for it.
    _step(Verb.OFFER, (State.ACCEPTED, *UNDER_WAY), State.IN_PROGRESS, Role.CONTRIBUTOR),
    _step(Verb.REVISE, UNDER_WAY, State.IN_REVIEW, Role.PORTAL),
    # Nobody decides on their own change, maintainer or not.
    _step(Verb.APPROVE, UNDER_REVIEW, State.APPROVED, Role.MAINTAINER, barred=(Role.CONTRIBUTOR,)),
    _step(Verb.ASK_FOR_CHANGES, UNDER_REVIEW, State.CHANGES_ASKED, Role.MAINTAINER, barred=(Role.CONTRIBUTOR,)),
    # Work that was handed back can be merged all the same.
    _step(Verb.MERGE, (State.ACCEPTED, *UNDER_WAY), State.MERGED, Role.PORTAL),
    _step(Verb.COMMENT, tuple(State), None, Role.READER),
    _step(Verb.HAND_BACK, (State.ACCEPTED, *UNDER_WAY), State.ACCEPTED, Role.CONTRIBUTOR),
    _step(Verb.DECLINE, OPEN, State.DECLINED, Role.MAINTAINER),
    _step(Verb.WITHDRAW, OPEN, State.WITHDRAWN, Role.AUTHOR),
    _step(Verb.REOPEN, (State.DECLINED, State.WITHDRAWN), State.PROPOSED, Role.AUTHOR),
)


def step(verb: Verb, state: str, roles: frozenset[Role]) -> Step | None:
    """The row that allows this verb in this state to somebody with these roles, or None."""
    for row in STEPS:
        if row.verb == verb and state in row.before and row.is_for(roles):
            return row
    return None


def allowed_in(verb: Verb, state: str) -> bool:
    """Whether anybody at all may do this now; tells “not now” from “not you”."""
    return any(row.verb == verb and state in row.before for row in STEPS)


def verbs(state: str, roles: frozenset[Role]) -> tuple[Verb, ...]:
    """What somebody with these roles may do now, in the order of the table."""
    return tuple(row.verb for row in STEPS if state in row.before and row.is_for(roles))
