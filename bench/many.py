"""How many small repositories a minute one and two worker processes sync, and what limits them.

    python bench/many.py [--count 1000] [--commits 30] [--threads 4] [--json FILE]

Repositories are generated. The floor is measured in the same run: the very git processes that our syncs start,
with the same arguments, environment and input, started by the shortest runner that Python has, in as many threads
and processes, with no database and nothing read. "ratio" is our time as a multiple of the floor's. Beside it stand
where the processors' time went, to git or to Python with the database's client; the time that threads waited for
the database; and the queries of one sync. DATABASE_URL measures PostgreSQL; its database must be empty.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground, stage

#: Our rate is to be within this of the floor's.
TARGET = 1.5


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--commits", type=int, default=30)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    return parser.parse_args()


@dataclass
class Command:
    """One git process as it was started."""

    args: list[str]
    env: dict[str, str]
    stdin: bytes

    def again(self) -> None:
        self.make_room()
        subprocess.run(["git", *self.args], env=self.env, input=self.stdin, cwd="/", check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def make_room(self) -> None:
        """A mirror is renamed from its draft once the first fetch is whole, which is no process."""
        for part in self.args:
            mirror = Path(part.removeprefix("--git-dir="))
            draft = mirror.with_suffix(".draft")
            if part.startswith("--git-dir=") and mirror.suffix == ".git" and draft.exists():
                draft.rename(mirror)


@dataclass
class Rate:
    """What a number of worker processes got through. Seconds of CPU and of the database are sums over all."""

    kind: str
    processes: int
    count: int
    seconds: float = 0.0
    floor_seconds: float = 0.0
    git_cpu: float = 0.0
    python_cpu: float = 0.0
    database: float = 0.0
    queries: int = 0
    gits: float = 0.0
    by_second: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds

    def row(self) -> list[str]:
        cpu = self.git_cpu + self.python_cpu
        return [
            self.kind,
            str(self.processes),
            f"{60 * self.count / self.floor_seconds:,.0f}",
            f"{60 * self.count / self.seconds:,.0f}",
            f"{self.ratio:.2f}",
            f"{self.gits:.1f}",
            f"{100 * self.git_cpu / cpu:.0f} %",
            f"{1000 * self.python_cpu / self.count:.1f}",
            f"{1000 * self.database / self.count:.1f}",
            f"{self.queries / self.count:.1f}",
        ]


HEAD = ["syncs", "processes", "floor/min", "ours/min", "ratio", "gits", "CPU in git", "Python ms", "database ms",
        "queries"]  # fmt: skip


# ---------------------------------------------------------------- what our syncs start
def mirror_in(args: list[str]) -> str:
    """The name of the mirror that a command is about, "" when it is none's yet."""
    return next((Path(each).stem for each in args if each.startswith("--git-dir=")), "")


def recorded(turn: Callable[[], object]) -> dict[str, list[Command]]:
    """The git processes of each project while something is done."""
    from catalog import work
    from forge.process import Process

    found: dict[str, list[Command]] = defaultdict(list)
    own = threading.local()
    begin, sync = Process.__init__, work.sync

    def noted(self: Any, args: Any, *, env: Any, stdin: Any = b"", **more: Any) -> None:
        if isinstance(stdin, bytes):
            found[mirror_in(args) or own.mirror].append(Command(list(args), dict(env), stdin))
        begin(self, args, env=env, stdin=stdin, **more)

    def named(lease: Any, **more: Any) -> None:
        own.mirror = str(lease.project.pk)
        sync(lease, **more)

    Process.__init__, work.sync = noted, named
    try:
        turn()
    finally:
        Process.__init__, work.sync = begin, sync
    return found


def floor(commands: dict[str, list[Command]], *, processes: int, threads: int) -> float:
    """Seconds for the same again, without us."""
    groups = list(commands.values())
    start = time.perf_counter()
    pids = [stage.forked(lambda n=n: replay(groups[n::processes], threads)) for n in range(processes)]
    for pid in pids:
        os.waitpid(pid, 0)
    return time.perf_counter() - start


def replay(groups: list[list[Command]], threads: int) -> None:
    waiting = deque(groups)

    def run() -> None:
        while waiting:
            try:
                group = waiting.popleft()
            except IndexError:
                return
            for command in group:
                command.again()

    started = [threading.Thread(target=run) for _ in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()


# ---------------------------------------------------------------- our own workers
class Meter:
    """Counts inside a worker process and leaves its sums in a file, as the process is killed in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.queries, self.seconds = 0, 0.0

    def begin(self) -> None:
        from django.db.backends.signals import connection_created

        connection_created.connect(lambda connection, **_: connection.execute_wrappers.append(self), weak=False)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - start

    def save(self) -> None:
        sums = {
            "python_cpu": ground.cpu_seconds(resource.RUSAGE_SELF),
            "git_cpu": ground.cpu_seconds(resource.RUSAGE_CHILDREN),
            "database": self.seconds,
            "queries": self.queries,
        }
        draft = self.folder / f"{os.getpid()}.draft"
        draft.write_text(json.dumps(sums))
        draft.replace(self.folder / f"{os.getpid()}.json")


def measured(kind: str, processes: int, var: Path) -> Rate:
    """All projects at once, by so many workers that have been looking for work, until the last sync has ended."""
    from django.db.models import Max
    from django.utils import timezone

    from catalog.models import Project

    folder = var / f"meters-{kind}-{processes}"
    folder.mkdir()
    rate = Rate(kind, processes, Project.objects.count())
    meter = Meter(folder)

    def work() -> None:
        meter.begin()
        stage.works("quick", also=meter.save)()

    due = Project.objects.due()
    Project.objects.update(next_sync_at=None)
    with stage.working(*[work] * processes):
        time.sleep(1)
        idle, start = sums(folder), timezone.now()
        all_due()
        stage.wait(lambda: not due.exists() and not Project.objects.at_work().exists(), 3600, pause=0.1)
        last = Project.objects.aggregate(last=Max("sync_finished_at"))["last"]
        rate.seconds = (last - start).total_seconds()
        # The last turn saves its sums when it ends.
        time.sleep(1.5)
    for name, amount in sums(folder).items():
        setattr(rate, name, amount - idle[name])
    return rate


def sums(folder: Path) -> Counter[str]:
    """What the meters of all workers say so far."""
    total: Counter[str] = Counter()
    for file in folder.glob("*.json"):
        total.update(json.loads(file.read_text()))
    return total


def all_due() -> None:
    from django.utils import timezone

    from catalog.models import Project

    Project.objects.update(next_sync_at=timezone.now() - timedelta(minutes=1))


def afresh(folder: Path) -> None:
    """Listings that were never synced."""
    from catalog.actions.sources import add_source

    ground.clear()
    add_source(str(folder))


def until_done() -> None:
    from catalog.models import Project
    from catalog.work import work

    while Project.objects.due().exists():
        work("quick")


def main() -> None:
    options = parsed()
    os.environ.update(DISK_RESERVE="0", SYNC_THREADS=str(options.threads))
    var = ground.prepare()
    ground.without_broker()
    from django.conf import settings

    sources = var / "sources"
    for number in range(options.count):
        stage.build(sources / f"repo{number:05}.git", commits=options.commits, people=7)
    afresh(sources)
    first = recorded(until_done)
    all_due()
    noop = recorded(until_done)
    rates = []
    for processes in options.processes:
        shape = {"processes": processes, "threads": options.threads}
        shutil.rmtree(settings.MIRRORS)
        settings.MIRRORS.mkdir()
        (settings.MIRRORS / ".home").mkdir()
        for commands in (first, noop):
            for each in (command for group in commands.values() for command in group):
                for part in each.args:
                    if part.startswith("--git-dir="):
                        Path(part[10:]).parent.mkdir(exist_ok=True)
        floors = {"first": floor(first, **shape), "no-op": floor(noop, **shape)}
        afresh(sources)
        for kind, commands in (("first", first), ("no-op", noop)):
            rate = measured(kind, processes, var)
            rate.floor_seconds = floors[kind]
            rate.gits = sum(map(len, commands.values())) / len(commands)
            rates.append(rate)
            print(ground.table(HEAD, [rate.row()]), flush=True)
    print(f"\n{options.count} repositories of {options.commits} commits, {options.threads} threads in a process")
    print(ground.table(HEAD, [rate.row() for rate in rates]))
    worst = max(rate.ratio for rate in rates)
    print(f"\nat most {worst:.2f} × the floor (target {TARGET} ×)")
    ground.save([asdict(rate) | {"ratio": rate.ratio} for rate in rates], options.json)
    shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    main()
