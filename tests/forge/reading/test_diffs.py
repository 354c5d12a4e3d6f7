from pathlib import Path

import pytest

from forge import reading
from forge.fast_import import Link
from forge.mirror import Mirror
from forge.types import DiffLine
from tests.forge.calls import Sync
from tests.repos import add_commit, git, tip

TEXT = "".join(f"line {number}\n" for number in range(40))


@pytest.fixture
def base(source: Path) -> str:
    files = {"old.txt": TEXT, "edit.txt": TEXT, "gone.txt": "bye\n", "run.sh": "x\n", "becomes": "plain\n"}
    return add_commit(source, files=files)


def test_hunks_lines_and_numbers(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={"edit.txt": TEXT.replace("line 20\n", "line twenty\n--- x\n")})
    sync(source)
    diff = reading.diff(mirror, base, head)
    (file,) = diff.files
    assert (file.path, file.status, file.additions, file.deletions) == ("edit.txt", "modified", 2, 1)
    (hunk,) = file.hunks
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (18, 7, 18, 8)
    assert hunk.lines[2:6] == (
        DiffLine("context", 20, 20, "line 19"),
        DiffLine("removed", 21, None, "line 20"),
        DiffLine("added", None, 21, "line twenty"),
        DiffLine("added", None, 22, "--- x"),
    )


def test_every_kind_of_change_is_told_apart(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(
        source,
        files={
            "old.txt": None,
            "dir/new name.txt": TEXT + "more\n",
            "gone.txt": None,
            "fresh.txt": "no end",
            "image.png": b"\0\1\2",
            "becomes": Link("edit.txt"),
            "diff --git a b": "diff --git a b\n@@ -1 +1 @@\n",
        },
    )
    sync(source)
    files = {file.path: file for file in reading.diff(mirror, base, head).files}
    assert {path: file.status for path, file in files.items()} == {
        "dir/new name.txt": "renamed",
        "gone.txt": "deleted",
        "fresh.txt": "added",
        "image.png": "added",
        "becomes": "type changed",
        "diff --git a b": "added",
    }
    assert files["dir/new name.txt"].old_path == "old.txt"
    assert files["image.png"].binary and not files["image.png"].hunks
    assert files["fresh.txt"].hunks[0].lines[0].newline is False
    assert [line.text for hunk in files["becomes"].hunks for line in hunk.lines] == ["plain", "edit.txt"]
    assert [line.text for line in files["diff --git a b"].hunks[0].lines] == ["diff --git a b", "@@ -1 +1 @@"]
    assert [line.text for line in files["gone.txt"].hunks[0].lines] == ["bye"]


def test_counts_agree_with_git(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={"edit.txt": TEXT * 2, "gone.txt": None, "a": "a\n"})
    sync(source)
    diff = reading.diff_stat(mirror, base, head)
    words = f" {diff.file_count} files changed, {diff.additions} insertions(+), {diff.deletions} deletion(-)"
    assert words.strip() == git(source, "diff", "--shortstat", base, head)
    assert all(not file.hunks for file in diff.files)


def test_enormous_file_does_not_hide_the_small_ones(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={"a-lock": "x\n" * 5000, "b.txt": "b\n", "long": "y" * 9000 + "\n"})
    sync(source)
    large, small, long = reading.diff(mirror, base, head, max_lines=100).files
    assert large.too_large and large.additions == 5000 and not large.hunks
    assert not small.too_large and small.hunks[0].lines[0].text == "b"
    assert len(long.hunks[0].lines[0].text) == 2001


def test_many_files_are_cut_and_counted(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={f"f{number:02}": "x\n" for number in range(20)})
    sync(source)
    diff = reading.diff(mirror, base, head, max_files=5)
    assert (len(diff.files), diff.file_count, diff.left_out, diff.additions) == (5, 20, 15, 20)


def test_whole_commit_is_the_difference_to_the_empty_tree(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    assert {f.path for f in reading.diff(mirror, reading.EMPTY_TREE, tip(source)).files} == {
        "README.md",
        "CHANGES",
    }


def test_commit_has_no_difference_to_itself(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    assert reading.diff(mirror, tip(source), tip(source)).files == ()
