"""What feeds tell: things that happened in projects, as plain entries. Apps above add what they know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone

from catalog.models import ListingChange, Project, Tag
from catalog.querysets import ProjectQuerySet
from forge.errors import printable

#: Entries of one feed.
MOST = 50
LISTED, LIFECYCLE = "listing", "lifecycle"


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` names it for ever, also when the project gets another name. `url` is a path of this portal."""

    key: str
    title: str
    url: str
    at: datetime
    kind: str
    summary: str = ""
    author: str = ""

    @property
    def id(self) -> str:
        return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2026:{self.key}"


#: The newest entries of some projects, so many at most, in a number of queries that does not grow with them.
Source = Callable[[ProjectQuerySet, int], Iterable[Entry]]


def releases(projects: ProjectQuerySet, most: int) -> Iterable[Entry]:
    """A date in the future is a wrong clock, and such a release would stand on top for years."""
    tags = Tag.objects.filter(project__in=projects, is_release=True, tagged_at__lte=timezone.now())
    for tag in tags.select_related("project").order_by("-tagged_at", "-pk")[:most]:
        assert tag.tagged_at is not None  # noqa: S101
        yield Entry(
            key=f"project/{tag.project_id}/release/{quote(tag.name)}",
            title=f"{tag.project.name} {tag.name}",
            url=tag.project.get_absolute_url(),
            at=tag.tagged_at,
            kind="release",
            summary=f"{tag.project.name} released {tag.name}.",
        )


def lifecycle_changes(projects: ProjectQuerySet, most: int) -> Iterable[Entry]:
    """Who decided it, and the note about it, are for curators."""
    words = dict(Project.Lifecycle.choices)
    changes = ListingChange.objects.filter(project__in=projects, field=LIFECYCLE)
    for change in changes.select_related("project").order_by("-at", "-pk")[:most]:
        before, after = (words.get(value or "", "not stated") for value in (change.before, change.after))
        yield Entry(
            key=f"project/{change.project_id}/lifecycle/{change.pk}",
            title=f"{change.project.name}: {after}",
            url=change.project.get_absolute_url(),
            at=change.at,
            kind="lifecycle",
            summary=f"Its lifecycle was {before} and is {after} now.",
        )


def newly_listed(projects: ProjectQuerySet, most: int) -> Iterable[Entry]:
    """By when they were found, or listed by a curator where that was later; two queries."""
    found = {
        project.pk: (project.discovered_at, project) for project in projects.order_by("-discovered_at")[:most]
    }
    changes = ListingChange.objects.filter(project__in=projects, field=LISTED, after="listed", undone_at=None)
    for change in changes.select_related("project").order_by("at", "pk").reverse()[:most]:
        at, project = found.get(change.project_id, (change.at, change.project))
        found[change.project_id] = (max(at, change.at), project)
    for at, project in found.values():
        yield Entry(
            key=f"project/{project.pk}/listed",
            title=f"New: {project.name}",
            url=project.get_absolute_url(),
            at=at,
            kind="listed",
            summary=project.summary,
        )


#: Apps above register here at start-up.
of_project: list[Source] = [releases, lifecycle_changes]
of_catalog: list[Source] = [newly_listed, releases]


def newest(sources: Iterable[Source], projects: ProjectQuerySet, most: int = MOST) -> list[Entry]:
    entries = (entry for source in sources for entry in source(projects, most))
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)[:most]


def plain(text: str, limit: int = 300) -> str:
    """What XML can hold, on one line."""
    return printable(" ".join(text.split()), limit=limit)
