"""Tries what must never lose or delay a sync, with real worker processes, and says how it went.

    python bench/fire.py [flush] [storm] [lanes] [slow-host] [full-disk] [database] [--projects 1000] [--json FILE]

Without a name all of them are tried. Ends with 1 when one of them went wrong. `full-disk` mounts a small file
system and needs root; it is left out where that is not allowed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground, stage

Figures = dict[str, Any]


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("names", nargs="*", choices=[*TRIALS, []], metavar="NAME")
    parser.add_argument("--projects", type=int, default=1000, help="How many are queued for `flush`.")
    parser.add_argument("--seconds", type=float, default=30, help="How long the database is away.")
    return parser.parse_args()


def states() -> dict[str, int]:
    from catalog.models import Project

    return dict(Counter(Project.objects.values_list("sync_state", flat=True)))


def sourced(var: Path, name: str) -> Path:
    """A fresh catalog with one folder of sources."""
    ground.clear()
    folder = var / name
    folder.mkdir()
    return folder


# ---------------------------------------------------------------- the broker forgets
def flush(var: Path, options: argparse.Namespace) -> Figures:
    """Every task is lost while nobody works; then two workers and two beats begin, and nobody asks again."""
    from catalog.actions.sources import add_source
    from catalog.actions.syncing import request_syncs, wake_one
    from catalog.models import Project, SyncRun
    from portal.health import broker

    folder = sourced(var, "flushed")
    stage.build_many(folder, options.projects, commits=5)
    add_source(str(folder))
    with stage.installed():
        request_syncs(Project.objects.all())
        for _ in range(options.projects):
            wake_one()
        with broker() as client:
            queued = client.llen("syncs")
            client.flushdb()
        start = time.monotonic()
        with stage.installed("worker", "worker", "beat", "beat"):
            done = stage.wait(lambda: states() == {"ok": options.projects}, 60 + options.projects, pause=0.5)
        took = time.monotonic() - start
    runs = Counter(SyncRun.objects.filter(changed=True).values_list("project", flat=True))
    return {
        "ok": done and set(runs.values()) == {1} and len(runs) == options.projects,
        "tasks lost": queued,
        "projects": states(),
        "synced twice": sum(count > 1 for count in runs.values()),
        "seconds": round(took, 1),
    }


# ---------------------------------------------------------------- five hundred deliveries
def storm(var: Path, options: argparse.Namespace) -> Figures:
    from catalog import sync
    from catalog.actions.sources import add_source
    from catalog.actions.syncing import bring_forward
    from catalog.models import Project
    from forge.mirror import Mirror
    from tests.repos import add_commit

    source = stage.build(sourced(var, "stormy") / "repo.git", commits=20)
    project = add_source(str(source)).new[0]
    sync.sync_now(project)
    # Long enough ago that the first delivery is followed at once.
    Project.objects.update(sync_finished_at=project.discovered_at - timedelta(minutes=1))
    begun = var / "begun"
    begun.touch()
    stage.note(Mirror, "update", begun, lambda *_: "sync")
    add_commit(source, files={"one": "1\n"})
    bring_forward(project)
    with stage.working(stage.works("quick"), stage.works("quick")):
        stage.wait(lambda: bool(begun.read_text()), 10, pause=0.001)
        start = time.monotonic()
        for number in range(500):
            if number == 250:
                newest = add_commit(source, files={"two": "2\n"})
            bring_forward(project)
        took = time.monotonic() - start
        done = stage.wait(stage.is_settled, 60)
    project.refresh_from_db()
    syncs = len(begun.read_text().split())
    fresh = project.synced_commit == newest
    return {"ok": done and fresh and syncs <= 2, "syncs": syncs, "deliveries took": round(took, 2), "fresh": fresh}


# ---------------------------------------------------------------- one that is huge, one that is slow
def lanes(var: Path, options: argparse.Namespace) -> Figures:
    from catalog import sync, telling
    from catalog.actions.sources import add_source
    from catalog.models import Project

    folder = sourced(var, "lanes")
    stage.build(folder / "huge.git", commits=1500)
    for number in range(20):
        stage.build(folder / f"small{number}.git", commits=3)
    add_source(str(folder))
    Project.objects.filter(slug="huge").update(next_sync_at=Project.objects.get(slug="huge").discovered_at
                                               - timedelta(hours=1))  # fmt: skip
    telling.QUICK_OBJECTS = 500
    read = sync.read_findings

    def slowly(*args: Any, slug: str, **more: Any) -> Any:
        time.sleep(6 if slug == "huge" else 0)
        return read(*args, slug=slug, **more)

    sync.read_findings = slowly
    seen: set[str] = set()

    def done() -> bool:
        seen.add(Project.objects.get(slug="huge").sync_lane)
        return states() == {"ok": 21}

    with stage.working(stage.works("quick"), stage.works("long")):
        finished = stage.wait(done, 90)
    sync.read_findings = read
    telling.QUICK_OBJECTS = 100_000
    huge = Project.objects.get(slug="huge")
    small = Project.objects.exclude(slug="huge").order_by("-sync_finished_at")[0]
    return {
        "ok": finished and "long" in seen and small.sync_finished_at < huge.sync_finished_at,
        "lanes of the huge one": sorted(seen),
        "last small one before it by": round((huge.sync_finished_at - small.sync_finished_at).total_seconds(), 1),
    }


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never answers. Gives its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        kept: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    kept.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        for each in kept:
            each.close()


def slow_host(var: Path, options: argparse.Namespace) -> Figures:
    """Fifty folders of this machine beside twenty repositories of a host that is silent; one worker."""
    from django.conf import settings
    from django.utils import timezone

    from catalog.actions.sources import add_source
    from catalog.models import CodeHost, Project
    from forge import remotes

    folder = sourced(var, "local")
    stage.build_many(folder, 50, commits=3)
    add_source(str(folder))
    waits = {}
    settings.GIT_PROTOCOLS = {"http", "https"}
    remotes.check_reachable = lambda *_, **__: ("127.0.0.1",)
    local = Project.objects.filter(remote_host="")

    def measured() -> float:
        """Seconds until the last folder was looked at."""
        now = timezone.now()
        local.update(next_sync_at=now, sync_finished_at=None)
        with stage.working(stage.works("quick")):
            stage.wait(lambda: not local.filter(sync_finished_at=None).exists(), 100)
        latest = local.order_by("-sync_finished_at")[0].sync_finished_at
        return float((latest - now).total_seconds()) if latest else 100.0

    measured()
    waits["alone"] = measured()
    with silent_server() as port:
        host = CodeHost.objects.create(kind="url", name="slow", address="x", hosts=[f"slow.example:{port}"])
        earlier = timezone.now() - timedelta(hours=1)
        Project.objects.bulk_create(
            Project(slug=f"slow{n}", name=f"slow{n}", code_host=host, path=f"{n}", next_sync_at=earlier,
                    remote=f"http://slow.example:{port}/{n}.git", remote_host=f"slow.example:{port}")
            for n in range(20)
        )  # fmt: skip
        waits["beside it"] = measured()
        tried = Project.objects.filter(remote_host__startswith="slow").exclude(sync_attempts=0).count()
    shown = {name: round(wait, 2) for name, wait in waits.items()}
    # A silent host is given up after thirty seconds.
    return {"ok": 0 < tried <= 4 and waits["beside it"] < 15, "connections of it": tried, **shown}


# ---------------------------------------------------------------- what everything stands on goes away
def full_disk(var: Path, options: argparse.Namespace) -> Figures:
    from django.conf import settings

    from catalog import ending
    from catalog.actions.sources import add_source
    from catalog.models import SyncRun

    source = stage.build(sourced(var, "big") / "big.git", commits=3, noise=20 * 2**20)
    project = add_source(str(source)).new[0]
    settings.MIRRORS.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(settings.MIRRORS)]
    if subprocess.run(mount, capture_output=True).returncode:
        return {"ok": True, "left out": "a file system cannot be mounted here"}
    usual, ending.SOON["disk_full"] = ending.SOON["disk_full"], timedelta(seconds=0.5)
    settings.DISK_RESERVE = 0
    tries = var / "tries"
    tries.touch()
    stage.note(ending, "put_off", tries, lambda *_: "try")
    try:
        with stage.working(stage.works("quick", "long")):
            stage.wait(lambda: len(tries.read_text().split()) >= 4, 60)
            project.refresh_from_db()
            said = SyncRun.objects.open().values_list("phase", flat=True).first() or ""
            full = {"state": project.sync_state, "failures": project.sync_failures}
            left = [each.name for each in settings.MIRRORS.rglob("tmp_*")]
            subprocess.run(["mount", "-o", "remount,size=200m", str(settings.MIRRORS)], check=True)
            done = stage.wait(lambda: states() == {"ok": 1}, 60)
    finally:
        subprocess.run(["umount", "--lazy", str(settings.MIRRORS)], check=True)
        ending.SOON["disk_full"] = usual
    ok = done and full == {"state": "never", "failures": 0} and len(left) <= 1
    return {"ok": ok, "while full": full, "said": said, "left over while full": left, "went on": done}


def database(var: Path, options: argparse.Namespace) -> Figures:
    """SQLite is held by another process, PostgreSQL ends all our connections, for so many seconds."""
    from django.db import connection

    from catalog.actions.sources import add_source
    from catalog.models import Project, SyncRun

    folder = sourced(var, "database")
    stage.build_many(folder, 50, commits=5)
    add_source(str(folder))
    away: Callable[[float], int] = cut_off
    if connection.vendor == "sqlite":
        away = hold_sqlite
        connection.settings_dict["OPTIONS"]["timeout"] = min(5, options.seconds / 3)
    with stage.working(stage.works("quick"), stage.works("quick")):
        stage.wait(lambda: states().get("ok", 0) > 2, 60)
        before = states()
        cuts = away(options.seconds)
        connection.close()
        done = stage.wait(lambda: states() == {"ok": 50}, 200)
    failures = SyncRun.objects.filter(state="failed").count()
    attempts = Project.objects.exclude(sync_attempts=0).count()
    ok = done and not failures and not attempts and not SyncRun.objects.open().exists()
    return {"ok": ok, "vendor": connection.vendor, "cuts": cuts, "before": before, "after": states(),
            "failures": failures}  # fmt: skip


def hold_sqlite(seconds: float) -> int:
    from django.conf import settings

    with sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=60) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("ROLLBACK")
    return 1


def cut_off(seconds: float) -> int:
    import psycopg

    cuts, until = 0, time.monotonic() + seconds
    ask = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        while time.monotonic() < until:
            row = other.execute(ask).fetchone()
            cuts += row[0] if row else 0
            time.sleep(0.4)
    return cuts


TRIALS: dict[str, Callable[[Path, argparse.Namespace], Figures]] = {
    "flush": flush,
    "storm": storm,
    "lanes": lanes,
    "slow-host": slow_host,
    "full-disk": full_disk,
    "database": database,
}


def main() -> None:
    options = parsed()
    os.environ["DISK_RESERVE"] = "0"
    var = ground.prepare()
    from django.conf import settings

    from portal.celery import app

    results: dict[str, Figures] = {}
    for name in options.names or TRIALS:
        # Only the first one has a broker; the others work without its hints.
        app.conf.broker_url = settings.CELERY_BROKER_URL if name == "flush" else "memory://"
        results[name] = TRIALS[name](var, options)
        print(f"{name:10}", "good" if results[name]["ok"] else "WRONG", results[name], flush=True)
    ground.save(results, options.json)
    shutil.rmtree(var, ignore_errors=True)
    sys.exit(not all(each["ok"] for each in results.values()))


if __name__ == "__main__":
    main()
