"""Where each thing comes from that a listing says, for people. docs/metadata.md tells who wins over whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Project
from catalog.sayings import CURATOR, GUESS, HOST, PORTAL, SOURCE

LABELS = {
    "name": "Name",
    "summary": "Summary",
    "motivation": "Motivation",
    "kind": "Kind",
    "lifecycle": "Lifecycle",
    "owner_team": "Owner team",
    "governance": "Governance level",
    "topics": "Topics",
    "skills": "Skills",
    "help_wanted": "Help wanted",
    "docs_url": "Documentation",
}
WORDS = {
    CURATOR: "set by a curator",
    HOST: "its code host",
    SOURCE: "its source here",
    GUESS: "a guess of the portal",
    PORTAL: "the portal",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """`path` is the file of the repository that says so; `words` say who does where no file does."""

    label: str
    words: str
    path: str
    is_curated: bool


def statements(project: Project) -> tuple[Statement, ...]:
    """Of every field about which somebody said something, in a fixed order. No query."""
    found = []
    for field, label in LABELS.items():
        source = source_of(project, field)
        if source:
            path = "" if source in WORDS else source
            found.append(Statement(label, WORDS.get(source, ""), path, source == CURATOR))
    return tuple(found)


def source_of(project: Project, field: str) -> str:
    if field in project.curated_fields:
        return CURATOR
    found = project.stated_in.get(field, "")
    return found if isinstance(found, str) else ""


def said_by(project: Project, field: str) -> str:
    """Who says a field, as a phrase that follows “by” or “in”."""
    source = source_of(project, field)
    return WORDS.get(source, source) or WORDS[PORTAL]
