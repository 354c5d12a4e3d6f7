"""Which branches and tags lead to a commit."""

from __future__ import annotations

from pathlib import Path

from forge import reading
from forge.mirror import Mirror
from tests.forge.calls import Sync, code_of
from tests.repos import add_branch, git, tip


def test_branches_and_tags_are_told_the_newest_first(source: Path, sync: Sync, mirror: Mirror) -> None:
    first, main = git(source, "rev-list", "--max-parents=0", "HEAD"), tip(source)
    git(source, "tag", "v1", first)
    git(source, "tag", "v2", main)
    work = add_branch(source, "work/a")
    sync(source)
    found = reading.holders(mirror, first)
    assert (found.branches, found.is_complete) == (("work/a", "main"), True)
    assert found.tags == ("v2", "v1")
    assert reading.holders(mirror, main).tags == ("v2",)
    assert reading.holders(mirror, work).branches == ("work/a",)


def test_many_of_them_are_cut(source: Path, sync: Sync, mirror: Mirror) -> None:
    for number in range(5):
        git(source, "tag", f"v{number}")
    sync(source)
    found = reading.holders(mirror, tip(source), limit=3)
    assert (len(found.tags), found.is_complete) == (3, False)


def test_time_is_short(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    assert code_of(lambda: reading.holders(mirror, tip(source), seconds=0)) == "timed_out"
