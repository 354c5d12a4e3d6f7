"""Which removed line became which added one, so that the two stand side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from catalog.diffs.marks import Steps

WORD = re.compile(r"\w+")
#: In longer blocks lines are paired in their order: trying every pair costs the product of both sides.
LONGEST_BLOCK = 60
LEAST_ALIKE = 0.4
#: A file gets so many comparisons in all.
TRIES = 5_000

Pair = tuple[int | None, int | None]


def pairs(removed: Sequence[str], added: Sequence[str], tries: Steps) -> list[Pair]:
    """Rows of a block in which both sides keep their order; a line without a partner has None beside it."""
    count = len(removed), len(added)
    if count[0] == count[1] or not all(count):
        return in_order(*count)
    if max(count) > LONGEST_BLOCK or not tries.take(count[0] * count[1]):
        return in_order(*count)
    return rows(partners(removed, added), *count)


def in_order(old: int, new: int) -> list[Pair]:
    return [(at if at < old else None, at if at < new else None) for at in range(max(old, new))]


def rows(found: list[tuple[int, int]], old: int, new: int) -> list[Pair]:
    """What lies between two pairs stands side by side as well, because that saves room."""
    result: list[Pair] = []
    done_old = done_new = 0
    for row, column in [*found, (old, new)]:
        between = in_order(row - done_old, column - done_new)
        result += [(None if a is None else done_old + a, None if b is None else done_new + b) for a, b in between]
        if row < old:
            result.append((row, column))
        done_old, done_new = row + 1, column + 1
    return result


def partners(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs that do not cross each other and are most alike in all."""
    words = [Counter(WORD.findall(line)) for line in added]
    before = [Counter(WORD.findall(line)) for line in removed]
    scores = [[alike(one, other) for other in words] for one in before]
    best = sums(scores)
    found = []
    row = column = 0
    while row < len(removed) and column < len(added):
        if scores[row][column] and best[row][column] == scores[row][column] + best[row + 1][column + 1]:
            found.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two lines have in common; 0 when that is too little."""
    total = one.total() + other.total()
    share = 2 * (one & other).total() / total if total else 0.0
    return share if share >= LEAST_ALIKE else 0.0


def sums(scores: Sequence[Sequence[float]]) -> list[list[float]]:
    """The best sum of scores of what follows each pair of places."""
    width = len(scores[0]) + 1
    best = [[0.0] * width]
    for row in reversed(scores):
        below, line = best[-1], [0.0] * width
        for column in range(width - 2, -1, -1):
            line[column] = max(row[column] + below[column + 1], below[column], line[column + 1])
        best.append(line)
    return best[::-1]
