"""The health checks: what each asks, what it found and what cures it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Result = Literal["pass", "warn", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What a sync knows. None means not known, which is never counted against a project.

    `guides` maps kinds of catalog.guides.find to paths. `author_commits` are commits of the last year by author,
    `readme_words` counts the words of the README's plain text.
    """

    now: datetime
    guides: dict[str, str]
    readme_words: int | None
    license_spdx: str
    has_owner_team: bool
    owner_names: tuple[str, ...]
    last_activity: datetime | None
    last_release_at: datetime | None
    release_count: int
    commit_count: int
    description: str
    has_ci: bool | None
    has_tests: bool | None
    author_commits: tuple[int, ...]
    lifecycle: str
    answer_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The unchanging half of a check. `link` names where one goes on: files, guide, contributions or ""."""

    key: str
    label: str
    weight: int
    cure: str
    link: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one project. `evidence` is a sentence of at most 300 characters."""

    check: Check
    result: Result
    evidence: str


Verdict = tuple[Result, str]
Ask = Callable[[HealthFacts], Verdict]

ENOUGH_WORDS = 60  # of a README that says more than a name
QUIET_DAYS, SILENT_DAYS = 180, 365
RELEASE_DAYS = 365
PROMPT_HOURS, SLOW_HOURS = 3 * 24, 10 * 24


def days_since(moment: datetime, facts: HealthFacts) -> int:
    return max(0, (facts.now - moment).days)


def has(guide: str, *, otherwise: Result = "fail") -> Ask:
    def ask(facts: HealthFacts) -> Verdict:
        path = facts.guides.get(guide)
        return ("pass", f"{path} is there.") if path else (otherwise, "There is none.")

    return ask


def readme(facts: HealthFacts) -> Verdict:
    path = facts.guides.get("readme")
    if not path:
        return "fail", "There is no README."
    if facts.readme_words is None:
        return "unknown", f"{path} could not be read as text."
    result: Result = "pass" if facts.readme_words >= ENOUGH_WORDS else "warn"
    return result, f"{path} has {facts.readme_words} words."


def description(facts: HealthFacts) -> Verdict:
    return (
        ("pass", f"“{facts.description[:200]}”") if facts.description else ("fail", "No sentence says what it is.")
    )


def licence(facts: HealthFacts) -> Verdict:
    if facts.license_spdx:
        return "pass", f"The licence is {facts.license_spdx}."
    if path := facts.guides.get("license"):
        return "warn", f"{path} is no licence text that is known."
    return "fail", "No licence was found."


def owners(facts: HealthFacts) -> Verdict:
    if facts.has_owner_team:
        return "pass", "A team owns it."
    if facts.owner_names:
        return "warn", f"The repository names {facts.owner_names[0][:80]}, but no team of the portal."
    return "fail", "Nobody is named as its owner."


def activity(facts: HealthFacts) -> Verdict:
    if facts.last_activity is None:
        return "unknown", "There are no commits."
    days = days_since(facts.last_activity, facts)
    result: Result = "pass" if days <= QUIET_DAYS else "warn" if days <= SILENT_DAYS else "fail"
    return result, f"The last commit is {days} days old."


def releases(facts: HealthFacts) -> Verdict:
    if not facts.commit_count:
        return "unknown", "There are no commits."
    if not facts.last_release_at:
        return "warn", "No tag is a version."
    days = days_since(facts.last_release_at, facts)
    return (
        "pass" if days <= RELEASE_DAYS else "warn",
        f"The last of {facts.release_count} releases is {days} days old.",
    )


def present(found: bool | None, what: str) -> Verdict:
    if found is None:
        return "unknown", "The files could not be listed whole."
    return ("pass", f"{what} found.") if found else ("fail", f"No {what.lower()} found.")


def ci(facts: HealthFacts) -> Verdict:
    return present(facts.has_ci, "Automatic checks were")


def tests(facts: HealthFacts) -> Verdict:
    return present(facts.has_tests, "Tests were")


def absence_factor(commits: Iterable[int]) -> int:
    """The fewest people who together made more than half of the commits; 0 without any.

    CHAOSS, Contributor Absence Factor: 1000, 433, 343, 332, 202, 90, 42, 33 gives 2.
    """
    counts = sorted(commits, reverse=True)
    half, reached = sum(counts) / 2, 0
    for people, count in enumerate(counts, start=1):
        reached += count
        if reached > half:
            return people
    return 0


def absence(facts: HealthFacts) -> Verdict:
    if not facts.author_commits:
        return "unknown", "Nobody committed in the last year."
    factor = absence_factor(facts.author_commits)
    if factor == 1:
        return "warn", "One person made more than half of last year's commits."
    return "pass", f"{factor} people made more than half of last year's commits."


def lifecycle(facts: HealthFacts) -> Verdict:
    if facts.lifecycle in ("deprecated", "archived"):
        return "fail", f"It is {facts.lifecycle}."
    return ("pass", f"It is in {facts.lifecycle}.") if facts.lifecycle else ("unknown", "No lifecycle is stated.")


def answers(facts: HealthFacts) -> Verdict:
    hours = facts.answer_hours
    if hours is None:
        return "unknown", "No request was answered in the last 90 days."
    result: Result = "pass" if hours <= PROMPT_HOURS else "warn" if hours <= SLOW_HOURS else "fail"
    return result, f"Half of the requests were answered within {hours} hours."


ALL: tuple[tuple[Check, Ask], ...] = (
    (
        Check(
            "readme",
            "README",
            10,
            "Write what it is for, how to use it and how to get help.",
            "files",
        ),
        readme,
    ),
    (
        Check(
            "description",
            "Summary",
            6,
            "Begin the README with one sentence, or set it in innersource.json.",
            "files",
        ),
        description,
    ),
    (
        Check(
            "contributing",
            "Contribution guide",
            10,
            "Add CONTRIBUTING.md: how to set up, test and submit, who decides and how fast.",
            "guide",
        ),
        has("contributing"),
    ),
    (
        Check(
            "licence",
            "Licence",
            8,
            "Add a LICENSE file with the whole text of a known licence.",
            "files",
        ),
        licence,
    ),
    (
        Check(
            "owners",
            "Owners",
            10,
            "Name a team in CODEOWNERS or catalog-info.yaml, or ask a curator to set it.",
            "guide",
        ),
        owners,
    ),
    (
        Check(
            "conduct",
            "Code of conduct",
            3,
            "Add CODE_OF_CONDUCT.md, or link the company's.",
            "files",
        ),
        has("code_of_conduct", otherwise="warn"),
    ),
    (
        Check(
            "security", "Security policy", 4, "Add SECURITY.md: how to report a weakness, and to whom.", "files"
        ),
        has("security", otherwise="warn"),
    ),
    (
        Check(
            "tests",
            "Tests",
            8,
            "Add automatic tests; guests dare to change what tells them when it breaks.",
            "files",
        ),
        tests,
    ),
    (
        Check(
            "ci",
            "Automatic checks",
            6,
            "Run the tests on every push, with the company's CI.",
            "files",
        ),
        ci,
    ),
    (
        Check(
            "activity", "Recent work", 8, "Say in the lifecycle that it is finished, or look for new owners.", ""
        ),
        activity,
    ),
    (
        Check(
            "releases",
            "Releases",
            5,
            "Tag versions, such as v1.4.0, so that others can rely on one.",
            "files",
        ),
        releases,
    ),
    (
        Check(
            "absence",
            "More than one head",
            6,
            "Invite reviewers and trusted committers from other teams.",
            "contributions",
        ),
        absence,
    ),
    (
        Check(
            "answers",
            "Answers in time",
            8,
            "Answer the oldest request first, if only with a question.",
            "contributions",
        ),
        answers,
    ),
    (
        Check(
            "lifecycle",
            "Lifecycle",
            6,
            "State it in catalog-info.yaml, or ask a curator to set it.",
            "",
        ),
        lifecycle,
    ),
)
CHECKS = {about.key: about for about, _ in ALL}


def run_checks(facts: HealthFacts) -> tuple[Finding, ...]:
    """Every check, in the order in which pages show them."""
    return tuple(Finding(about, *ask(facts)) for about, ask in ALL)


def check(key: str) -> Check:
    """The words of a stored result. Raises KeyError for a key that is no check any more."""
    return CHECKS[key]
