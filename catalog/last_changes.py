"""Which commit changed each entry of a folder last: made when somebody looks, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog import broker, renderings
from catalog.keys import digest, hexed
from catalog.models import Project
from forge import reading
from forge.mirror import Mirror
from forge.types import LastChanges, shown

#: Seconds while somebody waits; most folders of most repositories need less.
AT_ONCE = 0.25
#: Seconds in a worker. Some folders hold what was not touched for 50,000 commits.
LATER = 30
MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    commit: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """By the shown name of an entry. `is_waiting` while a worker looks for the rest."""

    by_name: Mapping[str, Change]
    is_waiting: bool = False


def changes_of(project: Project, mirror: Mirror, commit: str, folder: str, names: Sequence[str]) -> Changes:
    """One query for what was looked for before. Raises ForgeError."""
    key = key_of(project, commit, folder)
    if (content := renderings.kept("last changes", key)) is not None:
        return read(content)
    wanted = names[:MOST_ENTRIES]
    found = reading.last_changes(mirror, commit, folder, wanted, seconds=AT_ONCE)
    if found.complete:
        renderings.keep("last changes", key, written(found))
    elif renderings.is_asked_first("last changes", key):
        broker.hint("catalog.tasks.find_last_changes", project.pk, commit, hexed(folder))
    return Changes(read(written(found)).by_name, is_waiting=not found.complete)


def find(project: Project, mirror: Mirror, commit: str, folder: str) -> None:
    """The worker's half: with time, and what was not found by then is not looked for again."""
    tree = reading.folder(mirror, commit, folder, limit=MOST_ENTRIES)
    names = [entry.path.rpartition("/")[2] for entry in tree.entries]
    found = reading.last_changes(mirror, commit, folder, names, seconds=LATER)
    renderings.keep("last changes", key_of(project, commit, folder), written(found))


def key_of(project: Project, commit: str, folder: str) -> str:
    """A mirror may lack what a fork of it has, so the project is part of it."""
    return f"{project.pk}-{commit}-{digest(folder)}"


def written(found: LastChanges) -> renderings.Content:
    return {
        shown(name): [each.id, each.subject[:200], each.author_name[:100], each.committed_at.isoformat()]
        for name, each in found.commits.items()
    }


def read(content: renderings.Content) -> Changes:
    return Changes(
        {
            name: Change(commit, subject, author, datetime.fromisoformat(at))
            for name, (commit, subject, author, at) in content.items()
        }
    )
