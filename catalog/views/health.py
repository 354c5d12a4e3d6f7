"""The health of one project: every check, how its number came about and moved, and what is excused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from catalog.actions.waivers import end_waiver, may_waive, waive
from catalog.facts.activity import ActivityScore, activity_score
from catalog.forms import WaiverForm
from catalog.health.checks import Finding
from catalog.health.score import Sum, sum_up
from catalog.health.scorecard import Scorecard, scorecard
from catalog.models import Guide, HealthScore, Project, Waiver
from catalog.scoring import score_facts, scorecard_facts, stored_findings
from catalog.views.access import visible_project
from catalog.views.badges import offered
from catalog.views.frame import project_page
from catalog.views.verdicts import WORDS, verdict
from people.models import User

#: Scores of the history that are drawn: two years of weeks.
POINTS_SHOWN = 104


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a sum, with the sum so far."""

    label: str
    reason: str
    points: float
    total: float


@require_safe
@visible_project
def health(request: HttpRequest, project: Project) -> HttpResponse:
    return health_page(request, project)


def health_page(
    request: HttpRequest, project: Project, *, form: WaiverForm | None = None, status: int = 200
) -> HttpResponse:
    findings = stored_findings(project)
    may = may_waive(project, by=request.user)
    context = {
        **by_result(project, findings),
        **counted(project, sum_up(findings)),
        "activity": activity_explained(project),
        "scorecard": scorecard_of(project),
        "badges": offered(project),
        "are_badges_shown": not project.is_restricted and not settings.READING_NEEDS_SIGN_IN,
        "may_waive": may,
        "form": (form or blank_form(findings)) if may else None,
    }
    return project_page(request, "catalog/health.html", project, current="health", context=context, status=status)


def by_result(project: Project, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """The verdicts as the page groups them; one query for who waived what."""
    waivers = {
        row.check_key: row for row in Waiver.objects.current().filter(project=project).select_related("author")
    }
    found = [verdict(project, each, waivers.get(each.check.key)) for each in findings]
    return {
        "to_improve": [each for each in found if each.wants_care],
        "waived": [each for each in found if each.result == "waived"],
        "unknown": [each for each in found if each.result == "unknown"],
        "passed": [each for each in found if each.result == "pass"],
    }


def counted(project: Project, total: Sum) -> dict[str, Any]:
    """The sum, and how it moved; one query. It is of this moment: a waiver may have ended since the last sync."""
    newest = list(HealthScore.objects.filter(project=project)[:POINTS_SHOWN])
    return {
        "score": total.score if total.parts else project.health_score,
        "total": total,
        "parts": [(part, WORDS[part.result]) for part in total.parts],
        "history": newest[::-1],
        "is_of_another_formula": bool(newest) and newest[0].formula != total.formula,
    }


def activity_explained(project: Project) -> dict[str, Any] | None:
    """The activity score of today, step by step; one query. None where there is nothing to count."""
    now = timezone.now()
    has_guidelines = Guide.objects.filter(project=project, kind="contributing").exists()
    facts = score_facts(project, has_guidelines=has_guidelines, now=now)
    if facts is None:
        return None
    score = activity_score(facts, now=now)
    return {"score": score, "steps": steps_of(score), "has_moved": score.value != project.activity_score}


def scorecard_of(project: Project) -> Scorecard | None:
    facts = scorecard_facts(project, now=timezone.now())
    return scorecard(facts) if facts else None


def steps_of(score: ActivityScore) -> list[Step]:
    steps, total = [], 0.0
    for part in score.parts:
        total += part.points
        steps.append(Step(part.label, part.reason, part.points, total))
    return steps


# ---------------------------------------------------------------- waivers
def blank_form(findings: tuple[Finding, ...]) -> WaiverForm:
    return WaiverForm(checks=waivable(findings))


def waivable(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """What stands in the way of a full score now."""
    return [(each.check.key, each.check.label) for each in findings if each.result in ("warn", "fail")]


@require_POST
@login_required
@visible_project
def waive_check(request: HttpRequest, project: Project) -> HttpResponse:
    """Asks before it lets a check not count; without script this is where it asks."""
    by = decider(request, project)
    form = WaiverForm(request.POST, checks=waivable(stored_findings(project)))
    if not form.is_valid():
        return health_page(request, project, form=form, status=422)
    given = form.cleaned_data
    if not request.POST.get("confirmed"):
        return render(request, "catalog/confirm.html", question(project, form))
    waive(project, given["check"], by=by, reason=given["reason"], until=given["until"])
    messages.success(request, f"{form.label}: waived until {date_format(given['until'], 'j M Y')}.")
    return redirect("catalog:health", project.slug)


def question(project: Project, form: WaiverForm) -> dict[str, object]:
    until = date_format(form.cleaned_data["until"], "j M Y")
    return {
        "title": f"Waive “{form.label}” for {project}?",
        "text": f"It counts neither way until {until}. Everybody who sees the project reads who said so and why.",
        "yes": "Waive it",
        "fields": [(name, form.data.get(name, "")) for name in ("check", "reason", "until")],
        "back": reverse("catalog:health", args=[project.slug]),
    }


@require_POST
@login_required
@visible_project
def end_waived(request: HttpRequest, project: Project, pk: int) -> HttpResponse:
    by = decider(request, project)
    waiver = Waiver.objects.filter(project=project, pk=pk).select_related("project").first()
    if waiver is None:
        raise Http404("No Waiver matches the given query.")
    if not request.POST.get("confirmed"):
        asked = {
            "title": "End this waiver?",
            "text": "The check counts again from now on.",
            "yes": "End it",
            "back": reverse("catalog:health", args=[project.slug]),
        }
        return render(request, "catalog/confirm.html", asked)
    end_waiver(waiver, by=by)
    messages.success(request, "The check counts again.")
    return redirect("catalog:health", project.slug)


def decider(request: HttpRequest, project: Project) -> User:
    """Who is signed in and decides here. Raises PermissionDenied."""
    if not isinstance(request.user, User) or not may_waive(project, by=request.user):
        raise PermissionDenied
    return request.user
