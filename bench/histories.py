"""Other people's readers of a git history, to stand beside a first sync; the portal itself needs none of them."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path


def pydriller(source: Path) -> int:
    """Every commit of the default branch with its author and the lines that it added and removed."""
    from pydriller import Repository

    commits = 0
    for commit in Repository(str(source)).traverse_commits():
        _ = (commit.author.email, commit.insertions, commit.deletions)
        commits += 1
    return commits


def perceval(source: Path) -> int:
    """The same and the files of each commit, after a clone of its own, as a first sync begins with one."""
    from perceval.backends.core.git import Git

    with tempfile.TemporaryDirectory() as folder:
        items = Git(uri=f"file://{source}", gitpath=f"{folder}/mirror.git").fetch(latest_items=False)
        return sum(1 for item in items if item["data"]["files"] is not None)


READERS: dict[str, Callable[[Path], int]] = {"PyDriller": pydriller, "Perceval": perceval}


def missing() -> list[str]:
    """The names of those that are not installed here: `make peers` brings them."""
    return [name for name in READERS if importlib.util.find_spec(name.lower()) is None]
