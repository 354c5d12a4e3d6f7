from collections import Counter
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog import leases
from catalog.ending import note_host_failure
from catalog.leases import claim, claim_one, renew
from catalog.models import CodeHost, Project, RemoteHost
from catalog.pace import HOST_IS_DOWN
from forge.errors import ForgeError
from tests.create import create_code_host, create_project

pytestmark = pytest.mark.django_db


def names(found: list[leases.Lease]) -> list[str]:
    return [lease.project.slug for lease in found]


def ago(**amount: float) -> object:
    return timezone.now() - timedelta(**amount)


def test_a_person_comes_before_a_webhook_before_the_schedule() -> None:
    create_project("scheduled", next_sync_at=ago(days=1))
    create_project("pushed", next_sync_at=ago(minutes=2), sync_reason=Project.Reason.WEBHOOK)
    create_project("asked", next_sync_at=ago(minutes=1), sync_reason=Project.Reason.PERSON)
    create_project("later", next_sync_at=ago(hours=-1))
    assert names(claim("quick", owner="me", limit=9)) == ["asked", "pushed", "scheduled"]


def test_nobody_gets_what_is_held_already() -> None:
    for number in range(5):
        create_project(f"p{number}", next_sync_at=ago(minutes=10 - number))
    assert names(claim("quick", owner="one", limit=3)) == ["p0", "p1", "p2"]
    assert names(claim("quick", owner="two", limit=3)) == ["p3", "p4"]
    assert claim("quick", owner="three", limit=3) == []


def test_a_lease_runs_out_when_its_worker_is_dead_and_not_while_it_lives(settings: LazySettings) -> None:
    project = create_project()
    claim("quick", owner="one", limit=1)
    Project.objects.update(lease_until=ago(seconds=1))
    assert renew("one") == 1
    assert claim("quick", owner="two", limit=1) == []
    Project.objects.update(lease_until=ago(seconds=1))
    (lease,) = claim("quick", owner="two", limit=1)
    assert lease.project == project and lease.project.sync_attempts == 2


def test_a_worker_that_hangs_keeps_nothing_for_ever() -> None:
    create_project()
    claim("quick", owner="one", limit=1)
    Project.objects.update(leased_at=timezone.now() - leases.LONGEST - timedelta(seconds=1))
    assert renew("one") == 0


def test_each_lane_has_its_own_work() -> None:
    create_project("small")
    create_project("huge", sync_lane=Project.Lane.LONG)
    assert names(claim("long", owner="me", limit=9)) == ["huge"]
    assert names(claim("quick", owner="me", limit=9)) == ["small"]


def test_a_paused_source_and_a_parked_project_have_none() -> None:
    create_project("parked", next_sync_at=None)
    create_project("paused", code_host=create_code_host(enabled=False))
    assert claim("quick", owner="me", limit=9) == []


def test_a_host_gets_its_connections_and_delays_no_other(settings: LazySettings) -> None:
    settings.HOST_CONNECTIONS = 3
    for number in range(20):
        create_project(f"busy{number}", remote_host="busy.example", next_sync_at=ago(hours=2))
    RemoteHost.objects.create(name="small.example", connections=1)
    for number in range(3):
        create_project(f"small{number}", remote_host="small.example", next_sync_at=ago(hours=1))
    for number in range(4):
        create_project(f"local{number}", next_sync_at=ago(minutes=1))
    found = claim("quick", owner="me", limit=8) + claim("quick", owner="me", limit=8)
    assert Counter(lease.project.remote_host for lease in found) == {"busy.example": 3, "small.example": 1, "": 4}


def test_a_host_that_is_down_is_asked_by_one_probe_at_a_time() -> None:
    for number in range(5):
        create_project(f"p{number}", remote_host="down.example")
    for _ in range(HOST_IS_DOWN):
        host = note_host_failure("down.example", ForgeError("unreachable", host="down.example"))
    assert host.is_down and host.paused_until
    assert timedelta(seconds=50) < host.paused_until - timezone.now() < timedelta(seconds=70)
    assert claim("quick", owner="me", limit=9) == []
    RemoteHost.objects.update(paused_until=ago(seconds=1))
    assert len(claim("quick", owner="me", limit=9)) == 1
    assert claim("quick", owner="me", limit=9) == []


def test_what_fails_late_does_not_end_the_wait_that_a_host_asked_for() -> None:
    until = timezone.now() + timedelta(minutes=40)
    RemoteHost.objects.create(name="git.example", paused_until=until, code="rate_limited")
    host = note_host_failure("git.example", ForgeError("unreachable", host="git.example"))
    assert (host.paused_until, host.code, host.failures) == (until, "rate_limited", 1)


def test_what_was_given_back_counts_anew_when_somebody_unparked_it_meanwhile() -> None:
    create_project()
    found = claim("quick", owner="me", limit=1)
    Project.objects.update(sync_attempts=0)
    leases.give_back(found)
    assert Project.objects.get().sync_attempts == 0


def test_a_full_disk_lets_nothing_begin_until_there_is_room(settings: LazySettings) -> None:
    create_project()
    settings.DISK_RESERVE = 10**9
    assert claim("quick", owner="me", limit=9) == []
    settings.DISK_RESERVE = 0
    assert len(claim("quick", owner="me", limit=9)) == 1


def test_claiming_costs_the_same_for_one_and_for_many(django_assert_num_queries: pytest.FixtureRequest) -> None:
    host = create_code_host()
    for number in range(30):
        create_project(code_host=host, remote_host=f"host{number % 3}.example")
    with django_assert_num_queries(8):  # type: ignore[operator]
        assert len(claim("quick", owner="me", limit=20)) == 12


def test_here_and_now_asks_for_no_time_no_lane_and_no_host(settings: LazySettings) -> None:
    project = create_project(next_sync_at=None, sync_lane="long", remote_host="down.example")
    CodeHost.objects.update(enabled=False)
    assert claim_one(project, owner="me") is not None
    assert claim_one(project, owner="you") is None


def test_a_host_that_answers_slowly_leaves_a_worker_room_for_others(settings: LazySettings) -> None:
    settings.HOST_CONNECTIONS = 8
    for number in range(8):
        create_project(f"slow{number}", remote_host="slow.example", next_sync_at=ago(hours=2))
    create_project("other", remote_host="other.example")
    assert len(claim("quick", owner="me", limit=9, per_host=3)) == 4
    assert claim("quick", owner="me", limit=9, per_host=3) == []
    assert len(claim("quick", owner="you", limit=9, per_host=3)) == 3


def test_who_may_have_ended_its_worker_is_handed_out_alone() -> None:
    create_project("suspect", sync_attempts=leases.SUSPECT)
    create_project("innocent", sync_attempts=1)
    assert names(claim("quick", owner="me", limit=9)) == ["innocent"]
    assert names(claim("quick", owner="me", limit=1, suspects=True)) == ["suspect"]


def test_who_comes_second_to_a_project_gets_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers look at the same moment; only the database's row decides."""
    project = create_project()
    monkeypatch.setattr(
        leases, "share_out", lambda *_, **__: [project.pk] if claim_one(project, owner="quick one") else []
    )
    assert claim("quick", owner="slow one", limit=1) == []
    project.refresh_from_db()
    assert (project.lease_owner, project.sync_attempts) == ("quick one", 1)
