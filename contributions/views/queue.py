"""The review queue across all projects."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contributions import queue
from contributions.queue import Queue
from people.models import User


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 - the view asks for sign-in.
    wanted = {"team": request.GET.get("team", ""), "project": request.GET.get("project", "")}
    found = queue.for_user(request.user, team=wanted["team"], project=wanted["project"])
    context = {"queue": found, "filters": filters_on(found, wanted), "wanted": wanted}
    return render(request, "contributions/queue.html", context)


def filters_on(found: Queue, wanted: dict[str, str]) -> list[dict[str, str]]:
    """The filters that are on as chips, each with the address of the page without it."""
    names = {
        "team": {team.slug: team.name for team in found.teams},
        "project": {project.slug: project.name for project in found.projects},
    }
    chips = []
    for name, value in wanted.items():
        if value:
            rest = {other: kept for other, kept in wanted.items() if kept and other != name}
            chips.append(
                {
                    "name": name.title(),
                    "value": names[name].get(value, value),
                    "url": "?" + urlencode(rest) if rest else ".",
                }
            )
    return chips
