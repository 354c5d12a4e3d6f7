"""The list of projects: facets, text, order and pages, every state of it in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.facets import panel
from catalog.filters import RELEVANCE, Filters, apply, arranged, known, ordered, parse
from catalog.matching import Match, matching
from catalog.models import Project
from catalog.querysets import ProjectQuerySet
from catalog.views.parts import wants_part
from search import paging


@require_safe
@vary_on_headers("HX-Request")
def project_list(request: HttpRequest) -> HttpResponse:
    """The whole page, or only what a filter changes when htmx asks."""
    visible = Project.objects.visible_to(request.user)
    filters = known(parse(request.GET), visible)
    match = matching(visible, filters.text)
    page = page_of(apply(match.projects, filters), filters, match, request.GET.get("page", ""))
    context = {
        "panel": panel(match.projects, filters),
        "page": page,
        "filters": filters,
        "index_code": match.code,
        "nothing_at_all": filters.is_empty and not page.paginator.count,
    }
    return render(request, "catalog/_results.html" if wants_part(request) else "catalog/list.html", context)


def page_of(found: ProjectQuerySet, filters: Filters, match: Match, number: str) -> Page[Project]:
    """One page of rows; two queries and those of `for_rows`. A number out of range is the nearest page."""
    if filters.sort != RELEVANCE or match.ranked is None:
        return paging.page_of(ordered(found, filters.sort).for_rows(), number, size=filters.size)
    return paging.page_of(Ranked(arranged(found, filters, match.ranked)), number, size=filters.size)


class Ranked(Sequence[Project]):
    """Projects in the order of their keys; rows are read only for the part that is asked for."""

    def __init__(self, keys: list[int]) -> None:
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, part: int) -> Project: ...

    @overload
    def __getitem__(self, part: slice) -> list[Project]: ...

    def __getitem__(self, part: int | slice) -> Project | list[Project]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        keys = self.keys[part]
        rows = Project.objects.for_rows().in_bulk(keys)
        return [rows[key] for key in keys if key in rows]
