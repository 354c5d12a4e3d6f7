"""Has a change arrived on the default branch: merged, rebased or squashed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from contributions.models import Change, Revision
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror

How = Literal["merge", "rebase", "squash"]
WORDS: dict[How, str] = {"merge": "Merged", "rebase": "Rebased", "squash": "Squashed"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """`commit` is the one on the default branch that brought this revision of the change; `at` is when."""

    revision: Revision
    commit: str
    how: How
    at: datetime

    @property
    def summary(self) -> str:
        return f"{WORDS[self.how]} as {self.commit[:10]}"


def find(mirror: Mirror, change: Change, revisions: Sequence[Revision], *, head: str) -> Arrival | None:
    """Whether the default branch, now at `head`, has a revision of this change; the newest revision goes first.

    Only commits since the last look are read, so this costs what moved. Raises ForgeError.
    """
    newest_first = sorted(revisions, key=lambda revision: revision.number, reverse=True)
    since = starting_point(mirror, change, newest_first, head=head)
    for revision in newest_first:
        if reading.is_ancestor(mirror, revision.head, head):
            commit = bringing(mirror, revision.head, since=since, head=head)
            return Arrival(revision, commit, "merge", when(mirror, commit, change))
    return copied(mirror, change, newest_first, since=since, head=head) if since else None


def starting_point(mirror: Mirror, change: Change, revisions: Sequence[Revision], *, head: str) -> str:
    """The commit up to which the default branch was looked at; "" after a rewritten history without one."""
    bases = [change.checked_head, *(revision.base for revision in reversed(revisions))]
    return next((id for id in bases if id and reading.is_ancestor(mirror, id, head)), "")


def bringing(mirror: Mirror, tip: str, *, since: str, head: str) -> str:
    """The merge commit whose parent is the change's tip, or after a fast-forward the tip itself."""
    for commit in reading.log(mirror, head, exclude=since or None, limit=5_000):
        if tip in commit.parents[1:]:
            return commit.id
    return tip


def copied(
    mirror: Mirror, change: Change, revisions: Sequence[Revision], *, since: str, head: str
) -> Arrival | None:
    """The same patches under other ids: all commits one by one (rebase), or all in one (squash)."""
    commits = by_patch(mirror, since, head)
    for revision in revisions:
        match = same_patches(commits, revision)
        if match is None and any(patch in commits for patch in revision.patch_ids):
            # Some of it came now: the rest may have come before the last look.
            match = same_patches(by_patch(mirror, revision.base, head), revision)
        if match:
            commit, how = match
            return Arrival(revision, commit, how, when(mirror, commit, change))
    return None


def by_patch(mirror: Mirror, base: str, head: str) -> dict[str, str]:
    """Patch id to commit, for what `head` has and `base` has not."""
    return {patch: commit for commit, patch in reading.patch_ids(mirror, base, head).items()}


def same_patches(commits: Mapping[str, str], revision: Revision) -> tuple[str, How] | None:
    """Which of the new commits (patch id to commit) brings this revision, and how.

    The first patch id of a revision is that of its newest commit.
    """
    if revision.patch_ids and all(patch in commits for patch in revision.patch_ids):
        return commits[revision.patch_ids[0]], "rebase"
    if revision.range_patch_id in commits:
        return commits[revision.range_patch_id], "squash"
    return None


def when(mirror: Mirror, commit: str, change: Change) -> datetime:
    """The commit's date where it can be true: a date before the offer, or of tomorrow, was made up."""
    now = timezone.now()
    try:
        at = reading.commit(mirror, commit).committed_at
    except ForgeError:
        return now
    return at if change.offered_at <= at <= now + timedelta(minutes=1) else now
