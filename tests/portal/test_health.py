"""Whether the process lives, whether it can be used, and what operators see of it."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Project, SyncRun
from people.models import User
from portal import health
from search.engines.base import State
from tests.create import create_project, create_user

pytestmark = pytest.mark.django_db


class FakeBroker:
    """Answers like the broker's client, from a dictionary."""

    kept: dict[str, Any] = {}

    def __enter__(self) -> FakeBroker:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ping(self) -> bool:
        return True

    def set(self, key: str, value: object) -> None:
        self.kept[key] = value

    def get(self, key: str) -> Any:
        return self.kept.get(key)

    def llen(self, key: str) -> int:
        return 3


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    broker = FakeBroker()
    broker.kept = {}
    monkeypatch.setattr(health, "broker", lambda: broker)
    return broker


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(health, "broker", lambda: redis.Redis.from_url(nowhere, socket_connect_timeout=1))


class Workers:
    """Answers like Celery's inspection, from a dictionary of the queues that each worker takes from."""

    def __init__(self, **queues: list[str]) -> None:
        self.queues = queues

    def __call__(self, timeout: float) -> Workers:
        return self

    def active_queues(self) -> dict[str, list[dict[str, str]]] | None:
        return {name: [{"name": queue} for queue in queues] for name, queues in self.queues.items()} or None


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.app.control, "inspect", Workers())


def test_live_asks_nothing(client: Client, no_broker: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_ready_when_database_broker_and_index_can_be_used(
    client: Client, broker: FakeBroker, search_index: None
) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert response.json()["parts"]["database"] == connection.vendor
    assert "no-cache" in response["Cache-Control"]


def test_a_silent_broker_is_named(client: Client, no_broker: None, search_index: None) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 503
    parts = response.json()["parts"]
    assert parts["broker"].startswith("unusable: ")
    assert not any(parts[name].startswith("unusable") for name in ("database", "index"))


def test_an_unusable_index_is_named(client: Client, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.index.ready", lambda: State(usable=False, detail="no index"))
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["index"] == "unusable: no index"


def test_a_silent_database_is_named(
    client: Client, broker: FakeBroker, search_index: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ConnectionError("down")

    monkeypatch.setattr(health.connection, "cursor", fail, raising=False)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "unusable: ConnectionError"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_answers_whatever_name_a_load_balancer_uses(
    client: Client, settings: LazySettings, broker: FakeBroker, search_index: None, path: str
) -> None:
    settings.ALLOWED_HOSTS = ["portal.corp.example"]
    settings.SECURE_SSL_REDIRECT = settings.READING_NEEDS_SIGN_IN = True
    assert client.get(path, headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/", headers={"host": "10.1.2.3:8000"}).status_code == 400


def test_beat_is_alive_for_some_minutes_after_it_was_seen(broker: FakeBroker) -> None:
    assert not health.check_beat().usable
    health.note_beat()
    assert health.check_beat().usable
    broker.kept[health.BEAT_KEY] = (timezone.now() - health.BEAT_SILENCE).timestamp()
    assert not health.check_beat().usable


def test_every_unusable_part_has_a_cure(no_broker: None, no_workers: None) -> None:
    unusable = [part for part in health.everything() if not part.usable]
    assert {"broker", "worker", "beat", "queues"} <= {part.name for part in unusable}
    assert all(part.cure for part in unusable)


def test_each_queue_needs_a_worker_that_takes_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.app.control, "inspect", Workers(worker=["default", "syncs"]))
    part = health.check_worker()
    assert not part.usable and part.detail == "worker; nobody takes from long-syncs"
    monkeypatch.setattr(health.app.control, "inspect", Workers(worker=["default", "syncs"], long=["long-syncs"]))
    assert health.check_worker().usable
    monkeypatch.setattr(health.app.control, "inspect", Workers(all=list(health.QUEUES)))
    assert health.check_worker().usable


def test_a_disk_below_the_reserve_is_named(settings: LazySettings) -> None:
    settings.VAR.mkdir(exist_ok=True)
    settings.DISK_RESERVE = 2**40
    part = health.check_disk()
    assert not part.usable and "no sync begins" in part.detail


# ---------------------------------------------------------------- the operators' page
@pytest.fixture
def operator(db: None) -> User:
    return create_user("operator", is_staff=True)


def test_operators_see_what_can_be_used_and_how_the_syncs_fare(
    client: Client, operator: User, broker: FakeBroker, no_workers: None
) -> None:
    create_project("torn", sync_state=Project.SyncState.FAILED, visibility="admins")
    client.force_login(operator)
    page = client.get("/status/").content.decode()
    for words in ("Not usable", "default: 3 waiting", "/curation/syncs/?show=failed", "Parked"):
        assert words in page
    assert "torn" not in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_status_page_costs_the_same_however_much_failed(
    client: Client,
    operator: User,
    broker: FakeBroker,
    no_workers: None,
    django_assert_num_queries: Any,
    count: int,
) -> None:
    for _ in range(count):
        create_project(sync_state=Project.SyncState.FAILED)
        SyncRun.objects.create(project=create_project(), state=SyncRun.State.QUEUED)
    client.force_login(operator)
    # Session, person, a look at the database, syncs by state, what waits for the person.
    with django_assert_num_queries(7):
        assert client.get("/status/").status_code == 200


def test_others_are_told_that_the_status_page_is_not_theirs(client: Client, alice: User) -> None:
    assert client.get("/status/").url == "/sign-in/?next=/status/"
    client.force_login(alice)
    assert client.get("/status/").status_code == 403
