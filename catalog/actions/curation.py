"""What curators decide about listings: many at once, each change kept with its before and after, and undone at will."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

import search.index
from catalog.models import ListingChange, Project
from catalog.recording import set_topics
from people.models import Team, User

BATCH = 400
Read = Callable[[Project], Any]
Write = Callable[[Project, Any], None]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a curator sets. Values are JSON: they are kept in the history and come back from it."""

    key: str
    label: str
    read: Read
    write: Write
    columns: tuple[str, ...] = ()
    # Whether a sync would otherwise set it, so that it must be told to leave it alone.
    stated_elsewhere: bool = False


def column(key: str, label: str, *, stated_elsewhere: bool = False) -> Field:
    def read(project: Project) -> Any:
        return getattr(project, key)

    def write(project: Project, value: Any) -> None:
        setattr(project, key, value)

    return Field(key, label, read, write, (key,), stated_elsewhere)


def read_owner(project: Project) -> str | None:
    return project.owner_team.slug if project.owner_team else None


def write_owner(project: Project, slug: str | None) -> None:
    project.owner_team = Team.objects.filter(slug=slug).first() if slug else None


def read_topics(project: Project) -> list[str]:
    return sorted(topic.name for topic in project.topics.all())


def read_visibility(project: Project) -> dict[str, Any]:
    return {"for": project.visibility, "teams": sorted(team.slug for team in project.visible_teams.all())}


def write_visibility(project: Project, value: Mapping[str, Any]) -> None:
    project.visibility = value["for"]
    project.visible_teams.set(Team.objects.filter(slug__in=value["teams"]))


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        column("listing", "Listing"),
        column("featured", "Featured"),
        column("lifecycle", "Lifecycle", stated_elsewhere=True),
        column("summary", "Summary", stated_elsewhere=True),
        Field("owner_team", "Owner team", read_owner, write_owner, ("owner_team",), stated_elsewhere=True),
        Field("topics", "Topics", read_topics, set_topics, (), stated_elsewhere=True),
        Field("visibility", "Visibility", read_visibility, write_visibility, ("visibility",)),
    )
}
COLUMNS = sorted({name for field in FIELDS.values() for name in field.columns} | {"curated_fields"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: `batch` undoes it; `left` are listings that already were so, or had changed since."""

    batch: uuid.UUID
    changed: int
    left: int


#: A new value from the present one, so that topics can be added to what each listing has.
Change = Callable[[Any], Any]


def value(new: Any) -> Change:
    return lambda present: new


def with_topics(names: Iterable[str]) -> Change:
    wanted = set(names)
    return lambda present: sorted({*present, *wanted})


def without_topics(names: Iterable[str]) -> Change:
    unwanted = set(names)
    return lambda present: [name for name in present if name not in unwanted]


def curate(projects: Iterable[Project], changes: Mapping[str, Change], *, by: User, note: str = "") -> Outcome:
    """Change fields of listings, by their keys in FIELDS, as one batch that can be undone.

    Raises PermissionDenied. Costs two writes for each 400 listings, and a few more for each whose topics or
    teams change.
    """
    require_curator(by)
    batch, history, touched, left = uuid.uuid4(), [], [], 0
    with transaction.atomic():
        for project in locked(projects):
            made = [apply(project, FIELDS[key], change) for key, change in changes.items()]
            rows = [row for row in made if row]
            for row in rows:
                row.batch, row.actor, row.note = batch, by, note
            history += rows
            touched += [project] if rows else []
            left += not rows
        write(touched, history)
    return Outcome(batch, len(touched), left)


def require_curator(user: User) -> None:
    if not user.may_curate:
        raise PermissionDenied("Only a curator changes listings.")


def locked(projects: Iterable[Project]) -> Sequence[Project]:
    """The rows as they are now, held against other writers until the transaction ends."""
    keys = [project.pk for project in projects]
    rows = Project.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return list(rows.select_related("owner_team").prefetch_related("topics", "visible_teams").order_by("pk"))


def apply(project: Project, field: Field, change: Change) -> ListingChange | None:
    before = field.read(project)
    after = change(before)
    if before == after:
        return None
    was_curated = field.key in project.curated_fields
    field.write(project, after)
    mark_curated(project, field, field.stated_elsewhere)
    return ListingChange(project=project, field=field.key, before=before, after=after, was_curated=was_curated)


def mark_curated(project: Project, field: Field, curated: bool) -> None:
    others = {name for name in project.curated_fields if name != field.key}
    project.curated_fields = sorted(others | ({field.key} if curated else set()))


def write(projects: Sequence[Project], history: Sequence[ListingChange]) -> None:
    Project.objects.bulk_update(projects, COLUMNS, batch_size=BATCH)
    ListingChange.objects.bulk_create(history, batch_size=BATCH)
    search.index.put("project", [project.pk for project in projects])


def undo(batch: uuid.UUID, *, by: User) -> Outcome:
    """Bring back what a batch changed. A field that was changed again since is left as it is now.

    Undoing is a batch of its own, so it stands in the history and can be undone too. Raises PermissionDenied.
    """
    require_curator(by)
    new, history, touched, left = uuid.uuid4(), [], {}, 0
    with transaction.atomic():
        past = list(ListingChange.objects.select_for_update().filter(batch=batch, undone_at__isnull=True))
        rows = {project.pk: project for project in locked(change.project for change in past)}
        for change in past:
            project, field = rows[change.project_id], FIELDS[change.field]
            if field.read(project) != change.after:
                left += 1
                continue
            row = apply(project, field, value(change.before))
            if row is None:
                continue
            mark_curated(project, field, change.was_curated)
            row.batch, row.actor, row.note = new, by, "Undone"
            history.append(row)
            touched[project.pk] = project
            change.undone_by, change.undone_at = by, timezone.now()
        write(list(touched.values()), history)
        ListingChange.objects.bulk_update(
            [c for c in past if c.undone_at], ["undone_by", "undone_at"], batch_size=BATCH
        )
    return Outcome(new, len(touched), left)
