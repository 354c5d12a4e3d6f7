"""One project: what it is and how it fares, its contribution guide, its health, and its sync."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog.actions.syncing import may_sync, request_sync
from catalog.models import Guide, Project, SyncRun
from catalog.views.access import visible_project
from catalog.views.at_host import at_host
from catalog.views.frame import project_page
from catalog.views.guide import deciders
from catalog.views.verdicts import verdicts

RELEASES_SHOWN = 6
CONTRIBUTORS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The state of the mirror as a page tells it.

    `run` is the open run, None when nothing runs. `good_since` is when the copy that is shown was read, None
    when there is none.
    """

    run: SyncRun | None
    failed: bool
    never: bool
    empty: bool
    good_since: datetime | None


def sync_status(project: Project) -> SyncStatus:
    """Two queries, one more after a failure."""
    run = SyncRun.objects.filter(project=project, state__in=SyncRun.OPEN).first()
    failed = project.sync_state in Project.SYNC_TROUBLE
    has_copy = bool(project.head_commit)
    good_since = project.sync_finished_at if has_copy and not failed else None
    if failed and has_copy:
        done = SyncRun.objects.filter(project=project, state=SyncRun.State.OK)
        good_since = done.order_by("-finished_at").values_list("finished_at", flat=True).first()
    return SyncStatus(
        run=run,
        failed=failed,
        never=not run and not failed and not project.sync_finished_at,
        empty=project.sync_state == Project.SyncState.OK and not has_copy,
        good_since=good_since,
    )


@require_safe
@visible_project
def overview(request: HttpRequest, project: Project) -> HttpResponse:
    found = verdicts(project)
    context = {
        "readme": Guide.objects.filter(project=project, kind="readme").first(),
        "sync": sync_status(project),
        "may_sync": may_sync(project, by=request.user),
        "deciders": deciders(project),
        "at_host": at_host(project),
        "languages": {language.name: language.bytes for language in project.languages.all()},
        "topics": project.topics.all(),
        "weeks": project.weeks() if project.weekly_until else None,
        "releases": project.tags.filter(is_release=True)[:RELEASES_SHOWN],
        "tag_count": project.tags.count(),
        "contributors": project.contributors.select_related("user").defer("weeks")[:CONTRIBUTORS_SHOWN],
        "to_improve": [verdict for verdict in found if verdict.wants_care],
        "passed": sum(verdict.result == "pass" for verdict in found),
        "checked": len(found),
    }
    return project_page(request, "catalog/project.html", project, current="project", context=context)


@require_safe
@visible_project
def health(request: HttpRequest, project: Project) -> HttpResponse:
    found = verdicts(project)
    context = {
        "to_improve": [verdict for verdict in found if verdict.wants_care],
        "unknown": [verdict for verdict in found if verdict.result == "unknown"],
        "passed": [verdict for verdict in found if verdict.result == "pass"],
    }
    return project_page(request, "catalog/health.html", project, current="health", context=context)


@require_POST
@login_required
@visible_project
def sync(request: HttpRequest, project: Project) -> HttpResponse:
    """Ask for a sync; asking twice makes one."""
    if not may_sync(project, by=request.user) or not request.user.is_authenticated:
        raise PermissionDenied
    request_sync(project, by=request.user)
    messages.success(request, "The sync is queued. This page shows how far it is.")
    return redirect(project)


@require_safe
@visible_project
def sync_progress(request: HttpRequest, project: Project) -> HttpResponse:
    """How far the open run is, for htmx every two seconds; when it has ended, the page that asked is stale."""
    status = sync_status(project)
    response = render(request, "catalog/_progress.html", {"project": project, "sync": status})
    if status.run is None:
        response["HX-Refresh"] = "true"
    return response
