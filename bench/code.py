"""How long the pages of code take at 50 and at 50,000 commits of the same files.

    python bench/code.py [--commits 50 50000] [--rounds 40] [--json FILE]

Each round reads another file and another commit: first as nobody has looked at it before (fresh), then once more
(again). Every request passes the whole middleware inside this process. The floor is a view that returns nothing;
git is what one `git cat-file` of the same mirror takes, as each page that reads git starts it at least once.

The long history has its commit graph, which a worker writes after a sync. A quiet file has one commit in 50,
and 125 in 50,000, of which its page shows fifty.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground

FILES = 400
LINES = 120
#: What every commit changes.
HOT = "CHANGES"
START = datetime(2010, 1, 4, 9, 0, tzinfo=UTC)


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("--commits", type=int, nargs="+", default=[50, 50_000])
    parser.add_argument("--rounds", type=int, default=40)
    return parser.parse_args()


def path_of(number: int) -> str:
    return f"src/part{number % 20:02}/module{number % FILES:03}.py"


def text_of(number: int) -> str:
    """Each commit changes the first lines of one file."""
    body = "".join(f"def function_{line}(value):\n    return value + {line}\n" for line in range(LINES // 2))
    return f"VERSION = {number}\n{body}"


def create(commits: int) -> Any:
    """A project whose mirror has so many commits over the same 400 files."""
    from catalog.histories import index
    from catalog.models import CodeHost, Project
    from catalog.sync import LONG_HISTORY
    from forge.fast_import import Author, History
    from forge.mirror import mirror_path

    host, _ = CodeHost.objects.get_or_create(kind="directory", name="bench", address="/srv/bench")
    slug = f"commits-{commits}"
    project = Project.objects.create(code_host=host, slug=slug, name=slug, path=slug, remote=f"file:///{slug}")
    history = History()
    author = Author("Ada", "ada@corp.example")
    for number in range(commits):
        files = {path_of(each): text_of(0) for each in range(FILES)} if not number else {}
        files |= {path_of(number): text_of(number), HOT: f"{number}\n"}
        history.commit(
            branch="main",
            author=author,
            at=START + timedelta(hours=2 * number),
            message=f"Change {number}",
            files=files,
        )
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    history.write(path, default_branch="main", bare=True)
    subprocess.run(["git", "-C", str(path), "repack", "-adq"], check=True)
    project.default_branch, project.head_commit, project.refs_digest = "main", tip(path), "bench"
    project.commit_count, project.sync_state = commits, "ok"
    project.save()
    if commits >= LONG_HISTORY:
        index(project)
    return project


def tip(path: Path, rev: str = "main") -> str:
    done = subprocess.run(["git", "-C", str(path), "rev-parse", rev], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def pages(project: Any, path: Path, count: int) -> dict[str, Callable[[int], str]]:
    """Each page by the number of a round."""
    recent = subprocess.run(
        ["git", "-C", str(path), "log", f"--max-count={count + 1}", "--format=%H"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    base = f"/projects/{project.slug}"
    # The files that the newest commits touched stand for what people look at.
    newest = project.commit_count - 1
    return {
        "empty view (floor)": lambda _: "/bench/empty/",
        "folder": lambda n: f"{base}/files/src/part{n % 20:02}?at={recent[n]}",
        "file": lambda n: f"{base}/files/{path_of(newest - n)}",
        "file at a commit": lambda n: f"{base}/files/{path_of(newest - n)}?at={recent[n]}",
        "history": lambda n: f"{base}/history/?at={recent[n]}",
        "history of a file": lambda n: f"{base}/history/{HOT}?at={recent[n]}",
        "history of a quiet file": lambda n: f"{base}/history/{path_of(newest - n)}",
        "blame": lambda n: f"{base}/blame/{path_of(newest - n)}",
        "commit": lambda n: f"{base}/commits/{recent[n]}/",
        "compare": lambda n: f"{base}/compare/?base={recent[n + 1]}&head={recent[n]}",
        "branches": lambda n: f"{base}/refs/?q={'' if n % 2 else 'm'}",
        "go to file": lambda n: f"{base}/find/?q=module{n:03}",
        "symbols": lambda n: f"{base}/outline/{path_of(newest - n)}",
        "search in it": lambda n: f"{base}/search/?q=function_{n}&at={recent[n]}",
    }


def measure(project: Any, rounds: int) -> dict[str, dict[str, list[float]]]:
    from django.test import Client

    from forge.mirror import mirror_path

    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    path = mirror_path(project.pk)
    wanted = pages(project, path, rounds + 2)
    times: dict[str, dict[str, list[float]]] = {name: {"fresh": [], "again": []} for name in (*wanted, "git")}
    for number in range(rounds + 2):
        for name, url in wanted.items():
            for look in ("fresh", "again"):
                spent = ground.seconds(get, client, url(number)) * 1000
                if number >= 2:
                    times[name][look].append(spent)
        spent = ground.seconds(cat_file, path, project.head_commit) * 1000
        times["git"]["fresh"].append(spent)
        times["git"]["again"].append(spent)
    return times


def get(client: Any, url: str) -> None:
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}")
    response.close()


def cat_file(path: Path, id: str) -> None:
    subprocess.run(["git", "-C", str(path), "cat-file", "-p", id], check=True, capture_output=True)


def show(found: dict[int, dict[str, dict[str, list[float]]]]) -> list[dict[str, object]]:
    """p95 of each page at each size, and the largest size in terms of the smallest."""
    sizes = sorted(found)
    rows, figures = [], []
    for name in found[sizes[0]]:
        for look in ("fresh", "again"):
            high = {size: ground.p95(found[size][name][look]) for size in sizes}
            middle = {size: statistics.median(found[size][name][look]) for size in sizes}
            ratio = high[sizes[-1]] / high[sizes[0]]
            medians = middle[sizes[-1]] / middle[sizes[0]]
            rows.append(
                [f"{name}, {look}", *(f"{high[size]:.1f}" for size in sizes), f"{ratio:.2f}", f"{medians:.2f}"]
            )
            figures.append({"page": name, "look": look, "p95": high, "ratio": ratio, "medians": medians})
    head = ["page", *(f"{size:,} p95 ms" for size in sizes), "ratio", "of medians"]
    print(ground.table(head, rows), flush=True)
    return figures


def main() -> None:
    options = parsed()
    ground.prepare()
    ground.without_broker()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import override_settings

    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    print(f"{connection.vendor}, {options.rounds} rounds, one process", flush=True)
    found = {}
    with override_settings(ROOT_URLCONF="bench.urls", STORAGES=storages):
        for commits in options.commits:
            start = time.perf_counter()
            project = create(commits)
            print(f"{commits:,} commits made in {time.perf_counter() - start:.0f} s", flush=True)
            gc.collect()
            gc.freeze()
            found[commits] = measure(project, options.rounds)
    ground.save(show(found), options.json)


if __name__ == "__main__":
    main()
