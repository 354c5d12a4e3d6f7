"""Who committed when, and the repository activity score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forge.types import Commit


@dataclass(frozen=True, slots=True)
class AuthorActivity:
    """One author address, lowered. `name` is the one of the newest commit."""

    email: str
    name: str
    commits: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """`weekly` holds 52 weeks, the oldest first; `weekly_until` is the Monday of the last. Authors: most commits first."""

    commit_count: int
    authors: tuple[AuthorActivity, ...]
    weekly: tuple[int, ...]
    weekly_until: date
    first_at: datetime | None
    last_at: datetime | None


def count_activity(commits: Iterable[Commit], *, now: datetime, before: Activity | None = None) -> Activity:
    """Counts a stream of commits in any order, in memory that grows with the number of authors only.

    `before` is what an earlier run counted: pass it when the stream holds only the commits since then.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What the activity score is computed from. `weekly_commits` is the oldest first; None when not known."""

    created_at: datetime
    updated_at: datetime
    forks: int = 0
    subscribers: int = 0
    stars: int = 0
    open_issues: int = 0
    weekly_commits: Sequence[int] | None = None
    description: str = ""
    motivation: str = ""
    has_guidelines: bool = False


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One step of the score: what it is about, why, and by how much it moved the sum."""

    label: str
    reason: str
    points: float


@dataclass(frozen=True, slots=True)
class ActivityScore:
    """`level` is a word for people; the points of `parts` add up to `value` but for rounding."""

    value: int
    level: str
    parts: tuple[ScorePart, ...]


def activity_score(facts: ScoreFacts, *, now: datetime) -> ActivityScore:
    """The repository activity score of the InnerSource Commons pattern of that name, without a unit."""
    raise NotImplementedError
