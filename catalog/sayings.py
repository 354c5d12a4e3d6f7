"""Whose word counts for what a listing says: the repository's files, then its code host, then our guess. Pure.

A curator's word stands before all of them; docs/metadata.md tells the whole order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.files import FileFacts
from catalog.models import Project

#: Who said it where it was no file of the repository.
HOST, SOURCE, GUESS, PORTAL = "host", "source", "guess", "portal"
CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class Said:
    """A value of a field and who says so: the path of a file, or one of the words above; "" for an empty value."""

    word: Any
    source: str = ""


def sayings(project: Project, files: FileFacts) -> dict[str, Said]:
    """What the fields of a listing are without a curator. `owner_team` is asked of the database elsewhere."""
    said, host = files.metadata, project.host_says
    archived = Project.Lifecycle.ARCHIVED.value if host.get("archived") else ""
    readme = files.guides.get("readme", GUESS)

    def first(field: str, empty: Any, *others: tuple[Any, str], limit: int = 1000) -> Said:
        candidates = [(getattr(said, field), said.sources.get(field, "")), *others]
        word, source = next(((word, source) for word, source in candidates if word), (empty, ""))
        return Said(word[:limit] if isinstance(word, str) else word, source)

    listed = {field: first(field, ()) for field in ("skills", "contributions")}
    return {
        "name": first("title", "", (host.get("name"), HOST), (project.name, GUESS), limit=200),
        "summary": first("summary", "", (host.get("description"), HOST), (files.first_words, readme), limit=500),
        "motivation": first("motivation", "", limit=5000),
        "kind": first("kind", ""),
        "lifecycle": first("lifecycle", "", (archived, HOST)),
        "docs_url": first("docs_url", ""),
        "skills": Said(list(listed["skills"].word), listed["skills"].source),
        "help_wanted": Said(list(listed["contributions"].word), listed["contributions"].source),
        "governance": first("governance", None, (files.governance, files.governance_in)),
        "topics": first("topics", (), (host.get("topics"), HOST)),
        "production_since": day(first("production_since", "")),
        "support": first("support", "", limit=500),
        "successor_text": first("successor", "", limit=300),
    }


def day(said: Said) -> Said:
    """A month or a year stands for its first day; a day that the calendar does not have is not known."""
    try:
        return Said(date.fromisoformat((said.word + "-01-01")[:10]) if said.word else None, said.source)
    except ValueError:
        return Said(None, "")
