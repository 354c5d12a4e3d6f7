"""What a URL asks of the catalog: filters, text, order, view. Catalog, search and API read it here alike.

Several values of one facet mean any of them, several facets mean all of them. A user's words only ever
become values: which column is asked and in which order rows come is chosen from the tables below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import F, Q
from django.db.models.functions import Lower
from django.http import QueryDict

from catalog.health.score import HEALTHY, NEEDS_CARE, WORDS
from catalog.models import Project, ProjectLanguage, Topic
from catalog.querysets import ProjectQuerySet
from people.models import Team

Values = tuple[str, ...]

FACETS = {
    "language": "Language",
    "team": "Owner team",
    "topic": "Topic",
    "lifecycle": "Lifecycle",
    "licence": "Licence",
    "health": "Health",
}
NONE = "none"  # Stands for “not stated” in a URL, where an empty value would look like a mistake.
LIFECYCLES = {**dict(Project.Lifecycle.choices), NONE: "Not stated"}
BANDS = {**WORDS, NONE: "Not checked"}

RELEVANCE = "relevance"
SORTS = {
    "activity": "Activity",
    "name": "Name",
    "updated": "Last activity",
    "health": "Health",
    RELEVANCE: "Best match",
}
VIEWS = {"table": "Table", "cards": "Cards"}
SIZES = (25, 50, 100)

TEXT_LIMIT = 200  # characters
VALUE_LIMIT = 120  # characters
VALUES_LIMIT = 20  # values of one facet


@dataclass(frozen=True, slots=True)
class Filters:
    """The state of a list of projects, as its URL tells it.

    `sort` is a key of SORTS, `view` one of VIEWS. `ignored` are pairs of facet and value that mean nothing
    here; they stay in the URL until somebody takes them out. `keep` are other parts of the URL, as pairs.
    """

    language: Values = ()
    team: Values = ()
    topic: Values = ()
    lifecycle: Values = ()
    licence: Values = ()
    health: Values = ()
    text: str = ""
    sort: str = "activity"
    view: str = "table"
    size: int = SIZES[0]
    ignored: tuple[tuple[str, str], ...] = ()
    keep: tuple[tuple[str, str], ...] = ()

    def of(self, facet: str) -> Values:
        values: Values = getattr(self, facet)
        return values

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """Pairs of facet and value that narrow the list, in the order of the facets."""
        return tuple((facet, value) for facet in FACETS for value in self.of(facet))

    @property
    def default_sort(self) -> str:
        return RELEVANCE if self.text else "activity"

    @property
    def is_empty(self) -> bool:
        return not (self.chosen or self.text or self.ignored)

    def toggled(self, facet: str, value: str) -> Filters:
        """The same with this value put in, or taken out where it was in."""
        if (facet, value) in self.ignored:
            return replace(self, ignored=tuple(pair for pair in self.ignored if pair != (facet, value)))
        values = set(self.of(facet)) ^ {value}
        return replace(self, **{facet: tuple(sorted(values))})  # type: ignore[arg-type]

    def without_text(self) -> Filters:
        return replace(self, text="", sort="activity" if self.sort == RELEVANCE else self.sort)

    def cleared(self) -> Filters:
        """Everything again, in the same view and size."""
        return Filters(view=self.view, size=self.size, keep=self.keep)

    def pairs(self) -> list[tuple[str, str]]:
        """One spelling for one state: facets in their order, values sorted, defaults left out, no page."""
        chosen = [*self.chosen, *self.ignored]
        pairs = [*self.keep, *sorted(chosen, key=lambda pair: (list(FACETS).index(pair[0]), pair[1]))]
        if self.text:
            pairs.insert(0, ("q", self.text))
        if self.sort != self.default_sort:
            pairs.append(("sort", self.sort))
        if self.view != "table":
            pairs.append(("view", self.view))
        if self.size != SIZES[0]:
            pairs.append(("size", str(self.size)))
        return pairs

    def url(self) -> str:
        """The canonical address of the first page, relative to the page it is on: “?language=Go”."""
        return "?" + urlencode(self.pairs())


# ---------------------------------------------------------------- from the URL
def parse(params: QueryDict, *, keep: Sequence[str] = ()) -> Filters:
    """Never raises, asks no database. `keep` names other parameters that links must carry on."""
    text = _clean(params.get("q", ""), TEXT_LIMIT)
    given = {facet: _values(params.getlist(facet)) for facet in FACETS}
    closed = {"lifecycle": LIFECYCLES, "health": BANDS}
    known = {
        facet: tuple(value for value in values if facet not in closed or value in closed[facet])
        for facet, values in given.items()
    }
    filters = Filters(
        **known,  # type: ignore[arg-type]
        text=text,
        view=_one_of(params.get("view", ""), VIEWS, "table"),
        size=int(_one_of(params.get("size", ""), [str(size) for size in SIZES], str(SIZES[0]))),
        ignored=tuple((facet, v) for facet, values in given.items() for v in values if v not in known[facet]),
        keep=tuple((name, params.get(name, "")) for name in keep if name in params),
    )
    sorts = [key for key in SORTS if text or key != RELEVANCE]
    return replace(filters, sort=_one_of(params.get("sort", ""), sorts, filters.default_sort))


def _clean(text: str, limit: int) -> str:
    return " ".join(text.replace("\x00", " ").split())[:limit].strip()


def _values(raw: Sequence[str]) -> Values:
    cleaned = {_clean(text, VALUE_LIMIT) for text in raw[:VALUES_LIMIT]}
    return tuple(sorted(cleaned - {""}))


def _one_of(value: str, allowed: Sequence[str] | dict[str, str], default: str) -> str:
    return value if value in allowed else default


def known(filters: Filters, visible: ProjectQuerySet) -> Filters:
    """Languages, topics, teams and licences that nothing visible has are moved to `ignored`.

    What is known only of listings that this viewer may not see is as unknown as a misspelt word, so that the
    difference tells nothing. One query for each of those facets that is in use.
    """
    for facet, found in KNOWN.items():
        values = filters.of(facet)
        if not values:
            continue
        real = found(values, visible)
        lost = tuple((facet, value) for value in values if value not in real)
        kept = tuple(value for value in values if value in real)
        filters = replace(filters, **{facet: kept}, ignored=filters.ignored + lost)  # type: ignore[arg-type]
    return filters


def _known_languages(values: Values, visible: ProjectQuerySet) -> set[str]:
    rows = ProjectLanguage.objects.filter(name__in=values, project__in=visible.order_by())
    return set(rows.order_by().values_list("name", flat=True).distinct())


def _known_topics(values: Values, visible: ProjectQuerySet) -> set[str]:
    rows = Topic.objects.filter(name__in=values, projects__in=visible.order_by())
    return set(rows.order_by().values_list("name", flat=True).distinct())


def _known_licences(values: Values, visible: ProjectQuerySet) -> set[str]:
    rows = visible.filter(license_spdx__in=values).order_by().values_list("license_spdx", flat=True)
    return {*rows.distinct(), NONE}


def _known_teams(values: Values, visible: ProjectQuerySet) -> set[str]:
    return set(Team.objects.filter(slug__in=values).values_list("slug", flat=True))


KNOWN: dict[str, Callable[[Values, ProjectQuerySet], set[str]]] = {
    "language": _known_languages,
    "team": _known_teams,
    "topic": _known_topics,
    "licence": _known_licences,
}


# ---------------------------------------------------------------- to the database
def apply(queryset: ProjectQuerySet, filters: Filters, *, but: str = "") -> ProjectQuerySet:
    """The projects that all facets let through, apart from the facet named by `but`. No text, no order."""
    for facet, condition in CONDITIONS.items():
        values = filters.of(facet)
        if values and facet != but:
            queryset = queryset.filter(condition(values))
    return queryset


def _language(values: Values) -> Q:
    return Q(pk__in=ProjectLanguage.objects.filter(name__in=values).order_by().values("project"))


def _topic(values: Values) -> Q:
    return Q(pk__in=Project.topics.through.objects.filter(topic__name__in=values).values("project"))


def _team(values: Values) -> Q:
    """Owned by one of these, or by a team that stands below one of them; the tree is four levels deep."""
    line = (
        Q(slug__in=values)
        | Q(parent__slug__in=values)
        | Q(parent__parent__slug__in=values)
        | Q(parent__parent__parent__slug__in=values)
    )
    return Q(owner_team__in=Team.objects.filter(line).order_by().values("pk"))


def _lifecycle(values: Values) -> Q:
    return Q(lifecycle__in=["" if value == NONE else value for value in values])


def _licence(values: Values) -> Q:
    return Q(license_spdx__in=["" if value == NONE else value for value in values])


def in_band(band: str) -> Q:
    """The projects whose health reads so; `band` is a key of BANDS."""
    return {
        "good": Q(health_score__gte=HEALTHY),
        "caution": Q(health_score__gte=NEEDS_CARE, health_score__lt=HEALTHY),
        "bad": Q(health_score__lt=NEEDS_CARE),
        NONE: Q(health_score__isnull=True),
    }[band]


def _health(values: Values) -> Q:
    condition = Q(pk__in=[])
    for band in values:
        condition |= in_band(band)
    return condition


CONDITIONS: dict[str, Callable[[Values], Q]] = {
    "language": _language,
    "team": _team,
    "topic": _topic,
    "lifecycle": _lifecycle,
    "licence": _licence,
    "health": _health,
}


def ordered(queryset: ProjectQuerySet, sort: str) -> ProjectQuerySet:
    """Sorted by a key of SORTS. The best match is no column: ask `by_rank` for that."""
    name = Lower("name")
    orders = {
        "name": (name, F("pk")),
        "updated": (F("last_activity").desc(nulls_last=True), name, F("pk")),
        "health": (F("health_score").desc(nulls_last=True), name, F("pk")),
    }
    active = (F("activity_score").desc(), F("last_activity").desc(nulls_last=True), name, F("pk"))
    return queryset.order_by(*orders.get(sort, active))


def arranged(queryset: ProjectQuerySet, filters: Filters, ranked: Sequence[int] | None = None) -> list[int]:
    """The keys of a queryset in the order that the filters ask for; one query. `ranked` is best first."""
    if filters.sort != RELEVANCE or ranked is None:
        return list(ordered(queryset, filters.sort).values_list("pk", flat=True))
    left = set(queryset.order_by().values_list("pk", flat=True))
    return [key for key in ranked if key in left]
