"""What contributions show on the pages of people and teams."""

from __future__ import annotations

from typing import Any

from catalog.models import Project
from contributions.models import Credit, Request
from contributions.querysets import CreditQuerySet
from people.models import Team, User
from people.querysets import Viewer

ROWS = 20
GUESTS = 6


def seen(credits: CreditQuerySet, viewer: Viewer) -> tuple[list[Credit], int]:
    """The latest ones that the viewer may know of, and how many there are."""
    visible = credits.filter(project__in=Project.objects.visible_to(viewer))
    return list(visible.for_rows()[:ROWS]), visible.count()


def credits_of_person(person: User, viewer: Viewer) -> dict[str, Any] | None:
    rows, count = seen(Credit.objects.filter(user=person), viewer)
    return {"title": "Merged contributions", "credits": rows, "count": count} if rows else None


def open_requests_of_person(person: User, viewer: Viewer) -> dict[str, Any] | None:
    rows = list(Request.objects.visible_to(viewer).filter(author=person).open().for_rows()[:ROWS])
    return {"requests": rows} if rows else None


def guests_of_project(project: Project, viewer: Viewer) -> dict[str, Any] | None:
    """What people of other teams brought in here. Two queries at most."""
    credits = Credit.objects.across_teams().filter(project=project)
    rows = list(credits.select_related("request", "user", "guest_team", "host_team")[:GUESTS])
    for credit in rows:
        credit.request.project = project
    if not rows:
        return None
    return {"credits": rows, "count": credits.count() if len(rows) == GUESTS else len(rows)}


def credits_given(team: Team, viewer: Viewer) -> dict[str, Any] | None:
    """What members of the team contributed to other teams."""
    rows, count = seen(Credit.objects.across_teams().filter(guest_team=team), viewer)
    return {"title": "Contributed to other teams", "credits": rows, "count": count} if rows else None


def credits_received(team: Team, viewer: Viewer) -> dict[str, Any] | None:
    """What people of other teams contributed to the team's projects."""
    rows, count = seen(Credit.objects.across_teams().filter(host_team=team), viewer)
    return {"title": "Received from other teams", "credits": rows, "count": count} if rows else None
