"""What a sync costs beside what git itself costs, for repositories of one's own.

    python bench/sync.py REPOSITORY … [--rounds 3] [--json FILE]

The floor of a first sync is `git clone --mirror`, one `git log --numstat` and one `git ls-tree -r -l`; that of a
sync without news is one `git ls-remote`. Both are measured in turn with the portal's own, which counts database
and index wishes in. Without a repository named, the demo company's are taken.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def git(*args: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run(
        ["git", "-c", "safe.directory=*", *args],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def seconds(work: Callable[..., object], *args: object) -> float:
    start = time.perf_counter()
    work(*args)
    return time.perf_counter() - start


def clone_and_read(source: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mirror = f"{folder}/mirror.git"
        git("clone", "--quiet", "--mirror", f"file://{source}", mirror)
        git("--git-dir", mirror, "log", "--numstat", "--format=%H")
        git("--git-dir", mirror, "ls-tree", "-r", "-l", "HEAD")


def ask_remote(source: Path) -> None:
    git("ls-remote", f"file://{source}")


def synced(project: Any) -> None:
    from catalog.sync import sync_now

    run = sync_now(project)
    if run is None or run.state != "ok":
        raise SystemExit(f"{project.remote}: {run and run.message}")


def fresh_project(source: Path) -> Any:
    """A listing that was never synced; the one of an earlier round goes, with its mirror."""
    from django.conf import settings

    from catalog.actions.sources import add_source
    from catalog.models import CodeHost, Project

    Project.objects.all().delete()
    CodeHost.objects.all().delete()
    shutil.rmtree(settings.MIRRORS, ignore_errors=True)
    add_source(str(source))
    return Project.objects.get()


def measure(source: Path, rounds: int) -> dict[str, float | str]:
    """Medians in seconds."""
    times: dict[str, list[float]] = {"floor": [], "first": [], "no-op floor": [], "no-op": []}
    for _ in range(rounds):
        times["floor"].append(seconds(clone_and_read, source))
        project = fresh_project(source)
        times["first"].append(seconds(synced, project))
        times["no-op floor"].append(seconds(ask_remote, source))
        times["no-op"].append(seconds(synced, project))
    project.refresh_from_db()
    return {
        "name": source.name,
        "commits": project.commit_count,
        **{k: statistics.median(v) for k, v in times.items()},
    }


def row(figures: dict[str, Any]) -> list[str]:
    first, noop = figures["first"] / figures["floor"], figures["no-op"] - figures["no-op floor"]
    return [
        figures["name"],
        f"{figures['commits']:,}",
        f"{figures['floor']:.2f}",
        f"{figures['first']:.2f}",
        f"{first:.2f}",
        f"{figures['no-op floor'] * 1000:.0f}",
        f"{figures['no-op'] * 1000:.0f}",
        f"+{noop * 1000:.0f}",
    ]


HEAD = ["repository", "commits", "floor s", "first s", "ratio", "ls-remote ms", "no-op ms", "more ms"]


def demo_repositories(var: Path) -> list[Path]:
    from datetime import UTC, datetime

    from portal.demo.build import build_all

    build_all(var / "demo", today=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    return sorted((var / "demo").rglob("*.git"))


def main() -> None:
    options = parsed()
    var = ground.prepare()
    from portal.celery import app

    # The syncs run here and now. What they queue for the search index goes to a broker that nobody reads.
    app.conf.broker_url = "memory://"
    repositories = [path.resolve() for path in options.repositories] or demo_repositories(var)
    figures = [measure(source, options.rounds) for source in repositories]
    print(ground.table(HEAD, [row(each) for each in figures]))
    ratios = [float(each["first"]) / float(each["floor"]) for each in figures]
    print(f"\nfirst sync: {statistics.median(ratios):.2f} × the floor (median), {max(ratios):.2f} × at most")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    main()
