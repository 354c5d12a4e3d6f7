"""Checks of who is there: owners, those who commit and answer, and whether anybody still does."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.health.facts import Answer, Asked, Check, HealthFacts, counted

ACTIVE_DAYS = 90
QUIET_DAYS = 365
FAST_HOURS = 48
SLOW_HOURS = 7 * 24


def absence_factor(commits: Iterable[int]) -> int:
    """The fewest authors who made more than half of the commits; 0 without commits.

    Source: CHAOSS, Contributor Absence Factor.
    """
    counts = sorted(commits, reverse=True)
    half, sum_so_far = sum(counts) / 2, 0
    for number, count in enumerate(counts, start=1):
        sum_so_far += count
        if sum_so_far > half:
            return number
    return 0


def has_owner(facts: HealthFacts) -> bool:
    return facts.has_owner_team or bool(facts.owner_names)


def owners(facts: HealthFacts) -> Answer:
    if facts.has_owner_team:
        return "pass", "An owner team is named."
    if facts.owner_names:
        names = ", ".join(name[:40] for name in facts.owner_names[:3])
        more = len(facts.owner_names) - 3
        return "pass", f"Owned by {names}" + (f" and {more} more." if more > 0 else ".")
    if facts.guides.get("codeowners") or facts.guides.get("maintainers"):
        return "warn", "A file about owners is there, but it names nobody for the whole project."
    return "fail", "Nobody is named who looks after it."


def orphaned(facts: HealthFacts) -> Answer:
    """Whether a newcomer would find anybody at all: an owner, or somebody who works on it."""
    if facts.lifecycle == "archived":
        return "unknown", "It is archived, so nobody is expected."
    idle = facts.idle_days
    if idle is None and facts.owners_active is None:
        return "unknown", "No commit has a date that can be true."
    is_quiet = idle is None or idle > QUIET_DAYS
    if not has_owner(facts):
        if is_quiet:
            return "fail", "It is orphaned: no owner is named, and nobody committed within the last year."
        return "warn", "No owner is named, though somebody works on it."
    if facts.owners_active:
        return "pass", "One of its owners committed within the last year."
    if facts.owners_active is False:
        if is_quiet:
            return "fail", "Its owners are no longer active here, and nobody else is."
        return "warn", "Others work on it, but none of its owners committed within the last year."
    return ("warn", "It has an owner, but nobody committed within the last year.") if is_quiet else OWNED


OWNED: Answer = ("pass", "It has an owner, and somebody works on it.")


def maintained(facts: HealthFacts) -> Answer:
    """Leaving is fine when it is said where to go."""
    if facts.lifecycle in ("archived", "deprecated"):
        if facts.has_successor:
            return "warn", f"It is {facts.lifecycle}, and its page says what to use instead."
        if facts.successor:
            return "warn", f"It is {facts.lifecycle}; its README says: “{facts.successor}”"[:298] + "."
        return "fail", f"It is {facts.lifecycle}, and no successor is named."
    if facts.says_deprecated:
        return "warn", f"Its README says: “{facts.says_deprecated}”"[:298] + "."
    return "pass", "It is neither archived nor deprecated."


def activity(facts: HealthFacts) -> Answer:
    idle = facts.idle_days
    if idle is None:
        return "unknown", "No commit has a date that can be true."
    when = "The last commit was made today." if not idle else f"The last commit is {counted(idle, 'day')} old."
    return ("pass" if idle <= ACTIVE_DAYS else "warn" if idle <= QUIET_DAYS else "fail"), when


def contributors(facts: HealthFacts) -> Answer:
    factor = absence_factor(facts.author_commits)
    if not factor:
        return "unknown", "Nobody committed within the last year."
    if factor == 1:
        return "warn", "The absence factor is 1: one person made more than half of last year's commits."
    return "pass", f"The absence factor is {factor}: so many people made half of last year's commits."


def answers(facts: HealthFacts) -> Answer:
    hours = facts.answer_hours
    if hours is None:
        return "unknown", "No contribution was answered within the last 90 days."
    text = f"Half of the contributions are answered within {counted(hours, 'hour')}."
    return ("pass" if hours <= FAST_HOURS else "warn" if hours <= SLOW_HOURS else "fail"), text


PEOPLE_CHECKS: tuple[Asked, ...] = (
    (
        Check(
            "owners",
            "Owners",
            8,
            "Name an owner team here or in catalog-info.yaml, or give CODEOWNERS a line that begins with *.",
            "curate",
        ),
        owners,
    ),
    (
        Check(
            "orphaned",
            "Somebody is there",
            7,
            "Hand it to a team that works on it, or let its owners say in the README whom to ask.",
            "curate",
        ),
        orphaned,
    ),
    (
        Check(
            "maintained",
            "Maintained",
            7,
            "Name a successor in the README, or find a team that takes it over and change its lifecycle.",
            "curate",
        ),
        maintained,
    ),
    (
        Check(
            "activity",
            "Recent activity",
            7,
            "Merge what waits, or say in the README that it is finished or whom to ask.",
            "contributions",
        ),
        activity,
    ),
    (
        Check(
            "contributors",
            "More than one maintainer",
            6,
            "Let a second person review and merge, and make somebody a trusted committer.",
            "contributions",
        ),
        contributors,
    ),
    (
        Check(
            "answers",
            "Answer time",
            6,
            "Answer contributions within two working days, if only to say when you will look at them.",
            "contributions",
        ),
        answers,
    ),
)
