"""What a sync found, put into the rows of a project. To be called inside the sync's one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.text import slugify

import search.index
from catalog.facts.activity import Activity, AuthorActivity, ScoreFacts, activity_score
from catalog.facts.releases import is_release
from catalog.findings import Findings, ReadGuide, Refs
from catalog.health.checks import HealthFacts, run_checks
from catalog.health.score import health_score
from catalog.models import (
    Contributor,
    Guide,
    HealthResult,
    Project,
    ProjectLanguage,
    Tag,
    Topic,
)
from forge.types import shown
from people.models import Identity, Team

MAX_TOPICS = 20
MAX_LANGUAGES = 40
BATCH = 500
#: Raise it when a reader of repositories learns something: the next sync of each listing then reads it afresh.
READERS = 1

_NOT_IN_TOPIC = re.compile(r"[^\w+#.-]+")


def known_activity(project: Project) -> tuple[str, Activity] | None:
    """The commit that was read last with what was counted up to it, so that history is read from there on."""
    if not project.synced_commit or project.weekly_until is None:
        return None
    authors = tuple(
        AuthorActivity(row.email, row.name, row.commits, row.first_at, row.last_at)
        for row in project.contributors.all()
    )
    if len(authors) != project.contributor_count:
        return None
    return project.synced_commit, Activity(
        commit_count=project.commit_count,
        authors=authors,
        weekly=tuple(project.weekly_commits),
        weekly_until=project.weekly_until,
        first_at=project.first_activity,
        last_at=project.last_activity,
    )


def record_refs(project: Project, refs: Refs) -> list[str]:
    """Branches and tags. Answers the names of the project's fields that were set; the caller saves."""
    project.default_branch = refs.default_branch[:255]
    project.head_commit = refs.head
    project.branch_count = refs.branch_count
    replace_tags(project, refs)
    return ["default_branch", "head_commit", "branch_count"]


def record(project: Project, found: Findings, *, now: datetime) -> list[str]:
    """All facts of one commit, in a number of queries that does not grow with the repository but in batches.

    Answers the names of the project's fields that were set; the caller saves them with the state of the sync.
    """
    fields = record_refs(project, found.refs)
    fields += state_facts(project, found, now=now)
    fields += state_words(project, found)
    replace_contributors(project, found.activity.authors)
    replace(project.languages.all(), languages_of(project, found))
    replace_guides(project, found)
    fields += record_scores(project, found, now=now)
    search.index.put("project", [project.pk])
    return fields


# ---------------------------------------------------------------- the project's own row
def state_facts(project: Project, found: Findings, *, now: datetime) -> list[str]:
    activity = found.activity
    largest = next(iter(found.languages), "")
    facts: dict[str, Any] = {
        "synced_commit": found.refs.head,
        "facts_at": now,
        "facts_version": READERS,
        "license_spdx": found.licence[:100],
        "commit_count": activity.commit_count,
        "contributor_count": len(activity.authors),
        "file_count": found.file_count,
        "main_language": (found.metadata.language or largest)[:50],
        "first_activity": activity.first_at,
        "last_activity": activity.last_at,
        "weekly_commits": list(activity.weekly),
        "weekly_until": activity.weekly_until,
        "metadata_problems": problems_of(found),
        "notes": [*found.refs.notes, *found.notes],
    }
    return assign(project, facts)


def problems_of(found: Findings) -> list[dict[str, Any]]:
    return [{**asdict(problem), "path": shown(problem.path)} for problem in found.metadata.problems]


def state_words(project: Project, found: Findings) -> list[str]:
    """What people say of the project. A curator's word stands, then the repository's, its host's, our guess."""
    said, host = found.metadata, project.host_says
    words: dict[str, Any] = {
        "name": (said.title or host.get("name") or project.name)[:200],
        "summary": (said.summary or host.get("description") or found.first_words)[:500],
        "motivation": said.motivation,
        "kind": said.kind,
        "lifecycle": said.lifecycle or (Project.Lifecycle.ARCHIVED if host.get("archived") else ""),
        "docs_url": said.docs_url[:1000],
        "skills": list(said.skills),
        "help_wanted": list(said.contributions),
        "owner_team": owner_team(project, found),
    }
    if "topics" not in project.curated_fields:
        set_topics(project, said.topics or host.get("topics", ()))
    return assign(project, {name: word for name, word in words.items() if name not in project.curated_fields})


def assign(project: Project, values: dict[str, Any]) -> list[str]:
    for name, value in values.items():
        setattr(project, name, value)
    return list(values)


def owner_team(project: Project, found: Findings) -> Team | None:
    """The team that the metadata names, else CODEOWNERS, else the code host's; else the one there was."""
    slugs = [*found.metadata.owner_slugs, *team_slugs(found)][:BATCH]
    teams = Team.objects.in_bulk(slugs, field_name="slug") if slugs else {}
    named = next((teams[slug] for slug in slugs if slug in teams), None)
    return named or project.code_host.default_team or project.owner_team


def team_slugs(found: Findings) -> list[str]:
    """`payments/core` of a CODEOWNERS file may be the team payments-core or the team core."""
    names = [owner.name for owner in found.owners if owner.kind == "team"]
    return [slug for name in names for slug in (slugify(name.replace("/", "-")), slugify(name.rpartition("/")[2]))]


def set_topics(project: Project, names: Iterable[str]) -> None:
    wanted = topic_names(names)
    if set(wanted) == {topic.name for topic in project.topics.all()}:
        return
    Topic.objects.bulk_create([Topic(name=name) for name in wanted], ignore_conflicts=True)
    project.topics.set(Topic.objects.filter(name__in=wanted))


def topic_names(names: Iterable[str]) -> list[str]:
    """Lower case with dashes, each once, at most twenty of fifty characters."""
    cleaned = (_NOT_IN_TOPIC.sub("-", name.strip().lower()).strip("-.")[:50] for name in names)
    return list(dict.fromkeys(name for name in cleaned if name))[:MAX_TOPICS]


# ---------------------------------------------------------------- the rows beside it
def replace(rows: Any, fresh: Sequence[Any]) -> None:
    """All rows of one project and one kind, with others."""
    rows.delete()
    type_of_rows: Any = rows.model
    type_of_rows.objects.bulk_create(fresh, batch_size=BATCH)


def languages_of(project: Project, found: Findings) -> list[ProjectLanguage]:
    largest = list(found.languages.items())[:MAX_LANGUAGES]
    return [ProjectLanguage(project=project, name=name[:50], bytes=size) for name, size in largest]


def replace_guides(project: Project, found: Findings) -> None:
    """Guides keep their keys, by which the search knows them; they are indexed again when their words moved."""
    before = {row.kind: row for row in project.guides.all()}
    fresh = [guide_row(project, guide) for guide in found.guides if len(shown(guide.found.path)) <= 1000]
    gone = before.keys() - {row.kind for row in fresh}
    stale = [before[kind].pk for kind in gone]
    Guide.objects.filter(pk__in=stale).delete()
    Guide.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["project", "kind"],
        update_fields=["path", "blob", "size", "title", "text", "html", "note"],
    )
    moved = {row.kind for row in fresh if row.kind not in before or before[row.kind].text != row.text}
    keys = dict(project.guides.filter(kind__in=moved).values_list("kind", "pk"))
    search.index.put("guide", [*stale, *keys.values()])


def guide_row(project: Project, guide: ReadGuide) -> Guide:
    row = Guide(
        project=project,
        kind=guide.found.kind,
        path=shown(guide.found.path),
        blob=guide.found.blob,
        size=guide.found.size,
        note=guide.note[:300],
    )
    if guide.rendered:
        row.title = guide.rendered.title[:300]
        row.text = guide.rendered.plain_text
        row.html = guide.rendered.html
    return row


def replace_tags(project: Project, refs: Refs) -> None:
    """Tags seldom move, so nothing is written unless they did."""
    fresh = [
        Tag(
            project=project,
            name=tag.name,
            commit=tag.commit,
            tagged_at=tag.tagged_at,
            is_release=is_release(tag.name),
        )
        for tag in refs.tags
        if len(tag.name) <= 255
    ]
    before = set(project.tags.values_list("name", "commit"))
    if before != {(tag.name, tag.commit) for tag in fresh}:
        replace(project.tags.all(), fresh)


def replace_contributors(project: Project, authors: Iterable[AuthorActivity]) -> None:
    """Only rows that differ are written: after a few commits that is a few rows, however long the history."""
    before = {row.email: row for row in project.contributors.all()}
    fresh = {row.email: row for row in (contributor_row(project, author) for author in authors)}
    gone = [before[email].pk for email in before.keys() - fresh.keys()]
    for start in range(0, len(gone), BATCH):
        Contributor.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    moved = [row for email, row in fresh.items() if email not in before or differs(before[email], row)]
    link_to_people(moved)
    Contributor.objects.bulk_create(
        moved,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", "email"],
        update_fields=["name", "user", "commits", "first_at", "last_at"],
    )


def contributor_row(project: Project, author: AuthorActivity) -> Contributor:
    return Contributor(
        project=project,
        name=author.name[:200],
        email=author.email[:254],
        commits=author.commits,
        first_at=author.first_at,
        last_at=author.last_at,
    )


def differs(before: Contributor, after: Contributor) -> bool:
    names = ("name", "commits", "first_at", "last_at")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def link_to_people(rows: Sequence[Contributor]) -> None:
    """An author line proves nothing, so it names a person only by an address that this person has verified."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        proved = Identity.objects.filter(verified_at__isnull=False, email__in=[row.email for row in part])
        people = dict(proved.values_list("email", "user"))
        for row in part:
            row.user_id = people.get(row.email)


# ---------------------------------------------------------------- scores
def record_scores(project: Project, found: Findings, *, now: datetime) -> list[str]:
    health = run_checks(health_facts(project, found, now=now))
    rows = [
        HealthResult(project=project, check_key=each.check.key, result=each.result, evidence=each.evidence[:300])
        for each in health
    ]
    replace(project.health_results.all(), rows)
    scores = {"health_score": health_score(health), "activity_score": score_of(project, found, now=now)}
    return assign(project, scores)


def score_of(project: Project, found: Findings, *, now: datetime) -> int:
    return rescore(project, has_guidelines=found.guide("contributing") is not None, now=now)


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


def health_facts(project: Project, found: Findings, *, now: datetime) -> HealthFacts:
    releases = [tag for tag in found.refs.tags if is_release(tag.name)]
    return HealthFacts(
        now=now,
        guides={guide.found.kind: shown(guide.found.path) for guide in found.guides},
        readme_words=found.readme_words,
        license_spdx=found.licence,
        has_owner_team=project.owner_team is not None,
        owner_names=(*(owner.name for owner in found.owners), *found.maintainers),
        last_activity=found.activity.last_at,
        last_release_at=max((tag.tagged_at for tag in releases), default=None),
        release_count=len(releases),
        commit_count=found.activity.commit_count,
        description=project.summary,
        has_ci=found.has_ci,
        has_tests=found.has_tests,
        author_commits=found.year,
        lifecycle=project.lifecycle,
        answer_hours=project.answer_hours,
    )
