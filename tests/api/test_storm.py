"""500 deliveries for one repository, from many threads at once, while it is being synced."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from api.models import WebhookDelivery
from catalog import broker
from catalog import sync as syncs
from catalog.actions.sources import add_source
from catalog.leases import claim
from catalog.models import CodeHost, Project, Secret
from catalog.sync import sync
from tests.api.deliveries import SECRET, of_gitea, post
from tests.repos import build_repo

STORM = 500
THREADS = 8


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Threads that share SQLite in memory fail where those that share a file wait for each other."""
    ours = connections["default"]
    if ours.vendor != "sqlite":
        yield
        return
    name, path = ours.settings_dict["NAME"], str(tmp_path / "storm.sqlite3")
    ours.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        ours.connection.backup(file)
    ours.settings_dict["NAME"] = path
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        ours.settings_dict["NAME"] = name
        connections["default"] = ours


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_database: None) -> Project:
    """A real repository, listed as one of a Gitea."""
    monkeypatch.setattr(broker, "hint", lambda *_, **__: True)
    build_repo(tmp_path / "src" / "ledger.git", commits=3)
    (found,) = add_source(str(tmp_path / "src")).new
    Project.objects.update(host_id="7")
    CodeHost.objects.update(kind="gitea", webhook_secret=Secret.of(SECRET))
    return found


def deliver(number: int) -> int:
    payload = {"ref": "refs/heads/main", "n": number, "repository": {"id": 7, "full_name": "acme/ledger"}}
    body = json.dumps(payload).encode()
    try:
        status: int = post(Client(), CodeHost.objects.get(), body, of_gitea("push", body)).status_code
    finally:
        connections.close_all()
    return status


def storm() -> list[int]:
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(deliver, range(STORM)))


def syncs_that_follow() -> int:
    """As a worker that always looks would do; a pause before the second sync is over in this moment."""
    count = 0
    while True:
        Project.objects.filter(next_sync_at__lt=timezone.now() + timedelta(minutes=1)).update(
            next_sync_at=timezone.now()
        )
        leases = claim("quick", owner="me", limit=1)
        if not leases:
            return count
        sync(leases[0])
        count += 1


@pytest.mark.django_db(transaction=True)
def test_a_storm_while_a_sync_runs_makes_two_at_most(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that runs, and one after it that sees all of what was pushed."""
    begun, over = threading.Event(), threading.Event()
    real = syncs.read_findings

    def slowly(*args: Any, **options: Any) -> Any:
        begun.set()
        assert over.wait(300)
        return real(*args, **options)

    def run() -> None:
        try:
            (lease,) = claim("quick", owner="first", limit=1)
            sync(lease)
        finally:
            connections.close_all()

    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", slowly)
        worker = threading.Thread(target=run)
        worker.start()
        assert begun.wait(60)
        try:
            statuses = storm()
        finally:
            over.set()
            worker.join()
    assert set(statuses) == {200}
    assert WebhookDelivery.objects.count() == STORM
    assert syncs_that_follow() == 1


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_one_delivery_is_heard_once(project: Project) -> None:
    """A code host that does not hear our answer sends the same again and again."""
    with ThreadPoolExecutor(THREADS) as threads:
        statuses = list(threads.map(deliver, [1] * 40))
    assert set(statuses) == {200} and WebhookDelivery.objects.count() == 1
    assert syncs_that_follow() == 1
