"""The history of curation as people read it: batches of changes, each with its words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from catalog.actions.curation import FIELDS
from catalog.models import ListingChange, Project
from people.models import User

CHANGES_SHOWN = 12


def batches(*, project: str = "") -> QuerySet[Any]:
    """The ids of batches, the newest first; of those that touch one listing when its slug is given."""
    changes = ListingChange.objects.order_by()
    if project:
        changes = changes.filter(project__slug=project)
    return changes.values("batch").annotate(last=Max("pk")).order_by("-last").values_list("batch", flat=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one listing."""

    project: Project
    label: str
    before: str
    after: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Batch:
    id: uuid.UUID
    actor: User
    at: datetime
    note: str
    lines: tuple[Line, ...]
    more: int
    can_undo: bool
    undone_by: User | None

    @classmethod
    def load(cls, ids: Iterable[uuid.UUID]) -> list[Batch]:
        """One query, whatever the number of batches."""
        wanted = list(ids)
        rows: dict[uuid.UUID, list[ListingChange]] = {batch: [] for batch in wanted}
        changes = ListingChange.objects.filter(batch__in=wanted).select_related("project", "actor", "undone_by")
        for change in changes.order_by("pk"):
            rows[change.batch].append(change)
        return [cls.of(changes) for changes in rows.values() if changes]

    @classmethod
    def of(cls, changes: list[ListingChange]) -> Batch:
        first = changes[0]
        shown = changes[:CHANGES_SHOWN]
        return cls(
            id=first.batch,
            actor=first.actor,
            at=first.at,
            note=first.note,
            lines=tuple(line(change) for change in shown),
            more=len(changes) - len(shown),
            can_undo=any(change.undone_at is None for change in changes),
            undone_by=next((change.undone_by for change in changes if change.undone_by), None),
        )


def line(change: ListingChange) -> Line:
    return Line(
        project=change.project,
        label=FIELDS[change.field].label,
        before=words(change.field, change.before),
        after=words(change.field, change.after),
        undone=change.undone_at is not None,
    )


CHOICES = {
    "listing": dict(Project.Listing.choices),
    "lifecycle": dict(Project.Lifecycle.choices),
}


def words(field: str, value: Any) -> str:
    """A value as the history shows it; “–” where there was none."""
    if field == "visibility":
        who = dict(Project.Visibility.choices)[value["for"]]
        return f"{who}: {', '.join(value['teams'])}" if value["teams"] else str(who)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return str(CHOICES.get(field, {}).get(value, value) or "–")
