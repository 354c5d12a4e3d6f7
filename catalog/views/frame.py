"""What every page of one project shares: its head and tabs. Their templates extend catalog/project_frame.html."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalog.lifecycle import ending_of
from catalog.models import Project

PAGES = (
    ("project", "Overview", "catalog:project"),
    ("guide", "Contribution guide", "catalog:guide"),
    ("contributions", "Contributions", "contributions:of-project"),
    ("docs", "Docs", "catalog:docs"),
    ("files", "Files", "catalog:files"),
    ("health", "Health", "catalog:health"),
    ("activity", "Activity", "catalog:activity"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to one page of the project. `count` is None where there is nothing to count."""

    label: str
    url: str
    current: bool
    count: int | None = None


def tabs(project: Project, current: str) -> list[Tab]:
    """`current` is one of project, guide, contributions, docs, files, activity, health. No query."""
    counts = {"contributions": project.open_requests}
    return [
        Tab(label, reverse(name, args=[project.slug]), key == current, counts.get(key))
        for key, label, name in PAGES
        if key != "docs" or project.document_count or current == "docs"
    ]


def project_page(
    request: HttpRequest,
    template: str,
    project: Project,
    *,
    current: str,
    context: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page below the head and tabs of a project; its template gets `project`, `tabs`, `ending`
    (see catalog.lifecycle) and the given context."""
    frame = {
        "project": project,
        "tabs": tabs(project, current),
        "ending": ending_of(project, request.user),
    }
    return render(request, template, {**frame, **(context or {})}, status=status)
