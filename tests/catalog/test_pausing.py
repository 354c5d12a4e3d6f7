"""A paused source's projects are out of the schedule, and come back to it one after the other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actions import pausing
from catalog.actions.discovery import discover_due
from catalog.actions.following import bury
from catalog.actions.pausing import pause_source
from catalog.actions.removal import remove_source
from catalog.actions.syncing import request_sync
from catalog.ending import close, postpone
from catalog.leases import claim
from catalog.models import CodeHost, Project
from catalog.telling import Telling
from catalog.watching import hosts_at_work, numbers
from people.models import User
from tests.create import create_code_host, create_project, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return create_user("olga", is_staff=True)


@pytest.fixture
def source() -> CodeHost:
    return create_code_host()


def later(**amount: float) -> datetime:
    return timezone.now() + timedelta(**amount)


def pause(source: CodeHost, *, by: User) -> None:
    pause_source(source, by=by, enabled=False)
    discover_due()


def resume(source: CodeHost, *, by: User) -> None:
    pause_source(source, by=by, enabled=True)
    discover_due()


def scheduled() -> set[str]:
    """What the schedule's indexes hold."""
    return set(Project.objects.filter(paused_at=None).exclude(next_sync_at=None).values_list("slug", flat=True))


def claimed() -> list[str]:
    return [lease.project.slug for lease in claim("quick", owner="me", limit=99)]


def times() -> dict[str, datetime | None]:
    return dict(Project.objects.values_list("slug", "next_sync_at"))


# ---------------------------------------------------------------- out of the schedule
def test_a_pause_takes_the_projects_of_its_source_out_of_the_schedule(source: CodeHost, operator: User) -> None:
    create_project("paused", code_host=source)
    create_project("other", code_host=create_code_host())
    pause(source, by=operator)
    assert scheduled() == {"other"}
    assert claimed() == ["other"]


def test_a_pause_counts_before_the_projects_have_followed(source: CodeHost, operator: User) -> None:
    create_project("paused", code_host=source)
    pause_source(source, by=operator, enabled=False)
    assert scheduled() == {"paused"}
    assert claimed() == []


def test_nobody_but_an_operator_pauses(source: CodeHost, bob: User) -> None:
    with pytest.raises(PermissionDenied):
        pause_source(source, by=bob, enabled=False)


@pytest.mark.parametrize("is_done", [True, False])
def test_a_sync_under_way_puts_nothing_back(source: CodeHost, operator: User, is_done: bool) -> None:
    project = create_project("busy", code_host=source)
    (lease,) = claim("quick", owner="me", limit=9)
    pause(source, by=operator)
    close(lease, Telling(lease)) if is_done else postpone(lease, Telling(lease))
    project.refresh_from_db()
    assert project.lease_until is None and project.next_sync_at
    assert scheduled() == set()


def test_what_is_asked_for_meanwhile_comes_when_the_source_goes_on(source: CodeHost, operator: User) -> None:
    project = create_project("asked", code_host=source, next_sync_at=later(hours=5))
    pause(source, by=operator)
    request_sync(project, by=operator)
    assert scheduled() == set() and claimed() == []
    resume(source, by=operator)
    assert claimed() == ["asked"]


def test_the_pages_count_nothing_of_it_as_due(source: CodeHost, operator: User) -> None:
    create_project("due", code_host=source)
    create_project("coming", code_host=source, next_sync_at=later(minutes=5))
    assert (numbers(hosts_at_work()).waiting, numbers(hosts_at_work()).coming) == (1, 1)
    pause(source, by=operator)
    assert (numbers(hosts_at_work()).waiting, numbers(hosts_at_work()).coming) == (0, 0)
    assert [project.due_at for project in Project.objects.all()] == [None, None]


# ---------------------------------------------------------------- back in it
def test_what_the_schedule_missed_comes_back_within_its_usual_interval(
    source: CodeHost, operator: User, settings: LazySettings
) -> None:
    settings.SYNC_INTERVAL_LEAST, settings.SYNC_INTERVAL_MOST = 900, 86_400
    for number in range(20):
        create_project(f"lively{number}", code_host=source, moved_at=later(hours=-1))
        create_project(f"quiet{number}", code_host=source, moved_at=later(days=-90))
    pause(source, by=operator)
    Project.objects.update(next_sync_at=later(days=-7))
    resume(source, by=operator)
    found = times()
    now = timezone.now()
    lively = {at - now for slug, at in found.items() if at and slug.startswith("lively")}
    quiet = {at - now for slug, at in found.items() if at and slug.startswith("quiet")}
    assert len(lively) == len(quiet) == 20
    assert max(lively) < timedelta(minutes=15)
    assert timedelta(minutes=15) < max(quiet) < timedelta(days=1)
    assert len({wait // timedelta(hours=6) for wait in quiet}) > 1


def test_what_a_person_or_a_host_wanted_before_the_pause_comes_at_once(source: CodeHost, operator: User) -> None:
    wanted = {"code_host": source, "sync_wanted_at": later(minutes=-2), "next_sync_at": later(minutes=-1)}
    create_project("pushed", sync_reason=Project.Reason.WEBHOOK, **wanted)
    create_project("asked", sync_reason=Project.Reason.PERSON, **wanted)
    create_project("usual", code_host=source)
    pause(source, by=operator)
    resume(source, by=operator)
    assert claimed() == ["asked", "pushed"]


def test_what_was_not_missed_keeps_its_time(source: CodeHost, operator: User) -> None:
    create_project("early", code_host=source, next_sync_at=later(minutes=3))
    create_project("late", code_host=source, next_sync_at=later(hours=30))
    before = times()
    pause(source, by=operator)
    resume(source, by=operator)
    assert times() == before
    assert scheduled() == {"early", "late"}


def test_what_waits_for_somebody_goes_on_waiting(source: CodeHost, operator: User) -> None:
    create_project("parked", code_host=source, sync_state="parked", sync_failures=10, next_sync_at=None)
    create_project("killer", code_host=source, sync_state="parked", sync_code="given_up", next_sync_at=None)
    create_project("displaced", code_host=source, remote=f"{Project.DISPLACED}1", next_sync_at=None)
    pause(source, by=operator)
    bury(create_project("gone", code_host=source, sync_wanted_at=later(minutes=-1)))
    resume(source, by=operator)
    assert set(times().values()) == {None}


# ---------------------------------------------------------------- whatever comes between
@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "BATCH", 2)


@pytest.mark.usefixtures("small_steps")
def test_many_follow_a_few_by_each_transaction(source: CodeHost, operator: User) -> None:
    for _ in range(5):
        create_project(code_host=source)
    pause_source(source, by=operator, enabled=False)
    left = []
    while pausing.settle_some(source.pk):
        left.append(len(scheduled()))
    assert left == [3, 1, 0]
    pause_source(source, by=operator, enabled=True)
    pausing.settle(source.pk)
    assert len(scheduled()) == 5


@pytest.mark.usefixtures("small_steps")
def test_a_worker_killed_half_way_is_followed_by_the_next(source: CodeHost, operator: User) -> None:
    for _ in range(5):
        create_project(code_host=source)
    pause_source(source, by=operator, enabled=False)
    pausing.settle_some(source.pk)
    discover_due()
    assert scheduled() == set()
    pause_source(source, by=operator, enabled=True)
    pausing.settle_some(source.pk)
    discover_due()
    assert len(scheduled()) == 5


def test_a_second_thought_is_heeded(source: CodeHost, operator: User) -> None:
    create_project("widget", code_host=source)
    pause_source(source, by=operator, enabled=False)
    pause_source(source, by=operator, enabled=True)
    before = times()
    discover_due()
    assert scheduled() == {"widget"} and times() == before


def test_what_a_look_brings_in_after_the_pause_follows(source: CodeHost, operator: User) -> None:
    pause(source, by=operator)
    create_project("new", code_host=source)
    assert claimed() == []
    discover_due()
    assert scheduled() == set()


def test_what_another_source_adopts_comes_back(source: CodeHost, operator: User) -> None:
    create_project("adopted", code_host=source)
    pause(source, by=operator)
    Project.objects.update(code_host=create_code_host())
    discover_due()
    assert scheduled() == {"adopted"}


def test_a_removed_source_is_left_alone(source: CodeHost, operator: User) -> None:
    create_project("kept", code_host=source)
    remove_source(source, by=operator, keep=True)
    assert not CodeHost.objects.unsettled().exists()
    pausing.settle(source.pk)
    assert Project.objects.get().paused_at is None


def test_sources_that_were_paused_before_the_upgrade(source: CodeHost) -> None:
    create_project("paused", code_host=source)
    create_project("other", code_host=create_code_host())
    create_project("removed", code_host=create_code_host(enabled=False, removal="keep"), next_sync_at=None)
    CodeHost.objects.filter(pk=source.pk).update(enabled=False)
    import_module("catalog.migrations.0012_paused_projects_leave_the_schedule").take_out(apps, None)
    assert scheduled() == {"other"}
    assert not CodeHost.objects.unsettled().exists()


# ---------------------------------------------------------------- what it costs
def looked_at(sql: str) -> int:
    """How many rows a database looks at for a query; in SQLite the steps of its machine, some twenty for a row."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
            return sum(rows_of(cursor.fetchone()[0][0]["Plan"]))
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.connection.set_progress_handler(count, 1)
        try:
            cursor.execute(sql.replace("%", "%%")).fetchall()
        finally:
            connection.connection.set_progress_handler(None, 1)
        return steps


def rows_of(plan: dict[str, Any]) -> Iterator[float]:
    if "Relation Name" in plan or "Index Name" in plan:
        removed = sum(count for name, count in plan.items() if name.startswith("Rows Removed"))
        yield (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    for inner in plan.get("Plans", ()):
        yield from rows_of(inner)


def cost_of_a_claim() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE catalog_project")
    with CaptureQueriesContext(connection) as queries:
        leases = claim("quick", owner="me", limit=8)
    assert len(leases) == 8
    cost = sum(looked_at(query["sql"]) for query in queries if is_search(query["sql"]))
    Project.objects.update(lease_owner="", leased_at=None, lease_until=None, sync_attempts=0)
    return cost


def is_search(sql: str) -> bool:
    return sql.startswith("SELECT") and "catalog_project" in sql and "next_sync_at" in sql


def test_a_claim_costs_the_same_however_many_projects_are_paused(
    source: CodeHost, operator: User, settings: LazySettings
) -> None:
    settings.HOST_CONNECTIONS = 8
    fill(create_code_host(), "due", 300)
    before = cost_of_a_claim()
    fill(source, "paused", 3000)
    pause_source(source, by=operator, enabled=False)
    assert cost_of_a_claim() > 2 * before
    discover_due()
    assert cost_of_a_claim() <= 1.2 * before


def fill(source: CodeHost, name: str, count: int) -> None:
    """Projects that are due, those of the source that is filled last before all others."""
    first = later(days=-Project.objects.count() - 1)
    Project.objects.bulk_create(
        Project(
            slug=f"{name}{number}",
            name=name,
            code_host=source,
            path=f"{number}",
            remote=f"https://git.corp.example/{name}/{number}.git",
            remote_host=f"{name}.example",
            next_sync_at=first + timedelta(seconds=number),
        )
        for number in range(count)
    )
