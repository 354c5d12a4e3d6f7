import os
from pathlib import Path

import pytest

from forge import reading
from forge.mirror import Mirror
from forge.types import shown
from tests.forge.calls import Sync
from tests.repos import add_commit, git

ODD = [
    *(b"new\nline.txt", b'quo"te', b"<script>.md", b"\xff\xfe.txt", b"--upload-pack=x", b"-rf", b"tab\there"),
    *(b" lead", b"trail ", b"$(id)", b":(glob)**", b"*", b"[a]", b"%2e%2e", "caf\u00e9".encode(), b"a:b", b"..."),
    *(b"deep/er/--x", b"deep/" + b"x" * 200),
]


@pytest.fixture
def odd_head(source: Path, sync: Sync) -> str:
    add_commit(source, files={os.fsdecode(name): b"content of " + name for name in ODD})
    head = sync(source).head
    assert head
    return head


def test_every_path_round_trips(mirror: Mirror, odd_head: str) -> None:
    tree = reading.tree(mirror, odd_head)
    assert tree.complete
    assert {os.fsencode(entry.path) for entry in tree.entries} == {*ODD, b"README.md", b"CHANGES"}
    for entry in tree.entries:
        found = reading.blob_at(mirror, odd_head, entry.path, max_size=1000)
        assert found and found[0] == entry and found[1].size == entry.size
        shown(entry.path).encode()


def test_one_folder_is_listed_with_full_paths(mirror: Mirror, odd_head: str) -> None:
    names = [entry.path for entry in reading.folder(mirror, odd_head, "deep").entries]
    assert names == ["deep/er", "deep/" + "x" * 200]
    assert "deep" in [entry.path for entry in reading.folder(mirror, odd_head).entries]
    assert reading.folder(mirror, odd_head, "nowhere").entries == ()


@pytest.mark.parametrize("path", ["", "/", "/README.md", "nowhere", "deep", "deep/", "../x", "a\0b", "README.md/"])
def test_path_without_a_file_is_none(mirror: Mirror, odd_head: str, path: str) -> None:
    assert reading.blob_at(mirror, odd_head, path, max_size=1000) is None


def test_large_tree_is_cut_and_says_so(mirror: Mirror, odd_head: str) -> None:
    tree = reading.tree(mirror, odd_head, limit=3)
    assert len(tree.entries) == 3 and not tree.complete


def test_blobs_come_in_order_without_the_large_ones(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(source, files={"small": "s\n", "empty": "", "large": "x" * 200_000, "lines": "a\n\nb\n"})
    head = sync(source).head
    assert head
    ids = {entry.path: entry.id for entry in reading.tree(mirror, head).entries}
    wanted = [ids["large"], ids["small"], "1" * 40, ids["empty"], ids["lines"], ids["small"], head]
    found = list(reading.blobs(mirror, wanted, max_size=1000))
    assert [blob.data for blob in found] == [None, b"s\n", None, b"", b"a\n\nb\n", b"s\n", None]
    assert [blob.too_large for blob in found] == [True, *[False] * 6]
    assert found[0].size == 200_000 and found[2].size is None
    for id, blob in zip(wanted, found, strict=True):
        assert reading.blob(mirror, id, max_size=1000) == blob
    assert list(reading.blobs(mirror, [], max_size=1)) == []


def test_link_is_shown_and_never_followed(source: Path, sync: Sync, mirror: Mirror) -> None:
    id = git_blob(source, "/etc/passwd")
    git(source, "update-ref", "refs/heads/main", commit_with(source, f"120000 blob {id}\tlink\n"))
    head = sync(source).head
    assert head
    found = reading.blob_at(mirror, head, "link", max_size=1000)
    assert found and found[0].is_link and found[1].data == b"/etc/passwd"


def test_submodule_is_an_entry_and_no_blob(source: Path, sync: Sync, mirror: Mirror) -> None:
    git(source, "update-ref", "refs/heads/main", commit_with(source, f"160000 commit {'2' * 40}\tsub\n"))
    head = sync(source).head
    assert head
    assert [(entry.type, entry.size) for entry in reading.tree(mirror, head).entries] == [("commit", None)]
    assert reading.blob_at(mirror, head, "sub", max_size=10) is None


def git_blob(path: Path, content: str) -> str:
    scratch = path.parent / "scratch"
    scratch.write_text(content)
    return git(path, "hash-object", "-w", str(scratch))


def commit_with(path: Path, lines: str) -> str:
    import subprocess

    done = subprocess.run(
        ["git", "-C", str(path), "mktree", "--missing"], input=lines.encode(), capture_output=True, check=True
    )
    return git(path, "commit-tree", "-m", "odd", done.stdout.decode().strip())
