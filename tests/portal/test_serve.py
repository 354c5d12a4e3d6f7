"""`manage.py serve`: the whole installation under one supervisor, in a folder and on a port of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

PATIENCE = 60  # seconds; how long is no promise, only when to give up.
QUEUE_A_TASK = "from portal.tasks import beat_seen; beat_seen.delay()"
WORKER_ANSWERS = (
    "import sys; from portal import health; parts = [health.check_worker(), health.check_beat()]; "
    "print(parts); sys.exit(not all(part.usable for part in parts))"
)


class Installation:
    """One installation below a folder; `start` may be called again after `stop`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self.environment = {**kept, "VAR": str(folder / "var"), "PORT": str(self.port), "DEMO": "no"}
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(self.is_ready)

    def stop(self) -> int:
        """As Ctrl-C does: the signal reaches everything that belongs to the terminal."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ready")
        except (urllib.error.URLError, ConnectionError):
            return False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )

    def wait_for(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process is None or self.process.poll() is None, self.log.read_text()
            time.sleep(0.2)

    def family(self) -> set[tuple[int, str]]:
        """The supervisor and all that it started, each with its command."""
        assert self.process
        running = processes()
        found = {self.process.pid}
        for _ in range(4):  # Supervisor, worker, the worker's own processes; a level to spare.
            found |= {pid for pid, (parent, _) in running.items() if parent in found}
        return {(pid, running[pid][1]) for pid in found if pid in running}


def processes() -> dict[int, tuple[int, str]]:
    """Of this machine: number to parent and command."""
    shown = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=2) for line in shown.stdout.splitlines())
    return {int(pid): (int(parent), command) for pid, parent, command in rows}


def left_over(family: set[tuple[int, str]]) -> list[str]:
    running = processes()
    return [command for pid, command in family if pid in running and running[pid][1] == command]


def broker_socket(installation: Installation) -> str:
    ask = "from django.conf import settings; print(settings.BROKER_SOCKET)"
    return installation.run("shell", "--no-imports", "-c", ask).stdout.strip()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    process = installation.process
    if process and process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def test_everything_starts_works_stops_and_starts_again(installation: Installation) -> None:
    installation.start()
    assert installation.run("shell", "--no-imports", "-c", QUEUE_A_TASK).returncode == 0
    installation.wait_for(lambda: installation.run("shell", "--no-imports", "-c", WORKER_ANSWERS).returncode == 0)
    family = installation.family()
    commands = " ".join(command for _, command in family)
    assert all(part in commands for part in ("serve", "granian", "worker", "beat", broker_socket(installation)))
    assert installation.stop() == 0, installation.log.read_text()
    assert left_over(family) == []
    assert not installation.is_ready()

    installation.start()
    family = installation.family()
    assert installation.stop() == 0, installation.log.read_text()
    assert left_over(family) == []
    assert "Traceback" not in installation.log.read_text()


def test_a_killed_broker_comes_back_and_a_second_supervisor_is_refused(installation: Installation) -> None:
    installation.start()
    place = broker_socket(installation)
    servers = [pid for pid, command in installation.family() if place in command]
    os.kill(servers[0], signal.SIGKILL)
    installation.wait_for(
        lambda: any(pid not in servers and place in command for pid, command in installation.family())
    )
    installation.wait_for(installation.is_ready)

    installation.environment["PORT"] = str(installation.port + 1)
    done = installation.run("serve")
    assert done.returncode == 1
    assert "Another portal runs on" in done.stderr
    assert installation.stop() == 0, installation.log.read_text()


def test_a_taken_port_is_refused_with_a_way_out(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        done = installation.run("serve")
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{installation.port}" in done.stderr
    assert "choose another port: make run PORT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_silent_redis_is_refused_with_a_way_out(installation: Installation) -> None:
    installation.environment["REDIS_URL"] = "redis://127.0.0.1:1/0"
    done = installation.run("serve")
    assert done.returncode == 1
    assert "Nothing answers at REDIS_URL" in done.stderr
    assert "Traceback" not in done.stderr
