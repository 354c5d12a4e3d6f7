"""A source repository, its mirror, one way to sync the one into the other; and a code host on loopback."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forge.mirror import Mirror
from forge.types import UpdateResult
from forge.urls import parse_remote
from tests.forge.connectors.code_host import Asked, CodeHost
from tests.repos import build_repo
from tests.servers import serving


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "sources" / "widget.git", commits=3)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "1.git")


@pytest.fixture
def sync(mirror: Mirror, tmp_path: Path) -> Callable[..., UpdateResult]:
    def sync_now(path: Path, **options: object) -> UpdateResult:
        remote = parse_remote(str(path), folders=[tmp_path])
        with mirror.lock():
            return mirror.update(remote, folders=[tmp_path], **options)

    return sync_now


@pytest.fixture
def killed(mirror: Mirror) -> Callable[[], None]:
    """Somebody takes the mirror's lock and dies at it."""

    def die_at_work() -> None:
        child = os.fork()
        if not child:
            with mirror.lock():
                os._exit(0)
        os.waitpid(child, 0)

    return die_at_work


@pytest.fixture
def may_be_asked() -> Callable[[Asked], bool]:
    """Whether the real API has such a question; the tests of one kind of host say so for it."""
    return lambda asked: True


@pytest.fixture
def code_host(open_loopback: None, may_be_asked: Callable[[Asked], bool]) -> Iterator[CodeHost]:
    server = CodeHost()
    with serving(server):
        yield server
    assert [asked for asked in server.asked if not may_be_asked(asked)] == []
