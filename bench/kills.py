"""Kills a worker with -9 again and again while it syncs, and looks whether anything was lost, doubled or stuck.

    python bench/kills.py [--kills 100] [--seed 1] [--json FILE]

Each round changes five repositories (new commits, a rewritten history, branches and tags that come and go), lets a
real worker process begin, and kills it in a step drawn by lot: every other time with all the git processes below
it, else alone, so that these live on. A fresh worker then goes on. After every round each project must be whole:
its facts are compared with what git says of the source, now and then with those of a sync from nothing, and the
mirrors are checked by `git fsck`. Ends with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import mmap
import random
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground, stage

#: What a worker is at, and for how many seconds of it at most a kill is held back.
STEPS = {
    "ask": 0.01,
    "fetch": 0.08,
    "move": 0.01,
    "parse": 0.08,
    "write": 0.04,
    "tell": 0.001,
    "close": 0.01,
    "index": 0.03,
}
NAMES = ["idle", *STEPS]
SLOTS = 16
PATIENCE = 60.0


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full-check", type=int, default=10, help="Compare with syncs from nothing so often.")
    return parser.parse_args()


# ---------------------------------------------------------------- the worker that is killed
class Steps:
    """What each thread of a worker is at, in memory that outlives it."""

    def __init__(self) -> None:
        self.shared = mmap.mmap(-1, SLOTS)
        self.own = threading.local()
        self.lock = threading.Lock()
        self.used = 0

    def slot(self) -> int:
        if not hasattr(self.own, "slot"):
            with self.lock:
                self.own.slot, self.used = self.used % SLOTS, self.used + 1
        return int(self.own.slot)

    def wrap(self, where: Any, name: str, step: str) -> None:
        real = getattr(where, name)

        def wrapped(*args: Any, **options: Any) -> Any:
            slot = self.slot()
            before, self.shared[slot] = self.shared[slot], NAMES.index(step)
            try:
                return real(*args, **options)
            finally:
                self.shared[slot] = before

        setattr(where, name, wrapped)

    def now(self) -> set[str]:
        return {NAMES[code] for code in self.shared[:] if code}

    def clear(self) -> None:
        self.shared[:] = bytes(SLOTS)


def watch(steps: Steps) -> None:
    from catalog import sync
    from forge import mirror
    from search import following

    steps.wrap(mirror, "list_refs", "ask")
    steps.wrap(mirror.Mirror, "_fetch", "fetch")
    steps.wrap(mirror.Mirror, "_move", "move")
    steps.wrap(sync, "read_findings", "parse")
    steps.wrap(sync, "record", "write")
    steps.wrap(sync, "tell", "tell")
    steps.wrap(sync, "close", "close")
    steps.wrap(following, "catch_up", "index")


def a_worker(told: Path) -> Callable[[], object]:
    """Its receiver notes what it heard in a file, as an app above would in its rows."""
    from catalog.signals import synced
    from search import following

    def hear(*, project: Any, new_head: str, **_: object) -> None:
        with told.open("a") as file:
            file.write(f"{project.slug} {new_head}\n")

    synced.connect(hear, weak=False)
    return stage.works("quick", "long", also=lambda: following.catch_up())


# ---------------------------------------------------------------- sources that change
def build_sources(folder: Path) -> list[Path]:
    from forge.fast_import import Author, History

    sources = []
    for number, commits in enumerate((20, 40, 80, 150, 400)):
        history = History()
        for index in range(commits):
            author = Author(f"Person {index % 90}", f"person{index % 90}@example.org")
            files = {f"src/part{index % 50}.py": f"x = {index}\n" * 40, "README.md": "# Start\n\nWords.\n"}
            at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=index)
            history.commit(branch="main", author=author, at=at, message=f"Change {index}", files=files)
        path = folder / f"repo{number}.git"
        history.write(path)
        sources.append(path)
    return sources


def change(source: Path, number: int, chance: random.Random) -> str:
    """Something new, in one of five ways. Answers the word by which the README is found."""
    from tests.repos import BOB, add_commit, git, tip

    word = f"marker{number}x{source.stem}"
    kind = chance.choice(["commit", "commit", "rewrite", "branch", "unbranch"])
    if kind == "rewrite":
        git(source, "update-ref", "refs/heads/main", git(source, "rev-parse", "main~3"))
    if kind == "branch":
        add_commit(source, branch=f"side{number}", files={f"side{number}": "s\n"}, author=BOB)
    sides = git(source, "branch", "--format=%(refname:short)", "--list", "side*").split()
    if kind == "unbranch" and len(sides) > 2:
        # More at once would be taken for a loss, which is refused.
        git(source, "branch", "-D", chance.choice(sides))
    elif kind == "unbranch":
        kind = "commit"
    if chance.random() < 0.3:
        git(source, "tag", f"v{number}", tip(source))
    if kind in ("branch", "unbranch") and number:
        return ""
    noise = {f"data/{n}": chance.randbytes(20_000) for n in range(10)}
    files = {"README.md": f"# Now\n\nThe word is {word}.\n", "CONTRIBUTING.md": f"# How\n\n{word}\n", **noise}
    add_commit(source, files=files, author=chance.choice([BOB, *people()]), message=f"Change {number}")
    return word


def people() -> list[Any]:
    from forge.fast_import import Author

    return [Author(f"New {n}", f"new{n}@example.org") for n in range(5)]


# ---------------------------------------------------------------- what must hold
def is_at_rest() -> bool:
    from search.models import PendingDocument

    return stage.is_settled() and not PendingDocument.objects.exists()


def faults(project: Any, source: Path, word: str, heads: list[str]) -> list[str]:
    """What is wrong with a project in one round; `heads` are what the receiver heard of it in this round."""
    from tests.repos import git, tip

    head = tip(source)
    expected = {
        "state": ("ok", project.sync_state),
        "code": ("", project.sync_code),
        "failures": (0, project.sync_failures),
        "attempts": (0, project.sync_attempts),
        "head": (head, project.synced_commit),
        "commits": (int(git(source, "rev-list", "--count", head)), project.commit_count),
        "people": (len(set(git(source, "log", "--format=%ae", head).split())), project.contributors.count()),
        "counted": (project.contributor_count, project.contributors.count()),
        "branches": (len(git(source, "branch", "--format=x").split()), project.branch_count),
        "tags": (set(git(source, "tag").split()), set(project.tags.values_list("name", flat=True))),
        "told": (head, heads[-1] if heads else "nothing"),
    }
    found = [f"{name}: {a} expected, {b} found" for name, (a, b) in expected.items() if a != b]
    return found + mirror_faults(project) + (index_faults(project, word) if word else [])


def mirror_faults(project: Any) -> list[str]:
    from forge.mirror import mirror_path
    from tests.repos import git

    path = mirror_path(project.pk)
    drafts = ("tmp_", ".tmp-", "packed-refs.new")
    left = [f for f in path.rglob("*") if f.name.startswith(drafts) or f.suffix in (".lock", ".keep")]
    left += [path.with_suffix(end) for end in (".draft", ".removed", ".change") if path.with_suffix(end).exists()]
    found = [f"left over: {file.relative_to(path.parent)}" for file in left]
    if git(path, "for-each-ref", "refs/incoming"):
        found.append("left over: refs/incoming")
    if said := git(path, "fsck", "--connectivity-only", "--no-dangling"):
        found.append(f"fsck: {said[:200]}")
    return found


def index_faults(project: Any, word: str) -> list[str]:
    import search.index

    # What the README says is found as the project itself.
    guides = project.guides.exclude(kind="readme")
    expected = {"project": {str(project.pk)}, "guide": {str(pk) for pk in guides.values_list("pk", flat=True)}}
    found = {kind: set(search.index.match(kind, word) or []) for kind in expected}
    return [f"index: {kind} {found[kind]} for {word}" for kind in expected if found[kind] != expected[kind]]


FACTS = ["commit_count", "contributor_count", "branch_count", "file_count", "main_language", "head_commit",
         "synced_commit", "first_activity", "last_activity", "weekly_commits", "summary", "license_spdx",
         "activity_score", "health_score", "metadata_problems"]  # fmt: skip


def facts_of(project: Any) -> dict[str, Any]:
    project.refresh_from_db()
    return {
        **{name: getattr(project, name) for name in FACTS},
        "contributors": sorted(
            project.contributors.values_list("email", "name", "commits", "first_at", "last_at")
        ),
        "languages": sorted(project.languages.values_list("name", "bytes")),
        "guides": sorted(project.guides.values_list("kind", "path", "text")),
        "tags": sorted(project.tags.values_list("name", "commit")),
        "health": sorted(project.health_results.values_list("check_key", "result", "evidence")),
    }


def compared_with_fresh(project: Any) -> list[str]:
    """The facts after all those kills beside those of a sync that begins from nothing."""
    from catalog.models import LastRead, Project
    from catalog.sync import sync_now
    from forge.mirror import mirror_path

    before = facts_of(project)
    shutil.rmtree(mirror_path(project.pk))
    for rows in (project.contributors, project.languages, project.guides, project.tags):
        rows.all().delete()
    LastRead.objects.filter(project=project).delete()
    unread = {"synced_commit": "", "head_commit": "", "refs_digest": "", "facts_at": None}
    Project.objects.filter(pk=project.pk).update(**unread)
    project.refresh_from_db()
    sync_now(project)
    after = facts_of(project)
    return [f"{k}: {before[k]} but afresh {after[k]}"[:500] for k in before if before[k] != after[k]]


# ---------------------------------------------------------------- rounds
def main() -> None:
    options = parsed()
    var = ground.prepare()
    figures = Rounds(var, random.Random(options.seed)).run(options.kills, full_check=options.full_check)
    print(f"{options.kills} kills, {figures['with git']} of them with all of git")
    for step, count in figures["steps"].items():
        print(f"  {step:8} {count:4}")
    print(f"back to rest after {figures['median']:.1f} s (median), {figures['longest']:.1f} s at most")
    for fault in figures["faults"]:
        print("  FAULT", fault)
    print(f"{len(figures['faults'])} faults")
    ground.save(figures, options.json)
    shutil.rmtree(var, ignore_errors=True)
    sys.exit(bool(figures["faults"]))


class Rounds:
    def __init__(self, var: Path, chance: random.Random) -> None:
        from django.conf import settings

        from catalog import ending, telling
        from catalog.actions.sources import add_source
        from search import following

        ground.without_broker()
        settings.SYNC_LEASE, settings.SYNC_THREADS, settings.DISK_RESERVE = 1, 3, 0
        # Orphans of git live for a moment only.
        ending.SOON["locked"] = timedelta(seconds=0.2)
        telling.TELL_EVERY = 0.0
        self.chance, self.told = chance, var / "told"
        self.told.touch()
        self.steps = Steps()
        watch(self.steps)
        self.worker = a_worker(self.told)
        following.rebuild()
        self.sources = build_sources(var / "sources")
        add_source(str(var / "sources"))

    def run(self, kills: int, *, full_check: int) -> dict[str, Any]:
        steps, rests, faults = Counter[str](), [], []
        with_git = 0
        for number in range(kills):
            target = list(STEPS)[number % len(STEPS)]
            is_whole = number // len(STEPS) % 2 == 0
            with_git += is_whole
            words = self.change(number)
            steps.update(self.kill_one(target, with_git=is_whole) or ["idle"])
            rests.append(self.recover())
            found = self.check(words)
            if (number + 1) % full_check == 0 or number + 1 == kills:
                found += self.compare()
            faults += [f"round {number} ({target}): {fault}" for fault in found]
        rests.sort()
        return {"steps": dict(steps.most_common()), "with git": with_git, "faults": faults,
                "median": rests[len(rests) // 2], "longest": rests[-1]}  # fmt: skip

    def change(self, number: int) -> dict[str, str]:
        from django.utils import timezone

        from catalog import pace
        from catalog.actions.syncing import bring_forward
        from catalog.models import Project

        words = {source.stem: change(source, number, self.chance) for source in self.sources}
        self.told.write_text("")
        # Long enough ago that what is told now is followed at once.
        Project.objects.update(sync_finished_at=timezone.now() - 2 * pace.STORM)
        for project in Project.objects.all():
            bring_forward(project)
        return words

    def kill_one(self, target: str, *, with_git: bool) -> set[str]:
        """The steps in which the worker was found dead."""
        self.steps.clear()
        pid = stage.forked(self.worker)
        stage.wait(lambda: target in self.steps.now(), 5, pause=0.0005)
        time.sleep(self.chance.uniform(0, STEPS[target]))
        stage.kill(pid, with_git=with_git)
        return self.steps.now()

    def recover(self) -> float:
        start = time.monotonic()
        with stage.working(self.worker):
            stage.wait(is_at_rest, PATIENCE)
        return time.monotonic() - start

    def check(self, words: dict[str, str]) -> list[str]:
        from catalog.models import Project

        found = [] if is_at_rest() else [f"not at rest after {PATIENCE} s"]
        heads: dict[str, list[str]] = {}
        for line in self.told.read_text().splitlines():
            slug, _, head = line.partition(" ")
            heads.setdefault(slug, []).append(head)
        for source in self.sources:
            project = Project.objects.get(slug=source.stem)
            wrong = faults(project, source, words[source.stem], heads.get(project.slug, []))
            found += [f"{project.slug}: {each}" for each in wrong]
        return found

    def compare(self) -> list[str]:
        from catalog.models import Project

        projects = Project.objects.order_by("pk")
        return [f"{p.slug}: {each}" for p in projects for each in compared_with_fresh(p)]


if __name__ == "__main__":
    main()
