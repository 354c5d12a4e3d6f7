"""The corpus, and what one portal made of it. Both take most of a minute, so they are made once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus.build import build
from tests.repos import build_repo

ROOT = Path(__file__).parent.parent.parent
#: HOSTILE=small divides the big cases by ten, for a quick look.
SHRINK = 10 if os.environ.get("HOSTILE") == "small" else 1
#: Repositories that nothing is wrong with stand before, between and after the others.
GOOD = ("a-good-one", "m-good-one", "z-good-one")
Row = dict[str, Any]


@dataclass(frozen=True)
class Corpus:
    """`cases` are the rows of the manifest by name."""

    folder: Path
    cases: dict[str, Row]

    def input(self, name: str) -> Any:
        return json.loads((self.folder / "inputs" / f"{name}.json").read_text())


@dataclass(frozen=True)
class Report:
    """What the portal made of it: the first and the second round of syncs by repository, and every page."""

    first: dict[str, Row]
    second: dict[str, Row]
    pages: list[Row]
    texts: list[str]
    log: str = field(repr=False)

    def pages_of(self, name: str) -> list[Row]:
        return [page for page in self.pages if page["name"] == name]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("hostile")
    rows = build(folder, shrink=SHRINK)
    for name in GOOD:
        build_repo(folder / "repos" / f"{name}.git", commits=7)
    return Corpus(folder, {row["name"]: row for row in rows})


@pytest.fixture(scope="session")
def report(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """From a process of its own, which lives from the first repository to the last, as a worker does."""
    home = tmp_path_factory.mktemp("portal")
    database = f"hostile_{os.getpid()}" if os.environ.get("DATABASE_URL") else str(home / "hostile.sqlite3")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.hostile.worker", str(corpus.folder), database],
        cwd=ROOT,
        env={**os.environ, "VAR": str(home / "var")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    rounds = ({row["name"]: row for row in found[name]} for name in ("first", "second"))
    return Report(*rounds, found["pages"], found["texts"], done.stderr)
