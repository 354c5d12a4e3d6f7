"""Contribution requests of the demo company, in every state: the story of the retry budget first.

Days count back from the day of the demo. What the portal notices by itself, revisions and merges, follows from
the branches.
"""

from dataclasses import dataclass

from contributions.lifecycle import Verb
from contributions.models import Request
from portal.demo import branches
from portal.demo import more_branches as offered
from portal.demo.branches import Branch

FEATURE, FIX, DOCS, OTHER = Request.Kind.FEATURE, Request.Kind.FIX, Request.Kind.DOCS, Request.Kind.OTHER


@dataclass(frozen=True)
class Did:
    """One step that a person took. A verdict is a review when there is a revision by then."""

    days_ago: float
    by: str
    verb: Verb
    note: str = ""


@dataclass(frozen=True)
class Story:
    """A request from its first word to where it stands today."""

    project: str
    title: str
    what: str
    why: str
    kind: str
    author: str
    asked: float
    steps: tuple[Did, ...] = ()
    branch: Branch | None = None
    alone: bool = True


SILO = (
    Story(
        "platform/http-client",
        "A retry budget, so that retries cannot drown a slow service",
        "Let retries be at most **ten percent of the calls of the last minute**, for each process. When the share is "
        "used up, a failed call fails at once. The share should be a setting with a default that nobody has to touch.\n\n"
        "We looked at a circuit breaker first; it is coarser, and it has a moment in which everybody comes back at once.",
        "On 14 March stock-ledger slowed to 1.9 s. basket-api retried each call three times and kept it down for "
        "23 minutes. We could wrap your client in our own, as we did before, but then product-search and driver-api "
        "have the same outage next month. Notes: `docs/slow-neighbours.md` in basket-api.",
        FEATURE,
        "bao",
        74.6,
        (
            Did(
                73.4,
                "amara",
                Verb.ASK,
                "We want this, and honestly: our roadmap is full until spring, so from us it would come in April at the "
                "earliest. Could you write it if we review? And a question: per process or per host that is called?",
            ),
            Did(
                72.6,
                "bao",
                Verb.ANSWER,
                "Yes, I have two days for it. Per process: a process that calls four services and drowns one of them "
                "would otherwise have four budgets, and that is four times too many.",
            ),
            Did(
                71.5,
                "amara",
                Verb.ACCEPT,
                "Agreed. Henrik is your reviewer. Start with the counting in a module of its own; the client is easy then.",
            ),
            Did(70.4, "bao", Verb.VOLUNTEER, "On it. You will have something to look at next week."),
            Did(62.2, "bao", Verb.OFFER),
            Did(
                60.5,
                "henrik",
                Verb.ASK_FOR_CHANGES,
                "This is good work; the ring of sixty seconds is neater than what I had in mind. Two things before it "
                "goes in:\n\n1. A job with five calls a minute never gets a retry, since 10 % of five is less than one.\n"
                "2. `Client` uses `self.budget`, but nobody sets it. How did the test pass?",
            ),
            Did(
                57.3,
                "bao",
                Verb.COMMENT,
                "Both fixed. The second one passed because the test only looked at the budget. There is a test now.",
            ),
            Did(55.5, "henrik", Verb.APPROVE, "Thank you, Bao. Goes out with 2.4."),
            Did(53.4, "ingrid", Verb.COMMENT, "We ran the drill again with this. The basket stayed up. 🎉"),
        ),
        branches.RETRY_BUDGET,
    ),
    Story(
        "platform/http-client",
        "A circuit breaker, as product-search has it",
        "Bring the breaker of `http-client-retries` home: after five failures in a row, fail at once for ten seconds.",
        "We forked the client for the Easter campaign because we could not wait. Since then we carry every fix of yours "
        "over by hand, and last time we forgot the tracing headers. We would like to give the fork up.",
        FEATURE,
        "jonas",
        66.5,
        (
            Did(
                65.5,
                "henrik",
                Verb.ACCEPT,
                "Please do! It overlaps with Bao's retry budget; have a look at that one as well.",
            ),
            Did(58.2, "jonas", Verb.OFFER),
            Did(
                54.2,
                "amara",
                Verb.COMMENT,
                "The budget went in today and touches the same line of `client.py`. Could you bring your branch up to date? "
                "With both in place we should also ask whether product-search still needs the breaker.",
            ),
            Did(
                30.4,
                "jonas",
                Verb.COMMENT,
                "The campaign eats us, I did not get to it. Anybody who wants to may take over.",
            ),
        ),
        branches.CIRCUIT_BREAKER,
    ),
    Story(
        "storefront/product-search",
        "Go back from the fork to larkfield-http",
        "Replace `larkfield-http-retries` by `larkfield-http` 2.4 in `search/stock.py`. One import and one dependency.",
        "Since 2.4 the original has what the fork was made for. The fork misses seven fixes, one of them about headers "
        "without which your traces end at your door.",
        OTHER,
        "amara",
        24.5,
        (
            Did(
                23.5, "elif", Verb.ACCEPT, "Gladly, and thank you for doing the work. Please run `judge.py` once."
            ),
            Did(20.5, "mei", Verb.VOLUNTEER, "I take this over from Amara, right after driver-api."),
        ),
        alone=False,
    ),
    Story(
        "routing/driver-api",
        "Move to larkfield-http 2.4",
        "driver-api pins 1.9.0, which is three versions behind. Take 2.4 and set a timeout for the planner.",
        "Version 1 gets no fixes after this quarter. And the copied `backoff.py` retries five times around a client that "
        "retries three times: fifteen calls for one question.",
        FIX,
        "mei",
        15.5,
        (
            Did(14.4, "matteo", Verb.ACCEPT, "Yes please. We did not dare to, before Christmas."),
            Did(13.3, "mei", Verb.OFFER),
            Did(
                9.5,
                "matteo",
                Verb.COMMENT,
                "Looks right to me. Siobhan wants to try it with the Leeds vans on Monday.",
            ),
        ),
        offered.HOME_AGAIN,
    ),
    Story(
        "checkout/basket-api",
        "Use the retry budget",
        "Take larkfield-http 2.4 and write down what the drill showed.",
        "It is why we asked for it.",
        FEATURE,
        "bao",
        20.5,
        (
            Did(19.6, "ingrid", Verb.ACCEPT),
            Did(18.5, "bao", Verb.OFFER),
            Did(17.6, "ingrid", Verb.APPROVE, "Nine percent instead of three hundred. I like it."),
        ),
        offered.USE_BUDGET,
    ),
)
