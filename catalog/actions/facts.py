"""What an upper app counted and a listing shows."""

from __future__ import annotations

from catalog.models import Project


def record_contribution_facts(
    project: Project,
    *,
    guests_welcomed: int,
    open_requests: int,
    answer_hours: int | None,
    answer_p90_hours: int | None = None,
) -> None:
    """Store what the contributions to a project amount to: guests with merged work this year, requests that
    are open now, and the hours until a first answer: the median, and within which nine of ten came (None when
    nothing was answered). One query.
    """
    facts = {
        "guests_welcomed": guests_welcomed,
        "open_requests": open_requests,
        "answer_hours": answer_hours,
        "answer_p90_hours": answer_p90_hours,
    }
    Project.objects.filter(pk=project.pk).update(**facts)
    for name, value in facts.items():
        setattr(project, name, value)
