"""What every test gets: its own folder to write to, a closed network, and no broker unless it asks for one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from forge import urls
from people.models import Membership, Team, User
from portal.celery import app
from search import following
from tests.create import create_team, create_user, join

real_connect = socket.socket.connect


def connect_to_loopback_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
        raise OSError(f"Tests reach loopback only, not {address[0]}.")
    real_connect(self, address)


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", connect_to_loopback_only)


@pytest.fixture
def open_loopback(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code host may stand on this machine, without a certificate."""
    settings.GIT_PROTOCOLS = ["https", "ssh", "http"]
    monkeypatch.setattr(urls, "is_forbidden", lambda address: False)


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Mirrors and index of one test never meet those of another, nor the developer's own."""
    settings.VAR = tmp_path / "var"
    settings.MIRRORS = settings.VAR / "mirrors"
    settings.INDEX = settings.VAR / "index"
    settings.STATIC_ROOT = settings.VAR / "static"
    settings.STATIC_ROOT.mkdir(parents=True)
    # A thread has a connection of its own, which would not see what a test wrote in its transaction.
    settings.SYNC_THREADS = 1
    settings.DISK_RESERVE = 0
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield


@pytest.fixture(autouse=True)
def tasks_run_at_once() -> Iterator[None]:
    """A queued task runs where it was queued, so that a test sees what it did."""
    before = app.conf.task_always_eager, app.conf.task_eager_propagates
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


@pytest.fixture
def search_index(db: None) -> None:
    """An index of what is in the database now; later rows follow by themselves on commit."""
    following.rebuild()


@pytest.fixture
def host_team(db: None) -> Team:
    return create_team("Platform")


@pytest.fixture
def guest_team(db: None) -> Team:
    return create_team("Checkout")


@pytest.fixture
def alice(host_team: Team) -> User:
    """A maintainer of the host team."""
    user = create_user("alice")
    join(user, host_team, maintainer=True)
    return user


@pytest.fixture
def bob(host_team: Team) -> User:
    """A plain member of the host team."""
    user = create_user("bob")
    assert join(user, host_team).role == Membership.Role.MEMBER
    return user


@pytest.fixture
def charlie(guest_team: Team) -> User:
    """An outsider: of another team."""
    user = create_user("charlie")
    join(user, guest_team)
    return user
