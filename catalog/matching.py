"""A text against the projects of a queryset: the search index ranks, the database decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q
from django.db.models.sql.compiler import SQLCompiler

from catalog.querysets import ProjectQuerySet
from search import index
from search.engines.base import Unavailable
from search.query import parse


@dataclass(frozen=True, slots=True)
class Match:
    """The projects that a text finds. `ranked` are keys, best first, None when nothing ranked them.

    `code` is "" or says why the index was not asked.
    """

    projects: ProjectQuerySet
    ranked: list[int] | None = None
    code: str = ""


def matching(projects: ProjectQuerySet, text: str) -> Match:
    """All of them for a text without words. Without an index, names and summaries are looked at."""
    if not text:
        return Match(projects)
    try:
        keys = index.match("project", text)
    except Unavailable as error:
        return Match(plainly(projects, text), code=error.code)
    if keys is None:
        return Match(projects)
    ranked = [int(key) for key in keys]
    return Match(among(projects, ranked), ranked)


def plainly(projects: ProjectQuerySet, text: str) -> ProjectQuerySet:
    """Every word stands somewhere in the name or the summary."""
    for word in parse(text).all_words:
        projects = projects.filter(Q(name__icontains=word) | Q(summary__icontains=word))
    return projects


def among(projects: ProjectQuerySet, keys: Sequence[int]) -> ProjectQuerySet:
    """Those with one of these keys, of which there may be thousands."""
    return projects.filter(IsAmong(F("pk"), keys=keys))


class IsAmong(Func):
    """Whether a key is one of many that travel as a single parameter.

    With a parameter for each key, a page that asks ten questions about 10,000 of them spends most of a second
    in preparing them.
    """

    output_field = BooleanField()
    arity = 1

    def __init__(self, *expressions: F, keys: Sequence[int] = (), **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.keys = tuple(keys)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        template = "%(expressions)s IN (SELECT value FROM json_each(%%s))"
        sql, params = self.as_sql(compiler, connection, template=template, **context)
        return sql, (*params, json.dumps(self.keys))

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.as_sql(compiler, connection, template="%(expressions)s = ANY(%%s)", **context)
        return sql, (*params, list(self.keys))
