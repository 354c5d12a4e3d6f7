"""What contributions tell in the feeds of projects."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.feeds import Entry
from catalog.querysets import ProjectQuerySet
from contributions.models import Credit


def merged(projects: ProjectQuerySet, most: int) -> Iterable[Entry]:
    """Contributions that were merged, with whom to thank; one query."""
    credits = Credit.objects.filter(project__in=projects).select_related("request__project", "user", "guest_team")
    for credit in credits.order_by("-merged_at", "-pk")[:most]:
        team = f" of {credit.guest_team.name}" if credit.guest_team else ""
        yield Entry(
            key=f"request/{credit.request_id}/merged",
            title=f"Merged: {credit.request.title}",
            url=credit.request.get_absolute_url(),
            at=credit.merged_at,
            kind="contribution",
            summary=f"A contribution by {credit.user.name or credit.user.username}{team}.",
            author=credit.user.name or credit.user.username,
        )
