from pathlib import Path

from forge import reading
from forge.mirror import Mirror
from tests.forge.calls import Sync
from tests.repos import add_branch, add_commit, git, rebase_branch, squash_branch, tip


def objects_in(mirror: Mirror) -> str:
    return git(mirror.path, "count-objects", "-v")


def test_clean_merge_leaves_nothing_in_the_mirror(source: Path, sync: Sync, mirror: Mirror) -> None:
    theirs = add_branch(source, "feature")
    ours = add_commit(source, files={"other.txt": "x\n"})
    sync(source)
    before = objects_in(mirror)
    check = reading.merge_check(mirror, ours, theirs)
    assert check.clean and check.conflicts == ()
    assert objects_in(mirror) == before


def test_conflict_names_its_files(source: Path, sync: Sync, mirror: Mirror) -> None:
    theirs = add_commit(source, branch="feature", files={"README.md": "theirs\n", "a b": "1"})
    ours = add_commit(source, files={"README.md": "ours\n", "a b": "2"})
    sync(source)
    check = reading.merge_check(mirror, ours, theirs)
    assert not check.clean and set(check.conflicts) == {"README.md", "a b"}


def test_rebased_commits_are_recognised(source: Path, sync: Sync, mirror: Mirror) -> None:
    base = tip(source)
    theirs = add_branch(source, "feature", commits=3)
    add_commit(source, files={"other.txt": "x\n"})
    arrived = rebase_branch(source, "feature")
    sync(source)
    offered = reading.patch_ids(mirror, base, theirs)
    landed = reading.patch_ids(mirror, base, arrived)
    assert len(offered) == 3 and set(offered.values()) <= set(landed.values())
    assert not offered.keys() & landed.keys()


def test_squashed_branch_is_recognised(source: Path, sync: Sync, mirror: Mirror) -> None:
    base = tip(source)
    theirs = add_branch(source, "feature", commits=3)
    add_commit(source, files={"other.txt": "x\n"})
    arrived = squash_branch(source, "feature")
    sync(source)
    whole = reading.patch_id_of_range(mirror, base, theirs)
    assert whole and whole == reading.patch_ids(mirror, base, arrived)[arrived]


def test_binary_changes_have_patch_ids_of_their_own(source: Path, sync: Sync, mirror: Mirror) -> None:
    base = tip(source)
    one = add_commit(source, branch="one", files={"x.png": b"\0one"})
    two = add_commit(source, branch="two", files={"x.png": b"\0two"})
    sync(source)
    assert reading.patch_id_of_range(mirror, base, one) != reading.patch_id_of_range(mirror, base, two)


def test_no_difference_has_no_patch_id(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    assert reading.patch_id_of_range(mirror, tip(source), tip(source)) is None
    assert reading.patch_ids(mirror, tip(source), tip(source)) == {}
