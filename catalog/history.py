"""The history of curation as people read it: batches of changes, each with its words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from catalog.curated import FIELDS
from catalog.health.checks import BY_KEY
from catalog.models import ListingChange, Project
from people.models import Team, User

#: How many lines of a batch stand in the list of batches, and on a page of its own.
LINES, ALL_LINES = 5, 500


def batches(changes: QuerySet[ListingChange]) -> QuerySet[Any]:
    """What batches these changes belong to, the newest first: `batch`, `total` lines and those not yet undone."""
    by_batch = changes.order_by().values("batch")
    counted = by_batch.annotate(last=Max("pk"), total=Count("pk"), open=Count("pk", filter=Q(undone_at=None)))
    return counted.order_by("-last")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one listing, in words."""

    project: Project
    label: str
    before: str
    after: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """One deed of a curator. `lines` are the first ones, `more` is how many others there are."""

    id: uuid.UUID
    actor: User
    at: datetime
    note: str
    lines: tuple[Line, ...]
    more: int
    can_undo: bool
    undone_by: User | None
    undone_at: datetime | None


def read(
    rows: Iterable[Mapping[str, Any]], changes: QuerySet[ListingChange], *, lines: int = LINES
) -> list[Batch]:
    """The batches of some rows of `batches`, with their first lines; two queries, whatever their number."""
    wanted = {row["batch"]: row for row in rows}
    numbered = changes.filter(batch__in=wanted).annotate(
        place=Window(RowNumber(), partition_by=F("batch"), order_by="pk")
    )
    found: dict[uuid.UUID, list[ListingChange]] = {batch: [] for batch in wanted}
    for change in numbered.filter(place__lte=lines).select_related("project", "actor", "undone_by").order_by("pk"):
        found[change.batch].append(change)
    teams = dict(Team.objects.values_list("slug", "name"))
    return [batch_of(part, wanted[batch], teams) for batch, part in found.items() if part]


def batch_of(changes: Sequence[ListingChange], row: Mapping[str, Any], teams: Mapping[str, str]) -> Batch:
    first = changes[0]
    undone = next((change for change in changes if change.undone_at), None)
    return Batch(
        id=first.batch,
        actor=first.actor,
        at=first.at,
        note=first.note,
        lines=tuple(line_of(change, teams) for change in changes),
        more=row["total"] - len(changes),
        can_undo=row["open"] > 0,
        undone_by=undone.undone_by if undone else None,
        undone_at=undone.undone_at if undone else None,
    )


def line_of(change: ListingChange, teams: Mapping[str, str]) -> Line:
    return Line(
        project=change.project,
        label=FIELDS[change.field].label,
        before=words(change.field, change.before, teams),
        after=words(change.field, change.after, teams),
        undone=change.undone_at is not None,
    )


CHOICES: dict[str, dict[Any, Any]] = {
    "listing": dict(Project.Listing.choices),
    "lifecycle": dict(Project.Lifecycle.choices),
    "kind": dict(Project.Kind.choices),
    "maturity": dict(Project.Maturity.choices),
    "governance": dict(Project.Governance.choices),
}


def words(field: str, value: Any, teams: Mapping[str, str]) -> str:
    """A value as the history shows it, a dash where there was none. `teams` are names by slug."""
    if field == "visibility":
        who = str(dict(Project.Visibility.choices)[value["for"]])
        return f"{who}: {', '.join(teams.get(slug, slug) for slug in value['teams'])}" if value["teams"] else who
    if field == "owner_team":
        return teams.get(value, value) or "–"
    if field == "waivers":
        return "; ".join(f"{label_of(key)} until {said['until']}" for key, said in value.items()) or "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(CHOICES.get(field, {}).get(value, value) or "–")


def label_of(check: str) -> str:
    """The words of a check; its key when it is none any more."""
    return BY_KEY[check].label if check in BY_KEY else check
