"""What waits for a contributor at a project's own code host."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import HostItem, Project

OPPORTUNITIES_SHOWN = 8
CHANGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class AtHost:
    """`opportunities` are issues that the project wants outsiders to take, those for newcomers first."""

    opportunities: tuple[HostItem, ...] = ()
    changes: tuple[HostItem, ...] = ()
    more_opportunities: int = 0


def at_host(project: Project) -> AtHost:
    """One query; none for a project whose host tells nothing."""
    if not project.host_id or project.items_at is None or project.gone_at is not None:
        return AtHost()
    rows = list(HostItem.objects.filter(project=project))
    offered = [row for row in rows if row.kind == HostItem.Kind.ISSUE and (row.is_first or row.is_wanted)]
    offered.sort(key=lambda row: not row.is_first)
    changes = [row for row in rows if row.kind == HostItem.Kind.CHANGE]
    return AtHost(
        opportunities=tuple(offered[:OPPORTUNITIES_SHOWN]),
        changes=tuple(changes[:CHANGES_SHOWN]),
        more_opportunities=max(0, len(offered) - OPPORTUNITIES_SHOWN),
    )
