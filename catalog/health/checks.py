"""The health checks: what each asks, what it found and what cures it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Result = Literal["pass", "warn", "fail", "unknown"]
Answer = tuple[Result, str]

ACTIVE_DAYS = 90
QUIET_DAYS = 365
README_WORDS = 100
DESCRIPTION_LETTERS = 20
FAST_HOURS = 48
SLOW_HOURS = 7 * 24


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
    """The unchanging half of a check. `link` says where a cure begins: files, guide, contributions or curate."""

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


def run_checks(facts: HealthFacts) -> tuple[Finding, ...]:
    """Every check, in the order in which pages show them."""
    return tuple(
        Finding(about, result, evidence[:300]) for about, ask in CHECKS for result, evidence in [ask(facts)]
    )


def check(key: str) -> Check:
    """The words of a stored result. Raises KeyError for a key that is no check any more."""
    return BY_KEY[key]


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


# ---------------------------------------------------------------- what each check asks
def guide_answer(facts: HealthFacts, kind: str, missing: Result = "fail") -> Answer:
    if path := facts.guides.get(kind):
        return "pass", f"{path} is there."
    return missing, "There is none in the root, .github, .gitlab or docs."


def readme(facts: HealthFacts) -> Answer:
    path = facts.guides.get("readme")
    if not path:
        return "fail", "There is no README."
    if facts.readme_words is None:
        return "unknown", f"{path} could not be read."
    words = f"{path} has {facts.readme_words:,} words."
    return ("pass" if facts.readme_words >= README_WORDS else "warn"), words


def description(facts: HealthFacts) -> Answer:
    length = len(facts.description.strip())
    if not length:
        return "fail", "Nothing says in a sentence what it is."
    if length < DESCRIPTION_LETTERS:
        return "warn", f"The description has only {length} characters."
    return "pass", "A description says what it is."


def contributing(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "contributing")


def licence(facts: HealthFacts) -> Answer:
    if facts.license_spdx:
        return "pass", f"The licence is {facts.license_spdx}."
    if path := facts.guides.get("license"):
        return "warn", f"{path} is there, but its licence was not recognised."
    return "fail", "No licence says what others may do with the code."


def code_of_conduct(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "code_of_conduct")


def security(facts: HealthFacts) -> Answer:
    return guide_answer(facts, "security")


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


def maintained(facts: HealthFacts) -> Answer:
    if facts.lifecycle in ("archived", "deprecated"):
        return "fail", f"It is {facts.lifecycle}."
    return "pass", "It is neither archived nor deprecated."


def activity(facts: HealthFacts) -> Answer:
    if facts.last_activity is None:
        return "unknown", "No commit has a date that can be true."
    idle = max(0, (facts.now - facts.last_activity).days)
    when = "The last commit was made today." if not idle else f"The last commit is {counted(idle, 'day')} old."
    return ("pass" if idle <= ACTIVE_DAYS else "warn" if idle <= QUIET_DAYS else "fail"), when


def releases(facts: HealthFacts) -> Answer:
    if not facts.release_count:
        return "warn", "No tag is named like a version."
    text = f"{counted(facts.release_count, 'release')}"
    if facts.last_release_at is None:
        return "pass", f"{text}."
    age = max(0, (facts.now - facts.last_release_at).days)
    # A finished library may rest: an old release counts half only while work goes on without a new one.
    working = facts.last_activity is not None and (facts.now - facts.last_activity).days <= ACTIVE_DAYS
    result: Result = "warn" if age > 2 * QUIET_DAYS and working else "pass"
    return result, f"{text}, the newest {counted(age, 'day')} old."


def ci(facts: HealthFacts) -> Answer:
    if facts.has_ci is None:
        return "unknown", "Not all files were looked at."
    return ("pass", "A build service is set up.") if facts.has_ci else ("fail", "No build service is set up.")


def tests(facts: HealthFacts) -> Answer:
    if facts.has_tests is None:
        return "unknown", "Not all files were looked at."
    return ("pass", "It has automated tests.") if facts.has_tests else ("fail", "No automated tests were found.")


def contributors(facts: HealthFacts) -> Answer:
    factor = absence_factor(facts.author_commits)
    if not factor:
        return "unknown", "Nobody committed within the last year."
    if factor == 1:
        return "warn", "One person made more than half of last year's commits."
    return "pass", f"It takes {factor} people to make more than half of last year's commits."


def answers(facts: HealthFacts) -> Answer:
    hours = facts.answer_hours
    if hours is None:
        return "unknown", "No contribution was answered within the last 90 days."
    text = f"Half of the contributions are answered within {counted(hours, 'hour')}."
    return ("pass" if hours <= FAST_HOURS else "warn" if hours <= SLOW_HOURS else "fail"), text


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


CHECKS: tuple[tuple[Check, Callable[[HealthFacts], Answer]], ...] = (
    (
        Check(
            "readme",
            "README",
            10,
            f"Write a README of at least {README_WORDS} words: what it is, for whom, how to use it.",
            "files",
        ),
        readme,
    ),
    (
        Check(
            "description",
            "Description",
            5,
            "Say in one sentence what it is, in catalog-info.yaml or as the description at the code host.",
            "curate",
        ),
        description,
    ),
    (
        Check(
            "contributing",
            "Contribution guide",
            10,
            "Add CONTRIBUTING.md: how to set up, test and submit a change, and who answers.",
            "guide",
        ),
        contributing,
    ),
    (
        Check("licence", "Licence", 8, "Add a LICENSE file with the text of a known licence.", "files"),
        licence,
    ),
    (
        Check(
            "owners",
            "Owners",
            10,
            "Name an owner team here or in catalog-info.yaml, or give CODEOWNERS a line that begins with *.",
            "curate",
        ),
        owners,
    ),
    (
        Check(
            "maintained",
            "Maintained",
            8,
            "Name a successor in the README, or find a team that takes it over and change its lifecycle.",
            "curate",
        ),
        maintained,
    ),
    (
        Check(
            "activity",
            "Recent activity",
            8,
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
    (
        Check(
            "tests",
            "Tests",
            7,
            "Add automated tests, so that a guest knows that a change breaks nothing.",
            "files",
        ),
        tests,
    ),
    (
        Check("ci", "Build service", 6, "Have a build service run the tests for every change.", "files"),
        ci,
    ),
    (
        Check(
            "releases",
            "Releases",
            5,
            "Tag versions, for example v1.2.0, so that others can depend on them.",
            "files",
        ),
        releases,
    ),
    (
        Check(
            "code_of_conduct",
            "Code of conduct",
            4,
            "Add CODE_OF_CONDUCT.md, or a file that points to the company's one.",
            "files",
        ),
        code_of_conduct,
    ),
    (
        Check(
            "security", "Security policy", 4, "Add SECURITY.md: how to report a weakness, and to whom.", "files"
        ),
        security,
    ),
)
BY_KEY = {about.key: about for about, _ in CHECKS}
