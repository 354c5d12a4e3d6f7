"""The words of several formats for the same few things, and ours for them."""

from __future__ import annotations

import re
from typing import Any

from catalog.guides.governance import level_named
from catalog.guides.metadata.reader import Reader

KINDS = {
    "library": "library",
    "package": "library",
    "service": "service",
    "api": "service",
    "website": "website",
    "site": "website",
    "documentation": "website",
    "tool": "tool",
    "cli": "tool",
    "plugin": "tool",
}
LIFECYCLES = {
    "experimental": "experiment",
    "experiment": "experiment",
    "development": "experiment",
    "alpha": "experiment",
    "beta": "experiment",
    "production": "production",
    "stable": "production",
    "maintenance": "maintenance",
    "deprecated": "deprecated",
    "end-of-life": "archived",
    "retired": "archived",
    "archived": "archived",
}


def kind_of(stated: str) -> str:
    return KINDS.get(stated.lower(), "other" if stated else "")


def lifecycle_of(reader: Reader, values: dict[Any, Any], key: str = "lifecycle") -> str:
    stated = reader.text_at(values, key).lower()
    if stated and stated not in LIFECYCLES:
        reader.problem(f"The portal does not know the lifecycle {stated[:50]}.", key=key)
    return LIFECYCLES.get(stated, "")


def governance_of(reader: Reader, values: dict[Any, Any], key: str) -> int:
    """The level that a file claims, by its number or its name; 0 when it claims none."""
    stated = reader.text_at(values, key)
    level = level_named(stated)
    if stated and not level:
        reader.problem(f"The portal does not know the governance level {stated[:50]}; it is 1 to 4.", key=key)
    return level


def date_of(reader: Reader, values: dict[Any, Any], key: str) -> str:
    """A day as 2026-03-31, or a month or a year alone."""
    stated = reader.text_at(values, key)
    if not stated or re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", stated):
        return stated
    reader.problem(f"{key} has to be a date such as 2026-03-31.", key=key)
    return ""


def topics_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """In lower case, spaces as dashes, as topics are written."""
    slugs = (re.sub(r"[^\w+#.:-]+", "-", word.lower()).strip("-")[:50] for word in words)
    return tuple(dict.fromkeys(slug for slug in slugs if slug))


def owner_slugs(owner: str) -> tuple[str, ...]:
    """`group:default/payments/core` may mean the team payments-core or the team core. A user is no team."""
    kind, colon, rest = owner.lower().rpartition(":")
    if colon and kind.strip() != "group":
        return ()
    name = rest.removeprefix("default/").lstrip("@")
    candidates = (re.sub(r"[^a-z0-9_]+", "-", part).strip("-") for part in (name, name.rpartition("/")[2]))
    return tuple(dict.fromkeys(slug for slug in candidates if slug))
