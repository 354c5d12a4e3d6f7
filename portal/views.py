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

from catalog.models import Project
from catalog.querysets import ProjectQuerySet
from contributions import queue
from contributions.models import Credit
from contributions.querysets import CreditQuerySet
from people.models import Team
from portal import health

ROWS = 5


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
    """For operators: what can be used, and how the syncs fare; which they are stands on a page of its own."""
    if not request.user.is_staff:
        raise PermissionDenied
    return render(request, "portal/status.html", {"parts": health.everything(), "syncs": syncs_by_state()})


def syncs_by_state() -> list[dict[str, Any]]:
    """How many projects are in which state, with the list of those that need somebody."""
    counted = dict(Project.objects.order_by().values_list("sync_state").annotate(Count("pk")))
    page = reverse("catalog:syncs")
    urls = {state: f"{page}?show={state}" for state in Project.SYNC_TROUBLE}
    return [
        {"label": state.label, "count": counted.get(state.value, 0), "url": urls.get(state, "")}
        for state in Project.SyncState
    ]


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
