"""Real worker processes for the benchmarks: started, stopped and killed, and sources for them to read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


# ---------------------------------------------------------------- processes that are forked
def forked(run: Callable[[], object]) -> int:
    """A process of its own that does this, with what was set up here but no connection of ours."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        run()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(1)


def works(*lanes: str, also: Callable[[], object] = lambda: None) -> Callable[[], object]:
    """What a worker does for ever, without a broker: one turn after the other."""

    def run() -> None:
        from catalog.work import work

        while True:
            for lane in lanes:
                work(lane)
            also()
            time.sleep(0.01)

    return run


@contextmanager
def working(*runs: Callable[[], object]) -> Iterator[list[int]]:
    pids = [forked(run) for run in runs]
    try:
        yield pids
    finally:
        for pid in pids:
            kill(pid, with_git=True)


def kill(pid: int, *, with_git: bool) -> None:
    """Stopped first, so that it starts nothing while its processes are counted."""
    os.kill(pid, signal.SIGSTOP)
    for each in [pid, *(below(pid) if with_git else [])]:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue
    os.waitpid(pid, 0)


def below(pid: int) -> list[int]:
    """All processes that it started, and that these did."""
    from forge.limits import children

    return [each for child in children(pid) for each in (child, *below(child))]


# ---------------------------------------------------------------- processes of an installation
@contextmanager
def installed(*names: str, **environment: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes as `manage.py serve` starts them, by their names in portal.processes; the broker comes with them.

    A name may stand there twice.
    """
    from django.conf import settings

    from portal import broker, processes

    if settings.EMBEDDED_BROKER:
        broker.start()
    started = []
    try:
        for number, name in enumerate(names):
            argv = [each.replace("@%h", f"{number}@%h") for each in processes.ALL[name]()]
            argv = [each.replace(str(settings.VAR / "beat"), str(settings.VAR / f"beat{number}")) for each in argv]
            with (settings.VAR / f"{name}{number}.log").open("ab") as log:
                started.append(
                    subprocess.Popen(
                        argv, env=os.environ | environment, stdout=log, stderr=log, start_new_session=True
                    )
                )
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if settings.EMBEDDED_BROKER:
            broker.stop()


# ---------------------------------------------------------------- sources and time
def build(path: Path, *, commits: int, people: int = 90, noise: int = 0) -> Path:
    """One repository; `noise` are bytes that nothing compresses."""
    from forge.fast_import import Author, History

    history = History()
    for index in range(commits):
        author = Author(f"Person {index % people}", f"person{index % people}@example.org")
        files: dict[str, Any] = {f"src/part{index % 50}.py": f"x = {index}\n" * 40}
        if index == 0:
            files |= {"README.md": f"# {path.stem}\n\nWords about it.\n", "noise": os.urandom(noise)}
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=index)
        history.commit(branch="main", author=author, at=at, message=f"Change {index}", files=files)
    history.write(path)
    return path


def build_many(folder: Path, count: int, *, commits: int) -> None:
    """Repositories that differ in their place only: hard links to the objects of one."""
    first = build(folder / "repo0000.git", commits=commits)
    for number in range(1, count):
        shutil.copytree(first, folder / f"repo{number:04}.git", copy_function=os.link)


def wait(holds: Callable[[], bool], seconds: float, *, pause: float = 0.05) -> bool:
    """Whether it came to hold in that time."""
    until = time.monotonic() + seconds
    while not (is_so := holds()) and time.monotonic() < until:
        time.sleep(pause)
    return is_so


def is_settled() -> bool:
    """Nothing runs, nothing waits, nothing comes within half a minute."""
    from django.utils import timezone

    from catalog.models import Project, SyncRun

    soon = timezone.now() + timedelta(seconds=30)
    return not (
        Project.objects.filter(lease_until__isnull=False).exists()
        or Project.objects.filter(next_sync_at__lte=soon).exists()
        or SyncRun.objects.open().exists()
    )


def note(where: Any, name: str, file: Path, word: Callable[..., str]) -> None:
    """Have each call of a function written down as one line, also from processes that are forked later."""
    real = getattr(where, name)

    def noted(*args: Any, **options: Any) -> Any:
        with file.open("a") as opened:
            opened.write(word(*args) + "\n")
        return real(*args, **options)

    setattr(where, name, noted)
