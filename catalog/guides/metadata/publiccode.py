"""publiccode.yml, the description that public bodies give their software."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.guides.metadata.reader import LARGEST, MOST_ITEMS, Reader, opened, parsed_yaml
from catalog.guides.metadata.stated import Contact, Metadata
from catalog.guides.metadata.words import owner_slugs, topics_of

STATUSES = {
    "concept": "experiment",
    "development": "experiment",
    "beta": "experiment",
    "stable": "production",
    "obsolete": "deprecated",
}
TYPES = {
    "library": "library",
    "addon": "tool",
    "standalone/desktop": "tool",
    "standalone/mobile": "tool",
    "standalone/iot": "tool",
    "standalone/web": "service",
    "standalone/backend": "service",
    "standalone/other": "other",
    "configurationfiles": "other",
    "softwareplatform": "service",
}
#: The portal speaks English, so that is whose description is taken, else the first there is.
PREFERRED = ("en", "eng")


def read_publiccode(path: str, data: bytes) -> Metadata:
    reader, text = opened(path, data, LARGEST["yaml"])
    values = parsed_yaml(reader, text, 0) if text.strip() else {}
    said = description_in(reader, values, PREFERRED)
    maintenance, legal = reader.mapping(values, "maintenance"), reader.mapping(values, "legal")
    owner = reader.text_at(legal, "repoOwner") or reader.text_at(reader.mapping(values, "organisation"), "name")
    return Metadata(
        title=reader.text_at(values, "name"),
        summary=reader.text_at(said, "shortDescription", 500),
        motivation=long_text(reader, said, "longDescription"),
        kind=word_of(reader, values, "softwareType", TYPES),
        lifecycle=word_of(reader, values, "developmentStatus", STATUSES),
        owner=owner,
        owner_slugs=owner_slugs(owner),
        topics=topics_of(reader.list_at(values, "categories")),
        docs_url=reader.url_at(said, "documentation"),
        logo=reader.url_at(values, "logo", or_path=True),
        licence=licence_of(reader, legal),
        url=reader.url_at(values, "url") or reader.url_at(values, "landingURL"),
        contacts=tuple(contacts_of(reader, maintenance)),
        used_by=reader.list_at(values, "usedBy"),
        problems=tuple(reader.problems),
    )


def licence_of(reader: Reader, legal: dict[Any, Any]) -> str:
    """An SPDX expression as it is stated; a recognised text of a licence wins over it."""
    stated = reader.text_at(legal, "license", 100)
    if re.fullmatch(r"[A-Za-z0-9.+() -]*", stated):
        return stated
    reader.problem("license has to be an SPDX expression.", key="license")
    return ""


def long_text(reader: Reader, values: dict[Any, Any], key: str) -> str:
    """Of a long description the portal shows the beginning, which is no mistake of whoever wrote it."""
    found = values.get(key)
    return reader.text_at({key: found[:1500]} if isinstance(found, str) else values, key, 1500)


def word_of(reader: Reader, values: dict[Any, Any], key: str, known: dict[str, str]) -> str:
    stated = reader.text_at(values, key)
    if stated and stated.lower() not in known:
        reader.problem(f"The portal does not know the {key} {stated[:50]}.", key=key)
    return known.get(stated.lower(), "")


def description_in(reader: Reader, values: dict[Any, Any], preferred: Sequence[str]) -> dict[Any, Any]:
    said = reader.mapping(values, "description")
    languages = [key for key in said if isinstance(key, str)]
    wished = [key for key in languages if key.lower().replace("_", "-").partition("-")[0] in preferred]
    chosen = next(iter([*wished, *languages]), None)
    return reader.mapping(said, chosen) if chosen else {}


def contacts_of(reader: Reader, maintenance: dict[Any, Any]) -> Iterator[Contact]:
    contacts = maintenance.get("contacts")
    if contacts is not None and not isinstance(contacts, list):
        reader.problem("contacts has to be a list.", key="contacts")
    for each in (contacts if isinstance(contacts, list) else [])[:MOST_ITEMS]:
        name = reader.text_at(each, "name", 100) if isinstance(each, dict) else ""
        if name:
            yield Contact(
                name, reader.text_at(each, "email", 200).lower(), reader.text_at(each, "affiliation", 100)
            )
