"""Which commit changed each entry of a folder last: made when somebody looks, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog import broker, renderings
from catalog.keys import digest, hexed
from catalog.models import Project
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import LastChanges, shown

#: Seconds while somebody waits; most folders of most repositories need less.
AT_ONCE = 0.25
#: Seconds in a worker. Some folders hold what was not touched for 50,000 commits.
LATER = 30
MOST_ENTRIES = 1_000
CHANGES = "changes"


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
    """What could be found in a moment is shown while a worker looks for the rest. Raises ForgeError."""
    found = Changes({}, is_waiting=True)

    def look() -> renderings.Content | None:
        nonlocal found
        changes = reading.last_changes(mirror, commit, folder, names[:MOST_ENTRIES], seconds=AT_ONCE)
        found = Changes(read(written(changes)), is_waiting=not changes.complete)
        return written(changes) if changes.complete else None

    content = renderings.made_or_asked(
        "last changes",
        key_of(project, commit, folder),
        make=look,
        ask=lambda: broker.hint("catalog.tasks.find_last_changes", project.pk, commit, hexed(folder)),
    )
    return found if content is None else Changes(read(content))


def find(project: Project, mirror: Mirror, commit: str, folder: str) -> None:
    """The worker's half: with time, and what was not found by then is not looked for again."""
    try:
        tree = reading.folder(mirror, commit, folder, limit=MOST_ENTRIES)
        names = [entry.path.rpartition("/")[2] for entry in tree.entries]
        found = written(reading.last_changes(mirror, commit, folder, names, seconds=LATER))
    except ForgeError:
        found = renderings.failure()
    renderings.keep("last changes", key_of(project, commit, folder), found)


def key_of(project: Project, commit: str, folder: str) -> str:
    """A mirror may lack what a fork of it has, so the project is part of it."""
    return f"{project.pk}-{commit}-{digest(folder)}"


def written(found: LastChanges) -> renderings.Content:
    return {
        CHANGES: {
            shown(name): [each.id, each.subject[:200], each.author_name[:100], each.committed_at.isoformat()]
            for name, each in found.commits.items()
        }
    }


def read(content: renderings.Content) -> dict[str, Change]:
    return {
        name: Change(commit, subject, author, datetime.fromisoformat(at))
        for name, (commit, subject, author, at) in content.get(CHANGES, {}).items()
    }
