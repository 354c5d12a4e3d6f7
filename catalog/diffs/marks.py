"""What differs between two lines that stand for each other, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
LONGEST_LINE = 500
#: Comparing two lines takes as many steps as the product of their words; a file gets so many in all.
STEPS_OF_LINE = 6_000
STEPS_OF_FILE = 200_000
#: Lines that share less of their text are different lines, and marks would only confuse.
LEAST_ALIKE = 0.3

Span = tuple[int, int]
Spans = tuple[Span, ...]


class Steps:
    """How many steps may still be taken."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, wanted: int) -> bool:
        if wanted > self.left:
            return False
        self.left -= wanted
        return True


def marks(old: str, new: str, steps: Steps) -> tuple[Spans, Spans]:
    """Where the two lines differ, as offsets; nothing when they are too long or too different."""
    if max(len(old), len(new)) > LONGEST_LINE:
        return (), ()
    before, after = WORDS.findall(old), WORDS.findall(new)
    head = common_head(before, after)
    tail = common_head(before[head:][::-1], after[head:][::-1])
    inner_before = before[head : len(before) - tail]
    inner_after = after[head : len(after) - tail]
    kept_before, kept_after = common(inner_before, inner_after, steps)
    same = before[:head] + [inner_before[at] for at in kept_before] + before[len(before) - tail :]
    if alike(same, max(len(old.strip()), len(new.strip()))) < LEAST_ALIKE:
        return (), ()
    return spans(before, head, tail, kept_before), spans(after, head, tail, kept_after)


def alike(same: Sequence[str], longest: int) -> float:
    return sum(len(word) for word in same if not word.isspace()) / longest if longest else 1.0


def common_head(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def common(before: Sequence[str], after: Sequence[str], steps: Steps) -> tuple[set[int], set[int]]:
    """The places of the longest common sequence in both; nothing when that would take too many steps."""
    size = len(before) * len(after)
    if not size or size > STEPS_OF_LINE or not steps.take(size):
        return set(), set()
    lengths = table(before, after)
    kept_before, kept_after = set(), set()
    row = column = 0
    while row < len(before) and column < len(after):
        if before[row] == after[column]:
            kept_before.add(row)
            kept_after.add(column)
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
    return kept_before, kept_after


def table(before: Sequence[str], after: Sequence[str]) -> list[list[int]]:
    """How long the common sequence of what follows each pair of places is."""
    below = [0] * (len(after) + 1)
    rows = [below]
    for word in reversed(before):
        row = [0] * (len(after) + 1)
        for column in range(len(after) - 1, -1, -1):
            row[column] = below[column + 1] + 1 if word == after[column] else max(below[column], row[column + 1])
        rows.append(row)
        below = row
    return rows[::-1]


def spans(words: Sequence[str], head: int, tail: int, kept: set[int]) -> Spans:
    """What was not kept, as offsets; a space between two marks is marked along with them."""
    found: list[Span] = []
    at = sum(map(len, words[:head]))
    for place, word in enumerate(words[head : len(words) - tail]):
        end = at + len(word)
        if place not in kept:
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], end)
            else:
                found.append((at, end))
        at = end
    return tuple(joined(found, "".join(words)))


def joined(found: list[Span], text: str) -> list[Span]:
    result: list[Span] = []
    for start, end in found:
        if result and not text[result[-1][1] : start].strip():
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result
