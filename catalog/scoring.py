"""How healthy and how active a project is, from the facts that were just recorded in its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from catalog.facts.activity import WEEKS, ScoreFacts, activity_score, commits_since
from catalog.files import FileFacts
from catalog.health.checks import HealthFacts, run_checks
from catalog.health.score import health_score
from catalog.models import HealthResult, Project

BATCH = 500


def assign(project: Project, values: dict[str, Any]) -> list[str]:
    """Sets fields of the row and answers their names; the caller saves."""
    for name, value in values.items():
        setattr(project, name, value)
    return list(values)


def replace(rows: Any, fresh: Sequence[Any], *, before: Collection[Any]) -> None:
    """All rows of one project and one kind, with others. `before` stands for those there are."""
    if before:
        rows.delete()
    type_of_rows: Any = rows.model
    type_of_rows.objects.bulk_create(fresh, batch_size=BATCH)


def record_scores(project: Project, files: FileFacts, *, now: datetime) -> list[str]:
    health = run_checks(health_facts(project, files, now=now))
    wanted = {each.check.key: (str(each.result), each.evidence[:300]) for each in health}
    rows = project.health_results.values_list("check_key", "result", "evidence")
    before = {key: (result, evidence) for key, result, evidence in rows}
    if wanted != before:
        fresh = [
            HealthResult(project=project, check_key=key, result=result, evidence=evidence)
            for key, (result, evidence) in wanted.items()
        ]
        replace(project.health_results.all(), fresh, before=before)
    scores = {"health_score": health_score(health), "activity_score": score_of(project, files, now=now)}
    return assign(project, scores)


def score_of(project: Project, files: FileFacts, *, now: datetime) -> int:
    return rescore(project, has_guidelines="contributing" in files.guides, now=now)


def rescore(project: Project, *, has_guidelines: bool, now: datetime) -> int:
    """The activity score from what the project's own row says; what its host counts is part of it."""
    if project.first_activity is None or project.last_activity is None:
        return 0
    facts = ScoreFacts(
        created_at=project.first_activity,
        updated_at=project.last_activity,
        forks=project.forks or 0,
        stars=project.stars or 0,
        open_issues=project.open_issues or 0,
        weekly_commits=project.weeks(now.date()) if project.weekly_until else None,
        description=project.summary,
        motivation=project.motivation,
        has_guidelines=has_guidelines,
    )
    return activity_score(facts, now=now).value


def health_facts(project: Project, files: FileFacts, *, now: datetime) -> HealthFacts:
    releases = project.tags.filter(is_release=True).aggregate(count=Count("pk"), last=Max("tagged_at"))
    return HealthFacts(
        now=now,
        guides=dict(files.guides),
        readme_words=files.readme_words,
        license_spdx=files.licence,
        has_owner_team=project.owner_team_id is not None,
        owner_names=(*(owner.name for owner in files.owners), *files.maintainers),
        last_activity=project.last_activity,
        last_release_at=releases["last"],
        release_count=releases["count"],
        commit_count=project.commit_count,
        description=project.summary,
        has_ci=files.has_ci,
        has_tests=files.has_tests,
        author_commits=year_of(project),
        lifecycle=project.lifecycle,
        answer_hours=project.answer_hours,
    )


def year_of(project: Project) -> tuple[int, ...]:
    """The commits of the last 52 weeks by author, the most first."""
    if project.weekly_until is None:
        return ()
    start = project.weekly_until - timedelta(weeks=WEEKS - 1)
    rows = project.contributors.filter(last_week__gte=start).order_by().values_list("weeks", flat=True)
    counts = (commits_since(weeks, start) for weeks in rows)
    return tuple(sorted(counts, reverse=True))
