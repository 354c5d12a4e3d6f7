"""Who last changed each line of a file: asked of git once, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog import broker, renderings
from catalog.keys import digest, hexed
from catalog.models import Project
from catalog.texts import MOST_LINES
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import BlamedLines

#: Seconds while somebody waits, and in a worker.
AT_ONCE = 1.5
LATER = 120


@dataclass(frozen=True, slots=True)
class Run:
    """Lines `first` to `last`, from 1, that one commit brought."""

    first: int
    last: int
    commit: str
    author: str
    email: str
    at: datetime
    subject: str


def runs_of(project: Project, mirror: Mirror, commit: str, path: str) -> tuple[Run, ...] | None:
    """In the order of the lines; None while a worker is at it, () when even that had not time enough."""
    content = renderings.made_or_asked(
        "blame",
        key_of(project, commit, path),
        make=lambda: written(ask(mirror, commit, path, seconds=AT_ONCE)),
        ask=lambda: broker.hint("catalog.tasks.find_blame", project.pk, commit, hexed(path)),
    )
    return None if content is None else tuple(map(restored, content.get("runs", ())))


def find(project: Project, mirror: Mirror, commit: str, path: str) -> None:
    """The worker's half. A file whose history takes too long, or more than git may have, is left for a day."""
    try:
        found = written(ask(mirror, commit, path, seconds=LATER))
    except ForgeError:
        found = None
    renderings.keep("blame", key_of(project, commit, path), renderings.failure() if found is None else found)


def ask(mirror: Mirror, commit: str, path: str, *, seconds: float) -> tuple[BlamedLines, ...] | None:
    try:
        return reading.blame(mirror, commit, path, seconds=seconds, most_lines=MOST_LINES)
    except ForgeError as error:
        if error.code != "timed_out":
            raise
        return None


def written(runs: tuple[BlamedLines, ...] | None) -> renderings.Content | None:
    return None if runs is None else {"runs": [words_of(run) for run in runs]}


def words_of(run: BlamedLines) -> list[object]:
    by = run.commit
    at = by.committed_at.isoformat()
    return [run.first, run.last, by.id, by.author_name[:100], by.author_email, at, by.subject[:200]]


def restored(words: list[Any]) -> Run:
    first, last, commit, author, email, at, subject = words
    return Run(first, last, commit, author, email, datetime.fromisoformat(at), subject)


def key_of(project: Project, commit: str, path: str) -> str:
    return f"{project.pk}-{commit}-{digest(path)}"
