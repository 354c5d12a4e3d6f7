"""Which commit `?at=` names, and that nothing is shown that no branch or tag leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Project, Rendering
from catalog.revisions import forget_shown, is_shown, mirror_of, revision_at
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from tests.create import create_project
from tests.repos import add_commit, build_repo, git, tip


@pytest.fixture
def project(db: None) -> Project:
    project = create_project("widget", default_branch="main", sync_state="ok", refs_digest="1")
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True)
    build_repo(path, commits=3)
    project.head_commit = tip(path)
    project.save()
    return project


@pytest.fixture
def path(project: Project) -> Path:
    return mirror_path(project.pk)


@pytest.fixture
def mirror(project: Project) -> Mirror:
    return mirror_of(project)


def code_of(project: Project, wanted: str) -> str:
    with pytest.raises(ForgeError) as caught:
        revision_at(project, mirror_of(project), wanted)
    return caught.value.code


def test_nothing_named_is_the_default_branch_as_it_was_synced(
    project: Project, path: Path, mirror: Mirror
) -> None:
    add_commit(path, files={"new.txt": "not synced yet"})
    found = revision_at(project, mirror, "")
    assert (found.kind, found.commit, found.at) == ("default", project.head_commit, "")
    assert revision_at(project, mirror, "main") == found


def test_branches_tags_and_ids_are_found(project: Project, path: Path, mirror: Mirror) -> None:
    head = add_commit(path, branch="feature/x", files={"x": "1"})
    git(path, "tag", "-a", "-m", "one", "v1.0", "main~1")
    git(path, "tag", "light", "main~2")
    assert revision_at(project, mirror, "feature/x").commit == head
    assert revision_at(project, mirror, "v1.0").commit == git(path, "rev-parse", "main~1")
    assert revision_at(project, mirror, "light").kind == "tag"
    short = revision_at(project, mirror, head[:9])
    assert (short.kind, short.commit, short.at, short.label) == ("commit", head, head, head[:10])


def test_a_branch_goes_before_a_tag_and_both_before_an_id(project: Project, path: Path, mirror: Mirror) -> None:
    first, second = git(path, "rev-parse", "main~1"), git(path, "rev-parse", "main~2")
    git(path, "update-ref", f"refs/heads/{first}", second)
    git(path, "tag", "both", first)
    git(path, "update-ref", "refs/heads/both", second)
    assert revision_at(project, mirror, first).commit == second
    assert revision_at(project, mirror, "both").kind == "branch"


@pytest.mark.parametrize(
    "wanted",
    [
        "nothing",
        "HEAD",
        "main~1",
        "main^{tree}",
        "refs/heads/main",
        "*",
        "--all",
        "a" * 40,
        "a\0b",
        "x" * 5000,
        "\udc80",
    ],
)
def test_what_names_nothing_is_said_so(project: Project, wanted: str) -> None:
    assert code_of(project, wanted) == "revision_missing"


def test_a_tag_of_a_blob_is_no_revision(project: Project, path: Path) -> None:
    git(path, "tag", "blob", "main:README.md")
    assert code_of(project, "blob") == "revision_missing"
    assert code_of(project, git(path, "rev-parse", "main:README.md")) == "revision_missing"


def test_what_was_pushed_away_or_only_offered_is_not_shown(project: Project, path: Path, mirror: Mirror) -> None:
    gone = add_commit(path, branch="secret", files={"key.pem": "secret"})
    git(path, "update-ref", "refs/changes/1/1", gone)
    git(path, "update-ref", "refs/incoming/heads/x", gone)
    assert is_shown(project, mirror, gone)
    git(path, "update-ref", "-d", "refs/heads/secret")
    project.refs_digest = "2"
    assert not is_shown(project, mirror, gone)
    assert code_of(project, gone) == code_of(project, gone[:10]) == "revision_missing"


def test_that_a_commit_is_shown_is_remembered_until_a_ref_moves(project: Project, mirror: Mirror) -> None:
    old = git(mirror.path, "rev-parse", "main~2")
    assert is_shown(project, mirror, old)
    assert Rendering.objects.get(kind="shown").content == {"refs": "1"}
    project.refs_digest = "2"
    assert is_shown(project, mirror, old)
    assert Rendering.objects.get(kind="shown").content == {"refs": "2"}


def test_what_was_remembered_is_forgotten_when_refs_moved(project: Project, mirror: Mirror) -> None:
    other = create_project("other")
    Rendering.objects.create(kind="shown", key=f"{other.pk}-{'a' * 40}", content={"refs": "1"})
    assert is_shown(project, mirror, git(mirror.path, "rev-parse", "main~2"))
    forget_shown(project)
    assert [row.key for row in Rendering.objects.filter(kind="shown")] == [f"{other.pk}-{'a' * 40}"]


def test_a_project_that_was_never_read_says_so(db: None) -> None:
    with pytest.raises(ForgeError) as caught:
        mirror_of(create_project("unread"))
    assert caught.value.code == "mirror_missing"
