from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.actions import syncing
from catalog.actions.facts import record_contribution_facts
from catalog.actions.syncing import (
    bring_forward,
    forget_old_runs,
    may_sync,
    request_sync,
    request_syncs,
    try_again,
)
from catalog.leases import claim
from catalog.models import Contributor, Project, SyncRun, TrustedCommitter
from catalog.pace import SILENCE, SPACING
from catalog.sync import GIVEN_UP
from people.models import Identity, Team, User
from tests.create import create_curator, create_project, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project("widget", owner_team=host_team)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lanes whose workers were woken, instead of waking them."""
    heard: list[str] = []
    monkeypatch.setattr(syncing.broker, "hint", lambda task, lane, queue, delay: not heard.append(lane))
    return heard


Capture = Callable[..., AbstractContextManager[object]]


def test_two_clicks_make_one_run(
    project: Project, alice: User, bob: User, woken: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, second = request_sync(project, by=alice), request_sync(project, by=bob)
    assert first == second
    assert (first.requested_by, first.reason) == (alice, Project.Reason.PERSON)
    assert set(woken) == {"quick"}
    assert [lease.project for lease in claim("quick", owner="me", limit=9)] == [project]


def test_a_broker_out_of_reach_leaves_the_sync_for_the_next_beat(
    project: Project, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Capture
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(tasks.sync_due, "apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        request_sync(project)
    monkeypatch.undo()
    heard: list[str] = []
    monkeypatch.setattr(tasks, "work", heard.append)
    syncing.wake()
    assert heard == ["quick"]


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


def test_beat_wakes_as_many_workers_as_have_something_to_do(woken: list[str]) -> None:
    syncing.wake()
    assert woken == []
    create_project("due"), create_project("huge", sync_lane="long")
    create_project("later", next_sync_at=timezone.now() + timedelta(hours=1))
    create_project("parked", next_sync_at=None)
    syncing.wake()
    assert woken == ["quick", "long"]
    for _ in range(2 * syncing.WAKE):
        create_project()
    woken.clear()
    syncing.wake()
    assert woken.count("quick") == syncing.WAKE


def test_many_projects_are_asked_for_in_a_few_queries(
    woken: list[str], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    projects = [create_project() for _ in range(20)]
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(request_syncs(projects)) == 20


def test_however_often_a_host_tells_there_is_one_sync_to_come(project: Project, woken: list[str]) -> None:
    Project.objects.update(next_sync_at=timezone.now() + timedelta(days=1))
    for _ in range(500):
        bring_forward(project)
    (lease,) = claim("quick", owner="me", limit=99)
    assert lease.project.sync_reason == Project.Reason.WEBHOOK
    assert not SyncRun.objects.exists()


def test_a_parked_project_is_tried_again_when_an_operator_says_so(project: Project, bob: User) -> None:
    Project.objects.update(sync_state="parked", sync_failures=10, next_sync_at=None)
    with pytest.raises(PermissionDenied):
        try_again(Project.objects.all(), by=bob)
    assert try_again(Project.objects.all(), by=create_user("olga", is_staff=True)) == 1
    assert [lease.project.sync_failures for lease in claim("quick", owner="me", limit=9)] == [0]


# ---------------------------------------------------------------- many tried again
def in_trouble(count: int) -> list[int]:
    states = ["failed", "parked"]
    return [
        create_project(sync_state=states[number % 2], sync_failures=3, next_sync_at=None).pk
        for number in range(count)
    ]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "BATCH", 2)
    monkeypatch.setattr(syncing, "MESSAGE", 3)


@pytest.fixture
def handed_on(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were told to try again, instead of telling them."""
    heard: list[tuple[Any, ...]] = []

    def hint(task: str, *arguments: Any, **_: Any) -> bool:
        if task == "catalog.tasks.try_again":
            heard.append(arguments)
        return True

    monkeypatch.setattr(syncing.broker, "hint", hint)
    return heard


@pytest.mark.usefixtures("small_parts")
def test_of_many_that_are_tried_again_workers_do_the_most(handed_on: list[tuple[Any, ...]]) -> None:
    olga, ids = create_user("olga", is_staff=True), in_trouble(8)
    assert try_again(Project.objects.all(), by=olga) == 8
    assert set(Project.objects.due().values_list("pk", flat=True)) == set(ids[:2])
    assert handed_on == [(ids[2:5], olga.pk), (ids[5:], olga.pk)]
    for arguments in handed_on:
        tasks.try_again(*arguments)
    assert Project.objects.due().count() == 8
    assert not Project.objects.filter(sync_state="parked").exists()
    assert {run.requested_by for run in SyncRun.objects.all()} == {olga}
    assert SyncRun.objects.count() == 4


@pytest.mark.usefixtures("small_parts")
def test_what_cannot_be_handed_on_is_left_for_another_click(monkeypatch: pytest.MonkeyPatch) -> None:
    in_trouble(8)
    monkeypatch.setattr(syncing.broker, "hint", lambda *_, **__: False)
    assert try_again(Project.objects.all(), by=create_user("olga", is_staff=True)) == 2
    assert Project.objects.due().count() == 2


def test_what_went_well_meanwhile_is_not_tried_again(handed_on: list[tuple[Any, ...]]) -> None:
    ids = in_trouble(2)
    Project.objects.update(sync_state="ok")
    tasks.try_again(ids, by=0)
    assert not Project.objects.due().exists() and not SyncRun.objects.exists()


def test_it_is_tried_again_also_when_whoever_asked_has_left(handed_on: list[tuple[Any, ...]]) -> None:
    tasks.try_again(in_trouble(2), by=0)
    assert [run.requested_by for run in SyncRun.objects.all()] == [None]
    assert Project.objects.due().count() == 2


@pytest.mark.usefixtures("small_parts")
def test_many_are_asked_for_a_few_at_a_time(
    woken: list[str], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    projects = [create_project() for _ in range(4)]
    request_sync(projects[0])
    # The same for each two: four, and the transaction around them.
    with django_assert_num_queries(2 * 6):  # type: ignore[operator]
        runs = request_syncs(projects)
    assert {run.project_id for run in runs} == {project.pk for project in projects[1:]}


@pytest.mark.parametrize("code, is_revived", [("given_up", False), ("unreachable", True)])
def test_a_push_does_not_revive_what_ends_its_workers(
    project: Project, woken: list[str], code: str, is_revived: bool
) -> None:
    assert GIVEN_UP.code == syncing.GIVEN_UP
    Project.objects.update(sync_state="parked", sync_code=code, next_sync_at=None)
    bring_forward(project)
    assert Project.objects.due().exists() is is_revived
    request_sync(project)
    assert list(Project.objects.due()) == [project]


def test_old_runs_are_forgotten(project: Project) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    SyncRun.objects.create(project=project, state="ok", finished_at=long_ago)
    SyncRun.objects.create(project=project, state="ok", finished_at=timezone.now())
    SyncRun.objects.create(project=project, state="queued", queued_at=long_ago)
    assert forget_old_runs() == 1


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


# ---------------------------------------------------------------- storms
def test_a_host_that_tells_again_and_again_makes_one_hint(
    project: Project, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Capture
) -> None:
    delays: list[float] = []
    monkeypatch.setattr(syncing.broker, "hint", lambda *_, delay, **__: not delays.append(delay))
    Project.objects.update(sync_finished_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(500):
            bring_forward(project)
    (delay,) = delays
    assert SPACING.total_seconds() - 1 < delay <= SPACING.total_seconds()


def test_what_is_told_just_after_a_sync_waits_a_moment_and_a_person_does_not(
    project: Project, woken: list[str]
) -> None:
    ended = timezone.now() - timedelta(seconds=1)
    Project.objects.update(sync_finished_at=ended, next_sync_at=ended + timedelta(days=1))
    bring_forward(project)
    project.refresh_from_db()
    assert project.next_sync_at == ended + SPACING
    request_sync(project)
    assert list(Project.objects.due()) == [project]


def storm(project: Project, seconds: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """A word in each second after the end of a sync, and when it came."""
    ended = timezone.now()
    Project.objects.update(sync_finished_at=ended, next_sync_at=ended + timedelta(days=1))
    for second in range(1, seconds + 1):
        at = ended + timedelta(seconds=second)
        monkeypatch.setattr(syncing.timezone, "now", lambda at=at: at)
        bring_forward(project)
        yield at


def test_each_word_of_a_storm_moves_the_next_sync_on_until_the_host_is_silent(
    project: Project, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in storm(project, 11, monkeypatch):
        assert not Project.objects.due(now=at).exists()
    project.refresh_from_db()
    assert project.next_sync_at == at + SILENCE


def test_what_is_told_when_the_last_sync_has_rested_is_followed_at_once(
    project: Project, woken: list[str]
) -> None:
    ended = timezone.now() - SPACING
    Project.objects.update(sync_finished_at=ended, next_sync_at=ended + timedelta(days=1))
    bring_forward(project)
    assert list(Project.objects.due()) == [project]


def test_a_storm_that_does_not_end_is_followed_all_the_same(
    project: Project, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = storm(project, 61, monkeypatch)
    assert list(Project.objects.due(now=last)) == [project]


def test_who_is_told_of_again_keeps_its_place(project: Project, woken: list[str]) -> None:
    since = timezone.now() - timedelta(minutes=1)
    Project.objects.update(next_sync_at=since)
    bring_forward(project)
    project.refresh_from_db()
    assert project.next_sync_at == since
    Project.objects.update(next_sync_at=None)
    bring_forward(project)
    assert list(Project.objects.due()) == [project]


def test_the_last_run_of_a_project_stays_however_old(project: Project) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    for days in (0, 1):
        SyncRun.objects.create(project=project, state="failed", finished_at=long_ago + timedelta(days=days))
    assert forget_old_runs() == 1
    assert SyncRun.objects.get().finished_at == long_ago + timedelta(days=1)
