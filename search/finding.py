"""A viewer's question answered: the engine ranks keys, the database decides which of them this viewer may see.

Tabs, pages and ways on are counted over visible rows only, in a number of queries that depends on the number of
kinds and not on what is found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.http import QueryDict
from django.utils.safestring import SafeString

from search import highlight, registry
from search.engines import engine
from search.engines.base import Matches
from search.engines.spelling import WordList, corrections
from search.paging import page_of
from search.query import Query, parse
from search.registry import Filtered, Result, Searchable, Viewer

PAGE = 20
SUGGESTIONS = 8
WAYS = 4
NO_KEY = "0"  # of no row; an empty list would make a queryset answer without a query

Name = tuple[str, str]  # kind and key


@dataclass(frozen=True)
class Tab:
    kind: str  # "" is all of them
    label: str
    count: int


@dataclass(frozen=True)
class Shown:
    """A result as the page draws it: the words that were asked for are marked."""

    kind: str
    template: str
    result: Result
    title: SafeString
    snippet: SafeString


@dataclass(frozen=True)
class Way:
    """Another question that finds something for this viewer."""

    text: str
    count: int


@dataclass(frozen=True)
class Found:
    """`results` are those of the page; `filtered` has the filters of a single kind.

    `corrections` and `shorter` are empty unless nothing at all was found.
    """

    query: Query
    tabs: tuple[Tab, ...]
    page: Page[Name]
    results: tuple[Shown, ...]
    filtered: Filtered | None = None
    corrections: tuple[Way, ...] = ()
    shorter: tuple[Way, ...] = ()


def find(
    user: Viewer, query: Query, *, kind: str = "", params: QueryDict, page: int | str = 1, size: int = PAGE
) -> Found:
    """Raises engines.base.Unavailable. An unknown kind finds nothing; a page beyond the last is the last."""
    seen = _seen(user, engine().match(query))
    searchable = registry.get(kind)
    filtered = searchable.filtered(user, [key for k, key in seen if k == kind], params) if searchable else None
    names = [(kind, key) for key in filtered.keys] if filtered else ([] if kind else seen)
    paged = page_of(names, page, size=size)
    corrected, shorter = ((), ()) if seen else _ways_on(user, query)
    results = tuple(_shown(user, query, list(paged)))
    return Found(query, _tabs(seen), paged, results, filtered, corrected, shorter)


def suggest(user: Viewer, text: str, *, limit: int = SUGGESTIONS) -> list[tuple[Searchable, Result]]:
    """What a text that is being written may mean: visible rows with a title or name that goes on like it."""
    seen = _seen(user, engine().complete(parse(text, typing=True)))
    return _rows(user, seen[:limit])


def _seen(user: Viewer, matches: Matches) -> list[Name]:
    """Those that this viewer may see, in the order of the matches. One query for each kind.

    A kind without matches is asked all the same: the time of an answer must not tell that hidden rows matched.
    """
    visible = {
        (each.kind, key)
        for each in registry.kinds()
        for key in each.visible(user, matches.keys(each.kind) or [NO_KEY])
    }
    return [(hit.kind, hit.key) for hit in matches.hits if (hit.kind, hit.key) in visible]


def _tabs(seen: list[Name]) -> tuple[Tab, ...]:
    counted = [Tab(each.kind, each.label, sum(kind == each.kind for kind, _ in seen)) for each in registry.kinds()]
    return (Tab("", "All", len(seen)), *counted)


def _rows(user: Viewer, names: Sequence[Name]) -> list[tuple[Searchable, Result]]:
    """The rows of one page, in the order of their names; those that vanished meanwhile are left out."""
    rows: dict[Name, tuple[Searchable, Result]] = {}
    for each in registry.kinds():
        keys = [key for kind, key in names if kind == each.kind]
        rows |= {(each.kind, row.key): (each, row) for row in (each.results(user, keys) if keys else ())}
    return [rows[name] for name in names if name in rows]


def _shown(user: Viewer, query: Query, names: Sequence[Name]) -> list[Shown]:
    return [
        Shown(each.kind, each.template, row, highlight.mark(row.title, query), highlight.snippet(row.text, query))
        for each, row in _rows(user, names)
    ]


def _ways_on(user: Viewer, query: Query) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """Corrections and shorter questions, only those that find something this viewer may see.

    All are matched first and looked up together, so that their number does not cost queries.
    """
    corrected, shorter = _corrections(user, query), query.shorter()
    counts = _counts(user, {text: engine().match(parse(text)) for text in (*corrected, *shorter)})

    def ways(texts: Iterable[str]) -> tuple[Way, ...]:
        return tuple(Way(text, counts[text]) for text in texts if counts[text])[:WAYS]

    return ways(corrected), ways(shorter)


def _corrections(user: Viewer, query: Query) -> tuple[str, ...]:
    """Made of the words that visible documents teach, as if there were no others: else they tell hidden words."""
    counts = _counts(user, engine().spellings(query))
    known = WordList({word: count for word, count in counts.items() if count})
    return corrections(query.all_words, known)


def _counts(user: Viewer, matched: Mapping[str, Matches]) -> dict[str, int]:
    """How many of each one's matches this viewer may see; all are looked up together."""
    every = {hit[1:]: hit for matches in matched.values() for hit in matches.hits}
    seen = set(_seen(user, Matches(tuple(every.values()))))
    return {text: sum(hit[1:] in seen for hit in matches.hits) for text, matches in matched.items()}
