"""What a sync costs beside what git itself costs, for repositories of one's own.

    python bench/sync.py REPOSITORY … [--rounds 3] [--others-up-to 3000] [--json FILE]

Floors, measured in turn with the portal's own syncs, which count database, queue and index wishes in:

- a first sync: `git init --bare`, one `git fetch`, one `git log --numstat` and one `git ls-tree -r -l`;
- a sync without news: one `git ls-remote`;
- ten new commits: one `git fetch` and one `git log old..new`. For that a local copy whose default branch stands
  ten commits back for each round moves forward.

Each repository is measured in a process of its own that has synced a small one before. Its largest memory is told;
"cpu" is the ratio of seconds of CPU, which a busy machine disturbs less (without the renderer's); "render" is the
part of a sync that went into guides that changed. Beside it PyDriller and Perceval read the same history, if they
are installed and it is not too long for them. Without a repository named, the demo company's are taken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground, histories

#: Targets. A repository of fewer commits is small, and process starts are most of what it costs.
SMALL, SMALL_EXTRA = 1000, 0.150
MOST_FIRST, MEDIAN_FIRST = 1.5, 1.25
NOOP_EXTRA = 0.015
MOST_TEN, TEN_EXTRA = 1.5, 0.050
MOST_MEMORY = 300
TEN = 10


@dataclass
class Figures:
    """Medians in seconds, MB of memory; None where something was not measured."""

    name: str
    commits: int = 0
    first: float = 0
    first_floor: float = 0
    first_cpu: float = 0
    floor_cpu: float = 0
    noop: float = 0
    noop_floor: float = 0
    ten: float | None = None
    ten_floor: float | None = None
    ten_rendering: float = 0
    memory: float = 0
    others: dict[str, float] = field(default_factory=dict)

    @property
    def first_met(self) -> bool:
        if self.commits < SMALL:
            return self.first <= self.first_floor + SMALL_EXTRA
        return self.first <= MOST_FIRST * self.first_floor

    @property
    def noop_met(self) -> bool:
        return self.noop <= self.noop_floor + NOOP_EXTRA

    @property
    def ten_met(self) -> bool:
        return self.ten is None or self.ten_floor is None or self.ten <= MOST_TEN * self.ten_floor + TEN_EXTRA

    @property
    def memory_met(self) -> bool:
        return self.memory < MOST_MEMORY


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("repositories", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others-up-to", type=int, default=3000, metavar="COMMITS")
    return parser.parse_args()


# ---------------------------------------------------------------- git alone
def git(*args: str, output: int = subprocess.PIPE) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    command = ["git", "-c", "safe.directory=*", *args]
    done = subprocess.run(command, check=True, env=environment, stdout=output, stderr=subprocess.DEVNULL)
    return (done.stdout or b"").decode("utf-8", "surrogateescape").strip()


def quietly(*args: str) -> None:
    """The same without holding what git says."""
    git(*args, output=subprocess.DEVNULL)


def fetch(source: Path, mirror: Path) -> None:
    refspecs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    quietly("--git-dir", str(mirror), "fetch", "--quiet", "--no-tags", f"file://{source}", *refspecs)


def fetch_and_read(source: Path, head: str, mirror: Path) -> None:
    """The floor of a first sync."""
    quietly("init", "--quiet", "--bare", str(mirror))
    fetch(source, mirror)
    quietly("--git-dir", str(mirror), "log", "--numstat", "--format=%H", head)
    quietly("--git-dir", str(mirror), "ls-tree", "-r", "-l", head)


def fetch_and_log(source: Path, mirror: Path, old: str, new: str) -> None:
    """The floor of a sync with news."""
    fetch(source, mirror)
    quietly("--git-dir", str(mirror), "log", "--format=%H", f"{old}..{new}")


def ask_remote(source: Path) -> None:
    quietly("ls-remote", "--symref", f"file://{source}")


# ---------------------------------------------------------------- the portal
def take_and_sync() -> None:
    """What a worker does with the one project that is due: it claims it, and carries the sync out."""
    from catalog.leases import claim
    from catalog.sync import sync

    (lease,) = claim("quick", owner="bench", limit=1)
    sync(lease)


def synced(project: Any, times: ground.Times | None = None) -> None:
    """A sync whose time has come. Timed is what a worker does, not the look at the outcome."""
    from django.utils import timezone

    from catalog.models import Project

    Project.objects.filter(pk=project.pk).update(next_sync_at=timezone.now())
    with (times or ground.Times()).taken():
        take_and_sync()
    project.refresh_from_db()
    if project.sync_state != "ok":
        raise SystemExit(f"{project.remote}: {project.sync_code} {project.sync_message}")


def fresh_project(source: Path) -> Any:
    """A listing that was never synced; the one of an earlier round goes, with its mirror."""
    from catalog.actions.sources import add_source
    from catalog.models import Project

    ground.clear()
    add_source(str(source))
    return Project.objects.get()


# ---------------------------------------------------------------- measuring
def measure(source: Path, rounds: int, others_up_to: int) -> Figures:
    figures = Figures(source.name.removesuffix(".git"))
    warm_up()
    measure_first(figures, source, rounds)
    figures.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        measure_ten(figures, source, rounds, Path(folder))
    if figures.commits <= others_up_to:
        for name, read in histories.READERS.items():
            if name not in histories.missing():
                figures.others[name] = ground.seconds(read, source)
    return figures


def warm_up() -> None:
    """What a worker that has been running for a while has behind it: imports, and its renderer started."""
    from datetime import UTC, datetime

    from forge.fast_import import Author, History

    history = History()
    files = {"README.rst": "Gears\n=====\n\n" + "Words of it. " * 2000}
    history.commit(
        branch="main", author=Author("A", "a@x"), at=datetime(2026, 1, 1, tzinfo=UTC), message="x", files=files
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "gears.git"
        history.write(source, default_branch="main", bare=True)
        synced(fresh_project(source))


@contextmanager
def rendering() -> Iterator[list[float]]:
    """How long guides take to render, which is the one part of a sync that git has no equal of."""
    from catalog import files

    spent: list[float] = []
    render = files.render

    def timed(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return render(*args, **options)
        finally:
            spent.append(time.perf_counter() - start)

    files.render = timed
    try:
        yield spent
    finally:
        files.render = render


def measure_first(figures: Figures, source: Path, rounds: int) -> None:
    """First syncs and such without news."""
    first, first_floor, noop, noop_floor = (ground.Times() for _ in range(4))
    head = git("--git-dir", str(source), "rev-parse", "HEAD")
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, first_floor.taken():
            fetch_and_read(source, head, Path(folder) / "mirror.git")
        project = fresh_project(source)
        synced(project, first)
        for _ in range(3):
            with noop_floor.taken():
                ask_remote(source)
            synced(project, noop)
    project.refresh_from_db()
    figures.commits = project.commit_count
    figures.first, figures.first_floor = first.median, first_floor.median
    figures.first_cpu, figures.floor_cpu = statistics.median(first.cpu), statistics.median(first_floor.cpu)
    figures.noop, figures.noop_floor = noop.median, noop_floor.median


def measure_ten(figures: Figures, source: Path, rounds: int, folder: Path) -> None:
    """Ten new commits a round, on a copy that begins that far back. Short histories are left out."""
    states = [state for place in range(rounds + 1) if (state := before_head(source, TEN * place))]
    if len(states) <= rounds:
        return
    branch = git("--git-dir", str(source), "symbolic-ref", "HEAD")
    copy, mirror = copied(source, states[-1], branch, folder), folder / "mirror.git"
    quietly("init", "--quiet", "--bare", str(mirror))
    fetch(copy, mirror)
    project = fresh_project(copy)
    synced(project)
    ten, ten_floor, rendered = ground.Times(), ground.Times(), []
    for old, new in zip(states[:0:-1], states[-2::-1], strict=True):
        quietly("--git-dir", str(copy), "fetch", "--quiet", "--no-tags", f"file://{source}", f"{new}:{branch}")
        with ten_floor.taken():
            fetch_and_log(copy, mirror, old, new)
        with rendering() as spent:
            synced(project, ten)
        rendered.append(sum(spent))
    figures.ten, figures.ten_floor = ten.median, ten_floor.median
    figures.ten_rendering = statistics.median(rendered)


def before_head(source: Path, commits: int) -> str:
    """The newest first parent of HEAD with at least so many commits after it, empty when there is none."""
    line = git(
        "--git-dir", str(source), "rev-list", "--first-parent", f"--max-count={commits + 1}", "HEAD"
    ).split()
    for id in line:
        if int(git("--git-dir", str(source), "rev-list", "--count", f"{id}..HEAD")) >= commits:
            return id
    return ""


def copied(source: Path, commit: str, branch: str, folder: Path) -> Path:
    """A copy of the repository as it may have been at a commit: of what that commit leads to, with its tags."""
    copy = folder / f"{source.name.removesuffix('.git')}.git"
    quietly("init", "--quiet", "--bare", str(copy))
    quietly("--git-dir", str(copy), "symbolic-ref", "HEAD", branch)
    old = git("--git-dir", str(source), "for-each-ref", "--merged", commit, "--format=%(refname)", "refs/tags")
    refspecs = [f"{commit}:{branch}", *(f"{name}:{name}" for name in old.split())]
    quietly("--git-dir", str(copy), "fetch", "--quiet", "--no-tags", f"file://{source}", *refspecs)
    return copy


# ---------------------------------------------------------------- telling
HEAD = [
    *("repository", "commits", "first s", "floor s", "ratio", "cpu", "no-op ms", "more ms"),
    *("10 new ms", "floor ms", "render ms", "MB", "PyDriller", "Perceval", "missed"),
]


def row(each: Figures) -> list[str]:
    return [
        each.name,
        f"{each.commits:,}",
        f"{each.first:.2f}",
        f"{each.first_floor:.2f}",
        f"{each.first / each.first_floor:.2f}",
        f"{each.first_cpu / each.floor_cpu:.2f}",
        f"{each.noop * 1000:.0f}",
        f"{(each.noop - each.noop_floor) * 1000:+.0f}",
        "–" if each.ten is None else f"{each.ten * 1000:.0f}",
        "–" if each.ten_floor is None else f"{each.ten_floor * 1000:.0f}",
        f"{each.ten_rendering * 1000:.0f}",
        f"{each.memory:.0f}",
        *(f"{each.others[n] / each.first:.1f} ×" if n in each.others else "–" for n in histories.READERS),
        ", ".join(missed(each)) or "–",
    ]


def missed(each: Figures) -> list[str]:
    targets = {
        "first": each.first_met,
        "no-op": each.noop_met,
        "10 new": each.ten_met,
        "memory": each.memory_met,
    }
    return [name for name, met in targets.items() if not met]


def verdict(figures: list[Figures]) -> str:
    large = [each for each in figures if each.commits >= SMALL]
    lines = []
    if large:
        median = statistics.median(each.first / each.first_floor for each in large)
        met = "met" if median <= MEDIAN_FIRST else "missed"
        lines.append(
            f"first sync: {median:.2f} × the floor, median of {len(large)} (target {MEDIAN_FIRST} ×: {met})"
        )
    for name in ("first", "no-op", "10 new", "memory"):
        late = [each.name for each in figures if name in missed(each)]
        lines.append(
            f"{name}: {len(figures) - len(late)} of {len(figures)} met" + (f", not {late}" if late else "")
        )
    if absent := histories.missing():
        lines.append(f"not installed, so not measured: {', '.join(absent)}")
    return "\n".join(lines)


def demo_repositories(var: Path) -> list[Path]:
    from datetime import UTC, datetime

    from portal.demo.build import build_all

    build_all(var / "demo", today=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    return sorted((var / "demo").rglob("*.git"))


def main() -> None:
    options = parsed()
    var = ground.prepare()
    # The syncs run here and now.
    ground.without_broker()
    from django.db import connections

    repositories = [path.resolve() for path in options.repositories] or demo_repositories(var)
    connections.close_all()
    jobs = [(source, options.rounds, options.others_up_to) for source in repositories]
    figures = []
    # One process for each repository, so that its largest memory is its own.
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for job in jobs:
            figures.append(pool.apply(measure, job))
            print("  ".join(row(figures[-1])), file=sys.stderr, flush=True)
    print(ground.table(HEAD, [row(each) for each in figures]))
    print(f"\n{verdict(figures)}")
    ground.save([{**asdict(each), "missed": missed(each)} for each in figures], options.json)
    shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    main()
