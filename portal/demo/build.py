"""Writes the demo company's repositories, and winds them back to any day of their past.

The same day gives the same commit ids on every machine. All of them together take a few seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from forge.fast_import import Content, History, Mark, point
from portal.demo.branches import Branch, Patch, apply
from portal.demo.growth import Commit, grow
from portal.demo.more_branches import branches
from portal.demo.people import BY_USERNAME, TEAMS
from portal.demo.plans import BY_PATH, PLANS, Plan

MAIN = "main"


@dataclass(frozen=True)
class Move:
    """A branch pointed at a commit from then on."""

    at: datetime
    branch: str
    commit: str


@dataclass(frozen=True)
class Built:
    """A repository on the disk, with the days on which its branches moved, the oldest first."""

    plan: Plan
    path: Path
    moves: tuple[Move, ...]


def build_all(folder: Path, *, today: datetime) -> list[Built]:
    """Writes every repository to `folder/<group>/<name>.git`. `today` is an aware midnight."""
    return [build(plan, folder, today=today) for plan in PLANS]


def build(plan: Plan, folder: Path, *, today: datetime) -> Built:
    path = folder / f"{plan.path}.git"
    growing = Growing(today)
    for event in timeline(plan, today):
        growing.take(event)
    ids = growing.history.write(path, default_branch=MAIN)
    return Built(plan, path, tuple(Move(at, name, ids[mark]) for at, name, mark in growing.moves))


def wind(built: Built, at: datetime) -> None:
    """Points every branch at where it was then; one that was not born yet is not there."""
    point(built.path, heads(built, at))


def heads(built: Built, at: datetime) -> dict[str, str | None]:
    state: dict[str, str | None] = {move.branch: None for move in built.moves}
    return state | {move.branch: move.commit for move in built.moves if move.at <= at}


@dataclass(frozen=True)
class Offered:
    """A commit on a contributor's branch."""

    at: datetime
    branch: Branch
    patch: Patch


@dataclass(frozen=True)
class Arrived:
    """A branch reaches the default one."""

    at: datetime
    branch: Branch


Happening = Commit | Offered | Arrived


def timeline(plan: Plan, today: datetime) -> list[Happening]:
    """All that happened in a repository, in order; a fork starts with what happened in its origin."""
    happened = [*inherited(plan, today), *own(plan, today)]
    return sorted(happened, key=lambda event: event.at)


def inherited(plan: Plan, today: datetime) -> list[Commit]:
    if not plan.fork_of:
        return []
    origin = BY_PATH[plan.fork_of]
    until = ago(plan.forked, today)
    return [commit for commit in grow(origin, today, settled=settled(origin)) if commit.at <= until]


def own(plan: Plan, today: datetime) -> Iterator[Happening]:
    yield from grow(plan, today, settled=settled(plan))
    for branch in branches(plan.path):
        yield from (Offered(ago(patch.days_ago, today), branch, patch) for patch in branch.patches)
        if branch.arrives:
            yield Arrived(ago(branch.arrived, today), branch)


def settled(plan: Plan) -> frozenset[str]:
    return frozenset(path for b in branches(plan.path) for patch in b.patches for path in patch.edits)


def ago(days: float, today: datetime) -> datetime:
    return today - timedelta(days=days)


class Growing:
    """A history while it is being told. `moves` are (when, branch, commit)."""

    def __init__(self, today: datetime) -> None:
        self.today = today
        self.history = History()
        self.moves: list[tuple[datetime, str, Mark]] = []
        self._offered: dict[str, list[Mark]] = {}
        self._news: list[str] = []
        self._releases: list[str] = []

    def take(self, event: Happening) -> None:
        match event:
            case Commit():
                self._grow(event)
            case Offered():
                self._offer(event)
            case Arrived():
                self._arrive(event)

    def _grow(self, commit: Commit) -> None:
        step = commit.step
        files = dict(step.files)
        if step.release:
            files["CHANGELOG.md"] = self._changelog(step.release)
        elif step.is_news:
            self._news.append(step.message)
        mark = self.history.commit(
            branch=MAIN, author=commit.author, at=commit.at, message=step.message + "\n", files=files
        )
        self.moves.append((commit.at, MAIN, mark))
        if step.release:
            self.history.tag(
                f"v{step.release}", mark, at=commit.at, tagger=commit.author, message=f"Release {step.release}\n"
            )

    def _offer(self, offered: Offered) -> None:
        """The first mark that is kept for a branch is the commit on the default branch where it starts."""
        marks = self._offered.setdefault(offered.branch.name, [self.history.tip(MAIN)])
        files = self.history.files(marks[-1])
        mark = self.history.commit(
            branch=offered.branch.name,
            author=BY_USERNAME[offered.branch.author].author(),
            at=offered.at,
            message=offered.patch.message.rstrip() + "\n",
            files={path: apply(text(files.get(path)), edit) for path, edit in offered.patch.edits.items()},
            parents=[marks[-1]],
        )
        marks.append(mark)
        self.moves.append((offered.at, offered.branch.name, mark))

    def _arrive(self, arrived: Arrived) -> None:
        arrive = {"merge": self._merge, "squash": self._squash, "rebase": self._rebase}[arrived.branch.arrives]
        mark = arrive(arrived, self._offered[arrived.branch.name])
        self.moves.append((arrived.at, MAIN, mark))
        self._news.append(thanks(arrived.branch))

    def _changelog(self, release: str) -> str:
        """The newest release first, with what came since the one before, also from other teams."""
        news = self._news or ["Newer dependencies"]
        self._releases.insert(0, f"## {release}\n\n" + "".join(f"- {line}\n" for line in news))
        self._news = []
        return "# Changelog\n\n" + "\n".join(self._releases)

    def _merge(self, arrived: Arrived, marks: list[Mark]) -> Mark:
        return self.history.commit(
            branch=MAIN,
            author=BY_USERNAME[arrived.branch.by].author(),
            at=arrived.at,
            message=f"Merge branch '{arrived.branch.name}'\n",
            files=self.history.changes(since=marks[0], until=marks[-1]),
            merge=[marks[-1]],
        )

    def _squash(self, arrived: Arrived, marks: list[Mark]) -> Mark:
        subjects = [patch.message.partition("\n")[0] for patch in arrived.branch.patches]
        more = "".join(f"\n* {subject}" for subject in subjects) if len(subjects) > 1 else ""
        return self.history.commit(
            branch=MAIN,
            author=BY_USERNAME[arrived.branch.author].author(),
            at=arrived.at,
            message=f"{subjects[0]}\n{more}\n" if more else f"{subjects[0]}\n",
            files=self.history.changes(since=marks[0], until=marks[-1]),
            committer=BY_USERNAME[arrived.branch.by].author(),
        )

    def _rebase(self, arrived: Arrived, marks: list[Mark]) -> Mark:
        for patch, before, after in zip(arrived.branch.patches, marks, marks[1:], strict=False):
            mark = self.history.commit(
                branch=MAIN,
                author=BY_USERNAME[arrived.branch.author].author(),
                at=ago(patch.days_ago, self.today),
                message=patch.message.rstrip() + "\n",
                files=self.history.changes(since=before, until=after),
                committer=BY_USERNAME[arrived.branch.by].author(),
                committed_at=arrived.at,
            )
        return mark


def thanks(branch: Branch) -> str:
    person = BY_USERNAME[branch.author]
    team = next(team.name for team in TEAMS if team.slug == person.team)
    return f"{branch.name.replace('-', ' ').capitalize()} (thanks to {person.name}, {team})"


def text(content: Content | None) -> str | None:
    """The demo's files are all text."""
    return content if isinstance(content, str) else None
