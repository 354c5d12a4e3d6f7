"""Open searchers of a Whoosh index: one thread each, opened anew when the index changed, never refreshed."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from whoosh import index, query

from search.engines.base import Hit, Matches, Unavailable
from search.engines.folder import Folder, Stamp
from search.engines.spelling import WordList

T = TypeVar("T")

IDLE = 8  # searchers kept open for the next request; each holds one open file a segment
TITLE_IS, NAME_IS, TITLE_BEGINS = 1000.0, 600.0, 200.0


@dataclass(frozen=True)
class Card:
    """What is stored of a document, to name and to rank it."""

    kind: str
    key: str
    boost: float
    title: str  # folded words with a space between
    names: tuple[str, ...]  # likewise

    def score(self, found: float, asked: str) -> float:
        return (found + self._bonus(asked, asked.replace(" ", ""))) * self.boost

    def _bonus(self, asked: str, together: str) -> float:
        """For a question that is the title, one of the names, or the beginning of the title."""
        if together == self.title.replace(" ", ""):
            return TITLE_IS
        if asked in self.names or together in self.names:
            return NAME_IS
        return TITLE_BEGINS if asked and self.title.startswith(asked) else 0.0


class Searcher:
    """One thread's view of one state of the index."""

    def __init__(self, stamp: Stamp, opened: Any, cards: list[Card]) -> None:
        self.stamp = stamp
        self._opened = opened
        self._cards = cards  # by document number

    def find(self, question: query.Query, *, asked: str, kinds: Collection[str] | None, limit: int) -> Matches:
        """All documents that match, the best `limit` of them first to last."""
        found = self._opened.search(question, limit=None, optimize=False).top_n
        cards = ((score, self._cards[number]) for score, number in found)
        hits = [
            Hit(card.kind, card.key, card.score(score, asked))
            for score, card in cards
            if kinds is None or card.kind in kinds
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.key))
        return Matches(tuple(hits[:limit]), cut=len(hits) > limit)

    def count(self) -> int:
        return int(self._opened.doc_count())

    def words(self) -> WordList:
        """The words of titles, names and summaries, with the number of documents that have them."""
        reader, counts = self._opened.reader(), dict[str, int]()
        for field in ("title", "names", "summary"):
            for word, terms in reader.iter_field(field):
                text = word.decode()
                counts[text] = counts.get(text, 0) + int(terms.doc_frequency())
        return WordList(counts)

    def close(self) -> None:
        self._opened.close()


class Pool:
    """Searchers of the live index, lent to one thread at a time."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._idle: list[Searcher] = []
        self._cards: dict[str, list[Card]] = {}  # by segment; a segment's documents never change
        self._words: tuple[Stamp, WordList] | None = None

    def ask(self, question: Callable[[Searcher], T]) -> T:
        """Put a question to a searcher of the present state; Unavailable when there is none or it is torn."""
        searcher = self._borrow()
        try:
            answer = question(searcher)
        except Exception:
            searcher.close()
            self._folder.accuse(searcher.stamp)
            raise
        self._give_back(searcher)
        return answer

    def words(self) -> WordList:
        """The word list of the present state, made when it is first asked for."""
        stamp = self._folder.stamp()
        if self._words is None or self._words[0] != stamp:
            self._words = (stamp, self.ask(Searcher.words))
        return self._words[1]

    def _borrow(self) -> Searcher:
        stamp = self._folder.stamp()
        with self._mutex:
            outdated = [each for each in self._idle if each.stamp != stamp]
            self._idle = [each for each in self._idle if each.stamp == stamp]
            searcher = self._idle.pop() if self._idle else None
        for each in outdated:
            each.close()
        return searcher or self._open(stamp)

    def _give_back(self, searcher: Searcher) -> None:
        with self._mutex:
            if len(self._idle) < IDLE:
                self._idle.append(searcher)
                return
        searcher.close()

    def _open(self, stamp: Stamp, *, tries: int = 5) -> Searcher:
        """A writer may move the files away between a look at the stamp and the opening; then look again."""
        self._folder.check(stamp)
        try:
            opened = index.open_dir(str(self._folder.version(stamp))).searcher()
            return Searcher(stamp, opened, self._cards_of(opened))
        except Exception as error:
            if tries == 1 or self._folder.stamp() == stamp:
                raise Unavailable("The search index could not be opened.") from error
        return self._open(self._folder.stamp(), tries=tries - 1)

    def _cards_of(self, opened: Any) -> list[Card]:
        """The cards by document number, read once a segment for all threads."""
        present = {leaf.segment().segment_id(): leaf for leaf, _ in opened.reader().leaf_readers()}
        fresh = {name: self._cards.get(name) or _read(leaf) for name, leaf in present.items()}
        self._cards = fresh
        return [card for cards in fresh.values() for card in cards]


def _read(leaf: Any) -> list[Card]:
    return [Card(*leaf.stored_fields(number)["card"]) for number in range(leaf.doc_count_all())]
