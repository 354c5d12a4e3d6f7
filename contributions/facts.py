"""What a revision consists of, read from the mirror once."""

from __future__ import annotations

from dataclasses import dataclass

from contributions import branches
from contributions.models import Revision
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import shown


@dataclass(frozen=True, slots=True)
class Facts:
    """The columns of a Revision. `base` is the merge base, `added` and `removed` are lines."""

    head: str
    base: str
    merges: str
    conflicts: list[str]
    patch_ids: list[str]
    range_patch_id: str
    commit_count: int
    file_count: int
    added: int
    removed: int

    @property
    def summary(self) -> str:
        commits = "1 commit" if self.commit_count == 1 else f"{self.commit_count} commits"
        files = "1 file" if self.file_count == 1 else f"{self.file_count} files"
        return f"{commits}, {files}, +{self.added} −{self.removed}"


def read(mirror: Mirror, *, head: str, onto: str, branch: str) -> Facts:
    """Facts of the commits of `head` that `onto`, the default branch's commit, has not.

    Raises ForgeError `unrelated`, BadBranch when there is no such commit.
    """
    base = reading.merge_base(mirror, onto, head)
    if base is None:
        raise ForgeError("unrelated")
    if base == head:
        raise branches.nothing_new(branch)
    stat = reading.diff_stat(mirror, base, head)
    outcome, conflicts = merges(mirror, head=head, onto=onto)
    return Facts(
        head=head,
        base=base,
        merges=outcome,
        conflicts=conflicts,
        patch_ids=list(reading.patch_ids(mirror, base, head).values()),
        range_patch_id=reading.patch_id_of_range(mirror, base, head) or "",
        commit_count=reading.count_commits(mirror, head, exclude=base),
        file_count=stat.file_count,
        added=stat.additions,
        removed=stat.deletions,
    )


def merges(mirror: Mirror, *, head: str, onto: str) -> tuple[str, list[str]]:
    """Whether it merges cleanly (a Revision.Merges), and the paths where it does not."""
    check = reading.merge_check(mirror, onto, head)
    outcome = Revision.Merges.CLEAN if check.clean else Revision.Merges.CONFLICT
    return outcome, [shown(path) for path in check.conflicts]
