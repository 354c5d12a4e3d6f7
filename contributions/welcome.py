"""What the contributions to a project amount to, told to the catalog, which shows it on every listing."""

from __future__ import annotations

from datetime import datetime, timedelta
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
    record_contribution_facts(
        project,
        open_requests=Request.objects.open().filter(project=project).count(),
        guests_welcomed=guests(project, since=now - GUESTS_OF),
        answer_hours=answer_hours(project, since=now - ANSWERS_OF),
    )


def guests(project: Project, *, since: datetime) -> int:
    """People of other teams whose work was merged since then."""
    merged = Credit.objects.across_teams().filter(project=project, merged_at__gte=since)
    return merged.values("user").distinct().count()


def answer_hours(project: Project, *, since: datetime) -> int | None:
    """The median time until the first answer, in hours; None when nothing was answered since then."""
    answered = Request.objects.filter(project=project, answered_at__gte=since)
    waits = [answer - asked for asked, answer in answered.values_list("created_at", "answered_at") if answer]
    return round(median(wait.total_seconds() for wait in waits) / 3600) if waits else None
