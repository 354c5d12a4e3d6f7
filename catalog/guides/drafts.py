"""Sections that a project lacks, drafted from its own facts for its maintainers to take, change and propose. Pure.

A draft says only what is known. Where only its people can know, it asks them, in brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the project. `commands` are lines by step with the file of each; `deciders` are names.

    `has` are kinds of catalog.guides.find that are there, `answered` topics of catalog.guides.sections.
    """

    name: str
    summary: str = ""
    clone_url: str = ""
    branch: str = ""
    licence: str = ""
    owner_team: str = ""
    owner_handle: str = ""
    promise_days: int | None = None
    deciders: tuple[str, ...] = ()
    commands: Mapping[str, tuple[str, str]] | None = None
    has_ci: bool = False
    level: str = ""
    new_request_url: str = ""
    has: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """`path` is the file that it belongs to, `why` what a guest cannot find out without it."""

    key: str
    title: str
    path: str
    why: str
    text: str


def drafts(facts: Facts) -> tuple[Draft, ...]:
    """One for each thing that is missing, the most useful first."""
    return tuple(draft for lacks, write in DRAFTS if lacks(facts) for draft in [write(facts)])


def named(drafts: Iterable[Draft], key: str) -> Draft | None:
    return next((draft for draft in drafts if draft.key == key), None)


def lacks_topics(*topics: str) -> Callable[[Facts], bool]:
    return lambda facts: not facts.answered & set(topics)


def lacks_file(kind: str) -> Callable[[Facts], bool]:
    return lambda facts: kind not in facts.has


CONTRIBUTING, README = "CONTRIBUTING.md", "README.md"


def setup(facts: Facts) -> Draft:
    steps = facts.commands or {}
    known = [(step, *steps[step]) for step in ("setup", "build", "test", "style") if step in steps]
    lines = [f"git clone {facts.clone_url}"] if facts.clone_url else []
    width = max((len(line) for _, line, _ in known), default=0)
    lines += [f"{line.ljust(width)}  # {PURPOSES[step]}" for step, line, _ in known]
    asks = [f"[{ASKS[step]}]" for step in ("setup", "test") if step not in steps]
    service = " The build service runs the same checks on every change." if facts.has_ci else ""
    text = "\n".join(
        [
            "## Set up and test",
            "",
            *(["```sh", *lines, "```", ""] if lines else []),
            *(asks and [" ".join(asks), ""]),
            f"Please run the tests before you offer a change.{service}",
        ]
    )
    sources = ", ".join(dict.fromkeys(path for _, _, path in known))
    why = "A guest cannot tell how to get it running." + (f" The commands are from {sources}." if sources else "")
    return Draft("setup", "Set up and test", CONTRIBUTING, why, text)


PURPOSES = {"setup": "once", "build": "builds it", "test": "runs the tests", "style": "checks the style"}
ASKS = {
    "setup": "Say what has to be installed, and the command that does it.",
    "test": "Say which command runs the tests, and how long they take.",
}


def submit(facts: Facts) -> Draft:
    branch = f"`{facts.branch}`" if facts.branch else "the default branch"
    ask = f"[contribution request]({facts.new_request_url})" if facts.new_request_url else "contribution request"
    text = f"""\
## Submit a change

1. Open a {ask} and say what you need and why. We answer before you write code.
2. Branch from {branch} and name the branch after what it does.
3. Add a test for what changes, and keep the commits small.
4. Push your branch and name it in the request."""
    return Draft("submit", "Submit a change", CONTRIBUTING, "A guest cannot tell how a change is offered.", text)


def review(facts: Facts) -> Draft:
    days = facts.promise_days
    within = f"within **{days} day{'' if days == 1 else 's'}**" if days else "[within how many days?]"
    text = (
        f"## Review\n\nYou get a first answer {within}. "
        "We say what has to change and why; if we are late, remind us. "
        "A change is merged when one of those who decide has approved its newest version.\n\n"
        "For 30 days after the merge we may ask you to help with what your change broke; after that it is ours."
    )
    why = "A guest cannot tell when to expect an answer." + (
        " The promise is your team's, from this portal." if days else ""
    )
    return Draft("review", "Review", CONTRIBUTING, why, text)


def decide(facts: Facts) -> Draft:
    people = ", ".join(facts.deciders[:8])
    who = f"{people} decide on changes" if len(facts.deciders) > 1 else f"{people} decides on changes"
    team = f"The {facts.owner_team} team owns {facts.name}." if facts.owner_team else "[Which team owns it?]"
    level = f"\n\nGovernance level: {facts.level or '[contributions welcome?]'}"
    decides = f"{who}; ask them in the request rather than in private." if people else "[Who may merge?]"
    text = f"## Who decides\n\n{team} {decides}{level}"
    return Draft("decide", "Who decides", CONTRIBUTING, "A guest cannot tell whose word counts.", text)


def talk(facts: Facts) -> Draft:
    ask = (
        f"[a contribution request]({facts.new_request_url})" if facts.new_request_url else "a contribution request"
    )
    text = f"""\
## Getting help

Ask in [which public channel?], where others find the answer later. What should change belongs into {ask}."""
    return Draft(
        "talk", "Getting help", README, "A guest cannot tell where to ask, and asks people in private.", text
    )


def wanted(facts: Facts) -> Draft:
    text = """\
## What we look for

We gladly take: [better errors? documentation? which features?]

What we do not take: [and why, so that nobody writes it in vain]"""
    return Draft("wanted", "What we look for", CONTRIBUTING, "A guest cannot tell what would be welcome.", text)


def licence(facts: Facts) -> Draft:
    text = f"""\
## Licence

{facts.name} is licensed under {facts.licence}; see the licence file. What you contribute comes under it too."""
    why = "Its licence is recognised, but no document says under which terms contributions come."
    return Draft("licence", "Licence", README, why, text)


def readme(facts: Facts) -> Draft:
    lead = facts.summary or "[One sentence: what is it, and for whom?]"
    text = f"""\
# {facts.name}

{lead}

## Getting started

[The shortest way to use it, as a command or a few lines of code]

## Contributing

Contributions are welcome: [{CONTRIBUTING}]({CONTRIBUTING}) says how."""
    return Draft("readme", "README", README, "Nobody can tell what it is.", text)


def codeowners(facts: Facts) -> Draft:
    owner = f"@{facts.owner_handle}" if facts.owner_handle else "[@your-team]"
    text = f"# Who answers for what. The last rule that matches a path counts.\n* {owner}"
    why = "Code hosts ask nobody for a review by themselves."
    return Draft("codeowners", "CODEOWNERS", "CODEOWNERS", why, text)


DRAFTS: tuple[tuple[Callable[[Facts], bool], Callable[[Facts], Draft]], ...] = (
    (lacks_file("readme"), readme),
    (lacks_topics("setup", "test"), setup),
    (lacks_topics("submit"), submit),
    (lacks_topics("review"), review),
    (lacks_topics("decide"), decide),
    (lacks_topics("talk"), talk),
    (lacks_topics("wanted"), wanted),
    (lambda facts: bool(facts.licence) and "licence" not in facts.answered, licence),
    (lambda facts: not facts.has & {"codeowners", "maintainers"}, codeowners),
)


def request_words(draft: Draft, *, here: Collection[str]) -> tuple[str, str, str]:
    """Title, what and why of a contribution request that brings this draft."""
    is_file = draft.title in (draft.path, draft.path.partition(".")[0])
    section = f"Add a section “{draft.title}” to {draft.path}"
    new = f"Add {draft.path}" if is_file else f"Add {draft.path} with “{draft.title}”"
    title = section if draft.path in here else new
    fence = "````"
    what = f"Add this to `{draft.path}`:\n\n{fence}\n{draft.text}\n{fence}"
    return title[:200], what, draft.why
