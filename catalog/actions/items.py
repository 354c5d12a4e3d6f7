"""Open issues and changes of projects, read from their code host: few at a time, what moved first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, When
from django.utils import timezone

from catalog.actions.following import COUNTS, SCORED
from catalog.models import CodeHost, Guide, HostItem, Project
from catalog.opportunities import is_for_newcomers, is_help_wanted
from catalog.scoring import rescore
from forge.connectors import HostConnector
from forge.errors import ForgeError
from forge.types import RemoteItem, RemoteItems, RemoteProject

#: Projects whose items one look reads, each by one to twelve requests; unchanged answers are cheap.
MAX_READ = 200
#: What did not move is read again after so long, because not every host counts in its list.
AGE = timedelta(days=1)
#: Questions that are left to others of the same token.
RESERVE = 50
SHOWN_COLUMNS = (
    "title",
    "web_url",
    "author",
    "labels",
    "is_first",
    "is_wanted",
    "is_draft",
    "comments",
    "created_at",
    "updated_at",
)


def refresh_items(
    connector: HostConnector, code_host: CodeHost, *, changed: Iterable[int], tell: Callable[[str], None]
) -> None:
    """Read the items of what moved, then of what was not read for longest. Raises ForgeError."""
    for project in waiting(code_host, changed):
        left = code_host.limits_at(timezone.now())
        if left is not None and left < RESERVE:
            return
        tell("reading issues and changes")
        read_items(connector, code_host, project)


def waiting(code_host: CodeHost, changed: Iterable[int]) -> list[Project]:
    """At most MAX_READ: those that were never read or that moved come first."""
    moved = list(changed)[:500]
    here = Project.objects.filter(code_host=code_host, gone_at=None).exclude(host_id="")
    old = here.filter(Q(items_at=None) | Q(items_at__lt=timezone.now() - AGE) | Q(pk__in=moved))
    # Where the host says that nothing is open there is nothing to ask.
    quiet = Q(open_issues=0, open_changes=0)
    forget(old.filter(quiet, host_items__isnull=False).distinct())
    is_first = Case(When(Q(items_at=None) | Q(pk__in=moved), then=0), default=1, output_field=IntegerField())
    return list(old.exclude(quiet).order_by(is_first, F("items_at").asc(nulls_first=True), "pk")[:MAX_READ])


def forget(projects: Iterable[Project]) -> None:
    HostItem.objects.filter(project__in=list(projects)).delete()


def read_items(connector: HostConnector, code_host: CodeHost, project: Project) -> None:
    """Raises ForgeError, but not because of this project alone: one that vanished is asked about elsewhere."""
    wanted = RemoteProject(project.name, project.path, project.remote, host_id=project.host_id)
    try:
        found = connector.items(code_host.address, wanted)
    except ForgeError as error:
        if error.code not in ("gone", "auth_required", "token_refused", "answer_invalid", "too_big"):
            raise
        Project.objects.filter(pk=project.pk).update(items_at=timezone.now())
        return
    with transaction.atomic():
        keep_items(project, found.items)
        keep_counts(project, found)


def keep_items(project: Project, items: Iterable[RemoteItem]) -> None:
    """Only rows that differ are written."""
    before = {(row.kind, row.number): row for row in HostItem.objects.filter(project=project)}
    fresh = {(row.kind, row.number): row for row in (row_of(project, item) for item in items)}
    gone = [before[key].pk for key in before.keys() - fresh.keys()]
    moved = [row for key, row in fresh.items() if key not in before or differs(before[key], row)]
    HostItem.objects.filter(pk__in=gone).delete()
    HostItem.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["project", "kind", "number"], update_fields=SHOWN_COLUMNS
    )


def row_of(project: Project, item: RemoteItem) -> HostItem:
    return HostItem(
        project=project,
        kind=item.kind,
        number=item.number,
        title=item.title[:500],
        web_url=item.web_url[:2000],
        author=item.author[:100],
        labels=list(item.labels),
        is_first=is_for_newcomers(item.labels),
        is_wanted=is_help_wanted(item.labels),
        is_draft=item.draft,
        comments=item.comments,
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def differs(before: HostItem, after: HostItem) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in SHOWN_COLUMNS)


def keep_counts(project: Project, found: RemoteItems) -> None:
    """The host's lists count what its list of repositories does not tell apart."""
    values: dict[str, Any] = {"items_at": timezone.now()}
    for name in COUNTS[2:]:
        count = getattr(found, name)
        if count is not None and count != getattr(project, name):
            values[name] = count
            setattr(project, name, count)
    if SCORED & values.keys():
        guided = Guide.objects.filter(project=project, kind="contributing").exists()
        values["activity_score"] = rescore(project, has_guidelines=guided, now=timezone.now())
    Project.objects.filter(pk=project.pk).update(**values)
