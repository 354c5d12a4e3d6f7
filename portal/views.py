"""Home, the operators' status page, and what people see when something is not there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import Project, SyncRun
from catalog.querysets import ProjectQuerySet
from contributions import queue
from contributions.models import Credit
from contributions.querysets import CreditQuerySet
from people.models import Team
from portal import health

ROWS = 5
STATUS_ROWS = 50


def home(request: HttpRequest) -> HttpResponse:
    """Search first, then what is alive, who looks for help, and what waits for this person."""
    visible = Project.objects.visible_to(request.user).listed()
    rows = visible.for_rows()
    helping = list(rows.looking_for_help().order_by("-activity_score", "-last_activity")[:ROWS])
    others = rows.exclude(pk__in=[project.pk for project in helping])
    context = {
        "counts": {"projects": visible.count(), "teams": Team.objects.filter(kind=Team.Kind.TEAM).count()},
        # Nothing stands twice below each other.
        "active": others.order_by("-featured", "-activity_score", "-last_activity")[:ROWS],
        "helping": helping,
        "newest": visible.order_by("-discovered_at", "-pk")[:ROWS],
        "credits": merged(visible),
        "add_source_url": reverse("catalog:sources"),
        **personal(request, rows),
    }
    return render(request, "portal/home.html", context)


def merged(visible: ProjectQuerySet) -> CreditQuerySet:
    """The latest contributions that crossed a team boundary."""
    return Credit.objects.across_teams().filter(project__in=visible).for_rows()[:ROWS]


def personal(request: HttpRequest, rows: ProjectQuerySet) -> dict[str, Any]:
    """What only somebody who is signed in has."""
    if not request.user.is_authenticated:
        return {}
    teams = Team.objects.of(request.user)
    return {
        "mine": rows.filter(owner_team__in=request.user.team_ids).order_by("-last_activity")[:ROWS],
        "mine_url": reverse("catalog:list") + "?" + "&".join(f"team={team.slug}" for team in teams),
        "waiting": queue.next_steps(request.user)[:ROWS],
    }


def about(request: HttpRequest) -> HttpResponse:
    """How InnerSource works here, for somebody who hears of it for the first time."""
    return render(request, "portal/about.html")


@login_required
def status(request: HttpRequest) -> HttpResponse:
    """For operators: what runs, what waits, what failed and what to do about it."""
    if not request.user.is_staff:
        raise PermissionDenied
    # Operators count everything; the names of listings reach only those who may know of them.
    visible = Project.objects.visible_to(request.user)
    running = SyncRun.objects.filter(state__in=SyncRun.OPEN, project__in=visible).select_related("project")
    failed = visible.filter(sync_state__in=Project.SYNC_TROUBLE).order_by("-sync_finished_at")
    context = {
        "parts": health.everything(),
        "syncs": syncs_by_state(),
        "running": running.order_by("state", "queued_at")[:STATUS_ROWS],
        "failed": failed[:STATUS_ROWS],
    }
    return render(request, "portal/status.html", context)


def syncs_by_state() -> list[dict[str, Any]]:
    counted = dict(Project.objects.order_by().values_list("sync_state").annotate(Count("pk")))
    return [{"label": state.label, "count": counted.get(state.value, 0), "url": ""} for state in Project.SyncState]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    # No request context: whatever broke may break there again.
    number = getattr(request, "id", "")
    return HttpResponse(render_to_string("500.html", {"request_id": number}), status=500)
