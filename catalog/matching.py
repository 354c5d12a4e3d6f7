"""A text against the projects of a queryset: the search index ranks, the database decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

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
    return Match(projects.filter(pk__in=ranked), ranked)


def plainly(projects: ProjectQuerySet, text: str) -> ProjectQuerySet:
    """Every word stands somewhere in the name or the summary."""
    for word in parse(text).all_words:
        projects = projects.filter(Q(name__icontains=word) | Q(summary__icontains=word))
    return projects
