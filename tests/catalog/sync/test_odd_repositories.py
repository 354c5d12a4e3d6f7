"""Repositories that lack something, or have too much of it, are listings too."""

from pathlib import Path
from typing import Any

import pytest

from catalog import findings
from catalog.actions.sources import add_source
from catalog.models import Project, SyncRun
from catalog.sync import sync_now
from forge.errors import ForgeError
from tests.catalog.sync.runs import Run
from tests.repos import add_commit, build_repo, git

pytestmark = pytest.mark.django_db


def test_an_empty_repository_is_a_listing_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    project = add_source(str(tmp_path / "empty.git")).new[0]
    sync_now(project)
    project.refresh_from_db()
    assert (project.sync_state, project.head_commit, project.commit_count) == (Project.SyncState.OK, "", 0)
    assert project.notes == ["This repository has no commits yet."]


def test_a_repository_without_a_default_branch_gets_the_usual_one(
    project: Project, source: Path, run: Run
) -> None:
    git(source, "symbolic-ref", "HEAD", "refs/heads/nowhere")
    assert run().state == SyncRun.State.OK
    assert project.default_branch == "main"
    assert any("default branch" in note for note in project.notes)


def test_no_readme_is_no_failure(tmp_path: Path) -> None:
    project = add_source(str(build_repo(tmp_path / "bare.git", files={"a.c": "int a;\n"}))).new[0]
    sync_now(project)
    project.refresh_from_db()
    assert (project.sync_state, project.summary) == (Project.SyncState.OK, "")
    assert not project.guides.exists()


def test_a_huge_readme_is_not_read(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"README.md": "# Big\n\n" + "word " * 1_000_000})
    assert run().state == SyncRun.State.OK
    readme = project.guides.get(kind="readme")
    assert readme.html == "" and "too large" in readme.note


def test_names_and_words_of_any_bytes_are_stored(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={os_name(b"caf\xe9/README.md"): "x", "README.md": b"# Caf\xe9\n\n\x00\x01 bytes\n"})
    assert run().state == SyncRun.State.OK
    assert project.commit_count == 4


def os_name(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def test_lines_that_cannot_be_counted_are_said_and_stop_nothing(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tallies = findings.reading.tallies

    def too_big(*args: Any, lines: bool, **options: Any) -> Any:
        if lines:
            raise ForgeError("too_big", what="the work that git would have")
        return tallies(*args, lines=lines, **options)

    with monkeypatch.context() as patch:
        patch.setattr(findings.reading, "tallies", too_big)
        assert run().state == SyncRun.State.OK
    assert project.commit_count == 3 and findings.NO_LINES in project.notes
    add_commit(source, files={"a.txt": "a\n"})
    run()
    assert project.commit_count == 4 and findings.NO_LINES in project.notes
