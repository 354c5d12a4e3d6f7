"""Branches of real repositories: fetched, revised, and recognised when they arrive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from celery.exceptions import Retry
from django.conf import LazySettings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from catalog import signals
from catalog.models import Project
from contributions import actions, revisions
from contributions.errors import NotNow
from contributions.lifecycle import State, Verb
from contributions.models import Change, Credit, Request, Revision
from contributions.tasks import BEAT, TRIES, WAIT, catch_up, fetch_revision, follow_branches
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from people.models import Team, User
from tests.contributions.conftest import synced
from tests.create import create_request, create_user
from tests.repos import (
    add_branch,
    add_commit,
    git,
    merge_branch,
    rebase_branch,
    squash_branch,
    tip,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(real_project: Project, charlie: User, guest_team: Team) -> Request:
    return create_request(real_project, charlie, guest_team=guest_team, state=State.ACCEPTED)


def offer(request: Request, branch: str = "retry", fork: str = "") -> Change:
    """Charlie names a branch and the worker looks at it."""
    actions.offer_branch(request, branch, fork_url=fork, by=request.author)
    fetch_revision(Change.objects.get(request=request).pk)
    request.refresh_from_db()
    return Change.objects.get(request=request)


def follow(project: Project) -> None:
    revisions.follow(synced(project))


def test_an_offered_branch_becomes_a_revision(request_: Request, repo: Path) -> None:
    head = add_branch(repo, "retry", commits=2)
    change = offer(request_)
    revision = change.revisions.get()
    assert request_.state == State.IN_REVIEW
    assert (revision.number, revision.head, revision.base) == (1, head, tip(repo, "main"))
    assert (revision.commit_count, revision.file_count, revision.added, revision.removed) == (2, 2, 4, 0)
    assert revision.merges == Revision.Merges.CLEAN
    assert len(revision.patch_ids) == 2
    event = request_.events.last()
    assert event is not None
    assert (event.actor, event.verb, event.revision) == (None, Verb.REVISE, revision)
    assert event.note == "2 commits, 2 files, +4 −0"
    assert not change.is_fetching


def test_commits_stay_readable_when_the_branch_goes(request_: Request, repo: Path) -> None:
    head = add_branch(repo, "retry")
    offer(request_)
    git(repo, "branch", "-D", "retry")
    synced(request_.project)
    git(mirror_path(request_.project.pk), "gc", "--prune=now", "--quiet")
    assert reading.commit(Mirror(mirror_path(request_.project.pk)), head).id == head


def test_an_unknown_branch_is_told_to_the_contributor(request_: Request, repo: Path) -> None:
    change = offer(request_, "typo")
    assert request_.state == State.IN_PROGRESS
    assert (change.error_code, change.is_fetching) == ("branch_unknown", False)
    assert "typo" in change.error_message
    assert change.error_cure


def test_a_branch_without_new_commits_is_told_to_the_contributor(request_: Request, repo: Path) -> None:
    git(repo, "branch", "empty", "main~1")
    change = offer(request_, "empty")
    assert change.error_code == "branch_has_nothing_new"
    assert not change.revisions.exists()


def test_what_is_no_revision_leaves_no_ref(request_: Request, repo: Path) -> None:
    git(repo, "branch", "empty", "main~1")
    offer(request_, "empty")
    mirror = mirror_path(request_.project.pk)
    assert git(mirror, "for-each-ref", "refs/changes") == ""


def test_an_unrelated_history_is_refused(request_: Request, repo: Path) -> None:
    tree = git(repo, "rev-parse", "main^{tree}")
    git(repo, "update-ref", "refs/heads/other", git(repo, "commit-tree", "-m", "Other", tree))
    assert offer(request_, "other").error_code == "unrelated"


def test_a_cured_branch_enters_the_review(request_: Request, repo: Path) -> None:
    change = offer(request_)
    assert change.error_code == "branch_unknown"
    add_branch(repo, "retry")
    fetch_revision(change.pk)
    change.refresh_from_db()
    assert (change.error_code, change.revisions.count()) == ("", 1)


def test_conflicts_are_named(request_: Request, repo: Path) -> None:
    add_commit(repo, branch="retry", files={"README.md": "# Other\n"})
    add_commit(repo, files={"README.md": "# Third\n"})
    synced(request_.project)
    revision = offer(request_).revisions.get()
    assert (revision.merges, revision.conflicts) == (Revision.Merges.CONFLICT, ["README.md"])


def test_a_conflict_that_comes_later_is_noticed(request_: Request, repo: Path) -> None:
    add_commit(repo, branch="retry", files={"README.md": "# Other\n"})
    assert offer(request_).revisions.get().merges == Revision.Merges.CLEAN
    add_commit(repo, files={"README.md": "# Third\n"})
    follow(request_.project)
    assert Revision.objects.get().merges == Revision.Merges.CONFLICT


def test_a_fork_is_fetched(request_: Request, repo: Path) -> None:
    fork = repo.parent / "fork.git"
    shutil.copytree(repo, fork)
    head = add_commit(fork, files={"retry.py": "budget = 3\n"})
    change = offer(request_, "main", fork=str(fork))
    assert change.error_code == ""
    assert change.revisions.get().head == head


def test_fetching_twice_changes_nothing(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    change = offer(request_)
    assert revisions.fetch(change) is None
    assert change.revisions.count() == 1


def test_new_commits_are_a_new_revision_and_the_approval_is_stale(
    request_: Request, repo: Path, alice: User
) -> None:
    add_branch(repo, "retry")
    first = offer(request_).revisions.get()
    actions.review(request_, first, verdict="approve", body="Good.", by=alice)
    assert request_.state == State.APPROVED
    add_commit(repo, branch="retry", files={"more.txt": "more\n"})
    follow(request_.project)
    request_.refresh_from_db()
    assert request_.state == State.IN_REVIEW
    assert [revision.number for revision in Revision.objects.all()] == [1, 2]
    with pytest.raises(NotNow) as refused:
        actions.review(request_, first, verdict="approve", by=alice)
    assert refused.value.code == "stale_revision"
    assert "Revision 2 arrived" in refused.value.message
    assert Request.objects.get().state == State.IN_REVIEW


def test_a_force_push_is_a_new_revision_also_back_to_an_old_one(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry", commits=2)
    change = offer(request_)
    git(repo, "update-ref", "refs/heads/retry", git(repo, "rev-parse", "retry~1"))
    follow(request_.project)
    assert change.revisions.last() and change.revisions.last().commit_count == 1  # type: ignore[union-attr]
    git(repo, "update-ref", "refs/heads/retry", change.revisions.get(number=1).head)
    follow(request_.project)
    assert change.revisions.count() == 3


@pytest.mark.parametrize(
    ("arrive", "how"), [(merge_branch, "merge"), (squash_branch, "squash"), (rebase_branch, "rebase")]
)
def test_what_arrives_is_merged_and_credited(
    request_: Request, repo: Path, arrive: object, how: str, guest_team: Team, host_team: Team
) -> None:
    add_branch(repo, "retry", commits=3)
    offer(request_)
    add_commit(repo, files={"elsewhere.txt": "meanwhile\n"})
    commit = arrive(repo, "retry")  # type: ignore[operator]
    git(repo, "branch", "-D", "retry")
    follow(request_.project)
    request_.refresh_from_db()
    change, credit = Change.objects.get(), Credit.objects.get()
    assert request_.state == State.MERGED
    assert (change.merged_how, change.merged_commit, change.error_code) == (how, commit, "")
    assert (credit.user, credit.guest_team, credit.host_team) == (request_.author, guest_team, host_team)
    assert credit.commit == commit
    assert Project.objects.get().guests_welcomed == 1


def test_commits_that_arrive_one_by_one_over_several_syncs_are_an_arrival(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry", commits=3)
    offer(request_)
    add_commit(repo, files={"elsewhere.txt": "meanwhile\n"})
    for ancestor in (2, 1):
        git(repo, "branch", "-f", "picked", f"retry~{ancestor}")
        rebase_branch(repo, "picked")
        follow(request_.project)
        assert Request.objects.get().state == State.IN_REVIEW
    last = rebase_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().state == State.MERGED
    assert (Change.objects.get().merged_how, Change.objects.get().merged_commit) == ("rebase", last)


def test_work_handed_back_is_credited_to_who_did_it(request_: Request, repo: Path, guest_team: Team) -> None:
    add_branch(repo, "retry")
    offer(request_)
    actions.hand_back(request_, by=request_.author)
    actions.volunteer(request_, by=create_user("dora"))
    squash_branch(repo, "retry")
    follow(request_.project)
    request_.refresh_from_db()
    credit = Credit.objects.get()
    assert (request_.state, request_.contributor) == (State.MERGED, request_.author)
    assert (credit.user, credit.guest_team) == (request_.author, guest_team)


def test_an_earlier_contributors_branch_is_credited_to_them_though_another_was_offered(
    request_: Request, repo: Path, guest_team: Team
) -> None:
    add_branch(repo, "retry")
    offer(request_)
    actions.hand_back(request_, by=request_.author)
    dora = create_user("dora")
    actions.volunteer(request_, by=dora)
    add_commit(repo, branch="other", files={"other.txt": "other\n"})
    actions.offer_branch(request_, "other", by=dora)
    follow(request_.project)
    assert Revision.objects.count() == 2
    squash_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().contributor == request_.author
    assert (Credit.objects.get().user, Credit.objects.get().guest_team) == (request_.author, guest_team)


def test_work_handed_back_and_then_merged_is_merged(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    offer(request_)
    actions.hand_back(request_, by=request_.author)
    squash_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().state == State.MERGED
    assert Credit.objects.get().user == request_.author


def test_a_branch_that_was_handed_back_is_not_looked_at_any_more(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    change = offer(request_)
    actions.hand_back(request_, by=request_.author)
    actions.volunteer(request_, by=create_user("dora"))
    add_commit(repo, branch="retry", files={"more.txt": "more\n"})
    follow(request_.project)
    actions.fetch_again(change)
    fetch_revision(change.pk)
    catch_up()
    assert change.revisions.count() == 1
    assert not Change.objects.get().is_fetching
    squash_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().state == State.IN_PROGRESS


def test_a_fast_forward_is_merged(request_: Request, repo: Path) -> None:
    head = add_branch(repo, "retry")
    offer(request_)
    git(repo, "update-ref", "refs/heads/main", head)
    follow(request_.project)
    assert (Change.objects.get().merged_how, Change.objects.get().merged_commit) == ("merge", head)


def test_an_older_revision_that_was_squashed_counts(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry", commits=2)
    offer(request_)
    squash_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().state == State.MERGED


def test_pushed_and_merged_between_two_syncs(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry", commits=1)
    offer(request_)
    add_commit(repo, branch="retry", files={"last.txt": "last\n"})
    squash_branch(repo, "retry")
    follow(request_.project)
    assert Request.objects.get().state == State.MERGED
    assert Revision.objects.count() == 2


def test_others_commits_are_no_arrival(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry", commits=2)
    offer(request_)
    add_commit(repo, files={"elsewhere.txt": "meanwhile\n"})
    follow(request_.project)
    assert Request.objects.get().state == State.IN_REVIEW
    assert Change.objects.get().checked_head == tip(repo, "main")


def test_following_twice_credits_once(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    offer(request_)
    merge_branch(repo, "retry")
    follow(request_.project)
    follow(request_.project)
    assert Credit.objects.count() == 1
    assert request_.events.filter(verb=Verb.MERGE).count() == 1


def test_a_rewritten_default_branch_is_borne(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    offer(request_)
    follow(request_.project)
    tree = git(repo, "rev-parse", "main^{tree}")
    git(repo, "update-ref", "refs/heads/main", git(repo, "commit-tree", "-m", "Afresh", tree))
    follow(request_.project)
    assert Request.objects.get().state == State.IN_REVIEW


def test_what_was_withdrawn_gets_no_revision(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    actions.offer_branch(request_, "retry", by=request_.author)
    change = Change.objects.select_related("request__project").get()
    actions.withdraw(request_, by=request_.author)
    assert revisions.fetch(change) is None
    assert not Revision.objects.exists()


def test_a_busy_mirror_is_said(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    actions.offer_branch(request_, "retry", by=request_.author)
    change = Change.objects.get()
    with Mirror(mirror_path(request_.project.pk)).lock(), pytest.raises(ForgeError) as refused:
        revisions.fetch(change)
    assert refused.value.code == "locked"
    assert Change.objects.get().is_fetching


def test_a_mirror_that_stays_busy_is_no_outcome(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    actions.offer_branch(request_, "retry", by=request_.author)
    change = Change.objects.get()
    with Mirror(mirror_path(request_.project.pk)).lock():
        for retries in (0, TRIES - 1):
            fetch_revision.push_request(args=(change.pk,), retries=retries, is_eager=False, called_directly=False)
            with pytest.raises(Retry):
                fetch_revision.run(change.pk)
            fetch_revision.pop_request()
        fetch_revision.push_request(args=(change.pk,), retries=TRIES, is_eager=False, called_directly=False)
        fetch_revision.run(change.pk)
        fetch_revision.pop_request()
    change.refresh_from_db()
    assert (change.error_code, change.is_fetching) == ("", True)
    Change.objects.update(offered_at="2026-01-01T00:00Z")
    catch_up()
    assert Request.objects.get().state == State.IN_REVIEW


def test_tries_end_before_the_next_beat_begins_others() -> None:
    assert TRIES * WAIT < BEAT == fetch_revision.expires == follow_branches.expires


def test_pushes_to_forks_are_looked_for(request_: Request, repo: Path) -> None:
    fork = repo.parent / "fork.git"
    shutil.copytree(repo, fork)
    add_branch(fork, "retry")
    change = offer(request_, "retry", fork=str(fork))
    catch_up()
    add_commit(fork, branch="retry", files={"more.txt": "more\n"})
    catch_up()
    assert change.revisions.count() == 1
    Change.objects.update(checked_at="2026-01-01T00:00Z")
    catch_up()
    assert change.revisions.count() == 2


def test_an_arrival_that_no_signal_told_is_caught_up(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    offer(request_)
    merge_branch(repo, "retry")
    synced(request_.project)
    catch_up()
    assert Request.objects.get().state == State.MERGED


def test_a_project_without_its_mirror_is_only_logged(
    request_: Request, repo: Path, settings: LazySettings, tmp_path: Path
) -> None:
    add_branch(repo, "retry")
    offer(request_)
    settings.MIRRORS = tmp_path / "elsewhere"
    follow_branches(request_.project.pk)
    assert Request.objects.get().state == State.IN_REVIEW


def test_a_broker_that_is_down_does_not_stop_an_offer(
    request_: Request,
    repo: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    add_branch(repo, "retry")

    def down(*arguments: object, **options: object) -> None:
        raise OSError("no broker")

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("celery.canvas.Signature.apply_async", down)
        actions.offer_branch(request_, "retry", by=request_.author)
    Change.objects.update(offered_at="2026-01-01T00:00Z")
    catch_up()
    assert Request.objects.get().state == State.IN_REVIEW


def test_a_broker_that_is_down_as_a_sync_ends_loses_no_revision(
    request_: Request, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_branch(repo, "retry")
    change = offer(request_)
    follow(request_.project)
    add_commit(repo, branch="retry", files={"more.txt": "more\n"})
    project = synced(request_.project)

    def down(*arguments: object, **options: object) -> None:
        raise OSError("no broker")

    with monkeypatch.context() as patch:
        patch.setattr("celery.canvas.Signature.apply_async", down)
        signals.synced.send(Project, project=project, old_head="", new_head=project.head_commit)
    assert change.revisions.count() == 1
    Change.objects.update(offered_at="2026-01-01T00:00Z")
    catch_up()
    assert change.revisions.count() == 2


def test_a_sync_tells_this_app(request_: Request, repo: Path) -> None:
    add_branch(repo, "retry")
    offer(request_)
    merge_branch(repo, "retry")
    project = synced(request_.project)
    signals.synced.send(Project, project=project, old_head="", new_head=project.head_commit)
    assert Request.objects.get().state == State.MERGED
