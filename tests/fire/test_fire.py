"""Promises that only real processes can keep: each test runs a program of bench/ on a small scale.

They have a folder, a database and a broker of their own, so that killing and flushing disturbs nobody.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

PATIENCE = 300  # seconds; how long is no promise, only when to give up.

Program = Callable[..., dict[str, Any]]


@pytest.fixture
def own_database() -> Iterator[str]:
    """The URL of an empty PostgreSQL database in services mode, else nothing: SQLite then lies in the folder."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield ""
        return
    server, _, name = url.rpartition("/")
    own = f"test_{name}_fire_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{own}"')
        yield f"{server}/{own}"
        connection.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The path of a broker's socket has 107 bytes at most, and pytest's own folders are deep."""
    with tempfile.TemporaryDirectory(prefix="fire-") as folder:
        yield Path(folder)


@pytest.fixture
def run(short_folder: Path, own_database: str) -> Program:
    """Runs a program of bench/ and answers the figures that it wrote; it has to end well."""

    def run_now(name: str, *arguments: str) -> dict[str, Any]:
        figures = short_folder / "figures.json"
        environment = {name: text for name, text in os.environ.items() if name not in ("VAR", "REDIS_URL")}
        done = subprocess.run(
            [sys.executable, f"bench/{name}", *arguments, "--json", str(figures)],
            cwd=settings.BASE_DIR,
            env=environment | {"TMPDIR": str(short_folder), "DATABASE_URL": own_database},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stdout + done.stderr[-5000:]
        return dict(json.loads(figures.read_text()))

    return run_now


def test_a_worker_may_be_killed_at_any_moment(run: Program) -> None:
    figures = run("kills.py", "--kills", "12", "--seed", "3", "--full-check", "12")
    assert figures["faults"] == []
    assert len(figures["steps"]) > 3


def test_a_broker_that_forgets_everything_loses_no_sync_and_doubles_none(run: Program) -> None:
    figures = run("fire.py", "flush", "--projects", "30")["flush"]
    assert figures["tasks lost"] >= 30
    assert (figures["projects"], figures["synced twice"]) == ({"ok": 30}, 0)


def test_five_hundred_deliveries_make_two_syncs_at_most(run: Program) -> None:
    figures = run("fire.py", "storm")["storm"]
    assert figures["syncs"] <= 2 and figures["fresh"]


def test_a_huge_repository_moves_aside_and_delays_no_small_one(run: Program) -> None:
    assert "long" in run("fire.py", "lanes")["lanes"]["lanes of the huge one"]


def test_a_silent_host_holds_no_more_than_its_connections(run: Program) -> None:
    assert run("fire.py", "slow-host")["slow-host"]["connections of it"] <= 4


def test_a_full_disk_pauses_and_resumes(run: Program) -> None:
    figures = run("fire.py", "full-disk")["full-disk"]
    if "left out" in figures:
        pytest.skip(figures["left out"])
    assert figures["while full"] == {"state": "never", "failures": 0}


def test_a_database_that_goes_away_pauses_and_resumes(run: Program) -> None:
    figures = run("fire.py", "database", "--seconds", "4")["database"]
    assert (figures["after"], figures["failures"]) == ({"ok": 50}, 0)
