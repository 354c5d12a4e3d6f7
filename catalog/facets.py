"""The filters as a page draws them: each facet with its counts, the chips that are on, the orders and views.

A facet is counted with every other facet applied, so that its alternatives stay in sight. All counts are made by
the database over what the given queryset holds, which must already be cut down to what the viewer may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Count

from catalog.filters import (
    BANDS,
    FACETS,
    LIFECYCLES,
    NONE,
    RELEVANCE,
    SORTS,
    VIEWS,
    Filters,
    apply,
    in_band,
)
from catalog.models import Project, ProjectLanguage
from catalog.querysets import ProjectQuerySet
from people.models import Team

Counts = dict[str, int]
VALUES_SHOWN = 12  # of one facet, beside those that are on


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet; `url` is the page with it put on, or taken off where it is `on`.

    `id` names its link in the page, so that the focus stays on it when htmx replaces the list.
    """

    id: str
    label: str
    count: int
    url: str
    on: bool
    depth: int = 0  # below how many others it stands, where values form a tree


@dataclass(frozen=True, slots=True)
class Facet:
    key: str
    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the page without it."""

    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several orders or views."""

    key: str
    label: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """All that templates/catalog/_facets.html and _tools.html need."""

    filters: Filters
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    sorts: tuple[Choice, ...]
    views: tuple[Choice, ...]

    @property
    def filter_chips(self) -> tuple[Chip, ...]:
        """Without the text, which a page that is about it shows anyway."""
        return self.chips[1:] if self.filters.text else self.chips


@dataclass(frozen=True, slots=True)
class Node:
    """A team as the counts need it."""

    pk: int
    slug: str
    name: str
    parent: int | None


def panel(base: ProjectQuerySet, filters: Filters) -> Panel:
    """`base` is what the viewer may see and the text matches; seven queries."""
    nodes = {row[0]: Node(*row) for row in Team.objects.values_list("pk", "slug", "name", "parent")}
    names = {node.slug: node.name for node in nodes.values()}
    facets = []
    for key, title in FACETS.items():
        others = apply(base, filters, but=key).order_by()
        counts = count_teams(others, nodes) if key == "team" else COUNT[key](others)
        values = _values(key, counts, filters, names)
        if key == "team":
            values = as_tree(values, nodes)
        facets.append(Facet(key, title, values))
    return Panel(
        filters=filters,
        facets=tuple(facets),
        chips=_chips(filters, names),
        clear_url=filters.cleared().url(),
        sorts=_sorts(filters),
        views=tuple(
            Choice(key, label, replace(filters, view=key).url(), key == filters.view)
            for key, label in VIEWS.items()
        ),
    )


# ---------------------------------------------------------------- counts
def count_languages(projects: ProjectQuerySet) -> Counts:
    rows = ProjectLanguage.objects.filter(project__in=projects).order_by()
    return dict(rows.values_list("name").annotate(count=Count("pk")))


def count_topics(projects: ProjectQuerySet) -> Counts:
    rows = Project.topics.through.objects.filter(project__in=projects)
    return dict(rows.values_list("topic__name").annotate(count=Count("pk")))


def count_teams(projects: ProjectQuerySet, nodes: dict[int, Node]) -> Counts:
    """What each team owns, its own and that of the teams below it, by slug."""
    owned = projects.filter(owner_team__isnull=False).values_list("owner_team").annotate(count=Count("pk"))
    counts: Counts = {}
    for pk, count in owned:
        for node in line(nodes, pk):
            counts[node.slug] = counts.get(node.slug, 0) + count
    return counts


def line(nodes: dict[int, Node], pk: int | None) -> list[Node]:
    """A team and those above it. A ring, which only a hand in the database can make, ends where it began."""
    found: list[Node] = []
    while pk in nodes and nodes[pk] not in found:
        found.append(nodes[pk])
        pk = nodes[pk].parent
    return found


def count_lifecycles(projects: ProjectQuerySet) -> Counts:
    rows = projects.values_list("lifecycle").annotate(count=Count("pk"))
    return {name or NONE: count for name, count in rows}


def count_licences(projects: ProjectQuerySet) -> Counts:
    rows = projects.values_list("license_spdx").annotate(count=Count("pk"))
    return {name or NONE: count for name, count in rows}


def count_bands(projects: ProjectQuerySet) -> Counts:
    counts: Counts = projects.aggregate(**{band: Count("pk", filter=in_band(band)) for band in BANDS})
    return counts


COUNT: dict[str, Callable[[ProjectQuerySet], Counts]] = {
    "language": count_languages,
    "topic": count_topics,
    "lifecycle": count_lifecycles,
    "licence": count_licences,
    "health": count_bands,
}


# ---------------------------------------------------------------- drawing
def label(facet: str, value: str, team_names: dict[str, str]) -> str:
    words = {
        "team": team_names,
        "lifecycle": LIFECYCLES,
        "health": BANDS,
        "licence": {NONE: "None found"},
    }
    return words.get(facet, {}).get(value, value)


def _values(facet: str, counts: Counts, filters: Filters, names: dict[str, str]) -> tuple[Value, ...]:
    """Those that are on first, then the most frequent; a value without a project is left out unless it is on."""
    on = set(filters.of(facet))
    fixed = {"lifecycle": list(LIFECYCLES), "health": list(BANDS)}.get(facet)
    values = [
        Value(
            id=f"{facet[:3]}-{value}".replace(" ", "_"),
            label=label(facet, value, names),
            count=counts.get(value, 0),
            url=filters.toggled(facet, value).url(),
            on=value in on,
        )
        for value in fixed or {**counts, **dict.fromkeys(on - counts.keys(), 0)}
        if counts.get(value) or value in on
    ]
    if fixed:
        return tuple(values)
    values.sort(key=lambda value: (not value.on, -value.count, value.label.casefold()))
    return tuple(values[: VALUES_SHOWN + len(on)])


def as_tree(values: tuple[Value, ...], nodes: dict[int, Node]) -> tuple[Value, ...]:
    """Teams below the unit and department that they belong to, in the order of names, each indented by its depth.

    Teams whose superiors were cut off move up.
    """
    lines = {node.slug: [each.slug for each in line(nodes, node.pk)][::-1] for node in nodes.values()}
    shown = {value.id.removeprefix("tea-"): value for value in values}
    placed = []
    for slug, value in shown.items():
        way = [shown[each] for each in lines.get(slug, [slug]) if each in shown]
        placed.append(([each.label.casefold() for each in way], replace(value, depth=len(way) - 1)))
    return tuple(value for _, value in sorted(placed, key=lambda pair: pair[0]))


def _chips(filters: Filters, names: dict[str, str]) -> tuple[Chip, ...]:
    chips = [
        Chip(FACETS[facet], label(facet, value, names), filters.toggled(facet, value).url())
        for facet, value in filters.chosen
    ]
    chips += [
        Chip(FACETS[facet], f"{value} (not known here)", filters.toggled(facet, value).url())
        for facet, value in filters.ignored
    ]
    if filters.text:
        chips.insert(0, Chip("Text", filters.text, filters.without_text().url()))
    return tuple(chips)


def _sorts(filters: Filters) -> tuple[Choice, ...]:
    return tuple(
        Choice(key, label, replace(filters, sort=key).url(), key == filters.sort)
        for key, label in SORTS.items()
        if filters.text or key != RELEVANCE
    )
