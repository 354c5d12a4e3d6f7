from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Project
from contributions import actions
from contributions.errors import NotAllowed, NotNow
from contributions.lifecycle import State
from contributions.models import Change, Request
from forge.errors import ForgeError
from people.models import Team, User
from tests.create import create_code_host, create_project, create_request, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_task(project: Project, alice: User, host_team: Team) -> Request:
    """Alice looks for somebody to do it."""
    return create_request(project, alice, contributor=None, guest_team=host_team, state=State.ACCEPTED)


@pytest.fixture
def accepted(request_: Request, alice: User) -> Request:
    actions.accept(request_, by=alice)
    return request_


def test_a_volunteer_brings_their_team(open_task: Request, charlie: User, guest_team: Team) -> None:
    actions.volunteer(open_task, by=charlie)
    assert (open_task.state, open_task.contributor) == (State.IN_PROGRESS, charlie)
    assert open_task.guest_team == guest_team


def test_two_volunteers_at_once_one_wins(open_task: Request, charlie: User, bob: User) -> None:
    his = Request.objects.get(pk=open_task.pk)
    actions.volunteer(open_task, by=charlie)
    with pytest.raises(NotNow):
        actions.volunteer(his, by=bob)
    assert Request.objects.get(pk=open_task.pk).contributor == charlie


def test_what_somebody_does_is_not_taken_from_them(accepted: Request, bob: User) -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.volunteer(accepted, by=bob)
    assert "Charlie does this already" in refused.value.message


def test_work_handed_back_waits_for_a_volunteer(open_task: Request, charlie: User, host_team: Team) -> None:
    actions.volunteer(open_task, by=charlie)
    actions.hand_back(open_task, "No time.", by=charlie)
    assert (open_task.state, open_task.contributor, open_task.guest_team) == ("accepted", None, host_team)
    with pytest.raises(NotAllowed):
        actions.hand_back(open_task, by=charlie)


def test_an_offered_branch_is_in_progress_until_it_was_fetched(accepted: Request, charlie: User) -> None:
    actions.offer_branch(accepted, " retry ", by=charlie)
    change = Change.objects.get()
    assert accepted.state == State.IN_PROGRESS
    assert (change.branch, change.fork, change.offered_by, change.is_fetching) == ("retry", "", charlie, True)


def test_only_the_contributor_offers(accepted: Request, alice: User) -> None:
    with pytest.raises(NotAllowed):
        actions.offer_branch(accepted, "retry", by=alice)


def test_nothing_is_offered_before_it_was_accepted(request_: Request, charlie: User) -> None:
    with pytest.raises(NotNow):
        actions.offer_branch(request_, "retry", by=charlie)


@pytest.mark.parametrize(
    ("branch", "fork", "code"),
    [
        ("main", "", "branch_is_default"),
        ("no..good", "", "branch_invalid"),
        ("--upload-pack=x", "ext::sh -c id", "scheme_forbidden"),
        ("retry", "https://evil.example/widget.git", "host_not_registered"),
        ("retry", "https://me:secret@git.corp.example/w.git", "credentials_in_url"),
        ("retry", "/etc", "path_forbidden"),
        ("retry", "file:///etc", "path_forbidden"),
    ],
)
def test_a_branch_that_cannot_be_right_is_refused(
    accepted: Request, charlie: User, branch: str, fork: str, code: str
) -> None:
    accepted.project.default_branch = "main"
    create_code_host(kind="url", hosts=["git.corp.example"])
    with pytest.raises(ForgeError) as refused:
        actions.offer_branch(accepted, branch, fork_url=fork, by=charlie)
    assert refused.value.code == code
    assert not Change.objects.exists()


def test_a_fork_on_a_registered_host_is_taken(accepted: Request, charlie: User) -> None:
    create_code_host(kind="url", hosts=["git.corp.example"])
    actions.offer_branch(accepted, "main", fork_url="https://GIT.corp.example/charlie/widget.git/", by=charlie)
    assert Change.objects.get().fork == "https://git.corp.example/charlie/widget"


def test_the_project_itself_is_no_fork(accepted: Request, charlie: User) -> None:
    create_code_host(kind="url", hosts=["git.corp.example"])
    Project.objects.update(remote="https://git.corp.example/widget")
    accepted.project.refresh_from_db()
    actions.offer_branch(accepted, "retry", fork_url="https://git.corp.example/widget.git", by=charlie)
    assert Change.objects.get().fork == ""


def test_a_hidden_project_is_no_fork(accepted: Request, charlie: User, tmp_path: Path) -> None:
    create_code_host(kind="url", hosts=["git.corp.example"])
    create_project(remote="https://git.corp.example/secret", visibility="admins")
    with pytest.raises(ForgeError) as refused:
        actions.offer_branch(accepted, "main", fork_url="https://git.corp.example/secret.git", by=charlie)
    assert refused.value.code == "auth_required"


def test_another_offer_replaces_the_first(accepted: Request, charlie: User) -> None:
    actions.offer_branch(accepted, "retry", by=charlie)
    actions.offer_branch(accepted, "retry-2", by=charlie)
    assert Change.objects.get().branch == "retry-2"
    assert accepted.events.count() == 3


def test_an_outsider_offers_nothing(accepted: Request) -> None:
    with pytest.raises(NotAllowed):
        actions.offer_branch(accepted, "retry", by=create_user("dora"))
