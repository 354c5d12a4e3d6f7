"""`manage.py serve`: everything under one supervisor, or one process of an installation that has its own."""

from __future__ import annotations

import fcntl
import os
import shlex
import socket
import sys
import threading
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from honcho.manager import Manager

from catalog.models import CodeHost
from people.models import User
from portal import broker, processes
from search import following, index


class Command(BaseCommand):
    help = "Prepare the database and start web, worker, beat and, unless REDIS_URL names one, the broker."
    # The processes that are started check for themselves what they need; a start should not wait for it twice.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "process", nargs="?", choices=processes.ALL, help="Start this one only, in the foreground."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["process"]:
            argv = processes.ALL[options["process"]]()
            os.execv(argv[0], argv)  # noqa: S606 - replaces this process, so that signals reach the right one.
        refuse_taken_port()
        with the_only_one(), running_broker():
            self.prepare()
            code = supervise(on_ready=self.announce)
        sys.exit(code)

    def prepare(self) -> None:
        if not schema_is_current():
            call_command("migrate", interactive=False, verbosity=0)
        if not static_is_current():
            call_command("collectstatic", interactive=False, verbosity=0)
        if not index.ready().usable:
            following.rebuild()
        if settings.DEMO and not User.objects.exists() and not CodeHost.objects.exists():
            self.stdout.write("The database is empty: building the demo company (DEMO=no leaves it out) …")
            call_command("demo", stdout=self.stdout)

    def announce(self) -> None:
        self.stdout.write(
            self.style.SUCCESS(f"\n  The portal is ready on http://{settings.HOST}:{settings.PORT}\n")
        )


def refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}:{settings.PORT} ({error.strerror}). "
                "Stop the program that does, or choose another port: make run PORT=8001."
            ) from None


@contextmanager
def the_only_one() -> Iterator[None]:
    """One supervisor for one VAR, so that what it finds running there was left behind by a dead one."""
    with (settings.VAR / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Another portal runs on {settings.VAR}. Stop it first, or name another folder: VAR=…."
            ) from None
        yield


@contextmanager
def running_broker() -> Iterator[None]:
    """The embedded broker, kept alive and stopped at the end; or the one of REDIS_URL, which must answer."""
    if not settings.EMBEDDED_BROKER:
        if not broker.answers():
            raise CommandError("Nothing answers at REDIS_URL. Start that server, or unset REDIS_URL.")
        yield
        return
    try:
        broker.start()
    except broker.BrokerError as error:
        raise CommandError(str(error)) from None
    ended = threading.Event()
    keeper = threading.Thread(target=broker.keep, args=(ended,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        broker.stop()


def schema_is_current() -> bool:
    """Whether every migration is applied; asking costs a fifth of `migrate` itself, at each start."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def static_is_current() -> bool:
    """Whether VAR/static was collected after the last change of our files and of the packages."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists():
        return False
    sources = [settings.BASE_DIR / "requirements.txt", *Path(settings.BASE_DIR / "static").rglob("*")]
    return max(path.stat().st_mtime for path in sources) < manifest.stat().st_mtime


def supervise(*, on_ready: Callable[[], None]) -> int:
    """Run until one process ends or a signal comes; all of them end together."""
    manager = Manager()
    for name, argv in processes.ALL.items():
        # On one machine for everything, whoever waits for a page comes before the work in the background.
        courtesy = [] if name == "web" else ["nice", "-n", "5"]
        command = "exec " + shlex.join([*courtesy, *argv()])
        manager.add_process(name, command, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    threading.Thread(target=tell_when_ready, args=(on_ready,), daemon=True).start()
    manager.loop()
    # Ctrl-C and SIGTERM are how one stops it, so they are no failure.
    return 0 if manager.returncode in (130, 143) else int(manager.returncode or 0)


def tell_when_ready(on_ready: Callable[[], None]) -> None:
    url = f"http://{settings.HOST}:{settings.PORT}/health/live"
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            on_ready()
            return
