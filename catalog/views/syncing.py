"""A project's own syncs: how far the one that runs is, how the earlier ones ended, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalog.actions.syncing import may_accept_loss, may_sync, request_sync
from catalog.models import Project, RemoteHost, SyncRun
from catalog.reasons import why_then
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from search.paging import page_of

RUNS_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The state of the mirror as a page tells it.

    `run` is the open run, None when nothing runs. `good_since` is when the copy that is shown was read, None
    when there is none. `next_at` is when it is tried again, None when that is now or never.
    """

    run: SyncRun | None
    failed: bool
    parked: bool
    never: bool
    empty: bool
    good_since: datetime | None
    next_at: datetime | None


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
        parked=project.sync_state == Project.SyncState.PARKED and project.next_sync_at is None,
        never=not run and not failed and not project.sync_finished_at,
        empty=project.sync_state == Project.SyncState.OK and not has_copy,
        good_since=good_since,
        next_at=project.due_at if project.due_at and project.due_at > timezone.now() else None,
    )


@require_safe
@visible_project
def runs(request: HttpRequest, project: Project) -> HttpResponse:
    """Every run that is remembered, when it was looked at last, and why it comes again when it does."""
    ended = SyncRun.objects.filter(project=project, state__in=SyncRun.ENDED).order_by("-finished_at", "-pk")
    now = timezone.now()
    host = RemoteHost.objects.filter(name=project.remote_host).first() if project.remote_host else None
    context = {
        "page": page_of(ended.select_related("requested_by"), request.GET.get("page"), size=RUNS_PER_PAGE),
        "sync": sync_status(project),
        "is_at_work": project.lease_until is not None and project.lease_until > now,
        "is_due": project.due_at is not None and project.due_at <= now,
        "why": why_then(project, host, now),
        "may_sync": may_sync(project, by=request.user),
        "may_accept_loss": may_accept_loss(project, by=request.user),
    }
    return project_page(request, "catalog/syncs.html", project, current="syncs", context=context)


@require_POST
@login_required
@visible_project
def sync(request: HttpRequest, project: Project) -> HttpResponse:
    """Ask for a sync; asking twice makes one."""
    if not may_sync(project, by=request.user) or not request.user.is_authenticated:
        raise PermissionDenied
    request_sync(project, by=request.user)
    messages.success(request, "The sync is queued. This page shows how far it is.")
    return redirect(
        "catalog:project-syncs" if request.POST.get("from") == "syncs" else "catalog:project", project.slug
    )


@require_POST
@login_required
@visible_project
def accept_loss(request: HttpRequest, project: Project) -> HttpResponse:
    """Follow a source that lost its branches, because somebody says that it was on purpose."""
    if not may_accept_loss(project, by=request.user) or not request.user.is_authenticated:
        raise PermissionDenied
    back = reverse("catalog:project-syncs", args=[project.slug])
    if not request.POST.get("confirmed"):
        text = "Branches that are gone at the source will be gone here, and the copy that is shown now with them."
        question = {
            "title": f"Accept the loss in {project}?",
            "text": text,
            "yes": "Accept the loss",
            "back": back,
        }
        return render(request, "catalog/confirm.html", question)
    request_sync(project, by=request.user, accepts_loss=True)
    messages.success(request, "The next sync follows the source, and what is gone there will be gone here.")
    return redirect(back)


@require_safe
@visible_project
def progress(request: HttpRequest, project: Project) -> HttpResponse:
    """How far the open run is, for htmx every two seconds; when it has ended, the page that asked is stale."""
    status = sync_status(project)
    response = render(request, "catalog/_progress.html", {"project": project, "sync": status})
    if status.run is None:
        response["HX-Refresh"] = "true"
    return response
