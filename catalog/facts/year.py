"""The last 52 weeks of a project by who worked in them: by team, by month, and how many carry the work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from catalog.facts.activity import DAYS, WEEKS

#: Commits of addresses that are nobody's here, or of somebody who was in no team that week.
UNKNOWN = "unknown"
BOTS = "bots"
#: Teams beyond the hundred that did most; nobody reads so many rows.
OTHERS = "others"
MOST_TEAMS = 100
WEEK = timedelta(weeks=1)

Weeks = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was in a team from one day until another, the first on which it no longer held."""

    team: int
    since: date
    until: date | None

    def covers(self, monday: date) -> bool:
        """Whether it held on any day of that week."""
        return self.since < monday + WEEK and (self.until is None or self.until > monday)


@dataclass(frozen=True, slots=True)
class YearAuthor:
    """An author address. `user` is the person who has proved it to be theirs; `weeks` as Contributor has them."""

    email: str
    name: str
    user: int | None
    first_at: date
    weeks: Weeks

    @property
    def is_bot(self) -> bool:
        return "[bot]" in self.name.lower() or "[bot]" in self.email.lower()


@dataclass(slots=True)
class TeamYear:
    """What a team did: commits in each of 52 weeks, the oldest first, and lines added in all of them."""

    commits: list[int] = field(default_factory=lambda: [0] * WEEKS)
    lines: int = 0

    @property
    def total(self) -> int:
        return sum(self.commits)


@dataclass(frozen=True, slots=True)
class Month:
    """People with a commit in a month ("2026-11"): those for the first time, those who came again, and bots."""

    month: str
    new: int
    returning: int
    bots: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """`teams` by primary key as text, or UNKNOWN, BOTS, OTHERS. `until` is the Monday of the last week.

    `carriers` are the commits of each person, bots left out. Who is host and who guest is told by `split`, so that
    it follows the owner of today.
    """

    until: date
    days: Sequence[int] = (0,) * DAYS
    teams: Mapping[str, TeamYear] = field(default_factory=dict)
    months: Sequence[Month] = ()
    people: int = 0
    bots: int = 0
    absence_factor: int | None = None

    @property
    def first(self) -> date:
        return self.until - (WEEKS - 1) * WEEK

    def as_json(self) -> dict[str, Any]:
        """Without `until` and `days`, which are columns of their own."""
        return {
            "teams": {key: [each.commits, each.lines] for key, each in self.teams.items()},
            "months": [[each.month, each.new, each.returning, each.bots] for each in self.months],
            "people": self.people,
            "bots": self.bots,
            "absence_factor": self.absence_factor,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], *, until: date, days: Sequence[int], today: date) -> Self:
        """Moved on to today's week: where nothing was read for a while the last weeks are empty."""
        monday = today - timedelta(days=today.weekday())
        missed = max(0, (monday - until).days // 7)
        return cls(
            until=until + missed * WEEK,
            days=padded(days, missed * 7),
            teams={key: TeamYear(padded(weeks, missed), lines) for key, (weeks, lines) in stored["teams"].items()},
            months=tuple(Month(*each) for each in stored["months"]),
            people=stored["people"],
            bots=stored["bots"],
            absence_factor=stored["absence_factor"],
        )


def padded(values: Sequence[int], missed: int) -> list[int]:
    return (list(values) + [0] * missed)[-len(values) :] if values else []


# ---------------------------------------------------------------- counting
class YearCounting:
    """The sums while authors stream by; memory grows with the people of this year, not with their history.

    `stays` are the memberships of each person, the first joined first. Who was in several teams acted for the
    owner, else for the first one, as in a contribution request.
    """

    def __init__(self, until: date, *, stays: Mapping[int, Sequence[Stay]], owner: int | None) -> None:
        self.mondays = [until - (WEEKS - 1 - number) * WEEK for number in range(WEEKS)]
        self.places = {monday.isoformat(): number for number, monday in enumerate(self.mondays)}
        self.stays, self.owner = stays, owner
        self.teams: defaultdict[str, TeamYear] = defaultdict(TeamYear)
        self.commits: defaultdict[int | str, int] = defaultdict(int)
        self.bots: set[str] = set()
        self.first: dict[int | str, date] = {}
        self.active: defaultdict[int | str, set[str]] = defaultdict(set)

    def add(self, author: YearAuthor) -> None:
        mine = {
            place: author.weeks[monday]
            for monday in author.weeks
            if (place := self.places.get(monday)) is not None
        }
        if not mine:
            return
        who = author.email if author.is_bot or author.user is None else author.user
        if author.is_bot:
            self.bots.add(author.email)
        else:
            self.commits[who] += sum(sums[0] for sums in mine.values())
        self.first[who] = min(author.first_at, self.first.get(who, author.first_at))
        for place, sums in mine.items():
            self.active[who].add(self.mondays[place].isoformat()[:7])
            team = self.teams[self.team_of(author, self.mondays[place])]
            team.commits[place] += sums[0]
            team.lines += sums[1]

    def team_of(self, author: YearAuthor, monday: date) -> str:
        if author.is_bot:
            return BOTS
        here = [stay.team for stay in self.stays.get(author.user or 0, ()) if stay.covers(monday)]
        if not here:
            return UNKNOWN
        return str(self.owner if self.owner in here else here[0])

    def months(self) -> tuple[Month, ...]:
        """Only whole months: the first is left out unless its first Monday is among the weeks."""
        names = sorted({monday.isoformat()[:7] for monday in self.mondays})
        names = names[self.mondays[0].day > 7 :]
        sums = {name: [0, 0, 0] for name in names}
        for who, active in self.active.items():
            came = min(active) if self.first[who] >= self.mondays[0] else ""
            for name in active & sums.keys():
                sums[name][2 if who in self.bots else 0 if name == came else 1] += 1
        return tuple(Month(name, *counts) for name, counts in sums.items())

    def result(self, days: Sequence[int], *, absence_factor: int) -> Year:
        return Year(
            until=self.mondays[-1],
            days=tuple(days),
            teams=largest(self.teams, self.owner),
            months=self.months(),
            people=len(self.commits),
            bots=len(self.bots),
            absence_factor=absence_factor or None,
        )


def largest(teams: Mapping[str, TeamYear], owner: int | None) -> dict[str, TeamYear]:
    """The owner and those that did most, each by itself; the rest as one."""
    kept = {str(owner), UNKNOWN, BOTS}
    ranked = sorted(teams.items(), key=lambda item: (item[0] not in kept, -item[1].total, item[0]))
    found = dict(ranked[:MOST_TEAMS])
    if rest := [each for _, each in ranked[MOST_TEAMS:]]:
        weeks = [sum(column) for column in zip(*(each.commits for each in rest), strict=True)]
        found[OTHERS] = TeamYear(weeks, sum(each.lines for each in rest))
    return found


# ---------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class WeekSplit:
    """The commits of one week by whose they are."""

    monday: date
    host: int
    guest: int
    unknown: int
    bots: int

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.host, self.guest, self.unknown, self.bots

    @property
    def total(self) -> int:
        return sum(self.parts)


def split(year: Year, hosts: Collection[str]) -> tuple[WeekSplit, ...]:
    """Each week, the oldest first. `hosts` are keys of `teams`; every other team is a guest."""
    kinds: dict[str, list[int]] = {kind: [0] * WEEKS for kind in ("host", "guest", UNKNOWN, BOTS)}
    for key, team in year.teams.items():
        kind = key if key in (UNKNOWN, BOTS) else "host" if key in hosts else "guest"
        kinds[kind] = [sum(pair) for pair in zip(kinds[kind], team.commits, strict=True)]
    weeks = zip(*kinds.values(), strict=True)
    return tuple(WeekSplit(year.first + number * WEEK, *parts) for number, parts in enumerate(weeks))


@dataclass(frozen=True, slots=True)
class Part:
    """What one team has of the year. Shares are per cent, None where there is nothing to share."""

    key: str
    commits: int
    lines: int
    commit_share: float | None
    line_share: float | None


def ownership(year: Year) -> tuple[Part, ...]:
    """The teams with commits, those with most first; what is nobody's and bots stand last."""
    commits = sum(team.total for team in year.teams.values())
    lines = sum(team.lines for team in year.teams.values())
    parts = [
        Part(key, team.total, team.lines, share(team.total, commits), share(team.lines, lines))
        for key, team in year.teams.items()
        if team.total
    ]
    last = (OTHERS, UNKNOWN, BOTS)
    return tuple(sorted(parts, key=lambda part: (last.index(part.key) if part.key in last else -1, -part.commits)))


def share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
