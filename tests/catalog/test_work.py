import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog import work as works
from catalog.actions.sources import add_source
from catalog.leases import Lease
from catalog.models import Project, RemoteHost, SyncRun
from catalog.work import work
from forge.errors import ForgeError
from forge.mirror import Mirror
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
    works.leases.give_back(supply.waiting)
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
    monkeypatch.setattr(works.leases, "renew", lambda owner: renewed.set())
    with works.kept("me"):
        assert renewed.wait(5)
