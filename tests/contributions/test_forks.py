"""A fork is no way around who may see a listing, whatever its address looks like."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from catalog.models import Project
from contributions import branches, forks
from contributions.errors import BadBranch
from contributions.lifecycle import State
from contributions.models import Change, Request
from contributions.tasks import catch_up
from forge.errors import ForgeError
from people.models import Team, User
from tests.contributions.test_revisions import offer
from tests.create import create_code_host, create_curator, create_project, create_request
from tests.repos import add_branch, add_commit, git

pytestmark = pytest.mark.django_db

HOST = "git.corp.example"


@pytest.fixture(autouse=True)
def code_host(db: None) -> None:
    create_code_host(kind="url", hosts=[HOST, f"{HOST}:2222"])


@pytest.mark.parametrize("stored", [f"https://{HOST}/team/secret.git", f"ssh://git@{HOST}/team/secret"])
@pytest.mark.parametrize(
    "address",
    [
        f"https://{HOST}/team/secret.git",
        f"https://{HOST}/team/secret",
        f"https://{HOST}/Team/Secret/",
        f"git@{HOST}:team/secret.git",
        f"ssh://other@{HOST}:2222/team/secret",
    ],
)
def test_a_hidden_repository_is_no_fork_in_any_spelling(
    project: Project, charlie: User, stored: str, address: str
) -> None:
    create_project("secret", remote=stored, visibility="admins")
    with pytest.raises(ForgeError) as refused:
        branches.fork_of(project, address, by=charlie)
    assert refused.value.code == "auth_required"


@pytest.mark.parametrize("address", [f"git@{HOST}:team/secret.git", f"ssh://git@{HOST}/~/scm/team/secret.git"])
def test_a_prefix_on_another_scheme_hides_nothing(project: Project, charlie: User, address: str) -> None:
    create_project("secret", remote=f"https://{HOST}/scm/team/secret.git", visibility="admins")
    with pytest.raises(ForgeError):
        branches.fork_of(project, address, by=charlie)


@pytest.mark.parametrize("path", ["team/secret.git/worktrees/x", "team/secret/.git/worktrees/x"])
def test_an_address_inside_a_repository_is_refused(project: Project, charlie: User, path: str) -> None:
    with pytest.raises(ForgeError) as refused:
        branches.fork_of(project, f"git@{HOST}:{path}", by=charlie)
    assert refused.value.code == "url_invalid"


@pytest.mark.parametrize("address", [f"https://{HOST}/charlie/secret", f"https://{HOST}/team/secrets.git"])
def test_another_repository_of_a_like_name_is_a_fork(project: Project, charlie: User, address: str) -> None:
    create_project("secret", remote=f"https://{HOST}/secret.git", visibility="admins")
    create_project("team-secret", remote=f"https://{HOST}/team/secret.git", visibility="admins")
    assert branches.fork_of(project, address, by=charlie) == address.removesuffix(".git")


@pytest.mark.parametrize("address", [f"https://{HOST}/widget", f"https://{HOST}/widget.git", f"git@{HOST}:widget"])
def test_the_project_itself_is_no_fork_in_any_spelling(project: Project, charlie: User, address: str) -> None:
    assert project.remote == f"https://{HOST}/widget.git"
    assert branches.fork_of(project, address, by=charlie) == ""


@pytest.fixture
def hidden(real_project: Project, repo: Path) -> Path:
    """A hidden listing with a work tree of its own and one apart."""
    folder = repo.parent / "secret"
    git(repo.parent, "clone", "-q", str(repo), str(folder))
    git(folder, "worktree", "add", "-q", "-b", "apart", str(repo.parent / "apart"))
    create_project("secret", visibility="admins", remote=str(folder), code_host=real_project.code_host)
    return folder


@pytest.mark.parametrize(
    "path", ["secret", "secret/.git", "secret/.git/worktrees/apart", "apart", "apart/.git", "secret/.git/refs"]
)
def test_no_folder_of_a_hidden_repository_is_a_fork(
    real_project: Project, hidden: Path, charlie: User, path: str
) -> None:
    with pytest.raises(ForgeError) as refused:
        branches.fork_of(real_project, str(hidden.parent / path), by=charlie)
    assert refused.value.code in ("path_missing", "url_invalid")


def test_a_work_tree_of_a_bare_hidden_repository_is_no_fork(
    real_project: Project, repo: Path, charlie: User
) -> None:
    bare = repo.parent / "bare.git"
    shutil.copytree(repo, bare)
    git(bare, "worktree", "add", "-q", "-b", "apart", str(repo.parent / "apart"))
    create_project("secret", visibility="admins", remote=str(bare), code_host=real_project.code_host)
    for path in (repo.parent / "apart", bare / "worktrees" / "apart"):
        with pytest.raises(ForgeError):
            branches.fork_of(real_project, str(path), by=charlie)


def test_a_listing_that_cannot_be_read_stops_no_fork(
    real_project: Project, hidden: Path, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> Path:
        if path == hidden:
            raise PermissionError
        return path

    monkeypatch.setattr(forks, "find_git_folder", read)
    fork = hidden.parent / "fork.git"
    assert branches.fork_of(real_project, str(fork), by=charlie) == str(fork)
    with pytest.raises(ForgeError):
        branches.fork_of(real_project, str(hidden), by=charlie)


def test_what_few_may_see_is_not_shown_to_all(project: Project, charlie: User, guest_team: Team) -> None:
    listed = create_project("ours", remote=f"https://{HOST}/ours", visibility="teams", owner_team=guest_team)
    listed.visible_teams.add(guest_team)
    with pytest.raises(BadBranch) as refused:
        branches.fork_of(project, listed.remote, by=charlie)
    assert refused.value.code == "fork_restricted"
    assert refused.value.cure


def test_the_same_few_may_see_both(project: Project, charlie: User, guest_team: Team) -> None:
    Project.objects.update(visibility="teams")
    project.refresh_from_db()
    listed = create_project(
        "ours", remote=f"https://{HOST}/ours", visibility="teams", owner_team=project.owner_team
    )
    for each in (project, listed):
        each.visible_teams.add(guest_team)
    assert branches.fork_of(project, listed.remote, by=charlie) == listed.remote
    project.trusted_committers.create(user=create_curator("dora"))
    assert not forks.reaches_readers_of(project, listed)


def test_curators_alone_see_everything(project: Project) -> None:
    create_project("ours", remote=f"https://{HOST}/ours", visibility="teams")
    project.visibility = "admins"
    assert branches.fork_of(project, f"https://{HOST}/ours", by=create_curator()) == f"https://{HOST}/ours"


@pytest.fixture
def forked(real_project: Project, repo: Path, charlie: User, guest_team: Team) -> Project:
    """A listed fork that everyone sees, with Charlie's branch in review."""
    request = create_request(real_project, charlie, guest_team=guest_team, state=State.ACCEPTED)
    fork = repo.parent / "fork.git"
    shutil.copytree(repo, fork)
    listed = create_project("fork", remote=str(fork), code_host=real_project.code_host, owner_team=guest_team)
    add_branch(fork, "retry")
    assert offer(request, fork=str(fork)).revisions.count() == 1
    return listed


def look_again(fork: Project) -> Change:
    """Somebody pushed, and the portal looks for it."""
    add_commit(Path(fork.remote), branch="retry", files={"secret.txt": "secret\n"})
    Change.objects.update(checked_at=timezone.now() - timedelta(hours=1))
    catch_up()
    return Change.objects.get()


@pytest.mark.parametrize(
    ("visibility", "code"), [("everyone", ""), ("admins", "path_missing"), ("teams", "fork_restricted")]
)
def test_a_fork_that_was_restricted_is_fetched_no_more(forked: Project, visibility: str, code: str) -> None:
    forked.visibility = visibility
    forked.save()
    change = look_again(forked)
    assert change.error_code == code
    assert change.revisions.count() == (1 if code else 2)


def test_a_restricted_fork_of_somebody_who_left_is_fetched_no_more(forked: Project) -> None:
    Project.objects.update(visibility="teams")
    User.objects.filter(username="charlie").update(is_active=False)
    assert look_again(forked).error_code == "path_missing"
    assert Request.objects.get().state == State.IN_REVIEW
