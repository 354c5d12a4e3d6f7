"""How much influence a project shares with other teams: what it claims, and what its history shows.

The four levels are those of the pattern “Explicit Governance Levels” of InnerSource Commons. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """`welcomes` is what a stranger may expect, as a sentence that begins with “You”. `name` is the pattern's."""

    number: int
    name: str
    welcomes: str


LEVELS = {
    level.number: level
    for level in (
        Level(
            1,
            "Bug reports and issues welcome",
            "You may read and use it, report what is wrong and ask for more. The host team does the work.",
        ),
        Level(
            2,
            "Contributions welcome",
            "You may change it as a guest: the host team reviews what you offer and merges what it accepts.",
        ),
        Level(
            3,
            "Shared write access",
            "You may come to merge yourself: people of other teams are trusted committers beside the host team.",
        ),
        Level(
            4,
            "Shared ownership",
            "You may come to own it: several teams decide as equals on where it goes and on who joins them.",
        ),
    )
}
#: What the pattern and the companies that follow it call the levels.
NAMES = {
    1: r"bug reports? (and|&) issues?( are)? welcome|readable source|shared source|reports? welcome",
    2: r"contributions?( are)? welcome|guest contributions?",
    3: r"shared write access|shared maintenance|maintainers in multiple teams?|guest trusted committers?",
    4: r"shared ownership|distributed ownership|shared governance",
}
NAMED = {number: re.compile(pattern) for number, pattern in NAMES.items()}
# "Governance level: 3" in running text. Its number is taken only beside these words.
NUMBERED = re.compile(r"governance level[\s:*_–-]{1,6}(?:of |is )?(?P<number>[1-4])\b")
LONGEST = 20_000


def level_named(words: str) -> int:
    """The level that a value names by number or name; 0 when it names none."""
    plain = " ".join(re.sub(r"[-_]+", " ", words.lower()).split())
    if found := re.fullmatch(r"(?:level )?([1-4])", plain):
        return int(found[1])
    return next((number for number, pattern in NAMED.items() if pattern.search(plain)), 0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A level and who says so; `said_by` is a path of the repository, or "a curator"."""

    level: Level
    said_by: str


def claimed_in(texts: Mapping[str, str]) -> tuple[int, str]:
    """The level that prose claims, and where: texts by path, the most official first. (0, "") when none does.

    Prose that names several levels explains them and claims none, unless it says “governance level: 2”.
    """
    for path, text in texts.items():
        plain = text[:LONGEST].lower()
        if found := NUMBERED.search(plain):
            return int(found["number"]), path
        named = [number for number, pattern in NAMED.items() if pattern.search(plain)]
        if len(named) == 1:
            return named[0], path
    return 0, ""


@dataclass(frozen=True, slots=True)
class Practice:
    """What was done here. `owner_teams` own all of it by CODEOWNERS or in the portal; `guests_trusted` are trusted
    committers of other teams; `guests_merged` people of other teams with merged work within a year. One that
    `invites` has a contribution guide.
    """

    owner_teams: tuple[str, ...] = ()
    guests_trusted: int = 0
    guests_merged: int = 0
    guests_committed: int = 0
    invites: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """The level that practice shows, None where the project takes nothing at all, and why, in sentences."""

    level: Level | None
    reasons: tuple[str, ...]


def observed(practice: Practice) -> Observed:
    """The highest level for which there is evidence."""
    if practice.is_closed:
        return Observed(None, ("It is archived, so it takes no changes.",))
    reasons = list(evidence(practice))
    if not reasons:
        start = "Its contribution guide invites changes, but" if practice.invites else "Everybody may ask, but"
        return Observed(LEVELS[1], (f"{start} no work of another team was merged here in the last 12 months.",))
    return Observed(LEVELS[max(number for number, _ in reasons)], tuple(words for _, words in reasons))


def evidence(practice: Practice) -> list[tuple[int, str]]:
    """Each piece with the level that it shows, the strongest first."""
    teams, found = practice.owner_teams, []
    if len(teams) > 1:
        found.append((4, f"{len(teams)} teams own all of it: {', '.join(teams[:4])}."))
    if practice.guests_trusted:
        people = counted(practice.guests_trusted, "trusted committer is", "trusted committers are")
        found.append((3, f"{people} of another team."))
    if practice.guests_merged:
        guests = counted(practice.guests_merged, "guest", "guests")
        found.append((2, f"{guests} had work merged in the last 12 months."))
    elif practice.guests_committed:
        people = counted(practice.guests_committed, "person", "people")
        found.append((2, f"{people} of other teams made commits on its default branch."))
    return found


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def compared(claim: Claim | None, seen: Observed) -> str:
    """One sentence on how claim and practice stand to each other; empty where there is nothing to say."""
    if claim is None or seen.level is None:
        return ""
    if seen.level.number < claim.level.number:
        return "Practice has not shown it yet: be among the first."
    return "Practice goes further than the claim." if seen.level.number > claim.level.number else ""
