"""What a sync carries over from the last one equals what it would have read afresh, whatever changed between."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog import findings
from catalog import sync as syncs
from catalog.actions.sources import add_source
from catalog.models import ActivityYear, LastRead, Project, SyncRun
from catalog.sync import sync_now
from forge.fast_import import Author, Content
from tests.repos import ALICE, BOB, CHARLIE, add_commit, build_repo, git, tip

pytestmark = pytest.mark.django_db

#: Paths that clash as file and folder, that decide facts, and that are of no account.
PATHS = [
    *("docs/use.md", "doc/use.rst", "docs/_build/no.md", "adr/0001-x.md"),
    *("src/a.py", "src/b.py", "src", "src/deep/c.go", "lib/x.h", "lib/x.c", "lib/y.cpp", "lib", "z.m"),
    *("README.md", "readme.rst", "docs/README.md", "CONTRIBUTING.md", "docs", "docs/adr/0001.md", "CHANGES.md"),
    *("LICENSE", "LICENSE-MIT", "COPYING", "setup.py", "package.json", "go.mod", "innersource.json", "CODEOWNERS"),
    *(".github/workflows/ci.yml", ".github", ".gitlab-ci.yml", "tests/test_a.py", "test_b.py", "tests"),
    *("vendor/big.js", "node_modules/x.js", "logo.png", "data.csv", "Makefile", "a b\tc\nd.py", "MAINTAINERS"),
    *(
        "LICENSES/MIT.txt",
        "REUSE.toml",
        "Dockerfile",
        ".github/dependabot.yml",
        "ci/Dockerfile.test",
        "tools/x.jar",
    ),
    *(
        ".mailmap",
        "catalog-info.yaml",
        "publiccode.yml",
        "pyproject.toml",
        "tox.ini",
        "gradlew",
        "GOVERNANCE.md",
    ),
]
CONTENTS = [
    *("print(1)\n", "int main;\n" * 9, "# Title\n\nWords and ![a picture](logo.png) of it.\n", ""),
    *("MIT License\n", '{"title": "Gears", "license": "MIT"}', "* @corp/core alice@corp.example\n", "x" * 5000),
    "# Gears\n\nThis project is deprecated. Use cogs instead.\n\n## Usage\n\nTurn.\n\n## Tests\n\nRun.\n",
    '[[annotations]]\npath = "**"\nSPDX-License-Identifier = "EUPL-1.2"\n',
    *('{"name": "gears", "version": "1.0"}', "module corp.example/gears\n"),
    *("kind: Component\nmetadata: {title: Cogs}\n", "A <a@x.example> <b@x.example>\n", "Shared ownership.\n"),
    *("test:\n\tmake it\n", "[tool.pytest]\n", "script:\n  - pytest -q\n"),
]
READ = [
    *("default_branch", "head_commit", "synced_commit", "license_spdx", "commit_count", "contributor_count"),
    *(
        "branch_count",
        "file_count",
        "document_count",
        "main_language",
        "first_activity",
        "last_activity",
        "weekly_commits",
    ),
    *("weekly_lines", "weekly_until", "activity_score", "health_score", "metadata_problems", "notes", "name"),
    *("summary", "motivation", "kind", "lifecycle", "docs_url", "skills", "help_wanted", "owner_team_id"),
    *("governance", "stated_in"),
]
RAW = re.compile("raw/[0-9a-f]{40}")
AUTHORS = [ALICE, BOB, CHARLIE, Author("Älice", "ALICE@example.org"), Author("", "nobody@x.example")]


def random_files(rng: random.Random) -> dict[str, Content | None]:
    chosen = rng.sample(PATHS, rng.randint(1, 4))
    return {path: None if rng.random() < 0.3 else rng.choice(CONTENTS) for path in chosen}


def odd_change(source: Path, rng: random.Random) -> None:
    """What fast-import cannot say shortly: a mode, a link, a submodule, a rename."""
    before = tip(source)
    entries = [line.split("\t", 1) for line in git(source, "ls-tree", "-r", "-z", before).split("\0") if line]
    facts, path = rng.choice([each for each in entries if not each[0].startswith("160000")] or entries)
    _, _, id = facts.split(" ")
    index = {"GIT_INDEX_FILE": str(source / "odd.index")}
    steps = {
        "mode": [("100755", id, path)],
        "link": [("120000", id, path)],
        "submodule": [("160000", before, "sub.py")],
        "rename": [("0", "0" * 40, path), ("100644", id, rng.choice(("moved.py", "moved.go", "test_moved.py")))],
    }
    lines = "".join(f"{mode} {id}\t{name}\0" for mode, id, name in steps[rng.choice(list(steps))])
    git(source, "read-tree", before, extra=index)
    git(source, "update-index", "-z", "--index-info", extra=index, stdin=lines)
    tree = git(source, "write-tree", extra=index)
    git(source, "update-ref", "refs/heads/main", git(source, "commit-tree", tree, "-p", before, "-m", "odd"))


def facts_of(project: Project) -> dict[str, Any]:
    """Everything that a sync wrote, but for dates of writing, keys and the commit in addresses of pictures."""
    row = Project.objects.filter(pk=project.pk).values(*READ).get()
    guides = [
        (guide.kind, guide.path, guide.blob, guide.title, guide.text, RAW.sub("raw", guide.html))
        for guide in project.guides.all()
    ]
    contributors = project.contributors.order_by("email").values_list(
        "email", "name", "commits", "first_at", "last_at", "lines_added", "lines_removed", "weeks", "last_week"
    )
    return {
        **row,
        "guides": guides,
        "languages": sorted(project.languages.values_list("name", "bytes")),
        "contributors": list(contributors),
        "health": sorted(project.health_results.values_list("check_key", "result", "evidence")),
        "tags": sorted(project.tags.values_list("name", "commit")),
        "files": LastRead.objects.get(project=project).files,
        "year": ActivityYear.objects.filter(project=project).values("until", "days", "sums").get(),
        "packages": sorted(project.packages.values_list("ecosystem", "name", "version", "path")),
    }


def synced(project: Project) -> None:
    row = sync_now(project)
    assert row is not None and row.state == SyncRun.State.OK


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether each later read could do without the whole tree."""
    outcomes: list[bool] = []
    carry_over = findings.carry_over

    def spy(*args: Any, **options: Any) -> Any:
        found = carry_over(*args, **options)
        outcomes.append(found is not None)
        return found

    monkeypatch.setattr(findings, "carry_over", spy)
    yield outcomes


@pytest.mark.parametrize("seed", range(5))
def test_what_is_carried_over_equals_what_is_read_afresh(
    tmp_path: Path, seed: int, carried: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(syncs.timezone, "now", lambda: now)
    rng = random.Random(seed)
    source = build_repo(tmp_path / "src" / "gears.git", files={"README.md": "# Gears\n", "src/a.py": "1\n"})
    project = add_source(str(source)).new[0]
    synced(project)
    for _ in range(6):
        for _ in range(rng.randint(1, 3)):
            if rng.random() < 0.3:
                odd_change(source, rng)
            else:
                add_commit(source, files=random_files(rng), author=rng.choice(AUTHORS))
        synced(project)
        gone_on = facts_of(project)
        Project.objects.update(facts_version=0)
        synced(project)
        assert gone_on == facts_of(project)
    assert len(carried) == 6


def test_ordinary_changes_are_carried_over(tmp_path: Path, carried: list[bool]) -> None:
    source = build_repo(tmp_path / "src" / "gears.git")
    project = add_source(str(source)).new[0]
    add_commit(source, files={"src/a.py": "1\n", "src/b.py": "2\n", "tests/test_a.py": "3\n"})
    synced(project)
    for files in ({"src/a.py": "111\n"}, {"src/b.py": None}, {"src/c.go": "4\n"}, {"tests/test_b.py": "5\n"}):
        add_commit(source, files=files)
        synced(project)
    assert carried == [True] * 4
    project.refresh_from_db()
    assert dict(project.languages.values_list("name", "bytes")) == {"Python": 8, "Go": 2}
    assert project.file_count == 5


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": "# Other\n"},
        {"docs/index.md": "# Docs\n"},
        {"LICENSE": "MIT License\n"},
        {"package.json": "{}"},
        {"innersource.json": "{}"},
        {"CODEOWNERS": "* @corp/core\n"},
        {"LICENSES/MIT.txt": "MIT License\n"},
        {"REUSE.toml": "version = 1\n"},
        {".github/workflows/ci.yml": "on: push\n"},
        {"logo.png": b"\x89PNG"},
        {"tests/test_a.py": None},
        {".gitlab-ci.yml": None},
    ],
)
def test_what_decides_facts_is_read(tmp_path: Path, files: dict[str, Any], carried: list[bool]) -> None:
    source = build_repo(tmp_path / "src" / "gears.git")
    project = add_source(str(source)).new[0]
    add_commit(source, files={"tests/test_a.py": "3\n", ".gitlab-ci.yml": "test: {}\n"})
    synced(project)
    add_commit(source, files=files)
    synced(project)
    assert carried == [False]
