"""The one thing that moves a request on, in words for the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from contributions.lifecycle import CONTRIBUTOR_TURNS, HOST_TURNS, Role, State, Turn
from contributions.models import Request


@dataclass(frozen=True, slots=True)
class NextStep:
    """`step` names the page of the viewer's own next step, "" when it is somebody else's turn."""

    title: str
    text: str
    step: str = ""


MINE = {
    Turn.ANSWER: NextStep("Your team’s answer is awaited", "Accept it, ask a question, or decline it.", "accept"),
    Turn.EXPLAIN: NextStep("The host team asks you something", "They decide when they know more.", "answer"),
    Turn.VOLUNTEER: NextStep("Somebody is wanted for this", "The host team wants it: take it on.", "volunteer"),
    Turn.WORK: NextStep(
        "Your branch is awaited",
        "Push your commits to a branch, in the project’s repository or in a fork, and name it here.",
        "offer",
    ),
    Turn.REVIEW: NextStep("Your review is awaited", "Read the change and say what you find.", "review"),
    Turn.REVISE: NextStep(
        "Changes were asked for",
        "Push new commits to your branch. They are seen at the next sync, or at once when you fetch it here.",
        "fetch",
    ),
    Turn.LAND: NextStep(
        "Approved: ready to merge",
        "Merge, squash or rebase the branch where the code lives. The next sync notices it and gives the credit.",
        "land",
    ),
}
CLOSED = {
    State.MERGED: NextStep("Merged", "The work is on the default branch, and the contributor has the credit."),
    State.DECLINED: NextStep("Declined", "The reason is below."),
    State.WITHDRAWN: NextStep("Withdrawn", "Its author closed it."),
}


def next_step(contribution: Request, held: frozenset[Role]) -> NextStep:
    turn = contribution.turn
    if turn is Turn.NOBODY:
        closed = CLOSED[State(contribution.state)]
        may_reopen = Role.AUTHOR in held and contribution.state != State.MERGED
        return NextStep(closed.title, closed.text, "reopen" if may_reopen else "")
    if is_turn_of(turn, held):
        return offered(contribution) or MINE[turn]
    return waiting_for(contribution, turn)


def offered(contribution: Request) -> NextStep | None:
    """What became of a branch that was offered and is no revision yet; None when there is no such."""
    change = getattr(contribution, "change", None)
    if change is None or not change.may_grow or contribution.turn is not Turn.WORK:
        return None
    if change.is_fetching:
        return NextStep("Your branch is being fetched", "It goes to the review by itself. You need not wait here.")
    text = "Read below what is wrong with it. Then push it and fetch it again, or name another."
    return NextStep("Your branch could not be read", text, "offer") if change.error_code else None


def is_turn_of(turn: Turn, held: frozenset[Role]) -> bool:
    if turn is Turn.VOLUNTEER:
        return Role.READER in held
    if turn is Turn.EXPLAIN:
        return Role.AUTHOR in held
    if turn in CONTRIBUTOR_TURNS:
        return Role.CONTRIBUTOR in held
    if turn is Turn.REVIEW and Role.CONTRIBUTOR in held:
        return False
    return Role.MAINTAINER in held


def waiting_for(contribution: Request, turn: Turn) -> NextStep:
    if turn in HOST_TURNS:
        return waiting_for_host(contribution, turn)
    if turn is Turn.EXPLAIN:
        return NextStep(f"Waiting for {contribution.author}", "The host team asked a question.")
    if turn is Turn.VOLUNTEER:
        return NextStep("Somebody is wanted for this", "The host team wants it, and nobody does it yet.")
    what = "a branch" if turn is Turn.WORK else "the changes that were asked for"
    return NextStep(f"Waiting for {contribution.contributor}", f"The next step is {what}.")


def waiting_for_host(contribution: Request, turn: Turn) -> NextStep:
    team = contribution.project.owner_team
    what = {Turn.ANSWER: "an answer", Turn.REVIEW: "a review", Turn.LAND: "the merge"}[turn]
    if team is None:
        return NextStep("Waiting for a curator", f"Nobody owns this project yet, so a curator gives {what}.")
    promise = f"{team} promises to answer within {days(team.answer_promise_days)}."
    text = promise if turn is Turn.ANSWER else f"The next step is {what}."
    return NextStep(f"Waiting for {team}", text)


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
