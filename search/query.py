"""What somebody typed, taken apart. Pure, and no input makes it raise."""

import re
from dataclasses import dataclass

from search import words as language

TEXT_LIMIT = 200  # characters; the rest of a longer question is dropped
WORDS_LIMIT = 12

_QUOTED = re.compile(r'["“„]([^"“”„]*)["”“]')


@dataclass(frozen=True)
class Query:
    """A question: every word and every phrase must be found.

    Words are folded and taken apart as search.words says. Each also finds longer ones that begin with it in
    titles, names and topics; `typing` says that the last word is still being written.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    typing: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases)

    @property
    def all_words(self) -> tuple[str, ...]:
        return self.words + tuple(word for phrase in self.phrases for word in phrase)

    def shorter(self) -> tuple[str, ...]:
        """The texts that ask for less: without quotes, or for one word less. For somebody who found nothing."""
        words = self.all_words
        if self.phrases:
            return (" ".join(words),)
        return tuple(" ".join(words[:i] + words[i + 1 :]) for i in range(len(words)) if len(words) > 1)


def parse(text: str, *, typing: bool = False) -> Query:
    """Take a text of any length and content apart; what cannot be words is left out."""
    text = " ".join(text.replace("\x00", " ")[:TEXT_LIMIT].split())
    phrases = tuple(phrase for phrase in map(_phrase, _QUOTED.findall(text)) if phrase)
    loose = language.words(_QUOTED.sub(" ", text))
    # Little words are no help unless they are all there is: "how to" still finds a guide called "How to".
    telling = [word for word in loose if word not in language.STOP_WORDS] or ([] if phrases else loose)
    return Query(
        text=text,
        words=tuple(dict.fromkeys(telling))[:WORDS_LIMIT],
        phrases=phrases[:WORDS_LIMIT],
        typing=typing,
    )


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(language.words(text)[:WORDS_LIMIT])
