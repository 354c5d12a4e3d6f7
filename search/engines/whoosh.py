"""The embedded engine: Whoosh 2.7.4 (docs/decisions/0002-whoosh-2.7.4.md), good to about 10,000 listings.

What was measured, and so is done here: a searcher is never refreshed (other releases then return deleted
documents) but opened anew when the generation changed; it serves one thread at a time; deleting by a term of an
open searcher and adding again is 70 times faster than updating; and see searchers.Searcher on scoring.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.query import Term

from search import words as language
from search.documents import Document
from search.engines.base import MATCH_LIMIT, Matches, State, Unavailable
from search.engines.folder import Folder
from search.engines.searchers import Place, Pool, Scores, Searcher
from search.query import WORDS_LIMIT, Query

LAYOUT = 1  # raise it with every change of the schema or of search.words: the index is then built again
BATCH = 500  # documents a commit
WAIT = 10.0  # seconds for another writer to end
NEAR_LIMIT = 100  # words near one that was asked for: so many that hidden ones do not crowd out visible ones
START_LIMIT = 20  # letters of a word's beginning that are indexed

# How much a word counts by its place. Every word is in `text` too, so a hit in a title outweighs any README.
WHOLE = {"title": 6.0, "names": 4.0, "summary": 2.0}
START = 3.0


def _words(*, phrase: bool) -> fields.TEXT:
    return fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=phrase)


def _schema() -> fields.Schema:
    """Words arrive folded, with a space between (see search.words); only short fields know positions."""
    return fields.Schema(
        id=fields.ID(unique=True),
        title=_words(phrase=True),
        names=_words(phrase=True),
        summary=_words(phrase=True),
        start=_words(phrase=False),  # the beginnings of the words of title and names
        text=_words(phrase=False),  # the stems of everything
        card=fields.STORED,
    )


class Whoosh:
    """See search.engines.base.Engine."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path, layout=LAYOUT)
        self._pool = Pool(self._folder)

    def put(self, documents: Iterable[Document]) -> int:
        written, rest = 0, iter(documents)
        while batch := list(islice(rest, BATCH)):
            newest = {_id(each.kind, each.key): each for each in batch}
            self._write(gone=newest.keys(), fresh=newest.values())
            written += len(newest)
        return written

    def remove(self, kind: str, keys: Collection[str]) -> None:
        self._write(gone=[_id(kind, key) for key in keys], fresh=())

    def rebuild(self, documents: Iterable[Document]) -> int:
        with self._folder.lock(seconds=WAIT):
            version = self._folder.begin()
            with _writing(index.create_in(str(version), _schema()), megabytes=128) as writer:
                for document in documents:
                    writer.add_document(**_columns(document))
            self._folder.close(version)
            self._folder.swap(version)
        return self.ready().documents

    def _write(self, *, gone: Iterable[str], fresh: Iterable[Document]) -> None:
        with self._folder.lock(seconds=WAIT):
            stamp = self._folder.stamp()
            self._folder.check_closed(stamp)
            version = self._folder.version(stamp)
            opened = index.open_dir(str(version))
            with opened.searcher() as searcher, _writing(opened, megabytes=32) as writer:
                for name in gone:
                    writer.delete_by_query(Term("id", name), searcher=searcher)
                for document in fresh:
                    writer.add_document(**_columns(document))
            self._folder.close(version)

    def match(self, query: Query, *, kinds: Collection[str] | None = None, limit: int = MATCH_LIMIT) -> Matches:
        if query.is_empty:
            return Matches()
        asked = " ".join(language.words(query.text))
        return self._pool.ask(
            lambda searcher: searcher.matches(_found(searcher, query), asked=asked, kinds=kinds, limit=limit)
        )

    def complete(self, query: Query, *, kinds: Collection[str] | None = None, limit: int = 200) -> Matches:
        words = language.words(query.text)
        if not words:
            return Matches()

        def begun(searcher: Searcher) -> Matches:
            found = _in_all(searcher.word([_beginning(word)]) for word in words)
            return searcher.matches(found, asked=" ".join(words), kinds=kinds, limit=limit)

        return self._pool.ask(begun)

    def spellings(self, query: Query) -> dict[str, Matches]:
        known = self._pool.words()
        asked = tuple(dict.fromkeys(query.all_words))[:WORDS_LIMIT]
        words = {near for word in asked for near in (word, *known.near(word, limit=NEAR_LIMIT))}

        def taught(searcher: Searcher) -> dict[str, Matches]:
            found = {word: searcher.word(_spelt(word)) for word in words}
            return {
                word: searcher.matches(found[word], asked=word, kinds=None, limit=MATCH_LIMIT) for word in words
            }

        return self._pool.ask(taught)

    def ready(self) -> State:
        try:
            stamp = self._folder.stamp()
            if self._folder.is_being_written():
                self._folder.check(stamp)
            else:
                self._folder.check_closed(stamp)
            return State(usable=True, detail="The search index answers.", documents=self._pool.ask(Searcher.count))
        except Unavailable as error:
            return State(usable=False, detail=str(error))


# ---------------------------------------------------------------- documents


def _id(kind: str, key: str) -> str:
    return f"{kind}:{key}"


def _columns(document: Document) -> dict[str, Any]:
    title = language.words(document.title)
    called = (*document.names, *document.topics)
    names = [word for name in called for word in language.words(name)]
    together = [word for text in (document.title, *called) for word in language.joined(text)]
    summary = language.words(document.summary)
    body = [word for word in language.words(document.body) if word not in language.STOP_WORDS]
    names += [*together, "".join(title)[: language.WORD_LIMIT]]
    text = [language.stem(word) for word in (*title, *names, *summary, *body)]
    return {
        "id": _id(document.kind, document.key),
        "title": " ".join(title),
        "names": " ".join(names),
        "summary": " ".join(summary),
        "start": " ".join(_beginnings({*title, *names})),
        "text": " ".join(text),
        "card": _card(document),
    }


def _card(document: Document) -> tuple[str, str, float, str, tuple[str, ...]]:
    """The fields of searchers.Card; as plain values, so that a moved class does not make an index unreadable."""
    names = tuple("".join(language.words(name)) for name in document.names)
    return document.kind, document.key, document.boost, " ".join(language.words(document.title)), names


def _beginnings(words: Collection[str]) -> list[str]:
    return sorted({word[:end] for word in words for end in range(1, min(len(word), START_LIMIT) + 1)})


@contextmanager
def _writing(opened: index.Index, *, megabytes: int) -> Iterator[Any]:
    """A writer that commits at the end and leaves nothing behind when it did not come so far."""
    # A compound segment would be copied into memory by each searcher that opens it.
    writer = opened.writer(limitmb=megabytes, compound=False)
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


# ---------------------------------------------------------------- questions


def _found(searcher: Searcher, query: Query) -> Scores:
    """Every word and phrase; or all words written as one, so that `http client` finds `httpclient`."""
    words = [searcher.word([*_whole(word), _beginning(word)]) for word in query.words]
    phrases = [_phrase(searcher, phrase) for phrase in query.phrases]
    found = _in_all([*words, *phrases])
    if not query.phrases and len(query.words) > 1:
        together = "".join(language.words(query.text))
        for number, score in searcher.word(_spelt(together)).items():
            found[number] = max(score, found.get(number, 0.0))
    return found


def _whole(word: str) -> list[Place]:
    return [Place("text", language.stem(word), 2.0), *_spelt(word)]


def _spelt(word: str) -> list[Place]:
    return [Place(name, word, WHOLE[name]) for name in WHOLE]


def _beginning(word: str) -> Place:
    return Place("start", word[:START_LIMIT], START)


def _phrase(searcher: Searcher, phrase: tuple[str, ...]) -> Scores:
    """One word in quotes is that word and no longer one; several follow one another in a short field."""
    return searcher.word(_whole(phrase[0])) if len(phrase) == 1 else searcher.phrase(WHOLE, list(phrase))


def _in_all(scores: Iterable[Scores]) -> Scores:
    """The documents that all have, with the sum of what they are worth."""
    first, *others = scores
    for other in others:
        first = {number: first[number] + other[number] for number in first.keys() & other.keys()}
    return first
