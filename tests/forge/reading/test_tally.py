"""A whole history for counting, in one pass."""

from pathlib import Path

import pytest

from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.reading import tally as module
from forge.reading.records import records
from forge.reading.tally import read_tallies
from tests.forge.calls import Sync, head_of
from tests.repos import ALICE, BOB, add_branch, add_commit, git, merge_branch, tip


def test_every_commit_comes_with_its_lines(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(source, files={"a.txt": "1\n2\n3\n", "b.bin": b"\0\1\2" * 99}, author=BOB)
    add_commit(source, files={"a.txt": "1\n3\n"}, author=ALICE)
    newest, older, *rest = reading.tallies(mirror, head_of(sync, source))
    assert (newest.email, newest.name) == (ALICE.email.encode(), ALICE.name.encode())
    assert (newest.added, newest.removed) == (0, 1)
    assert (older.email, older.added, older.removed) == (BOB.email.encode(), 3, 0)
    assert len(rest) == 3 and newest.committed == older.committed + 3600


def test_a_renamed_file_counts_what_changed_in_it(source: Path, sync: Sync, mirror: Mirror) -> None:
    lines = "".join(f"line {number}\n" for number in range(50))
    add_commit(source, files={"odd\tname\n1.txt": lines})
    add_commit(source, files={"odd\tname\n1.txt": None, "other\t2\tname.txt": lines + "one more\n"})
    newest, older, *_ = reading.tallies(mirror, head_of(sync, source))
    assert (newest.added, newest.removed) == (1, 0)
    assert (older.added, older.removed) == (50, 0)


def test_a_merge_has_no_lines_and_an_empty_commit_neither(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_branch(source, "feature", commits=1)
    merge_branch(source, "feature")
    add_commit(source, files={})
    empty, merge, change, *_ = reading.tallies(mirror, head_of(sync, source))
    assert [(each.added, each.removed) for each in (empty, merge, change)] == [(0, 0), (0, 0), (2, 0)]


def test_only_what_came_is_read_and_what_was_lost_is_told(source: Path, sync: Sync, mirror: Mirror) -> None:
    old = head_of(sync, source)
    add_commit(source, files={"a.txt": "a\n"})
    new = head_of(sync, source)
    assert [each.is_lost for each in reading.tallies(mirror, new, known=old)] == [False]
    assert list(reading.tallies(mirror, new, known=new)) == []
    git(source, "update-ref", "refs/heads/main", f"{old}~1")
    assert {each.is_lost for each in reading.tallies(mirror, head_of(sync, source), known=new)} == {True}
    with pytest.raises(ForgeError) as caught:
        list(reading.tallies(mirror, tip(source), known="1" * 40))
    assert caught.value.code == "object_missing"


def test_without_lines_no_file_is_looked_at(source: Path, sync: Sync, mirror: Mirror) -> None:
    commits = list(reading.tallies(mirror, head_of(sync, source), lines=False))
    assert len(commits) == 3
    assert {(each.added, each.removed) for each in commits} == {(0, 0)}


def test_a_name_without_end_is_refused() -> None:
    endless = (b"x" * 65536 for _ in range(1000))
    with pytest.raises(ForgeError) as caught:
        list(read_tallies(records(endless, longest=module.LONGEST)))
    assert caught.value.code == "too_big"
