"""A source repository, its mirror, and one way to sync the one into the other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forge.mirror import Mirror
from forge.types import UpdateResult
from forge.urls import parse_remote
from tests.repos import build_repo


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
