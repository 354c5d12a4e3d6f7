"""How healthy and how active a project is, from the facts that were just recorded in its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

import search.index
from catalog.facts.activity import WEEKS, ScoreFacts, activity_score, commits_since
from catalog.facts.releases import is_semver
from catalog.files import FileFacts
from catalog.health.checks import BY_KEY, Finding, HealthFacts, Result, run_checks, with_waivers
from catalog.health.score import FORMULA, health_score
from catalog.health.scorecard import WEEKS as SCORED_WEEKS
from catalog.health.scorecard import ScorecardFacts, organisations
from catalog.models import HealthResult, LastRead, Project, TrustedCommitter, Waiver
from people.models import Membership

BATCH = 500
#: Releases whose versions are judged.
RECENT = 20
#: A score that stands still is written again after so long, so that a line has points; older rows are forgotten.
STILL = timedelta(days=7)
KEPT = timedelta(days=3 * 365)


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
    """The results of all checks, what they amount to, and how the score moved."""
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
    waived = Waiver.objects.keys_of(project, now=now)
    score = health_score(with_waivers(health, waived))
    remember_score(project, score, now=now)
    return assign(project, {"health_score": score, "activity_score": score_of(project, files, now=now)})


def score_again(project: Project, *, now: datetime) -> None:
    """The health score from stored results, after something was waived or is waived no longer; saved."""
    score = health_score(stored_findings(project, now=now))
    remember_score(project, score, now=now)
    project.health_score = score
    Project.objects.filter(pk=project.pk).update(health_score=score)
    search.index.put("project", [project.pk])


def stored_findings(project: Project, *, now: datetime | None = None) -> tuple[Finding, ...]:
    """What the last sync found, less what is waived now and results of checks that are no more; one query."""
    waivers = Waiver.objects.current(now).filter(project=OuterRef("project"), check_key=OuterRef("check_key"))
    rows = HealthResult.objects.filter(project=project).annotate(is_waived=Exists(waivers))
    known = [row for row in rows if row.check_key in BY_KEY]
    found = (Finding(BY_KEY[row.check_key], cast(Result, row.result), row.evidence) for row in known)
    return with_waivers(found, {row.check_key for row in known if row.is_waived})


def remember_score(project: Project, score: int | None, *, now: datetime) -> None:
    """Into the history when it moved, when its formula did, or when a week passed; one row a day."""
    last = project.health_history.order_by("-at", "-pk").first()
    if last and (last.score, last.formula) == (score, FORMULA) and now - last.at < STILL:
        return
    if last and timezone.localdate(last.at) == timezone.localdate(now):
        last.at, last.score, last.formula = now, score, FORMULA
        last.save(update_fields=["at", "score", "formula"])
        return
    if last is None and score is None:
        return
    project.health_history.create(at=now, score=score, formula=FORMULA)
    project.health_history.filter(at__lt=now - KEPT).delete()


# ---------------------------------------------------------------- activity
def score_of(project: Project, files: FileFacts, *, now: datetime) -> int:
    return rescore(project, has_guidelines="contributing" in files.guides, now=now)


def rescore(project: Project, *, has_guidelines: bool, now: datetime) -> int:
    """The activity score from what the project's own row says; what its host counts is part of it."""
    facts = score_facts(project, has_guidelines=has_guidelines, now=now)
    return activity_score(facts, now=now).value if facts else 0


def score_facts(project: Project, *, has_guidelines: bool, now: datetime) -> ScoreFacts | None:
    """What the activity score is made of; None without a commit whose date can be true."""
    if project.first_activity is None or project.last_activity is None:
        return None
    return ScoreFacts(
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


# ---------------------------------------------------------------- what the checks look at
def health_facts(project: Project, files: FileFacts, *, now: datetime) -> HealthFacts:
    """Four queries."""
    releases = list(project.tags.filter(is_release=True).order_by().values_list("name", "tagged_at"))
    # Old tags keep their names, so only what can be done better next time is judged.
    recent = sorted(releases, key=lambda row: (row[1] is not None, row[1] or now, row[0]), reverse=True)[:RECENT]
    signs = files.signs
    return HealthFacts(
        now=now,
        guides=dict(files.guides),
        readme_words=files.readme_words,
        license_spdx=files.licence,
        has_owner_team=project.owner_team_id is not None,
        owner_names=(*(owner.name for owner in files.owners), *files.maintainers),
        last_activity=project.last_activity,
        last_release_at=max((at for _, at in releases if at), default=None),
        release_count=len(releases),
        commit_count=project.commit_count,
        description=project.summary,
        has_ci=files.has_ci,
        has_tests=files.has_tests,
        author_commits=year_of(project),
        lifecycle=project.lifecycle,
        answer_hours=project.answer_hours,
        recent_releases=len(recent),
        semver_count=sum(is_semver(name) for name, _ in recent),
        readme=signs.readme,
        contributing=signs.contributing,
        mentioned=signs.mentioned,
        build_services=signs.build_services,
        licence_texts=signs.licence_texts,
        has_reuse=signs.has_reuse,
        owners_active=owners_active(project, files),
        says_deprecated=signs.says_deprecated,
        successor=signs.successor,
        has_successor=states_successor(project),
    )


def states_successor(project: Project) -> bool:
    """Everybody reads evidence, so a successor that is not for everybody is not even hinted at."""
    named = project.successor if project.successor_id else None
    return bool(project.successor_text) or (named is not None and not named.is_restricted)


def owners_active(project: Project, files: FileFacts) -> bool | None:
    """Whether one of the owners, by a verified address or the one they are named with, committed within a year.

    None when none of them ever did, because then nobody knows who they are.
    """
    mailed = [owner.name.lower() for owner in files.owners if owner.kind == "email"]
    emails = [*mailed, *(email.lower() for email in files.maintainers)][:BATCH]
    named = [owner.name for owner in files.owners if owner.kind == "user"]
    handles = [*named, *(each.handle for each in files.named_maintainers if each.handle)][:BATCH]
    members = Membership.objects.current().filter(team=project.owner_team_id, user__is_active=True)
    trusted = TrustedCommitter.objects.current().filter(project=project, user__is_active=True)
    start = last_year(project)
    if start is None:
        return None
    theirs = Q(email__in=emails) | Q(user__username__in=handles)
    theirs |= Q(user__in=members.values("user")) | Q(user__in=trusted.values("user"))
    if project.contributors.filter(theirs, last_week__gte=start).exists():
        return True
    # An address that never committed may be a list of people.
    return False if project.contributors.filter(theirs).exists() else None


def last_year(project: Project) -> date | None:
    """The first Monday of the 52 weeks that were counted."""
    return project.weekly_until - timedelta(weeks=WEEKS - 1) if project.weekly_until else None


def year_of(project: Project) -> tuple[int, ...]:
    """The commits of the last 52 weeks by author, the most first."""
    start = last_year(project)
    if start is None:
        return ()
    rows = project.contributors.filter(last_week__gte=start).order_by().values_list("weeks", flat=True)
    counts = (commits_since(weeks, start) for weeks in rows)
    return tuple(sorted(counts, reverse=True))


# ---------------------------------------------------------------- scorecard
#: Commits by which somebody counts as a contributor there.
OFTEN = 5


def scorecard_facts(project: Project, *, now: datetime) -> ScorecardFacts | None:
    """From what the last sync read; None where nothing was. Two queries."""
    if not project.synced_commit:
        return None
    last = LastRead.objects.filter(project=project, commit=project.synced_commit).first()
    files = FileFacts.from_json(last.files) if last else None
    if files is None:
        return None
    texts = [f"LICENSES/{id}.txt" for id in files.signs.licence_texts]
    first = project.first_activity
    return ScorecardFacts(
        supply=files.supply,
        is_complete=files.is_complete,
        is_archived=project.is_archived,
        age_days=(now - first).days if first else None,
        recent_commits=sum(project.weeks(timezone.localdate(now))[-SCORED_WEEKS:]),
        organisations=organisations(often_here(project)),
        security_path=files.guides.get("security", ""),
        licence_path=files.guides.get("license") or next(iter(texts), ""),
        licence=files.licence,
    )


def often_here(project: Project) -> list[str]:
    """Addresses of who committed within the year and often, the most busy ones."""
    start = last_year(project)
    if start is None:
        return []
    busy = project.contributors.filter(last_week__gte=start, commits__gte=OFTEN).order_by("-commits")
    return list(busy.values_list("email", flat=True)[:BATCH])
