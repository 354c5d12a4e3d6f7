"""Releases of a project as one time line: its tags, and what its changelog says of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.docs.changelog import Notes, changelog, whole
from catalog.docs.releases import Release, Tagged, timeline, unreleased
from catalog.models import Guide, Project
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from catalog.views.paths import commit_url, compare_url, document_url, file_url
from search import paging

SHOWN = 15


@dataclass(frozen=True, slots=True)
class Row:
    """A release as the page shows it; an address is "" where there is nothing to see."""

    release: Release
    anchor: str
    notes: Notes | None
    files_url: str = ""
    commit_url: str = ""
    compare_url: str = ""


@require_safe
@visible_project
def releases(request: HttpRequest, project: Project) -> HttpResponse:
    """Three queries whatever their number: the project, its changelog, its tags."""
    guide = Guide.objects.filter(project=project, kind="changelog").first()
    sections = changelog(guide.html) if guide else ()
    tags = tags_of(project)
    rows = timeline(tags, sections)
    page = paging.page_of(rows, request.GET.get("page"), size=SHOWN)
    coming = unreleased(sections, tags) if page.number == 1 else None
    latest = next((release.tag for release in rows if release.tag), None)
    context = {
        "changelog": guide,
        "changelog_url": file_url(project, guide.path) if guide else "",
        "page": page,
        "rows": [row_of(project, release) for release in page],
        "coming": whole(coming) if coming else None,
        "since_url": between(project, latest, project.default_branch),
        "latest": latest,
        "docs_url": document_url(project, "") if project.document_count else "",
    }
    return project_page(request, "catalog/releases.html", project, current="releases", context=context)


def tags_of(project: Project) -> list[Tagged]:
    found = project.tags.filter(is_release=True).values_list("name", "commit", "tagged_at")
    return [Tagged(name, commit, at) for name, commit, at in found]


def row_of(project: Project, release: Release) -> Row:
    tag, notes = release.tag, whole(release.notes) if release.notes else None
    anchor = (tag.name if tag else release.name)[:100].replace(" ", "-")
    if tag is None:
        return Row(release, anchor, notes)
    return Row(
        release,
        anchor,
        notes if notes and notes.html else None,
        files_url=file_url(project, "", tag.name),
        commit_url=commit_url(project, tag.commit),
        compare_url=between(project, release.before, tag.name),
    )


def between(project: Project, base: Tagged | None, head: str) -> str:
    """What changed from one release to another; "" where there is nothing to compare with."""
    return compare_url(project, base.name, head) if base and head else ""
