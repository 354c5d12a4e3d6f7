"""Who committed when, counted in one pass over a stream of commits, and how active that makes a repository.

Source of the score: the pattern "Repository Activity Score" of InnerSource Commons, its reference code.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from forge.types import Commit

WEEKS = 52
# Git was written in 2005. Earlier dates are of imported histories at best, and of a wrong clock as a rule.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

LEVELS = (
    (2500, "Extremely high"),
    (1000, "Very high"),
    (300, "High"),
    (150, "Moderate"),
    (50, "Low"),
    (5, "Very low"),
)
MOST = 3000
LONG_TEXT = 30
# The mean is over a quarter of a year, also when a repository is younger than that.
WEEKS_OF_MEAN = 13

# What it is about, why, and the sum after it from the sum before it.
Step = tuple[str, str, Callable[[float], float]]


@dataclass(frozen=True, slots=True)
class AuthorActivity:
    """One author address, lowered and at most 254 characters long. `name` is the one of the newest commit."""

    email: str
    name: str
    commits: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """`weekly` holds 52 weeks, the oldest first, and `weekly_until` is the Monday of the last one.

    Authors are sorted by commits, most first. `first_at` and `last_at` lie between 1990 and now; they are None
    when no commit has a date that can be true. Weeks and both dates follow the committer's date.
    """

    commit_count: int
    authors: tuple[AuthorActivity, ...]
    weekly: tuple[int, ...]
    weekly_until: date
    first_at: datetime | None
    last_at: datetime | None


def count_activity(commits: Iterable[Commit], *, now: datetime, before: Activity | None = None) -> Activity:
    """Counts a stream of commits in any order, in memory that grows with the number of authors only.

    `before` is what an earlier run counted: pass it when the stream holds only the commits since then. `now` is
    aware.
    """
    counting = Counting(now, before)
    for commit in commits:
        counting.add(commit)
    return counting.result()


class Counting:
    """The sums while the stream runs."""

    def __init__(self, now: datetime, before: Activity | None) -> None:
        self.now = now.astimezone(UTC)
        self.until = monday(self.now)
        self.count = before.commit_count if before else 0
        self.authors = {author.email: author for author in before.authors} if before else {}
        self.weekly = moved(before, self.until) if before else [0] * WEEKS
        self.first = before.first_at if before else None
        self.last = before.last_at if before else None

    def add(self, commit: Commit) -> None:
        at = commit.committed_at.astimezone(UTC)
        self.count += 1
        self.add_author(commit, believable(commit.authored_at.astimezone(UTC), self.now))
        if not EARLIEST <= at <= self.now + timedelta(days=1):
            return
        at = min(at, self.now)
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)
        week = WEEKS - 1 - (self.until - monday(at)).days // 7
        if 0 <= week < WEEKS:
            self.weekly[week] += 1

    def add_author(self, commit: Commit, at: datetime) -> None:
        email = commit.author_email.strip().lower()[:254]
        known = self.authors.get(email)
        name = commit.author_name.strip()[:200] or email
        if known is None:
            self.authors[email] = AuthorActivity(email=email, name=name, commits=1, first_at=at, last_at=at)
            return
        self.authors[email] = replace(
            known,
            name=name if at > known.last_at else known.name,
            commits=known.commits + 1,
            first_at=min(known.first_at, at),
            last_at=max(known.last_at, at),
        )

    def result(self) -> Activity:
        authors = sorted(self.authors.values(), key=lambda author: (-author.commits, author.email))
        return Activity(
            commit_count=self.count,
            authors=tuple(authors),
            weekly=tuple(self.weekly),
            weekly_until=self.until,
            first_at=self.first,
            last_at=self.last,
        )


def believable(at: datetime, now: datetime) -> datetime:
    """The date moved into what can be true."""
    return max(EARLIEST, min(at, now))


def monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def moved(before: Activity, until: date) -> list[int]:
    """Earlier weeks, moved to the left by the weeks that passed since."""
    passed = (until - before.weekly_until).days // 7
    weekly = [0] * WEEKS + list(before.weekly) + [0] * max(0, passed)
    return weekly[-WEEKS:]


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
    """The score, an integer without a unit that is never negative, and how it came about. Dates are aware."""
    parts: list[ScorePart] = []
    total = 0.0
    for label, reason, result in steps(facts, now):
        after = result(total)
        if after != total:
            parts.append(ScorePart(label, reason, after - total))
        total = after
    value = math.floor(total + 0.5)
    return ActivityScore(value=value, level=level_of(value), parts=tuple(parts))


def steps(facts: ScoreFacts, now: datetime) -> list[Step]:
    """The formula: each step turns the sum so far into the next one. Their order matters."""
    idle, age = days(now - facts.updated_at), days(now - facts.created_at)
    mean = sum((facts.weekly_commits or [])[-WEEKS_OF_MEAN:]) / WEEKS_OF_MEAN
    interest = 5 * facts.forks + facts.subscribers + facts.stars / 3 + facts.open_issues / 5
    fresh = 1 + (100 - min(idle, 100)) / 100
    busy = 1 + min(max(mean - 3, 0), 7) / 7
    young = (1000 - min(idle, 365) * 2.74) * (365 - min(age, 365)) / 365
    told = max(len(facts.description), len(facts.motivation)) > LONG_TEXT
    return [
        ("Start", "Every repository starts with 50.", lambda s: 50.0),
        ("Interest", "Forks, subscribers, stars and open issues.", lambda s: s + interest),
        ("Fresh", f"Last changed {idle:.0f} days ago.", lambda s: s * fresh),
        ("Busy", f"{mean:.1f} commits a week over the last quarter.", lambda s: s * busy),
        ("Young", f"Begun {age:.0f} days ago.", lambda s: s + young),
        ("Described", "A description or motivation says what it is for.", lambda s: s + 50 if told else s),
        ("Welcoming", "It has a contribution guide.", lambda s: s + 100 if facts.has_guidelines else s),
        ("Capped", "What lies above 3,000 counts by its logarithm only.", capped),
        ("Base", "The 50 of the start are taken off.", lambda s: s - 50),
    ]


def capped(total: float) -> float:
    return MOST + math.log(total) * 100 if total > MOST else total


def days(span: timedelta) -> float:
    """Days as a fraction, never negative: a clock ahead of ours is not a reason to score higher."""
    return max(0.0, span.total_seconds() / 86400)


def level_of(value: int) -> str:
    """The word for a score, "None" for five and less."""
    return next((word for least, word in LEVELS if value > least), "None")
