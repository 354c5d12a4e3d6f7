"""What a curator sets on listings: how each field is read, and written for many listings at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from catalog.models import Project, Topic, Waiver
from catalog.recording import BATCH
from catalog.scoring import score_again
from people.models import Team, User

Values = Mapping[Project, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a curator sets. Values are JSON: they are kept in the history and come back from it.

    `write` gets the listings with their new values and stores relations; columns are set and left to the caller
    to save. `stated_elsewhere` says that a sync would set it too, so that it must be told to leave it alone.
    """

    key: str
    label: str
    read: Callable[[Project], Any]
    write: Callable[[Values], None]
    column: str = ""
    stated_elsewhere: bool = False


def column(key: str, label: str, *, stated_elsewhere: bool = False) -> Field:
    def read(project: Project) -> Any:
        return getattr(project, key)

    def write(values: Values) -> None:
        for project, value in values.items():
            setattr(project, key, value)

    return Field(key, label, read, write, key, stated_elsewhere)


def day(key: str, label: str, *, stated_elsewhere: bool = False) -> Field:
    """A column of dates, which JSON has as texts."""

    def read(project: Project) -> str | None:
        value = getattr(project, key)
        return value.isoformat() if value else None

    def write(values: Values) -> None:
        for project, value in values.items():
            setattr(project, key, date.fromisoformat(value) if value else None)

    return Field(key, label, read, write, key, stated_elsewhere)


def read_successor(project: Project) -> str | None:
    return project.successor.slug if project.successor else None


def write_successor(values: Values) -> None:
    projects = Project.objects.in_bulk({slug for slug in values.values() if slug}, field_name="slug")
    for project, slug in values.items():
        project.successor = projects.get(slug)


def read_owner(project: Project) -> str | None:
    return project.owner_team.slug if project.owner_team else None


def write_owner(values: Values) -> None:
    teams = Team.objects.in_bulk({slug for slug in values.values() if slug}, field_name="slug")
    for project, slug in values.items():
        project.owner_team = teams.get(slug)


def read_topics(project: Project) -> list[str]:
    return sorted(topic.name for topic in project.topics.all())


def write_topics(values: Values) -> None:
    names = {name for value in values.values() for name in value}
    Topic.objects.bulk_create([Topic(name=name) for name in sorted(names)], ignore_conflicts=True)
    topics = Topic.objects.in_bulk(names, field_name="name")
    links = {project: {topics[name].pk for name in value} for project, value in values.items()}
    relink(Project.topics.through, "topic_id", links)


def read_visibility(project: Project) -> dict[str, Any]:
    return {"for": project.visibility, "teams": sorted(team.slug for team in project.visible_teams.all())}


def write_visibility(values: Values) -> None:
    teams = Team.objects.in_bulk({slug for value in values.values() for slug in value["teams"]}, field_name="slug")
    links = {}
    for project, value in values.items():
        project.visibility = value["for"]
        links[project] = {teams[slug].pk for slug in value["teams"] if slug in teams}
    relink(Project.visible_teams.through, "team_id", links)


def read_waivers(project: Project) -> dict[str, dict[str, str]]:
    """By check: who waived it, why and until when."""
    rows = Waiver.objects.current().filter(project=project).select_related("author").order_by("check_key")
    return {
        row.check_key: {"by": row.author.username, "reason": row.reason, "until": row.until.isoformat()}
        for row in rows
    }


def write_waivers(values: Values) -> None:
    """Ends the waivers that are not among the values and makes the missing ones, as their authors gave them."""
    for project, wanted in values.items():
        now, present = timezone.now(), read_waivers(project)
        gone = [key for key, said in present.items() if wanted.get(key) != said]
        fresh = {key: said for key, said in wanted.items() if present.get(key) != said}
        Waiver.objects.filter(project=project, check_key__in=[*gone, *fresh], ended_at=None).update(ended_at=now)
        authors = User.objects.in_bulk([said["by"] for said in fresh.values()], field_name="username")
        for key, said in fresh.items():
            if author := authors.get(said["by"]):
                until = date.fromisoformat(said["until"])
                project.waivers.create(check_key=key, author=author, reason=said["reason"], until=until)
        score_again(project, now=now)


def relink(through: Any, target: str, wanted: Mapping[Project, set[int]]) -> None:
    """Let each listing be linked to exactly these rows: three queries for any number of listings."""
    here = through.objects.filter(project__in=list(wanted))
    links = {(project.pk, pk) for project, pks in wanted.items() for pk in pks}
    there = {(row.project_id, getattr(row, target)): row.pk for row in here}
    gone = [pk for link, pk in there.items() if link not in links]
    fresh = sorted(links - there.keys())
    for start in range(0, len(gone), BATCH):
        through.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    rows = [through(project_id=project, **{target: pk}) for project, pk in fresh]
    through.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        column("name", "Name", stated_elsewhere=True),
        column("summary", "Summary", stated_elsewhere=True),
        column("motivation", "Motivation", stated_elsewhere=True),
        column("kind", "Kind", stated_elsewhere=True),
        column("docs_url", "Documentation", stated_elsewhere=True),
        column("skills", "Skills", stated_elsewhere=True),
        column("help_wanted", "Help wanted", stated_elsewhere=True),
        column("lifecycle", "Lifecycle", stated_elsewhere=True),
        day("production_since", "In production since", stated_elsewhere=True),
        Field("successor", "Successor", read_successor, write_successor, "successor", stated_elsewhere=True),
        column("successor_text", "Successor in words", stated_elsewhere=True),
        column("support", "Support", stated_elsewhere=True),
        column("escalation", "Escalation", stated_elsewhere=True),
        column("maturity", "Maturity badge", stated_elsewhere=True),
        day("maturity_until", "Badge until", stated_elsewhere=True),
        column("governance", "Governance level", stated_elsewhere=True),
        Field("owner_team", "Owner team", read_owner, write_owner, "owner_team", stated_elsewhere=True),
        Field("topics", "Topics", read_topics, write_topics, stated_elsewhere=True),
        Field("visibility", "Visibility", read_visibility, write_visibility, "visibility"),
        Field("waivers", "Waived health checks", read_waivers, write_waivers),
        column("listing", "Listing"),
        column("featured", "Featured"),
    )
}


def snapshot(project: Project) -> dict[str, Any]:
    """The values of all fields as they are now."""
    return {key: field.read(project) for key, field in FIELDS.items()}
