from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.actions import syncing
from catalog.actions.facts import record_contribution_facts
from catalog.actions.syncing import HEARTBEAT, HINT_AGAIN, may_sync, queue_due, request_sync, request_syncs
from catalog.models import Contributor, Project, SyncRun, TrustedCommitter
from people.models import Identity, Team, User
from tests.create import create_curator, create_project, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", owner_team=host_team)


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs of which workers heard, instead of carrying them out."""
    heard: list[int] = []
    monkeypatch.setattr(tasks, "sync", lambda run: heard.append(run.pk))
    return heard


def test_two_clicks_make_one_run(
    project: Project,
    alice: User,
    bob: User,
    hinted: list[int],
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        first, second = request_sync(project, by=alice), request_sync(project, by=bob)
    assert first == second
    assert hinted == [first.pk]
    project.refresh_from_db()
    assert project.sync_state == Project.SyncState.QUEUED


def test_a_broker_out_of_reach_leaves_the_run_for_the_next_beat(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(tasks.sync_project, "apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        run = request_sync(project)
    run.refresh_from_db()
    assert (run.state, run.beat_at) == (SyncRun.State.QUEUED, None)
    monkeypatch.undo()
    heard: list[int] = []
    monkeypatch.setattr(tasks, "sync", lambda run: heard.append(run.pk))
    syncing.repeat_hints()
    assert heard == [run.pk]


def test_maintainers_trusted_committers_and_curators_may_sync(
    project: Project, alice: User, bob: User, charlie: User
) -> None:
    assert may_sync(project, by=alice)
    assert may_sync(project, by=create_curator())
    assert not may_sync(project, by=bob)
    assert not may_sync(project, by=charlie)
    assert not may_sync(project, by=AnonymousUser())
    TrustedCommitter.objects.create(project=project, user=charlie, since=date(2025, 1, 1))
    assert may_sync(project, by=charlie)


def test_nobody_maintains_a_project_without_an_owner(alice: User) -> None:
    assert not may_sync(create_project(), by=alice)


def test_beat_queues_what_is_due_and_nothing_twice(hinted: list[int]) -> None:
    due, later = create_project("due"), create_project("later")
    Project.objects.filter(pk=later.pk).update(next_sync_at=timezone.now() + timedelta(hours=1))
    assert queue_due() == 1
    assert queue_due() == 0
    assert SyncRun.objects.get().project == due


def test_a_source_that_is_switched_off_is_not_synced(project: Project) -> None:
    project.code_host.enabled = False
    project.code_host.save()
    assert queue_due() == 0


@pytest.mark.parametrize(
    ("state", "silence", "again"),
    [
        (SyncRun.State.QUEUED, HEARTBEAT, False),
        (SyncRun.State.QUEUED, HINT_AGAIN * 1.1, True),
        (SyncRun.State.RUNNING, HEARTBEAT, False),
        (SyncRun.State.RUNNING, HEARTBEAT * 2.1, True),
        (SyncRun.State.FAILED, HINT_AGAIN * 2, False),
    ],
)
def test_runs_that_no_worker_follows_are_hinted_again(
    project: Project, hinted: list[int], state: str, silence: timedelta, again: bool
) -> None:
    run = SyncRun.objects.create(project=project, state=state, beat_at=timezone.now() - silence)
    syncing.repeat_hints()
    assert hinted == ([run.pk] if again else [])


def test_many_projects_are_queued_in_a_few_queries(
    hinted: list[int], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    projects = [create_project() for _ in range(20)]
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(request_syncs(projects)) == 20


def test_contributions_leave_their_numbers(project: Project) -> None:
    record_contribution_facts(project, guests_welcomed=3, open_requests=2, answer_hours=None)
    project.refresh_from_db()
    assert (project.guests_welcomed, project.open_requests, project.answer_hours) == (3, 2, None)


def test_credit_follows_a_verified_address(project: Project) -> None:
    now = timezone.now()
    row = Contributor.objects.create(
        project=project, name="Dana", email="dana@home.example", commits=1, first_at=now, last_at=now
    )
    dana = create_user("dana")
    identity = Identity.objects.create(user=dana, email="dana@home.example")
    row.refresh_from_db()
    assert row.user is None
    identity.verify()
    row.refresh_from_db()
    assert row.user == dana
    identity.delete()
    row.refresh_from_db()
    assert row.user is None
