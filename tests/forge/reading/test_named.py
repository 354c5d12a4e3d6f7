"""Which commit a name stands for, and whether anything leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge import reading
from forge.mirror import Mirror
from tests.repos import add_commit, build_repo, git, tip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "a.git", commits=2)


def test_what_is_no_commit_is_not_reachable(path: Path) -> None:
    mirror = Mirror(path)
    tree, blob = git(path, "rev-parse", "main^{tree}"), git(path, "rev-parse", "main:README.md")
    for id in (tree, blob, "0" * 40):
        assert not reading.is_reachable(mirror, id)
        assert reading.named(mirror, id) is None
    assert reading.is_reachable(mirror, tip(path))


def test_only_branches_and_tags_lead_somewhere(path: Path) -> None:
    mirror = Mirror(path)
    aside = add_commit(path, branch="aside", files={"x": "1"})
    git(path, "tag", "-a", "-m", "v", "v1", "aside")
    git(path, "update-ref", "-d", "refs/heads/aside")
    assert reading.is_reachable(mirror, aside)
    git(path, "update-ref", "refs/changes/1/1", aside)
    git(path, "update-ref", "-d", "refs/tags/v1")
    assert not reading.is_reachable(mirror, aside)


def test_an_ambiguous_beginning_names_nothing(path: Path) -> None:
    mirror = Mirror(path)
    assert reading.named(mirror, tip(path)[:6]) is None
    found = reading.named(mirror, tip(path)[:7])
    assert found is not None and found.commit == tip(path)
