"""A code host that misbehaves ends in a named error, soon, and never takes the worker or another host with it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from forge import environment, remotes
from forge.errors import ERRORS, ForgeError
from forge.mirror import Mirror
from forge.urls import parse_remote
from tests.hostile.conftest import ROOT
from tests.hostile.corpus.writer import CANARY
from tests.hostile.memory import peak
from tests.repos import build_repo

CODES = {
    "slow": "timed_out",
    "drip": "timed_out",
    "garbage": "not_a_repository",
    "redir-meta": "redirected",
    "redir-file": "redirected",
    "redir-canary": "redirected",
    "auth": "auth_required",
    "html": "not_a_repository",
    "gone": "gone",
    "endless": "too_big",
    "cut": "corrupt",
    "unborn-traversal": "head_invalid",
    "no-such-kind": "gone",
}
#: The limits of these tests, and how long one answer may take beyond them on a busy machine.
PATIENCE, GRACE = 3, 30
MEGABYTES = 350


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.hostile.corpus", "--serve", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline().removeprefix("READY "))
        server.kill()


@pytest.fixture(autouse=True)
def short_limits(open_loopback: None, settings: LazySettings) -> None:
    settings.GIT_TIMEOUT = PATIENCE


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "1.git")


def update(mirror: Mirror, port: int, kind: str) -> ForgeError:
    with mirror.lock(), pytest.raises(ForgeError) as caught:
        mirror.update(parse_remote(f"http://127.0.0.1:{port}/{kind}/x.git"), hosts=[f"127.0.0.1:{port}"])
    return caught.value


@pytest.mark.parametrize("kind", CODES)
def test_host_ends_in_a_named_error_soon(
    mirror: Mirror, port: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The host that never stops is to be stopped by its size, not by the clock of this test.
    seconds = PATIENCE if kind in ("slow", "drip") else remotes.LIMITS.seconds
    monkeypatch.setattr(remotes, "LIMITS", replace(remotes.LIMITS, seconds=seconds))
    began = time.monotonic()
    with peak(with_itself=False) as memory:
        error = update(mirror, port, kind)
    assert error.code == CODES[kind] and error.code in ERRORS
    assert error.message and error.cure
    assert time.monotonic() - began < PATIENCE + GRACE
    assert memory.bytes < MEGABYTES * 10**6


@pytest.mark.parametrize("kind", CODES)
def test_good_copy_outlives_the_host(
    mirror: Mirror, port: int, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = build_repo(tmp_path / "sources" / "widget.git", commits=3)
    with mirror.lock():
        before = mirror.update(parse_remote(str(source), folders=[tmp_path]), folders=[tmp_path])
    monkeypatch.setattr(remotes, "LIMITS", replace(remotes.LIMITS, seconds=PATIENCE))
    error = update(mirror, port, kind)
    assert error.code in {CODES[kind], "timed_out", "branches_vanished"}
    assert mirror.refs() == before.refs
    assert mirror.default_branch() == "main"


def test_no_redirect_was_followed_and_nothing_was_written(mirror: Mirror, port: int) -> None:
    update(mirror, port, "redir-canary")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/hits") as answer:
        assert json.load(answer) == []
    assert not Path(f"{CANARY}_ref").exists()
    assert list(mirror.path.parent.glob("**/*canary*")) == []


def test_real_limits_are_bounded() -> None:
    """Those tests are impatient; this is what a portal has."""
    assert remotes.LIMITS.seconds <= 60
    assert remotes.LIMITS.data <= 256 * 2**20
    assert int(environment.CONFIG["http.lowSpeedTime"]) <= 30
