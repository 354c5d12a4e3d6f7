"""Which open issues of a code host are meant for outsiders, told by their labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Labels as projects write them, in lower case and with blanks between the words.
FOR_NEWCOMERS = {
    "good first issue",
    "good first bug",
    "good first contribution",
    "first timers only",
    "first timers welcome",
    "beginner",
    "beginner friendly",
    "newcomer",
    "newcomer friendly",
    "starter",
    "starter issue",
    "easy pick",
    "low hanging fruit",
    "onboarding",
}
WANTED = {
    "help wanted",
    "help needed",
    "up for grabs",
    "contributions welcome",
    "contribution welcome",
    "pr welcome",
    "prs welcome",
    "accepting merge requests",
    "community contribution wanted",
    "seeking community contributions",
    "gig",
    "inner source",
}

_BETWEEN = re.compile(r"[\s_:/-]+")


def words(label: str) -> str:
    """`Good-First_Issue` and `:good first issue:` are the same label."""
    return _BETWEEN.sub(" ", label.lower()).strip(" !.?")


def is_for_newcomers(labels: Iterable[str]) -> bool:
    return any(words(label) in FOR_NEWCOMERS for label in labels)


def is_help_wanted(labels: Iterable[str]) -> bool:
    return any(words(label).removeprefix("status ") in WANTED for label in labels)
