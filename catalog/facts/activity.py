"""Who committed when, counted in one pass over a stream of commits, and how active that makes a repository.

Source of the score: the pattern "Repository Activity Score" of InnerSource Commons, its reference code.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from forge.types import Tally

WEEKS = 52
DAYS = 7 * WEEKS
# Git was written in 2005. Earlier dates are of imported histories at best, and of a wrong clock as a rule.
EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
DAY = 86400
FIRST_MONDAY = date(1969, 12, 29)
# Nobody has so many; somebody could invent them to fill the memory.
MOST_AUTHORS = 50_000

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
Week = tuple[int, int, int]  # Commits, lines added, lines removed.


@dataclass(frozen=True, slots=True)
class AuthorActivity:
    """One author address, lowered and at most 254 characters long. `name` is the one of the newest commit.

    `weeks` has the Monday ("2026-11-23") of each week with a commit of this author, in no order.
    """

    email: str
    name: str
    commits: int
    first_at: datetime
    last_at: datetime
    added: int = 0
    removed: int = 0
    weeks: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """`weekly` holds 52 weeks, the oldest first, and `weekly_until` is the Monday of the last one.

    Authors are sorted by commits, most first; `left_out` counts the commits of those beyond the 50,000th address.
    `first_at` and `last_at` lie between 1990 and now; they are None when no commit has a date that can be true.
    Weeks and both dates follow the committer's date. Lines are git's own: renames are followed, merges have none.
    `daily` are the commits on each day of these weeks, by the days of UTC.
    """

    commit_count: int
    authors: tuple[AuthorActivity, ...]
    weekly: tuple[Week, ...]
    weekly_until: date
    first_at: datetime | None
    last_at: datetime | None
    left_out: int = 0
    daily: tuple[int, ...] = (0,) * DAYS


def count_activity(commits: Iterable[Tally], *, now: datetime) -> Activity:
    """Counts a stream of commits in any order, in memory that grows with authors and their weeks only.

    `now` is aware.
    """
    counting = Counting(int(now.timestamp()))
    for commit in commits:
        counting.add(commit)
    return counting.result()


class Author:
    """The sums of one address."""

    __slots__ = ("added", "commits", "first", "last", "name", "removed", "weeks")

    def __init__(self, at: int, name: bytes) -> None:
        self.name = name
        self.first = self.last = at
        self.commits = self.added = self.removed = 0
        self.weeks: dict[int, list[int]] = {}

    def result(self, email: str) -> AuthorActivity:
        return AuthorActivity(
            email=email,
            name=readable(self.name)[:200] or email,
            commits=self.commits,
            first_at=moment(self.first),
            last_at=moment(self.last),
            added=self.added,
            removed=self.removed,
            weeks={monday_of(number).isoformat(): tuple(sums) for number, sums in self.weeks.items()},
        )


class Counting:
    """The sums while the stream runs. Dates are seconds and weeks are numbers, for objects cost more than git."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.this_week = week_of(now)
        self.count = self.left_out = 0
        self.authors: dict[str, Author] = {}
        self.spelled: dict[bytes, Author] = {}
        self.weekly = [[0, 0, 0] for _ in range(WEEKS)]
        self.daily = [0] * DAYS
        self.first: int | None = None
        self.last: int | None = None

    def add(self, commit: Tally) -> None:
        self.count += 1
        author = self.author_of(commit)
        if author is not None:
            self.add_to(author, commit)
        if not EARLIEST <= commit.committed <= self.now + DAY:
            return
        at = min(commit.committed, self.now)
        self.first = at if self.first is None or at < self.first else self.first
        self.last = at if self.last is None or at > self.last else self.last
        week = week_of(at)
        if self.this_week - week < WEEKS:
            add_up(self.weekly[WEEKS - 1 - (self.this_week - week)], commit)
            self.daily[at // DAY + 3 - 7 * (self.this_week - WEEKS + 1)] += 1
        if author is not None:
            add_up(author.weeks.setdefault(week, [0, 0, 0]), commit)

    def author_of(self, commit: Tally) -> Author | None:
        known = self.spelled.get(commit.email)
        if known is not None:
            return known
        email = readable(commit.email).lower()[:254]
        known = self.authors.get(email)
        if known is None:
            if len(self.authors) >= MOST_AUTHORS:
                self.left_out += 1
                return None
            known = self.authors[email] = Author(self.believable(commit.authored), commit.name[:500])
        if len(self.spelled) < MOST_AUTHORS:
            self.spelled[commit.email] = known
        return known

    def add_to(self, author: Author, commit: Tally) -> None:
        at = self.believable(commit.authored)
        if at > author.last:
            author.last, author.name = at, commit.name[:500]
        elif at < author.first:
            author.first = at
        author.commits += 1
        author.added += commit.added
        author.removed += commit.removed

    def believable(self, at: int) -> int:
        """The date moved into what can be true."""
        return max(EARLIEST, min(at, self.now))

    def result(self) -> Activity:
        authors = [author.result(email) for email, author in self.authors.items()]
        return Activity(
            commit_count=self.count,
            authors=most_first(authors),
            weekly=tuple((commits, added, removed) for commits, added, removed in self.weekly),
            weekly_until=monday_of(self.this_week),
            first_at=None if self.first is None else moment(self.first),
            last_at=None if self.last is None else moment(self.last),
            left_out=self.left_out,
            daily=tuple(self.daily),
        )


def add_up(sums: list[int], commit: Tally) -> None:
    sums[0] += 1
    sums[1] += commit.added
    sums[2] += commit.removed


def most_first(authors: Iterable[AuthorActivity]) -> tuple[AuthorActivity, ...]:
    return tuple(sorted(authors, key=lambda author: (-author.commits, author.email)))


def readable(data: bytes) -> str:
    return data[:500].decode("utf-8", "replace").strip()


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def week_of(seconds: int) -> int:
    """Weeks begin on Monday; the first one holds the Thursday on which 1970 began."""
    return (seconds // DAY + 3) // 7


def monday_of(week: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=week)


def continued(before: Activity, new: Activity) -> Activity:
    """What was counted earlier with what came since; of the earlier authors only those that came again matter."""
    authors = {author.email: author for author in before.authors}
    for author in new.authors:
        known = authors.get(author.email)
        authors[author.email] = together(known, author) if known else author
    dates = [at for at in (before.first_at, before.last_at, new.first_at, new.last_at) if at is not None]
    earlier = moved(before, new.weekly_until)
    return Activity(
        commit_count=before.commit_count + new.commit_count,
        authors=most_first(authors.values()),
        weekly=tuple(sum_of(pair) for pair in zip(earlier, new.weekly, strict=True)),
        weekly_until=new.weekly_until,
        first_at=min(dates, default=None),
        last_at=max(dates, default=None),
        left_out=new.left_out,
        daily=tuple(map(sum, zip(moved_days(before, new.weekly_until), new.daily, strict=True))),
    )


def together(before: AuthorActivity, new: AuthorActivity) -> AuthorActivity:
    weeks = dict(before.weeks)
    for monday, sums in new.weeks.items():
        weeks[monday] = sum_of((weeks.get(monday, (0, 0, 0)), sums))
    return replace(
        before,
        name=new.name if new.last_at >= before.last_at else before.name,
        commits=before.commits + new.commits,
        first_at=min(before.first_at, new.first_at),
        last_at=max(before.last_at, new.last_at),
        added=before.added + new.added,
        removed=before.removed + new.removed,
        weeks=weeks,
    )


def sum_of(weeks: Iterable[Sequence[int]]) -> Week:
    commits, added, removed = map(sum, zip(*weeks, strict=True))
    return commits, added, removed


def moved(before: Activity, until: date) -> list[Week]:
    """Earlier weeks, moved to the left by the weeks that passed since."""
    passed = (until - before.weekly_until).days // 7
    weekly = [(0, 0, 0)] * WEEKS + list(before.weekly) + [(0, 0, 0)] * max(0, passed)
    return weekly[-WEEKS:]


def moved_days(before: Activity, until: date) -> list[int]:
    """The same for days."""
    passed = (until - before.weekly_until).days
    return ([0] * DAYS + list(before.daily) + [0] * max(0, passed))[-DAYS:]


def commits_since(weeks: Mapping[str, Sequence[int]], since: date) -> int:
    """The commits of one author in the weeks since a Monday."""
    start = since.isoformat()
    return sum(sums[0] for monday, sums in weeks.items() if monday >= start)


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
