"""The kinds of things that can be found. Upper apps register theirs in AppConfig.ready."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict

from search.documents import Document

# The user model lives upstairs, so this app cannot name it: a request's user, signed in or anonymous.
Viewer = Any


@dataclass(frozen=True)
class Result:
    """A row that this viewer may see, with what every result shows whatever its kind."""

    key: str
    title: str
    url: str
    text: str = ""  # plain text; the snippet with highlights is cut from it
    note: str = ""  # a few words beside the title in suggestions, such as the owner team's name
    item: object = None  # the row itself, `result.item` in the template of this kind


@dataclass(frozen=True)
class Filtered:
    """What is left of visible keys after the filters in the URL, and the filters as this app draws them."""

    keys: Sequence[str]  # in the order to show: keep the given order (best first) unless the URL asks otherwise
    template: str = ""  # included beside the results; empty: this kind has no filters
    context: Mapping[str, Any] = field(default_factory=dict)  # that template's `filtered`


class Searchable(ABC):
    """One kind. Keys go in and out as text; the order of the keys given is the ranking, best first."""

    kind: ClassVar[str]  # "project", the value of ?kind=
    label: ClassVar[str]  # "Projects", the tab
    template: ClassVar[str] = (
        "search/_result.html"  # one result; gets `result`, `title` and `snippet` (marked, safe)
    )
    position: ClassVar[int] = 100  # of the tab, from left to right

    @abstractmethod
    def documents(self, keys: Sequence[str] | None = None) -> Iterable[Document]:
        """The documents of these keys, or of all rows.

        Streamed, so that memory does not grow with their number. A key without a document is taken out of
        the index.
        """

    @abstractmethod
    def visible(self, user: Viewer, keys: Sequence[str]) -> Collection[str]:
        """Those of `keys` that this viewer may see, in any order. One query. Up to 10,000 keys are given."""

    @abstractmethod
    def results(self, user: Viewer, keys: Sequence[str]) -> Iterable[Result]:
        """The visible ones of one page's keys, in any order, in a number of queries that does not grow."""

    def filtered(self, user: Viewer, keys: Sequence[str], params: QueryDict) -> Filtered:
        """Apply the URL's filters to visible keys. `q`, `kind` and `page` are taken, the rest is yours."""
        return Filtered(keys)


_kinds: dict[str, Searchable] = {}


def register(searchable: Searchable) -> None:
    """Declare a kind at start-up; a second one of the same name is a mistake in the code."""
    if searchable.kind in _kinds:
        raise ImproperlyConfigured(f"The kind {searchable.kind!r} is already registered for search.")
    _kinds[searchable.kind] = searchable


def unregister(kind: str) -> None:
    """Take a kind back, for tests that register their own."""
    _kinds.pop(kind, None)


def kinds() -> list[Searchable]:
    """All kinds in the order of their tabs."""
    return sorted(_kinds.values(), key=lambda each: (each.position, each.kind))


def get(kind: str) -> Searchable | None:
    return _kinds.get(kind)
