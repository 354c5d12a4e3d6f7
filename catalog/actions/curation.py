"""What curators decide about listings: many at once, each change kept with before and after, undone at will."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

import search.index
from catalog.curated import FIELDS, Field, snapshot
from catalog.models import ListingChange, Project
from catalog.querysets import ProjectQuerySet
from catalog.recording import BATCH, topic_names
from people.models import User


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: `batch` undoes it; `left` are listings that already were so, or fields that had
    changed since.
    """

    batch: uuid.UUID
    changed: int
    left: int


#: How long a note may be.
NOTE = 500

#: A new value from the present one, so that topics can be added to what each listing has.
Change = Callable[[Any], Any]


def value(new: Any) -> Change:
    return lambda present: new


def with_topics(names: Iterable[str]) -> Change:
    wanted = set(names)
    return lambda present: sorted(topic_names([*present, *sorted(wanted)]))


def without_topics(names: Iterable[str]) -> Change:
    unwanted = set(names)
    return lambda present: [name for name in present if name not in unwanted]


@transaction.atomic
def curate(projects: ProjectQuerySet, changes: Mapping[str, Change], *, by: User, note: str = "") -> Outcome:
    """Change fields of listings, by their keys in catalog.curated.FIELDS, as one batch that can be undone.

    Raises PermissionDenied. Some ten queries for each 500 listings.
    """
    require_curator(by)
    batch, changed, left = uuid.uuid4(), 0, 0
    for rows in locked(list(projects.order_by().values_list("pk", flat=True))):
        history: list[ListingChange] = []
        for key, change in changes.items():
            wanted = {project: change(FIELDS[key].read(project)) for project in rows.values()}
            history += apply(FIELDS[key], wanted)
        keep(history, batch=batch, by=by, note=note)
        touched = {row.project_id for row in history}
        changed, left = changed + len(touched), left + len(rows) - len(touched)
    return Outcome(batch, changed, left)


@transaction.atomic
def undo(batch: uuid.UUID, *, by: User) -> Outcome:
    """Bring back what a batch changed. A field that was changed again since is left as it is now.

    Undoing is a batch of its own, so it stands in the history and can be undone too. Raises PermissionDenied.
    """
    require_curator(by)
    new, changed, left = uuid.uuid4(), 0, 0
    open_changes = ListingChange.objects.filter(batch=batch, undone_at__isnull=True).order_by("pk")
    note = undoing(open_changes.select_related("actor").first())
    for rows in locked(sorted(set(open_changes.values_list("project", flat=True)))):
        # Read after the lock was won, so that of two clicks the second finds nothing left.
        past = list(open_changes.filter(project__in=rows))
        back = [change for change in past if FIELDS[change.field].read(rows[change.project_id]) == change.after]
        history: list[ListingChange] = []
        for field in {change.field: FIELDS[change.field] for change in back}.values():
            mine = {rows[change.project_id]: change for change in back if change.field == field.key}
            history += apply(field, {project: change.before for project, change in mine.items()})
            for project, change in mine.items():
                mark_curated(project, field, change.was_curated)
        keep(history, batch=new, by=by, note=note)
        ListingChange.objects.filter(pk__in=[c.pk for c in back]).update(undone_by=by, undone_at=timezone.now())
        changed, left = changed + len({row.project_id for row in history}), left + len(past) - len(back)
    return Outcome(new, changed, left)


def undoing(change: ListingChange | None) -> str:
    """The note of a batch that undoes another one: whose it was, when, and what its own note said."""
    if change is None:
        return ""
    what = f"Undid what {change.actor} changed on {date_format(timezone.localtime(change.at), 'j M Y, H:i')}"
    return f"{what}: {change.note}"[:NOTE] if change.note else what


@transaction.atomic
def note_edits(project: Project, before: Mapping[str, Any], *, by: User, note: str) -> None:
    """Keep in the history, as one batch, what somebody edited by hand. `before` is catalog.curated.snapshot."""
    history = []
    for key, now in snapshot(project).items():
        if now != before[key]:
            history.append(changed_row(project, FIELDS[key], before[key], now))
    keep(history, batch=uuid.uuid4(), by=by, note=note)


def require_curator(user: User) -> None:
    if not user.may_curate:
        raise PermissionDenied("Only a curator changes listings.")


def locked(keys: list[int]) -> Iterator[dict[int, Project]]:
    """The rows as they are now, some hundred at a time, held against other writers until the transaction ends."""
    for start in range(0, len(keys), BATCH):
        rows = Project.objects.select_for_update(of=("self",)).filter(pk__in=keys[start : start + BATCH])
        rows = rows.select_related("owner_team", "successor").prefetch_related("topics", "visible_teams")
        yield {project.pk: project for project in rows.order_by("pk")}


def apply(field: Field, wanted: Mapping[Project, Any]) -> list[ListingChange]:
    """Set a field of each listing that has another value; the rows of the history, not yet stored."""
    now = {project: field.read(project) for project in wanted}
    values = {project: after for project, after in wanted.items() if after != now[project]}
    field.write(values)
    return [changed_row(project, field, now[project], after) for project, after in values.items()]


def changed_row(project: Project, field: Field, before: Any, after: Any) -> ListingChange:
    was_curated = field.key in project.curated_fields
    mark_curated(project, field, field.stated_elsewhere)
    return ListingChange(project=project, field=field.key, before=before, after=after, was_curated=was_curated)


def mark_curated(project: Project, field: Field, curated: bool) -> None:
    others = {name for name in project.curated_fields if name != field.key}
    project.curated_fields = sorted(others | ({field.key} if curated else set()))


def keep(history: list[ListingChange], *, batch: uuid.UUID, by: User, note: str) -> None:
    """Store what was changed, and the history of it."""
    if not history:
        return
    for row in history:
        row.batch, row.actor, row.note = batch, by, note
    projects = {row.project_id: row.project for row in history}
    columns = {FIELDS[row.field].column for row in history} - {""}
    Project.objects.bulk_update(projects.values(), sorted(columns | {"curated_fields"}), batch_size=BATCH)
    ListingChange.objects.bulk_create(history, batch_size=BATCH)
    search.index.put("project", projects)
