"""The steps as people see them: words, form and tone of each. Which is possible, the table of steps says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contributions import actions, lifecycle
from contributions.forms import NoteForm, OfferForm, ReviewForm, StepForm
from contributions.lifecycle import Role, Verb
from contributions.models import Event, Request


@dataclass(frozen=True, slots=True)
class StepPage:
    """`name` is the step's part of the URL; `note` labels its text field; `tone` is a class of its button."""

    name: str
    verb: Verb
    button: str
    title: str
    text: str = ""
    note: str = ""
    note_required: bool = False
    tone: str = ""
    form: type[StepForm] = NoteForm
    act: Callable[..., Event] | None = None

    def blank(self, **initial: object) -> StepForm:
        """Its empty form, with ids of its own so that several stand on one page."""
        return self.form(step=self, initial=initial, auto_id=f"{self.name}-%s")


@dataclass(frozen=True, slots=True)
class Offered:
    """A step that this viewer may take now, with its empty form."""

    page: StepPage
    form: StepForm


PAGES = (
    StepPage(
        "accept",
        Verb.ACCEPT,
        "Accept",
        "Accept this request",
        "You say that your team wants this and will review it.",
        note="A word to the contributor",
        act=actions.accept,
        tone="primary",
    ),
    StepPage(
        "ask",
        Verb.ASK,
        "Ask a question",
        "Ask a question",
        "The author answers it before you decide.",
        note="Your question",
        note_required=True,
        act=actions.ask,
    ),
    StepPage(
        "answer",
        Verb.ANSWER,
        "Answer",
        "Answer the question",
        note="Your answer",
        note_required=True,
        act=actions.answer,
        tone="primary",
    ),
    StepPage(
        "volunteer",
        Verb.VOLUNTEER,
        "Take it on",
        "Take on the work",
        "Others see that somebody works on it. You can hand it back at any time.",
        note="How you will go about it",
        act=actions.volunteer,
        tone="primary",
    ),
    StepPage(
        "offer",
        Verb.OFFER,
        "Offer the branch",
        "Offer a branch",
        "The portal fetches it, and it goes to the host team for review. A review that is under way begins anew.",
        form=OfferForm,
        tone="primary",
    ),
    StepPage("review", Verb.APPROVE, "Send the review", "Review this revision", form=ReviewForm, tone="primary"),
    StepPage(
        "comment",
        Verb.COMMENT,
        "Comment",
        "Leave a comment",
        note="Your comment",
        note_required=True,
        act=actions.comment,
    ),
    StepPage(
        "hand_back",
        Verb.HAND_BACK,
        "Hand the work back",
        "Hand the work back",
        "The request stays accepted and somebody else may take it on.",
        note="What the next person should know",
        act=actions.hand_back,
    ),
    StepPage(
        "decline",
        Verb.DECLINE,
        "Decline",
        "Decline this request",
        "A reason tells the author what to do instead. They may ask again.",
        note="Your reason",
        note_required=True,
        act=actions.decline,
        tone="danger",
    ),
    StepPage(
        "withdraw",
        Verb.WITHDRAW,
        "Withdraw",
        "Withdraw this request",
        "It is closed, stays readable, and you can reopen it later.",
        note="Why it is not needed any more",
        act=actions.withdraw,
        tone="danger",
    ),
    StepPage(
        "reopen",
        Verb.REOPEN,
        "Reopen",
        "Reopen this request",
        "The host team answers it anew.",
        note="What has changed",
        act=actions.reopen,
        tone="primary",
    ),
)
BY_NAME = {page.name: page for page in PAGES}


def offered(contribution: Request, held: frozenset[Role], *, revision: int | None) -> dict[str, Offered]:
    """The steps that somebody with these roles may take now, by name. `revision` is the newest one's number."""
    verbs = set(lifecycle.verbs(contribution.state, held))
    if contribution.contributor_id is not None:
        # The table lets anybody volunteer; what somebody does already is not up for it.
        verbs.discard(Verb.VOLUNTEER)
    if revision is None:
        verbs.discard(Verb.APPROVE)
    return {
        page.name: Offered(page, page.blank(**initial(page, contribution, revision)))
        for page in PAGES
        if page.verb in verbs
    }


def initial(page: StepPage, contribution: Request, revision: int | None) -> dict[str, object]:
    change = getattr(contribution, "change", None)
    if page.form is OfferForm and change:
        return {"branch": change.branch, "fork_url": change.fork}
    return {"revision": revision} if page.form is ReviewForm else {}
