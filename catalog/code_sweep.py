"""Code search across projects: step by step, the most recently active first, each step bounded in time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from catalog.code_search import COMPLAINTS, Asked, File, file_of, places
from catalog.models import Project
from catalog.querysets import ProjectQuerySet
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.reading import Wanted

#: Projects of one step, its seconds, and after how many projects with matches it is enough.
STEP = 40
SECONDS = 8.0
ENOUGH = 15
THREADS = 2
SECONDS_EACH = 2.0
FILES_EACH = 3
LINES_EACH = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(\d{1,7})-(\d{1,17})-(\d{1,15})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind which project to go on, and how many were looked at before."""

    done: int
    moment: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.done}-{(self.moment - EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        match = CURSOR.match(text)
        if not match:
            return None
        return cls(int(match[1]), EPOCH + timedelta(microseconds=int(match[2])), int(match[3]))


@dataclass(frozen=True, slots=True)
class Hit:
    """A project with matches. `has_more`: there are further files."""

    project: Project
    files: tuple[File, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Miss:
    """A project that was not searched, or not to its end."""

    project: Project
    why: str


@dataclass(frozen=True, slots=True)
class Swept:
    """One step. `done` of `total` projects were looked at until now; `cursor` is "" when that is all of them."""

    hits: tuple[Hit, ...]
    misses: tuple[Miss, ...]
    done: int
    total: int
    cursor: str


def sweep(projects: ProjectQuerySet, asked: Asked, after: str = "") -> Swept:
    """A step through projects that the viewer may see. Two queries.

    Raises Busy, and ForgeError pattern_invalid or filter_invalid.
    """
    cursor = Cursor.read(after)
    total = projects.count()
    rows = list(in_order(projects, cursor)[:STEP])
    wanted = asked.wanted()
    wanted.args("0" * 40, per_file=1)  # What is wrong with the words is told also when there is no project.
    with places(THREADS):
        step = Step(rows, wanted)
        step.run()
    done = (cursor.done if cursor else 0) + step.taken
    last = rows[step.taken - 1] if step.taken else None
    is_over = last is None or (step.taken == len(rows) and len(rows) < STEP)
    onward = "" if is_over or last is None else str(Cursor(done, last.last_activity or EPOCH, last.pk))
    return Swept(tuple(step.hits()), tuple(step.misses()), min(done, total), total, onward)


def in_order(projects: ProjectQuerySet, cursor: Cursor | None) -> ProjectQuerySet:
    ordered = projects.annotate(moment=Coalesce("last_activity", EPOCH)).order_by("-moment", "pk")
    if cursor is None:
        return ordered
    return ordered.filter(Q(moment__lt=cursor.moment) | Q(moment=cursor.moment, pk__gt=cursor.pk))


class Step:
    """Some projects searched by threads, which touch no database."""

    def __init__(self, projects: Sequence[Project], wanted: Wanted) -> None:
        self.projects = projects
        self.wanted = wanted
        self.deadline = time.monotonic() + SECONDS
        self.lock = threading.Lock()
        self.taken = 0
        self.found = 0
        self.outcomes: dict[int, tuple[Hit | None, Miss | None]] = {}
        self.complaint: ForgeError | None = None

    def run(self) -> None:
        with ThreadPoolExecutor(THREADS) as threads:
            for done in [threads.submit(self._work) for _ in range(THREADS)]:
                done.result()
        if self.complaint is not None:
            raise self.complaint

    def _work(self) -> None:
        while (at := self._next()) is not None:
            try:
                self.outcomes[at] = self._search(self.projects[at])
            except ForgeError as error:
                self.complaint = error

    def _next(self) -> int | None:
        """In their order, so that all before the last one were looked at; at least one, so that it goes on."""
        with self.lock:
            is_late = self.taken and time.monotonic() >= self.deadline
            is_over = self.found >= ENOUGH or self.complaint or is_late
            if is_over or self.taken >= len(self.projects):
                return None
            self.taken += 1
            return self.taken - 1

    def _search(self, project: Project) -> tuple[Hit | None, Miss | None]:
        if not project.head_commit:
            return None, Miss(project, "The portal has not fetched it yet.")
        seconds = min(SECONDS_EACH, max(0.2, self.deadline - time.monotonic()))
        try:
            found = reading.grep(
                Mirror(mirror_path(project.pk)),
                project.head_commit,
                self.wanted,
                max_files=FILES_EACH,
                per_file=LINES_EACH,
                seconds=seconds,
            )
        except ForgeError as error:
            if error.code in COMPLAINTS:
                raise
            return None, Miss(project, error.message)
        hit = Hit(project, tuple(map(file_of, found.files)), bool(found.stopped)) if found.files else None
        with self.lock:
            self.found += hit is not None
        is_partly = found.stopped in ("time", "size")
        return hit, Miss(project, "It is too large to be searched to its end here.") if is_partly else None

    def hits(self) -> Iterator[Hit]:
        return (hit for _, (hit, _) in sorted(self.outcomes.items(), key=lambda each: each[0]) if hit)

    def misses(self) -> Iterator[Miss]:
        return (miss for _, (_, miss) in sorted(self.outcomes.items(), key=lambda each: each[0]) if miss)
