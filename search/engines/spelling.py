"""Words near a misspelt one, from a list of the index's own words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product


@dataclass(frozen=True)
class _Entry:
    word: str
    letters: int
    count: int


class WordList:
    """Words by length with the set of their letters as bits, so that few need the real comparison.

    30,000 words take a few milliseconds a question; no structure that must be kept up with each write.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._by_length: dict[int, list[_Entry]] = {}
        for word, count in counts.items():
            if len(word) > 2 and not word.isdigit():
                self._by_length.setdefault(len(word), []).append(_Entry(word, _letters(word), count))

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def near(self, word: str, *, limit: int = 5) -> list[str]:
        """Other words within one slip, or two for words of eight letters and more; likeliest first."""
        if len(word) < 3:
            return []
        reach = 2 if len(word) >= 8 else 1
        letters = _letters(word)
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(word) - reach, len(word) + reach + 1):
            for entry in self._by_length.get(length, ()):
                # Each slip adds or takes at most one letter on either side.
                if (entry.letters ^ letters).bit_count() <= 2 * reach:
                    slips = distance(word, entry.word, limit=reach)
                    if 0 < slips <= reach:
                        found.append((slips, entry.word[0] != word[0], -entry.count, entry.word))
        return [entry[-1] for entry in sorted(found)[:limit]]


def corrections(asked: Sequence[str], known: WordList, *, limit: int = 5) -> tuple[str, ...]:
    """Texts with misspelt words replaced by known ones, likeliest first."""
    # With every word known, one of them is a slip that happens to be a word too.
    suspects = [word for word in asked if word not in known] or asked
    near = {word: known.near(word, limit=3) for word in suspects[:3]}
    return tuple(islice(_corrected(asked, near), limit))


def _corrected(asked: Sequence[str], near: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The asked text with guesses in the place of suspects, the likeliest together first."""
    ranked = [list(enumerate([*near.get(word, []), word])) for word in asked]
    for choice in sorted(product(*ranked), key=lambda choice: sum(rank for rank, _ in choice)):
        text = " ".join(word for _, word in choice)
        if text != " ".join(asked):
            yield text


def distance(one: str, two: str, *, limit: int) -> int:
    """Slips between two words: a letter more, less, another, or two swapped. `limit` + 1 means more than that."""
    before, row = [0] * (len(two) + 1), list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        previous, before, row = before, row, [i, *[0] * len(two)]
        for j, b in enumerate(two, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], previous[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits
