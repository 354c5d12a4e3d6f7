"""What the catalog shows on the pages of people and teams, and what other apps show on the page of a source."""

from __future__ import annotations

from typing import Any

from catalog.models import CodeHost, Project
from people.models import Team, User
from people.panels import Panel
from people.querysets import Viewer

ROWS = 20

#: Apps above register here at start-up. Each stands in the section about the webhook.
of_source: list[Panel[CodeHost]] = []
#: These stand in the contribution guide of a project, in the section about guests; its viewer may see the project.
of_guide: list[Panel[Project]] = []


def projects_of_team(team: Team, viewer: Viewer) -> dict[str, Any]:
    """The most active projects that the team owns, as far as the viewer may know of them."""
    owned = Project.objects.visible_to(viewer).filter(owner_team=team)
    rows = list(owned.for_rows().order_by("-activity_score", "name")[: ROWS + 1])
    return {"team": team, "projects": rows[:ROWS], "is_cut": len(rows) > ROWS}


def trusted_in(person: User, viewer: Viewer) -> dict[str, Any] | None:
    """Where this person is trusted to merge; left out when it is nowhere."""
    trusted = person.trusted_in.current().values("project")
    rows = list(Project.objects.visible_to(viewer).filter(pk__in=trusted).for_rows()[:ROWS])
    return {"person": person, "projects": rows} if rows else None
