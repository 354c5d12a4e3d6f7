"""What a repository states about itself, whichever of its files says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be understood. `line` counts from 1; None when it concerns the whole file."""

    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One document of catalog-info.yaml: Component, API, Group, User, System and the like.

    It is shown as it stands there. Groups and users of a file never become teams or people of the portal.
    """

    kind: str
    name: str
    title: str = ""
    type: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to turn to, as a file says. No person of the portal stands behind the name."""

    name: str
    email: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its name; http or https."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty means: not stated. Where several files state a field, the first of METADATA_FILES that does wins.

    `kind` and `lifecycle` are values of Project.Kind and Project.Lifecycle. `owner` is the text of the file and
    `owner_slugs` are slugs of teams that it may mean, the most exact first. URLs are http or https; `logo`
    may also be a path of the repository. `governance` is a level of catalog.guides.governance, 0 when not stated.
    `sources` says of each stated field which file said it.
    """

    title: str = ""
    summary: str = ""
    motivation: str = ""
    kind: str = ""
    lifecycle: str = ""
    owner: str = ""
    owner_slugs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    language: str = ""
    docs_url: str = ""
    logo: str = ""
    problems: tuple[Problem, ...] = ()
    governance: int = 0
    system: str = ""
    licence: str = ""
    url: str = ""
    talk_url: str = ""
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()
    used_by: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    successor: str = ""
    production_since: str = ""
    support: str = ""
    maturity: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `asdict` made of one. Raises TypeError or KeyError for what another version stored."""
        words: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        if words.keys() != {each.name for each in fields(cls)}:
            raise KeyError("fields")
        for name, kind in ROWS.items():
            words[name] = tuple(kind(**row) for row in stored[name])
        return cls(**words)


ROWS: dict[str, Any] = {"problems": Problem, "links": Link, "contacts": Contact, "entities": Entity}
#: Fields that are not stated but tell of what was.
ABOUT = frozenset({"problems", "sources", "owner_slugs"})


def said_in(path: str, metadata: Metadata) -> Metadata:
    """The same, with this file as the source of everything that it states."""
    stated = (each.name for each in fields(Metadata) if each.name not in ABOUT and getattr(metadata, each.name))
    return replace(metadata, sources=dict.fromkeys(stated, path))


def completed(first: Metadata, second: Metadata) -> Metadata:
    """The first one, with what only the second one states."""
    missing = {
        each.name: getattr(second, each.name)
        for each in fields(Metadata)
        if each.name not in ("problems", "sources", "owner_slugs") and not getattr(first, each.name)
    }
    # Slugs belong to the owner that they were made of.
    missing["owner_slugs"] = first.owner_slugs if first.owner else second.owner_slugs
    problems = (first.problems + second.problems)[:MOST_PROBLEMS]
    return replace(first, **missing, problems=problems, sources={**second.sources, **first.sources})
