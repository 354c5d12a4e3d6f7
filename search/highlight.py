"""Asked words marked in plain text. What comes out is safe HTML, whatever went in. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from search import words as language
from search.query import Query

SNIPPET = 200  # characters
READ_LIMIT = 65_536  # characters of a text that are looked at

Span = tuple[int, int]


def mark(text: str, query: Query) -> SafeString:
    """The whole text, escaped, with the asked words in <mark>."""
    text = unicodedata.normalize("NFC", text[:READ_LIMIT])
    return _marked(text, _found(text, query), 0, len(text))


def snippet(text: str, query: Query, *, length: int = SNIPPET) -> SafeString:
    """About `length` characters around the place with the most different asked words, else the beginning."""
    text = " ".join(unicodedata.normalize("NFC", text[:READ_LIMIT]).split())
    found = list(_found(text, query))
    start, end = _window(text, _best(text, found, length=length), length=length)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return format_html("{}{}{}", before, _marked(text, found, start, end), after)


def _found(text: str, query: Query) -> Iterator[Span]:
    """Where asked words stand: the word itself, one of its forms, or a longer one that begins with it."""
    whole, stems = set(query.all_words), {language.stem(word) for word in query.all_words}
    for start, end in language.spans(text):
        word = language.fold(text[start:end])
        if word in whole or language.stem(word) in stems:
            yield start, end
        elif begun := _begins(word, query.words):
            # Only where folding kept the letters can a part of the word be told.
            yield start, start + begun if len(word) == end - start else end


def _begins(word: str, asked: Iterable[str]) -> int:
    return max((len(each) for each in asked if word.startswith(each)), default=0)


def _best(text: str, found: Sequence[Span], *, length: int) -> int:
    """The first asked word of the window that has the most different ones."""
    best, most = 0, 0
    for first, (start, _) in enumerate(found):
        inside = {language.fold(text[a:b]) for a, b in found[first : first + 20] if b <= start + length}
        if len(inside) > most:
            best, most = start, len(inside)
    return best


def _window(text: str, at: int, *, length: int) -> Span:
    """A cut around a place, at spaces where there are some near."""
    start = max(0, min(at - length // 4, len(text) - length))
    if start:
        space = text.rfind(" ", max(0, start - 20), start + 1)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + length)
    if end < len(text):
        space = text.rfind(" ", end - 20, end)
        end = space if space > start else end
    return start, end


def _marked(text: str, found: Iterable[Span], start: int, end: int) -> SafeString:
    parts, at = [], start
    for a, b in found:
        if a >= at and b <= end:
            parts += [conditional_escape(str(text[at:a])), format_html("<mark>{}</mark>", text[a:b])]
            at = b
    return mark_safe("".join([*parts, conditional_escape(text[at:end])]))  # noqa: S308
