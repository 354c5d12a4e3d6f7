"""Where git expects a file of a local source, something else may wait: a link that leads out, a pipe, a device."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forge.connectors import Directory
from forge.errors import ForgeError
from forge.folders import git_folder
from tests.repos import build_repo

Trap = Callable[[Path, Path], None]


def link(name: str, target: str) -> Trap:
    def lay(repo: Path, outside: Path) -> None:
        path = repo / name
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(target if target.startswith("/") else outside / target)

    return lay


def pipe(name: str) -> Trap:
    def lay(repo: Path, outside: Path) -> None:
        (repo / name).unlink(missing_ok=True)
        (repo / name).parent.mkdir(exist_ok=True)
        os.mkfifo(repo / name)

    return lay


def text(name: str, content: str) -> Trap:
    def lay(repo: Path, outside: Path) -> None:
        (repo / name).parent.mkdir(exist_ok=True)
        (repo / name).write_text(content.format(outside=outside))

    return lay


def huge(name: str) -> Trap:
    """A sparse file: it takes no room on the disk, and all of the memory of whoever reads it."""

    def lay(repo: Path, outside: Path) -> None:
        (repo / name).parent.mkdir(exist_ok=True)
        with (repo / name).open("wb") as file:
            file.truncate(8 * 2**30)

    return lay


TRAPS: dict[str, tuple[Trap, str]] = {
    "passwd as packed refs": (link("packed-refs", "/etc/passwd"), "path_forbidden"),
    "passwd as HEAD": (link("HEAD", "/etc/passwd"), "path_forbidden"),
    "zeros without end as configuration": (link("config", "/dev/zero"), "path_forbidden"),
    "zeros without end as alternates": (link("objects/info/alternates", "/dev/zero"), "path_forbidden"),
    "objects of another": (link("objects", "secret.git/objects"), "path_forbidden"),
    "packs of another": (link("objects/pack", "secret.git/objects/pack"), "path_forbidden"),
    "branches of another": (link("refs", "secret.git/refs"), "path_forbidden"),
    "passwd as a branch": (link("refs/heads/x", "/etc/passwd"), "path_forbidden"),
    "passwd as description": (link("description", "/etc/passwd"), "path_forbidden"),
    "a link to itself": (link("shallow", "../../open/trap.git/shallow"), "path_forbidden"),
    "a pipe as configuration": (pipe("config"), "not_a_repository"),
    "a pipe as HEAD": (pipe("HEAD"), "not_a_repository"),
    "a pipe as packed refs": (pipe("packed-refs"), "not_a_repository"),
    "a pipe as a branch": (pipe("refs/heads/pipe"), "not_a_repository"),
    "a pipe as alternates": (pipe("objects/info/alternates"), "not_a_repository"),
    "a pipe as common directory": (pipe("commondir"), "not_a_repository"),
    "a pipe as description": (pipe("description"), "not_a_repository"),
    "the common directory of another": (text("commondir", "{outside}/secret.git\n"), "path_forbidden"),
    "alternates in quotes": (
        text("objects/info/alternates", '"{outside}/secret.git/objects"\n'),
        "borrowed_objects",
    ),
    "alternates that climb": (
        text("objects/info/alternates", "../../../outside/secret.git/objects\n"),
        "borrowed_objects",
    ),
    "a million alternates": (text("objects/info/alternates", "./x\n" * 1_000_000), "borrowed_objects"),
    "alternates of 8 GB": (huge("objects/info/alternates"), "borrowed_objects"),
}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    build_repo(tmp_path / "outside" / "secret.git")
    return tmp_path / "outside"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "open" / "trap.git")


@pytest.mark.parametrize("name", TRAPS)
def test_trap_is_refused_before_git_opens_it(name: str, repo: Path, outside: Path) -> None:
    lay, code = TRAPS[name]
    lay(repo, outside)
    with pytest.raises(ForgeError) as caught:
        git_folder(repo, folders=[repo.parent])
    assert caught.value.code == code
    assert "root:" not in caught.value.message


def test_traps_stop_no_discovery(repo: Path, outside: Path) -> None:
    """A pipe was once waited for until somebody would write into it."""
    for number, (lay, _) in enumerate(TRAPS.values()):
        copy = build_repo(repo.parent / f"trap-{number}.git")
        lay(copy, outside)
    connector = Directory()
    began = time.monotonic()
    found = [each.name for each in connector.discover(str(repo.parent), folders=[repo.parent])]
    assert found == ["trap"]
    # What has no HEAD that can be read is no repository, so nothing is said of it.
    assert len(connector.problems) >= len(TRAPS) - 2
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("lay", [huge(".git"), pipe(".git"), text(".git", "gitdir: {outside}/secret.git\n")])
def test_work_tree_whose_git_folder_is_a_trap_is_refused(lay: Trap, tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "open" / "tree"
    folder.mkdir(parents=True)
    lay(folder, outside)
    with pytest.raises(ForgeError) as caught:
        git_folder(folder, folders=[tmp_path / "open"])
    assert caught.value.code in ("not_a_repository", "path_forbidden")


def test_links_inside_the_allowed_folders_are_followed(tmp_path: Path, repo: Path) -> None:
    other = build_repo(tmp_path / "open" / "other.git")
    shutil.rmtree(repo / "objects")
    (repo / "objects").symlink_to(other / "objects")
    assert git_folder(repo, folders=[tmp_path / "open"]) == repo


def test_hooks_of_a_code_host_may_lie_elsewhere(repo: Path, outside: Path) -> None:
    shutil.rmtree(repo / "hooks", ignore_errors=True)
    (repo / "hooks").symlink_to(outside)
    assert git_folder(repo, folders=[repo.parent]) == repo
