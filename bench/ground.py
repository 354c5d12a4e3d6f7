"""What a benchmark stands on: a fresh folder for all that is written, Django set up on it, clocks and tables."""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> Path:
    """Point VAR at a new folder and load Django; call it before importing anything of the portal.

    DATABASE_URL is respected, so the same program measures services mode; its database must be empty.
    """
    var = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.update(VAR=str(var), DJANGO_SETTINGS_MODULE="portal.settings", LOG_LEVEL="ERROR")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    (var / "static").mkdir()
    call_command("migrate", verbosity=0, interactive=False)
    return var


def without_broker() -> None:
    """What is queued, for the search index above all, goes to a broker that nobody reads."""
    from portal.celery import app

    app.conf.broker_url = "memory://"


def clear() -> None:
    """No source, no listing and no mirror is left."""
    from django.conf import settings

    from catalog.models import CodeHost, Project, RemoteHost, SyncRun

    for model in (SyncRun, Project, CodeHost, RemoteHost):
        model.objects.all().delete()
    shutil.rmtree(settings.MIRRORS, ignore_errors=True)


# ---------------------------------------------------------------- clocks
BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def cpu_seconds(*whose: int) -> float:
    """Of this process, of all that it started and waited for, or of both."""
    return sum(spent.ru_utime + spent.ru_stime for spent in map(resource.getrusage, whose or BOTH))


def seconds(work: Callable[..., object], *args: object) -> float:
    start = time.perf_counter()
    work(*args)
    return time.perf_counter() - start


@dataclass
class Times:
    """The same work, measured again and again."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def taken(self) -> Iterator[None]:
        before, start = cpu_seconds(), time.perf_counter()
        yield
        self.wall.append(time.perf_counter() - start)
        self.cpu.append(cpu_seconds() - before)

    @property
    def median(self) -> float:
        return statistics.median(self.wall)


# ---------------------------------------------------------------- asking and telling
def parser(description: str | None) -> argparse.ArgumentParser:
    """Every program can leave its figures in a file."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--json", type=Path)
    return options


def save(figures: object, file: Path | None) -> None:
    if file is not None:
        file.write_text(json.dumps(figures, indent=1))


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed; the largest of fewer than 20."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns for a terminal: the first to the left, figures to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells))
    return "\n".join(lines)
