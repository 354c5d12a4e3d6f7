"""catalog-info.yaml of Backstage: what its Component says of the project, and which entities it describes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.guides.metadata.reader import LARGEST, MOST_ITEMS, Reader, opened, parsed_yaml
from catalog.guides.metadata.stated import Entity, Link, Metadata
from catalog.guides.metadata.words import (
    date_of,
    governance_of,
    kind_of,
    lifecycle_of,
    owner_slugs,
    topics_of,
)

#: Characters of YAML that are parsed of one file; the documents behind them are only counted.
MOST_PARSED = 96 * 1024
MOST_DOCUMENTS = 30
#: Documents of these kinds never speak for the project.
ABOUT_OTHERS = ("Group", "User")
KNOWN = ("Component", "API", "System", "Resource", "Domain", "Group", "User", "Location", "Template")
#: Annotations of ours, for what Backstage has no field for.
OURS = "innersource-portal/"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the file, not parsed yet. `before` counts the lines above it."""

    text: str
    kind: str
    before: int


def read_backstage(path: str, data: bytes) -> Metadata:
    """The first Component speaks for the project, else the first entity that is no group and no user."""
    reader, text = opened(path, data, LARGEST["json"])
    documents = list(documents_of(text))
    chosen = spokesman(documents)
    values = parsed(reader, chosen) if chosen else {}
    entities = [(entity_of(reader, each), each) for each in others(reader, documents, chosen, values)]
    spoken = chosen is not None and chosen.kind not in ABOUT_OTHERS
    stated = project_of(reader, values) if spoken else {}
    listed = tuple(entity for entity, _ in entities if entity is not None)
    return Metadata(**stated, entities=listed, problems=tuple(reader.problems))


def documents_of(text: str) -> Iterator[Document]:
    before = 0
    for part in re.split(r"^---(?=\s)[^\n]*$", text, flags=re.MULTILINE):
        kind = re.search(r"^[\"']?kind[\"']?:\s*[\"']?(\w+)", part, re.MULTILINE)
        if part.strip():
            yield Document(part, kind[1] if kind else "", before)
        before += part.count("\n")


def spokesman(documents: list[Document]) -> Document | None:
    order = sorted(documents, key=rank)
    return order[0] if order else None


def rank(document: Document) -> int:
    if document.kind == "Component":
        return 0
    return 3 if document.kind in ABOUT_OTHERS else 1 if document.kind else 2


def parsed(reader: Reader, document: Document) -> dict[Any, Any]:
    if len(document.text) > LARGEST["yaml"]:
        limit = LARGEST["yaml"] // 1024
        reader.problem(f"The document is larger than {limit} kB and was not read.", line=document.before + 1)
        return {}
    return parsed_yaml(reader, document.text, document.before)


def others(
    reader: Reader, documents: list[Document], chosen: Document | None, values: dict[Any, Any]
) -> Iterator[dict[Any, Any]]:
    """Every document parsed, in its order, as far as the budget goes."""
    left = MOST_PARSED - (len(chosen.text) if chosen else 0)
    for number, document in enumerate(documents):
        if document is chosen:
            yield values
            continue
        left -= len(document.text)
        if left < 0 or number >= MOST_DOCUMENTS:
            reader.problem(
                "There are too many documents; these and those below were not read.", line=document.before + 1
            )
            return
        yield parsed(reader, document)


def entity_of(reader: Reader, values: dict[Any, Any]) -> Entity | None:
    kind = reader.text_at(values, "kind", 50)
    if not kind:
        return None
    if kind not in KNOWN:
        reader.problem(f"The portal does not know entities of the kind {kind}.")
    about, spec = values.get("metadata"), values.get("spec")
    about, spec = about if isinstance(about, dict) else {}, spec if isinstance(spec, dict) else {}
    profile = spec.get("profile")
    title = reader.text_at(about, "title") or reader.text_at(
        profile if isinstance(profile, dict) else {}, "displayName"
    )
    return Entity(
        kind=kind,
        name=reader.text_at(about, "name", 100),
        title=title,
        type=reader.text_at(spec, "type", 50),
        owner=reader.text_at(spec, "owner"),
    )


def project_of(reader: Reader, values: dict[Any, Any]) -> dict[str, Any]:
    about, spec = reader.mapping(values, "metadata"), reader.mapping(values, "spec")
    notes = reader.mapping(about, "annotations")
    owner = reader.text_at(spec, "owner")
    links = tuple(links_of(reader, about))
    return {
        "title": reader.text_at(about, "title"),
        "summary": reader.text_at(about, "description", 500),
        "kind": kind_of(reader.text_at(spec, "type")),
        "lifecycle": lifecycle_of(reader, spec),
        "owner": owner,
        "owner_slugs": owner_slugs(owner),
        "topics": topics_of(reader.list_at(about, "tags")),
        "docs_url": first(links, DOCS),
        "talk_url": first(links, TALK),
        "links": tuple(link for link, _ in links),
        "system": reader.text_at(spec, "system"),
        "governance": governance_of(reader, notes, f"{OURS}governance"),
        "successor": reader.text_at(notes, f"{OURS}successor", 500),
        "production_since": date_of(reader, notes, f"{OURS}production-since"),
        "support": reader.text_at(notes, f"{OURS}support", 500),
        "maturity": reader.text_at(notes, f"{OURS}maturity", 50),
    }


DOCS = re.compile(r"doc|guide|manual|handbook", re.IGNORECASE)
TALK = re.compile(r"chat|slack|teams|matrix|forum|discuss|mailing|community", re.IGNORECASE)


def links_of(reader: Reader, about: dict[Any, Any]) -> Iterator[tuple[Link, str]]:
    """Each link with the words by which it calls itself."""
    links = about.get("links")
    if links is not None and not isinstance(links, list):
        reader.problem("links has to be a list.", key="links")
    for link in (
        each for each in (links if isinstance(links, list) else [])[:MOST_ITEMS] if isinstance(each, dict)
    ):
        if url := reader.url_at(link, "url"):
            words = " ".join(str(link.get(word, ""))[:100] for word in ("title", "type", "icon"))
            yield Link(reader.text_at(link, "title", 100) or url[:100], url), words


def first(links: tuple[tuple[Link, str], ...], kind: re.Pattern[str]) -> str:
    return next((link.url for link, words in links if kind.search(words)), "")
