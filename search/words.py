"""How text becomes words: the same for documents, questions, suggestions and highlights. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from whoosh.lang.porter import stem as porter

WORD_LIMIT = 40  # characters; longer ones are hashes and encoded data that nobody types

# Scripts written without spaces are taken character by character, so that a part of a run is found too.
_SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")
# It begins only where a word begins: otherwise a long run of letters is read again from each of its letters.
_IDENTIFIER = re.compile(rf"(?<![^\W_{_SPACELESS}])[^\W_{_SPACELESS}]+(?:[-_.][^\W_{_SPACELESS}]+)+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_LITTLE_WORDS = """
    a an and are as at be by can do for from has have how i if in into is it its me my no not of on
    or our so that the their then there these they this to us was we what when where which who will
    with you your
"""
STOP_WORDS = frozenset(_LITTLE_WORDS.split())


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Without case and accents: Müller, MÜLLER and muller are one word."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text begin and end, the humps of camelCase taken apart."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        if found.group().isalpha() and not (found.group().islower() or found.group().isupper()):
            cuts = [start + hump.start() for hump in _HUMP.finditer(found.group())]
            yield from zip([start, *cuts], [*cuts, end], strict=True)
        else:
            yield start, end


def words(text: str) -> list[str]:
    """The folded words in order: `HttpClient`, `http-client` and `http_client` are all [http, client]."""
    text = unicodedata.normalize("NFC", text)
    folded = (fold(text[start:end]) for start, end in spans(text))
    return [word for word in folded if 0 < len(word) <= WORD_LIMIT]


def joined(text: str) -> list[str]:
    """Identifiers written together, so that `httpclient` finds `http-client` and `HttpClient`."""
    runs = (run.replace("-", "").replace("_", "").replace(".", "") for run in _IDENTIFIER.findall(text))
    humped = (found.group() for found in _WORD.finditer(text) if _HUMP.search(found.group()))
    folded = (fold(run) for run in (*runs, *humped))
    return [word for word in dict.fromkeys(folded) if len(word) <= WORD_LIMIT]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English stem: `clients` and `client` are one. Words of other scripts stay as they are."""
    return str(porter(word)) if word.isascii() and word.isalpha() and len(word) > 2 else word
