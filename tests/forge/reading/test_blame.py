"""Who changed which line, and which entry of a folder, last; what a file was called before."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from tests.repos import ALICE, BOB, add_branch, add_commit, build_repo, merge_branch, tip

ODD = os.fsdecode(b"caf\xe9.txt")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "a.git", files={"a.txt": "one\ntwo\nthree\n", "docs/x.md": "x\n", ODD: "odd\n"})


def test_each_run_of_lines_has_its_commit(path: Path) -> None:
    first = tip(path)
    second = add_commit(path, files={"a.txt": "one\n2\nthree\nfour\n"}, author=BOB, message="Second\n\nbody")
    runs = reading.blame(Mirror(path), second, "a.txt", seconds=5, most_lines=100)
    assert [(run.first, run.last, run.commit.id) for run in runs] == [
        (1, 1, first),
        (2, 2, second),
        (3, 3, first),
        (4, 4, second),
    ]
    assert (runs[1].commit.author_name, runs[1].commit.author_email) == (BOB.name, BOB.email)
    assert runs[1].commit.subject == "Second"
    assert runs[0].commit.author_name == ALICE.name


def test_lines_are_followed_through_a_new_name(path: Path) -> None:
    first = tip(path)
    moved = add_commit(path, files={"a.txt": None, "b.txt": "one\ntwo\nthree\n"})
    [run] = reading.blame(Mirror(path), moved, "b.txt", seconds=5, most_lines=100)
    assert (run.first, run.last, run.commit.id) == (1, 3, first)
    assert reading.renamed_from(Mirror(path), moved, "b.txt") == "a.txt"
    assert reading.renamed_from(Mirror(path), first, "a.txt") == ""


def test_no_more_lines_are_told_of_than_wanted(path: Path) -> None:
    head = add_commit(path, files={"long.txt": "x\n" * 50, "tab.txt": "\tauthor nobody\n" * 2})
    [run] = reading.blame(Mirror(path), head, "long.txt", seconds=5, most_lines=10)
    assert run.first == 1
    [run] = reading.blame(Mirror(path), head, "tab.txt", seconds=5, most_lines=10)
    assert (run.last, run.commit.id) == (2, head)


def test_a_name_of_odd_bytes_is_found(path: Path) -> None:
    [run] = reading.blame(Mirror(path), tip(path), ODD, seconds=5, most_lines=10)
    assert (run.last, run.commit.id) == (1, tip(path))


def test_a_mailmap_of_the_repository_puts_no_name_to_another_mans_lines(path: Path) -> None:
    names = f"Alice Boss <alice@corp.example> <{BOB.email}>\n"
    head = add_commit(path, files={".mailmap": names, "b.txt": "mine\n"}, author=BOB)
    [run] = reading.blame(Mirror(path), head, "b.txt", seconds=5, most_lines=10)
    assert (run.commit.author_name, run.commit.author_email) == (BOB.name, BOB.email)


def test_a_file_that_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(ForgeError):
        reading.blame(Mirror(path), tip(path), "gone.txt", seconds=5, most_lines=10)


# ---------------------------------------------------------------- entries of a folder
def test_each_entry_has_the_newest_commit_that_touched_it(path: Path) -> None:
    first = tip(path)
    second = add_commit(path, files={"docs/deep/y.md": "y\n"})
    found = reading.last_changes(Mirror(path), second, "", ["a.txt", "docs", ODD], seconds=5)
    assert {name: each.id for name, each in found.commits.items()} == {"a.txt": first, "docs": second, ODD: first}
    assert found.complete
    inner = reading.last_changes(Mirror(path), second, "docs", ["deep", "x.md"], seconds=5)
    assert {name: each.id for name, each in inner.commits.items()} == {"deep": second, "x.md": first}


def test_a_merge_leads_to_what_it_brought(path: Path) -> None:
    brought = add_branch(path, "topic", commits=1)
    add_commit(path, files={"a.txt": "on main\n"})
    merge = merge_branch(path, "topic")
    found = reading.last_changes(Mirror(path), merge, "", ["topic-1.txt"], seconds=5)
    assert found.commits["topic-1.txt"].id == brought


def test_what_rests_for_long_is_looked_up_by_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["forge.reading.last_changes"], "LOOKED_AT", 2)
    first = tip(path)
    for number in range(4):
        head = add_commit(path, files={"docs/x.md": f"{number}\n"})
    found = reading.last_changes(Mirror(path), head, "", ["a.txt", "docs"], seconds=5)
    assert found.complete
    assert found.commits["a.txt"].id == first
    none = reading.last_changes(Mirror(path), head, "", ["a.txt", "docs"], seconds=0.0001)
    assert not none.complete


# ---------------------------------------------------------------- history of a path
def test_the_log_of_a_path_names_what_touched_it(path: Path) -> None:
    first = tip(path)
    add_commit(path, files={"docs/x.md": "2\n"})
    third = add_commit(path, files={"a.txt": "3\n"})
    mirror = Mirror(path)
    assert [each.id for each in reading.log(mirror, third, path="a.txt")] == [third, first]
    assert [each.id for each in reading.log(mirror, third, path="a.txt", skip=1)] == [first]
    assert [each.id for each in reading.log(mirror, third, path="*.txt")] == []
    assert [each.id for each in reading.log(mirror, third, path=ODD)] == [first]
    assert set(reading.paths(mirror, third).paths) == {"a.txt", "docs/x.md", ODD}
    assert not reading.paths(mirror, third, limit=2).complete
