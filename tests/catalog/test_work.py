import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog import leases
from catalog import work as works
from catalog.actions.sources import add_source
from catalog.leases import Lease
from catalog.models import Project, RemoteHost, SyncRun
from catalog.work import work
from forge.errors import ForgeError
from forge.locks import AT_IT
from forge.mirror import Mirror, mirror_path
from tests.create import create_project
from tests.repos import build_repo


@pytest.fixture
def sources(tmp_path: Path) -> list[Project]:
    for number in range(6):
        build_repo(tmp_path / "src" / f"repo{number}.git")
    return list(add_source(str(tmp_path / "src")).new)


@pytest.mark.django_db(transaction=True)
def test_one_turn_syncs_all_that_is_due_on_several_threads(sources: list[Project], settings: LazySettings) -> None:
    settings.SYNC_THREADS = 3
    assert work("quick") is False
    assert set(Project.objects.values_list("sync_state", "lease_owner")) == {("ok", "")}
    assert SyncRun.objects.filter(state="ok", changed=True).count() == len(sources)


@pytest.mark.django_db
def test_a_turn_that_ends_gives_back_what_it_did_not_begin(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    for _ in range(5):
        create_project()
    settings.SYNC_THREADS = 2
    supply = works.Supply("quick", threads=2)
    begun = supply.next()
    assert begun is not None and len(supply.waiting) == 4
    supply.until = 0
    assert supply.next() is None
    supply.give_back()
    assert Project.objects.at_work().count() == 1
    assert Project.objects.filter(sync_attempts=1).count() == 1


@pytest.mark.django_db
def test_two_workers_at_once_never_sync_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        create_project()
    seen: list[int] = []

    def note(lease: Lease, *, is_quick: bool) -> None:
        seen.append(lease.project.pk)
        lease.rows().update(next_sync_at=None, lease_until=None)
        # Another worker comes while this one is at it.
        work("quick")

    monkeypatch.setattr(works, "sync", note)
    work("quick")
    assert sorted(seen) == sorted(Project.objects.values_list("pk", flat=True))
    assert len(seen) == 10


# ---------------------------------------------------------------- hosts that fail
@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What every remote answers: an error, or nothing new."""
    says: dict[str, Any] = {"error": None, "asked": 0}

    def update(*_: object, **__: object) -> None:
        says["asked"] += 1
        raise says["error"]

    monkeypatch.setattr(Mirror, "update", update)
    return says


@pytest.mark.django_db
def test_a_host_that_is_down_is_asked_three_times_and_not_by_all_its_projects(answer: dict[str, Any]) -> None:
    for _ in range(12):
        create_project(remote_host="down.example")
    answer["error"] = ForgeError("unreachable", host="down.example")
    work("quick")
    assert answer["asked"] == 3
    host = RemoteHost.objects.get(name="down.example")
    assert host.is_down and host.code == "unreachable"
    # What failed before it was known to be down counts once, what only probed does not.
    RemoteHost.objects.update(paused_until=timezone.now())
    work("quick")
    assert answer["asked"] == 4
    assert sum(Project.objects.values_list("sync_failures", flat=True)) == 2


@pytest.mark.django_db
def test_a_host_that_limits_our_rate_is_left_alone_until_it_says(answer: dict[str, Any]) -> None:
    for _ in range(4):
        create_project(remote_host="git.example", sync_state="ok")
    until = timezone.now() + timedelta(minutes=7)
    answer["error"] = ForgeError("rate_limited", host="git.example", until=until, retry_at=until)
    work("quick")
    assert answer["asked"] == 1
    assert RemoteHost.objects.get(name="git.example").paused_until == until
    assert set(Project.objects.values_list("sync_state", "sync_failures")) == {("ok", 0)}


@pytest.mark.django_db
def test_a_thread_of_its_own_keeps_the_leases(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    renewed = threading.Event()
    settings.SYNC_LEASE = 0.01
    monkeypatch.setattr(leases, "renew", lambda owner: renewed.set())
    with leases.kept("me"):
        assert renewed.wait(5)


# ---------------------------------------------------------------- one that is slow
class Desk:
    """Hands out leases by name as the database would, without one: threads share nothing else here."""

    def __init__(self) -> None:
        self.due: list[str] = []
        self.done: set[str] = set()
        self.given_back: list[str] = []
        self.released = threading.Event()

    def claim(self, lane: str, *, limit: int, suspects: bool = False, **_: object) -> list[Lease]:
        taken, self.due = ([], self.due) if suspects else (self.due[:limit], self.due[limit:])
        return [Lease(Project(slug=slug), "me", timezone.now()) for slug in taken]

    def give_back(self, given: Iterable[Lease]) -> None:
        self.given_back += [lease.project.slug for lease in given]

    def sync(self, lease: Lease, *, is_quick: bool) -> None:
        if lease.project.slug == "slow":
            self.released.wait(30)
        self.done.add(lease.project.slug)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Desk]:
    """The sync of the project `slow` lasts until `released`; those of others end at once. Pauses are short."""
    settings.SYNC_THREADS = 2
    desk = Desk()
    monkeypatch.setattr(works, "PAUSE", 0.05)
    monkeypatch.setattr(works, "sync", desk.sync)
    monkeypatch.setattr(leases, "claim", desk.claim)
    monkeypatch.setattr(leases, "give_back", desk.give_back)
    yield desk
    desk.released.set()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not (is_so := holds()) and time.monotonic() < until:
        time.sleep(0.01)
    return is_so


def test_nothing_waits_for_one_that_is_slow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "TURN", 0.1)
    desk.due = ["slow", "one", "two", "three"]
    worker = threading.Thread(target=work, args=("quick",))
    worker.start()
    assert eventually(lambda: desk.done == {"one", "two", "three"})
    # Also not what becomes due when the turn would be over.
    time.sleep(0.2)
    desk.due = ["late"]
    assert eventually(lambda: "late" in desk.done)
    desk.released.set()
    worker.join(20)
    assert not worker.is_alive() and "slow" in desk.done


def test_leases_that_nobody_takes_go_back_for_other_workers(desk: Desk) -> None:
    supply = works.Supply("quick", threads=2)
    desk.due = ["slow", "one", "two"]
    worker = threading.Thread(target=works.drain_together, args=(supply, 1))
    worker.start()
    assert eventually(lambda: desk.given_back == ["one", "two"])
    desk.released.set()
    worker.join(20)


@pytest.mark.django_db
def test_what_kills_its_worker_takes_no_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        create_project(sync_attempts=leases.SUSPECT)
    together: list[int] = []
    monkeypatch.setattr(works, "sync", lambda lease, **_: together.append(Project.objects.at_work().count()))
    monkeypatch.setattr(works, "TURN", 0.0)
    work("quick")
    assert together in ([], [1])


@pytest.mark.django_db
def test_on_a_full_disk_a_worker_sweeps_what_dead_ones_left(settings: LazySettings, tmp_path: Path) -> None:
    project = create_project(sync_attempts=1)
    settings.DISK_RESERVE = 10**9
    half = mirror_path(project.pk) / "objects" / "pack" / "tmp_pack_half"
    half.parent.mkdir(parents=True)
    half.touch()
    mirror_path(project.pk).with_suffix(".lock").write_bytes(AT_IT)
    assert work("quick") is False
    assert not half.exists()
