"""The health checks: what each asks, what it found and what cures it."""

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
    """The unchanging half of a check. `link` names where a person goes on: files, guide, contributions or curate."""

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
    raise NotImplementedError


def check(key: str) -> Check:
    """The words of a stored result. Raises KeyError for a key that is no check any more."""
    raise NotImplementedError
