"""Open searchers of a Whoosh index: one thread each, opened anew when the index changed, never refreshed."""

import math
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from whoosh import index
from whoosh.matching import FilterMatcher
from whoosh.query import Phrase
from whoosh.reading import TermNotFound

from search.engines.base import Hit, Matches
from search.engines.folder import Folder, Stamp
from search.engines.spelling import WordList

T = TypeVar("T")
Scores = dict[int, float]  # by document number

IDLE = 8  # searchers kept open for the next request; each holds one open file a segment
TITLE_IS, NAME_IS, TITLE_BEGINS = 1000.0, 600.0, 200.0
WORDS_AGE = 60.0  # seconds; a word list that lags behind only delays a spelling


@dataclass(frozen=True)
class Place:
    """A term of a field and how much it counts there."""

    field: str
    term: str
    weight: float


class Card:
    """What is stored of a document, to name and to rank it. Made 10,000 at a time, so it has slots."""

    __slots__ = ("boost", "called", "key", "kind", "title")

    def __init__(self, kind: str, key: str, boost: float, title: str, names: Iterable[str]) -> None:
        self.kind, self.key, self.boost = kind, key, boost
        self.title = title  # folded words with a space between
        self.called = dict.fromkeys(names, NAME_IS) | {title.replace(" ", ""): TITLE_IS}

    def bonus(self, asked: str, together: str) -> float:
        """For a question that is the title, one of the names, or the beginning of the title."""
        if called := self.called.get(together):
            return called
        # The shorter of two titles that begin so is more of what was asked.
        return TITLE_BEGINS - min(len(self.title), 100) if self.title.startswith(asked) else 0.0


class Searcher:
    """One thread's view of one state of the index.

    Whoosh serves as the inverted index alone: its own scoring and collecting takes some 10 µs a document, so that
    a common word in 10,000 documents costs 75 ms; adding up the postings here costs a fraction of that, and
    nothing depends on the shortcut that can loop for ever.
    """

    def __init__(self, stamp: Stamp, opened: Any, leaves: list[tuple[Any, int]], *, cards: list[Card]) -> None:
        self.stamp = stamp
        self._opened = opened
        self._leaves = leaves  # the reader of each segment with the number of its first document
        self._cards = cards
        self._deleted = {
            offset + number for leaf, offset in self._leaves for number in leaf.segment().deleted_docs()
        }

    def word(self, places: Iterable[Place]) -> Scores:
        """The documents that have a word at one of its places at least."""
        found: Scores = {}
        for place in places:
            frequency = self._opened.doc_frequency(place.field, place.term)
            worth = place.weight * math.log(1 + self._opened.doc_count_all() / (1 + frequency))
            for numbers, counts in self._postings(place):
                for number, count in zip(numbers, counts, strict=True):
                    found[number] = found.get(number, 0.0) + worth * count / (count + 1.0)
        return found

    def phrase(self, fields: dict[str, float], words: list[str]) -> Scores:
        """The documents where the words follow one another."""
        found: Scores = {}
        for field, weight in fields.items():
            for number in Phrase(field, words).docs(self._opened):
                found[number] = found.get(number, 0.0) + weight
        return found

    def matches(self, found: Scores, *, asked: str, kinds: Collection[str] | None, limit: int) -> Matches:
        """The best `limit` of what was found, the best first."""
        together = asked.replace(" ", "")
        hits = [
            Hit((score + card.bonus(asked, together)) * card.boost, card.kind, card.key)
            for card, score in ((self._cards[number], found[number]) for number in found.keys() - self._deleted)
            if kinds is None or card.kind in kinds
        ]
        hits.sort(reverse=True)
        return Matches(tuple(hits[:limit]), cut=len(hits) > limit)

    def count(self) -> int:
        return int(self._opened.doc_count())

    def words(self) -> WordList:
        """The words of titles, names and summaries, with the number of documents that have them."""
        counts: dict[str, int] = {}
        fields = [(leaf, field) for leaf, _ in self._leaves for field in ("title", "names", "summary")]
        for leaf, field in fields:
            for word, terms in leaf.iter_field(field):
                text = word.decode()
                counts[text] = counts.get(text, 0) + int(terms.doc_frequency())
        return WordList(counts)

    def close(self) -> None:
        self._opened.close()

    def _postings(self, place: Place) -> Iterator[tuple[list[int], Iterable[float]]]:
        """Blocks of some hundred document numbers with the word's count in each, deleted documents included.

        Whoosh's own way, one document at a time through a filter of the deleted, takes ten times as long.
        """
        for leaf, offset in self._leaves:
            try:
                found = leaf.postings(place.field, place.term)
            except TermNotFound:
                continue
            postings = found.child if isinstance(found, FilterMatcher) else found
            while postings.is_active():
                postings.id(), postings.weight()  # These read the block into the two attributes below.
                yield [offset + number for number in postings._ids], postings._weights
                postings._next_block()


class Pool:
    """Searchers of the live index, lent to one thread at a time."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._idle: list[Searcher] = []
        weakref.finalize(self, _close, self._idle)
        self._cards: dict[str, list[Card]] = {}  # by segment; a segment's documents never change
        self._words: tuple[float, WordList] | None = None

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
        """The word list, made when it is first asked for; it may lag behind the index by WORDS_AGE."""
        now = time.monotonic()
        if self._words is None or now - self._words[0] > WORDS_AGE:
            self._words = (now, self.ask(Searcher.words))
        return self._words[1]

    def _borrow(self) -> Searcher:
        stamp = self._folder.stamp()
        with self._mutex:
            outdated = [each for each in self._idle if each.stamp != stamp]
            self._idle[:] = [each for each in self._idle if each.stamp == stamp]
            searcher = self._idle.pop() if self._idle else None
        _close(outdated)
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
            leaves = [(leaf, offset) for leaf, offset in opened.reader().leaf_readers() if leaf.segment()]
            return Searcher(stamp, opened, leaves, cards=self._cards_of(leaves))
        except Exception:
            if self._folder.stamp() == stamp or tries == 1:
                self._folder.accuse(stamp)
                raise
        return self._open(self._folder.stamp(), tries=tries - 1)

    def _cards_of(self, leaves: list[tuple[Any, int]]) -> list[Card]:
        """The cards by document number, read once a segment for all threads."""
        present = {leaf.segment().segment_id(): leaf for leaf, _ in leaves}
        fresh = {name: self._cards.get(name) or _read(leaf) for name, leaf in present.items()}
        self._cards = fresh
        return [card for cards in fresh.values() for card in cards]


def _close(searchers: list[Searcher]) -> None:
    for searcher in searchers:
        searcher.close()


def _read(leaf: Any) -> list[Card]:
    return [Card(*leaf.stored_fields(number)["card"]) for number in range(leaf.doc_count_all())]
