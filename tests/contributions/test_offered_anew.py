"""A branch that is offered is reviewed, whatever was reviewed before; what was approved before is not approved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from catalog.models import Project
from contributions import actions, revisions
from contributions.errors import NotNow
from contributions.lifecycle import State, Verb
from contributions.models import Change, Request
from contributions.tasks import catch_up, fetch_revision
from forge.mirror import Mirror, mirror_path
from people.models import Team, User
from tests.contributions.test_revisions import follow, offer
from tests.create import create_request
from tests.repos import add_branch, git, merge_branch

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(real_project: Project, repo: Path, charlie: User, guest_team: Team) -> Request:
    """With Charlie's branch in review."""
    add_branch(repo, "retry")
    request = create_request(real_project, charlie, guest_team=guest_team, state=State.ACCEPTED)
    offer(request)
    return request


@pytest.fixture
def approved(request_: Request, alice: User) -> Request:
    actions.review(request_, request_.change.revisions.get(), verdict="approve", by=alice)
    assert request_.state == State.APPROVED
    return request_


def test_another_branch_is_not_approved(approved: Request, repo: Path, alice: User) -> None:
    actions.offer_branch(approved, "evil", by=approved.author)
    assert approved.state == State.IN_PROGRESS
    with pytest.raises(NotNow):
        actions.review(approved, approved.change.revisions.get(), verdict="approve", by=alice)
    fetch_revision(approved.change.pk)
    assert Request.objects.get().state == State.IN_PROGRESS
    add_branch(repo, "evil")
    fetch_revision(approved.change.pk)
    assert Request.objects.get().state == State.IN_REVIEW


def test_the_page_approves_a_commit_and_no_name(approved: Request, alice: User, client: Client) -> None:
    client.force_login(alice)
    url, head = approved.get_absolute_url(), approved.change.revisions.get().head
    assert f"Approved is commit <code>{head}</code>" in client.get(url).content.decode()
    actions.offer_branch(approved, "evil", by=approved.author)
    page = client.get(url).content.decode()
    assert "Approved is commit" not in page
    assert "ready to merge" not in page
    assert "What follows was offered before" in page


def test_what_was_withdrawn_and_is_offered_again_is_reviewed_again(request_: Request, alice: User) -> None:
    actions.withdraw(request_, by=request_.author)
    actions.reopen(request_, by=request_.author)
    actions.accept(request_, by=alice)
    change = offer(request_)
    heads = [revision.head for revision in change.revisions.all()]
    assert request_.state == State.IN_REVIEW
    assert len(heads) == 2
    assert heads[0] == heads[1]
    assert revisions.fetch(change) is None


@pytest.mark.parametrize("same", [True, False])
def test_what_was_handed_back_and_is_offered_again_is_reviewed_again(
    request_: Request, bob: User, same: bool
) -> None:
    by = request_.author if same else bob
    actions.hand_back(request_, by=request_.author)
    actions.volunteer(request_, by=by)
    follow(request_.project)
    request_.refresh_from_db()
    assert request_.state == State.IN_PROGRESS
    actions.offer_branch(request_, "retry", by=by)
    fetch_revision(request_.change.pk)
    assert Request.objects.get().state == State.IN_REVIEW
    assert Change.objects.get().revisions.count() == 2


def test_a_fetch_that_another_offer_overtook_brings_nothing(request_: Request, repo: Path) -> None:
    add_branch(repo, "second")
    actions.offer_branch(request_, "second", by=request_.author)
    read_before = Change.objects.select_related("request__project").get()
    actions.offer_branch(request_, "third", by=request_.author)
    assert revisions.fetch(read_before) is None
    request_.refresh_from_db()
    assert request_.state == State.IN_PROGRESS
    assert Change.objects.get().is_fetching


def test_the_earlier_branch_is_merged_all_the_same(approved: Request, repo: Path) -> None:
    actions.offer_branch(approved, "typo", by=approved.author)
    merge_branch(repo, "retry")
    follow(approved.project)
    assert Request.objects.get().state == State.MERGED


def test_what_was_closed_meanwhile_stops_no_other(request_: Request, repo: Path) -> None:
    merge_branch(repo, "retry")
    read_before = Change.objects.select_related("request__project").get()
    assert read_before.request.state == State.IN_REVIEW
    actions.withdraw(request_, by=request_.author)
    read_before.request.project.head_commit = git(repo, "rev-parse", "main")
    follow(request_.project)
    assert revisions.arrived(Mirror(mirror_path(request_.project_id)), read_before) is None
    assert not request_.events.filter(verb=Verb.MERGE).exists()


def test_asking_to_fetch_many_times_is_one_task(
    request_: Request,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[object] = []
    monkeypatch.setattr("catalog.broker.hint", lambda *task, **_: told.append(task))
    client.force_login(request_.author)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            assert client.post(f"{request_.get_absolute_url()}fetch/").status_code == 302
    assert len(told) == 1
    Change.objects.update(offered_at=timezone.now() - timedelta(minutes=2))
    catch_up()
    assert not Change.objects.get().is_fetching
