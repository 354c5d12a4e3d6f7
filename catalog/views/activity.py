"""How a project lives: who works on it, when, from which teams, and how its releases come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.facts.releases import rhythm
from catalog.facts.year import BOTS, OTHERS, UNKNOWN, Part, Year, ownership, share, split
from catalog.models import Project
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from catalog.yearly import year_of
from people.models import Team

RELEASES_SHOWN = 200
TEAMS_SHOWN = 12
WORDS = {
    UNKNOWN: "Not known",
    BOTS: "Bots",
    OTHERS: "Other teams",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """A team's part of the year's work. `label` stands where there is no team to link to."""

    part: Part
    team: Team | None
    label: str
    is_host: bool


@require_safe
@visible_project
def activity(request: HttpRequest, project: Project) -> HttpResponse:
    """Three queries beside those of the frame: the year, its teams, the releases."""
    year = year_of(project)
    rows = project.tags.filter(is_release=True, tagged_at__isnull=False).values_list("name", "tagged_at")
    releases = [(name, at) for name, at in rows[:RELEASES_SHOWN] if at is not None]
    context = {
        "releases": releases,
        "more_releases": len(releases) == RELEASES_SHOWN,
        "rhythm": rhythm((at for _, at in releases), now=timezone.now()),
        **(of_year(project, year) if year else {}),
    }
    return project_page(request, "catalog/activity.html", project, current="activity", context=context)


def of_year(project: Project, year: Year) -> dict[str, object]:
    weeks = split(year, {str(project.owner_team_id)})
    total, guests = sum(week.total for week in weeks), sum(week.guest for week in weeks)
    parts = ownership(year)
    return {
        "year": year,
        "weeks": weeks,
        "total": total,
        "guest_share": share(guests, total),
        "owners": owners(project, parts[:TEAMS_SHOWN]),
        "more_teams": max(0, len(parts) - TEAMS_SHOWN),
        "has_unknown": any(part.key == UNKNOWN for part in parts),
    }


def owners(project: Project, parts: Iterable[Part]) -> list[Owner]:
    """With their teams; one query. A team that was removed since has no name any more."""
    parts = list(parts)
    teams = Team.objects.in_bulk([int(part.key) for part in parts if part.key not in WORDS])
    return [
        Owner(
            part,
            None if part.key in WORDS else teams.get(int(part.key)),
            WORDS.get(part.key, "A former team"),
            part.key == str(project.owner_team_id),
        )
        for part in parts
    ]
