from pathlib import Path

import pytest

from forge import reading
from forge.fast_import import Link
from forge.mirror import Mirror
from forge.types import DiffFile, DiffLine
from tests.forge.calls import Sync
from tests.repos import add_branch, add_commit, git, merge_branch, tip

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


# ---------------------------------------------------------------- moved, copied, only space
def changed(file: DiffFile | None) -> list[str]:
    assert file
    return [line.text for hunk in file.hunks for line in hunk.lines if line.kind != "context"]


def test_a_moved_file_is_told_from_a_renamed_and_changed_one(
    source: Path, sync: Sync, mirror: Mirror, base: str
) -> None:
    files = {"old.txt": None, "dir/old.txt": TEXT, "edit.txt": None, "edited.txt": TEXT + "more\n"}
    head = add_commit(source, files={**files, "gone.txt": None})
    sync(source)
    found = {file.path: file for file in reading.diff(mirror, base, head).files}
    assert {path for path, file in found.items() if file.is_moved} == {"dir/old.txt"}
    assert found["edited.txt"].status == "renamed"
    assert 90 < (found["edited.txt"].similarity or 0) < 100
    assert found["gone.txt"].similarity is None


def test_a_copy_of_a_changed_file_says_what_it_was_copied_from(
    source: Path, sync: Sync, mirror: Mirror, base: str
) -> None:
    text = TEXT.replace("line 3\n", "line three\n")
    head = add_commit(source, files={"edit.txt": TEXT + "more\n", "second.txt": text})
    sync(source)
    files = {file.path: file for file in reading.diff(mirror, base, head).files}
    assert (files["second.txt"].status, files["second.txt"].old_path) == ("copied", "edit.txt")
    alone = reading.diff_file(mirror, base, head, "second.txt", old_path="edit.txt")
    assert changed(alone) == ["line 3", "line three"]
    assert changed(reading.diff_file(mirror, base, head, "edit.txt")) == ["more"]


def test_space_is_left_out_of_account_on_demand(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    indented = TEXT.replace("line 3\n", "  line   3\n")
    files = {"edit.txt": indented, "old.txt": indented.replace("line 9\n", "line nine\n"), "z.txt": "z\n"}
    head = add_commit(source, files=files)
    sync(source)
    whole = reading.diff(mirror, base, head)
    assert [file.additions for file in whole.files] == [1, 2, 1]
    bare = reading.diff(mirror, base, head, whitespace="all")
    assert [(file.path, file.additions) for file in bare.files] == [("edit.txt", 0), ("old.txt", 1), ("z.txt", 1)]
    assert [changed(file) for file in bare.files] == [[], ["line 9", "line nine"], ["z"]]
    assert changed(reading.diff_file(mirror, base, head, "edit.txt", whitespace="all")) == []
    amounts = reading.diff(mirror, base, head, whitespace="changes")
    assert amounts.files[0].additions == 1


def test_one_file_is_the_same_alone_as_among_the_others(
    source: Path, sync: Sync, mirror: Mirror, base: str
) -> None:
    files = {"edit.txt": TEXT + "end\n", "old.txt": None, "dir/new.txt": TEXT + "x\n", "run.sh": Link("edit.txt")}
    head = add_commit(source, files={**files, "becomes": None, "becomes/a folder": "plain\n", "*": "star\n"})
    sync(source)
    together = reading.diff(mirror, base, head).files
    assert len(together) == 5
    for file in together:
        assert reading.diff_file(mirror, base, head, file.path, old_path=file.old_path) == file


@pytest.mark.parametrize("path", ["", "nothing", "../edit.txt", "edit.txt\0", ":(glob)*", "*.txt", "dir"])
def test_no_pattern_finds_a_file(source: Path, sync: Sync, mirror: Mirror, base: str, path: str) -> None:
    head = add_commit(source, files={"edit.txt": "x\n", "dir/a": "a\n"})
    sync(source)
    assert reading.diff_file(mirror, base, head, path) is None


def test_a_long_file_comes_with_its_first_lines(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={"a-lock": "x\n" * 5000})
    sync(source)
    file = reading.diff_file(mirror, base, head, "a-lock", max_lines=100)
    assert file and file.too_large and file.additions == 5000
    assert len(changed(file)) == 100


def test_only_the_lines_of_wanted_files_are_read(source: Path, sync: Sync, mirror: Mirror, base: str) -> None:
    head = add_commit(source, files={name: f"{name}\n" for name in "abcd"})
    sync(source)
    stat = reading.diff_stat(mirror, base, head)
    files = reading.with_lines(mirror, base, head, stat, [0, 2]).files
    assert [changed(file) for file in files] == [["a"], [], ["c"], []]
    assert not files[1].too_large


def test_so_many_files_that_nobody_counts_their_lines(
    source: Path, sync: Sync, mirror: Mirror, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.reading.diffs.MAX_COUNTED", 5)
    head = add_commit(source, files={"edit.txt": TEXT + "end\n", **{f"f{number}": "x\n" for number in range(9)}})
    sync(source)
    diff = reading.diff(mirror, base, head, max_files=3)
    assert (diff.file_count, diff.left_out, diff.is_counted) == (10, 7, False)
    assert not any(file.hunks for file in diff.files)
    assert changed(reading.diff_file(mirror, base, head, "edit.txt")) == ["end"]


def test_a_merge_is_compared_with_its_first_parent_and_a_root_with_nothing(
    source: Path, sync: Sync, mirror: Mirror
) -> None:
    before, root = tip(source), git(source, "rev-list", "--max-parents=0", "HEAD")
    add_branch(source, "work")
    merged = merge_branch(source, "work")
    sync(source)
    assert reading.first_parent(reading.commit(mirror, merged)) == before
    assert reading.first_parent(reading.commit(mirror, root)) == reading.EMPTY_TREE
    paths = {file.path for file in reading.diff(mirror, before, merged).files}
    assert paths == {"work-1.txt", "work-2.txt"}
