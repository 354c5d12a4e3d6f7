"""What one sync reads out of a mirror. No database: a mirror and what was known go in, findings come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from catalog.facts.activity import MOST_AUTHORS, Activity, count_activity
from catalog.files import MAX_FILES, Earlier, FileFacts, ReadGuide, carry_over, read_files
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import TAGS, Tag, Tally, UpdateResult, same_tags

MAX_TAGS = 5_000
#: The stream of commits tells that the reader lives after each so many.
STRIDE = 500
NO_LINES = "The lines of its commits could not be counted: that would take too long."

T = TypeVar("T")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Refs:
    """What the names of branches and tags tell; cheap, so a sync that moved no default branch reads only this.

    `tags` are None when they are the ones that were read before.
    """

    default_branch: str
    head: str
    branch_count: int
    tags: tuple[Tag, ...] | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier sync recorded of `commit`: sums without authors, and of files what can be gone on from.

    `earlier_guides` are asked for only when they are needed.
    """

    commit: str
    activity: Activity
    files: FileFacts | None = None
    earlier_guides: Callable[[], Earlier] = dict


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that one commit tells. An empty repository has only `refs` and `activity`.

    `before`: what was counted up to the known commit; `activity` is then that of the commits since. `guides` are
    None when no guide changed since then.
    """

    refs: Refs
    activity: Activity
    files: FileFacts = field(default_factory=FileFacts)
    guides: tuple[ReadGuide, ...] | None = ()
    before: Activity | None = None
    notes: tuple[str, ...] = ()


def read_refs(mirror: Mirror, update: UpdateResult, *, known: str = "") -> Refs:
    """One `for-each-ref`, none when there are no tags or those of the `known` digest. Raises ForgeError."""
    tags = read_tags(mirror, update) if not same_tags(known, update.digest) else None
    notes = [notice.message for notice in update.warnings]
    if update.head is None:
        notes.append("This repository has no commits yet.")
    if sum(name.startswith(TAGS) for name in update.refs) > MAX_TAGS:
        notes.append(f"Only the newest {MAX_TAGS:,} tags are listed.")
    branches = sum(name.startswith("refs/heads/") for name in update.refs)
    return Refs(update.default_branch or "", update.head or "", branches, tags, tuple(notes))


def read_tags(mirror: Mirror, update: UpdateResult) -> tuple[Tag, ...]:
    has_tags = any(name.startswith(TAGS) for name in update.refs)
    return reading.tags(mirror, limit=MAX_TAGS) if has_tags else ()


def read_findings(
    mirror: Mirror, refs: Refs, *, slug: str, now: datetime, known: Known | None, tell: Tell
) -> Findings:
    """Reads one commit: its history and what of its files matters, side by side. Raises ForgeError.

    `known` is an earlier commit: history and files are then read from there on, unless history was rewritten.
    `tell` hears the name of each phase, and hears it again as a sign of life.
    """
    if not refs.head:
        return Findings(refs, count_activity((), now=now))
    tell("reading files")
    same = carry_over(mirror, known.files, old=known.commit, new=refs.head) if known and known.files else None
    if known and same:
        history = read_history(mirror, refs.head, now=now, known=known.commit, tell=tell)
        return Findings(refs, history.activity, same, None, before=before_of(history, known), notes=history.notes)
    tree = reading.tree(mirror, refs.head, limit=MAX_FILES)
    earlier = known.earlier_guides() if known else {}
    # Git reads the history on one core while this process and its renderers have the other one.
    with ThreadPoolExecutor(1) as beside:
        reader = beside.submit(read_files, mirror, tree, slug=slug, commit=refs.head, earlier=earlier)
        commit = known.commit if known else None
        history = read_history(mirror, refs.head, now=now, known=commit, lines=tree.complete, tell=tell)
        tell("reading guides")
        files, guides = reader.result()
    notes = (*files.notes, *history.notes)
    return Findings(refs, history.activity, files, guides, before=before_of(history, known), notes=notes)


# ---------------------------------------------------------------- history
@dataclass(frozen=True, slots=True)
class History:
    """`is_more`: only the commits since the known one were counted."""

    activity: Activity
    is_more: bool = False
    notes: tuple[str, ...] = ()


def before_of(history: History, known: Known | None) -> Activity | None:
    return known.activity if known and history.is_more else None


class Rewritten(Exception):
    """The known commit is no longer a part of the history."""


def read_history(
    mirror: Mirror, head: str, *, now: datetime, known: str | None, tell: Tell, lines: bool = True
) -> History:
    """One `log`; a second one when history was rewritten, or when counting lines is more than git can do."""
    try:
        commits = reading.tallies(mirror, head, known=known, lines=lines)
        activity = count_activity(alive(since(commits), tell), now=now)
    except Rewritten:
        return read_history(mirror, head, now=now, known=None, lines=lines, tell=tell)
    except ForgeError as error:
        if known and error.code == "object_missing":
            return read_history(mirror, head, now=now, known=None, lines=lines, tell=tell)
        if lines and error.code in ("too_big", "timed_out", "corrupt"):
            return read_history(mirror, head, now=now, known=known, lines=False, tell=tell)
        raise
    return History(activity, is_more=known is not None, notes=tuple(notes_of(activity, lines=lines)))


def since(commits: Iterable[Tally]) -> Iterator[Tally]:
    """The commits that came since the known one. Raises Rewritten when there are others."""
    for commit in commits:
        if commit.is_lost:
            raise Rewritten
        yield commit


def alive(items: Iterable[T], tell: Tell) -> Iterator[T]:
    for number, item in enumerate(items):
        if number % STRIDE == 0:
            tell("reading history")
        yield item


def notes_of(activity: Activity, *, lines: bool) -> Iterator[str]:
    if not lines:
        yield NO_LINES
    if activity.left_out:
        yield f"It has more than {MOST_AUTHORS:,} author addresses; only so many are listed."
