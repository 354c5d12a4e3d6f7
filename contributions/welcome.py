"""What the contributions to a project amount to, told to the catalog, which shows it on every listing."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from statistics import median

from django.utils import timezone

from catalog.actions.facts import record_contribution_facts
from catalog.models import Project
from contributions.models import Credit, Request

ANSWERS_OF = timedelta(days=90)
GUESTS_OF = timedelta(days=365)


def count_again(project_id: int) -> None:
    """Four queries, whatever the number of requests."""
    project = Project.objects.only("pk").get(pk=project_id)
    now = timezone.now()
    waits = answer_waits(project, since=now - ANSWERS_OF)
    record_contribution_facts(
        project,
        open_requests=Request.objects.open().filter(project=project).count(),
        guests_welcomed=guests(project, since=now - GUESTS_OF),
        answer_hours=middle(waits),
        answer_p90_hours=most(waits),
    )


def guests(project: Project, *, since: datetime) -> int:
    """People of other teams whose work was merged since then."""
    merged = Credit.objects.across_teams().filter(project=project, merged_at__gte=since)
    return merged.values("user").distinct().count()


def answer_waits(project: Project, *, since: datetime) -> list[float]:
    """Hours until the first answer of what was answered since then, the shortest first."""
    answered = Request.objects.filter(project=project, answered_at__gte=since)
    waits = [answer - asked for asked, answer in answered.values_list("created_at", "answered_at") if answer]
    return sorted(wait.total_seconds() / 3600 for wait in waits)


def middle(waits: list[float]) -> int | None:
    """The median; None when nothing was answered."""
    return round(median(waits)) if waits else None


def most(waits: list[float]) -> int | None:
    """Within how many hours nine of ten came: the nearest rank, so it is a wait that there was."""
    return round(waits[ceil(0.9 * len(waits)) - 1]) if waits else None
