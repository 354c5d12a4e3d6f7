"""What health checks look at, and what a check is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

#: "waived" stands for a result that somebody who decides excused for a time, see catalog.models.Waiver.
Result = Literal["pass", "warn", "fail", "unknown", "waived"]
Answer = tuple[Result, str]


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What a sync knows. None means not known, which is never counted against a project.

    `guides` maps kinds of catalog.guides.find to paths. `author_commits` are commits of the last year by author,
    `readme_words` counts the words of the README's plain text. `readme` and `contributing` map topics of
    catalog.guides.told to headings; what the guide says without one is `mentioned`. `owners_active`: whether
    one of the owners committed within the last year. `semver_count` of the `recent_releases`, the newest ones,
    are semantic versions. `successor` is a sentence of the README, `has_successor` what the listing itself states.
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
    recent_releases: int = 0
    semver_count: int = 0
    readme: Mapping[str, str] = field(default_factory=dict)
    contributing: Mapping[str, str] = field(default_factory=dict)
    mentioned: tuple[str, ...] = ()
    build_services: tuple[str, ...] = ()
    licence_texts: tuple[str, ...] = ()
    has_reuse: bool = False
    owners_active: bool | None = None
    says_deprecated: str = ""
    successor: str = ""
    has_successor: bool = False

    @property
    def idle_days(self) -> int | None:
        """Whole days since the last commit; None without a date that can be true."""
        return None if self.last_activity is None else max(0, (self.now - self.last_activity).days)


@dataclass(frozen=True, slots=True)
class Check:
    """The unchanging half of a check. `link` says where a cure begins: files, guide, contributions or curate."""

    key: str
    label: str
    weight: int
    cure: str
    link: str


Asked = tuple[Check, Callable[[HealthFacts], Answer]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one project. `evidence` is a sentence of at most 300 characters."""

    check: Check
    result: Result
    evidence: str


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
