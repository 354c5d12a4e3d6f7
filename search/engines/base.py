"""The contract of a search engine: text in, ranked keys out. It knows no user, no row and no database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from search.documents import Document
from search.query import Query

MATCH_LIMIT = 10_000


class Unavailable(Exception):
    """The index cannot be used: missing, torn or of another version. The next catch-up rebuilds it."""

    code = "search-index-unavailable"


class Busy(Exception):
    """Another process writes the index and did not end in time; what was to be written is still pending."""

    code = "search-index-busy"


class Hit(NamedTuple):
    """A tuple that sorts by its score, not a dataclass: a common word makes 10,000 of them in one request."""

    score: float
    kind: str
    key: str


@dataclass(frozen=True)
class Matches:
    """Best first. `cut` says that there are more than the limit."""

    hits: tuple[Hit, ...] = ()
    cut: bool = False

    def keys(self, kind: str) -> list[str]:
        return [hit.key for hit in self.hits if hit.kind == kind]


@dataclass(frozen=True)
class State:
    """Whether questions can be answered, and a sentence for the operator."""

    usable: bool
    detail: str
    documents: int = 0


class Engine(Protocol):
    """Writing raises Busy or Unavailable, asking raises Unavailable."""

    def put(self, documents: Iterable[Document]) -> int:
        """Add or replace, committed in batches; how many were written."""

    def remove(self, kind: str, keys: Collection[str]) -> None:
        """Take documents out; unknown keys are no error."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build afresh beside the live index, which answers until the new one takes its place at once."""

    def match(self, query: Query, *, kinds: Collection[str] | None = None, limit: int = MATCH_LIMIT) -> Matches:
        """Documents that have every word and phrase of the query."""

    def complete(self, query: Query, *, kinds: Collection[str] | None = None, limit: int = 200) -> Matches:
        """Documents whose title, names or topics have words beginning with every word of the query."""

    def spellings(self, query: Query) -> Mapping[str, Matches]:
        """The words of the query and those near them, each with the documents that teach it.

        A document teaches the words of its title, names, topics and summary. Which of the documents count is up
        to whoever knows the viewer: a word that only hidden ones teach must not be told from one that none does.
        """

    def ready(self) -> State:
        """Never raises."""
