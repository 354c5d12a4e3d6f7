"""The word that stands for a project in addresses: readable, and nobody else's. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import count

from django.utils.text import slugify

LIMIT = 100  # characters, so that a number still fits into the column
UNNAMED = "project"

_BETWEEN = re.compile(r"[^\w\s-]+")


def new_slug(name: str, path: str, *, taken: Collection[str]) -> str:
    """A slug for the repository `name` at `path`: its name, else with the namespace before it, else numbered."""
    return next(slug for slug in candidates(name, path) if slug not in taken)


def candidates(name: str, path: str) -> Iterator[str]:
    word = slug(name) or slug(path) or UNNAMED
    yield word
    namespace = slug("/".join(path.split("/")[:-1][-1:]))
    if namespace:
        yield f"{namespace}-{word}"[:LIMIT]
    yield from (f"{word}-{number}" for number in count(2))


def slug(text: str) -> str:
    """`commander.js` is commander-js, `Größe/größer` is groe-groer…; "" when nothing readable is left."""
    return slugify(_BETWEEN.sub("-", text))[:LIMIT].strip("-_")
