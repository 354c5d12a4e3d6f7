"""Which line stands beside which, in the order of both sides."""

from __future__ import annotations

import time

from catalog.diffs.marks import Steps
from catalog.diffs.pairs import TRIES, pairs


def test_as_many_lines_as_before_are_paired_in_their_order() -> None:
    assert pairs(["a", "b"], ["c", "d"], Steps(TRIES)) == [(0, 0), (1, 1)]


def test_a_line_that_only_came_has_nothing_beside_it() -> None:
    assert pairs([], ["a", "b"], Steps(TRIES)) == [(None, 0), (None, 1)]
    assert pairs(["a"], [], Steps(TRIES)) == [(0, None)]


def test_a_changed_line_stands_beside_what_it_was() -> None:
    removed = ["    total = price * count"]
    added = ["    if not count:", "        return None", "    total = price * count * rate"]
    assert pairs(removed, added, Steps(TRIES)) == [(None, 0), (None, 1), (0, 2)]


def test_both_sides_keep_every_line_in_its_order() -> None:
    removed = ["alpha one", "beta two", "gamma three", "delta four"]
    added = ["nothing alike", "gamma three!", "alpha one"]
    found = pairs(removed, added, Steps(TRIES))
    assert [old for old, _ in found if old is not None] == [0, 1, 2, 3]
    assert [new for _, new in found if new is not None] == [0, 1, 2]
    assert (2, 1) in found


def test_no_block_makes_it_slow() -> None:
    tries, started = Steps(TRIES), time.process_time()
    for _ in range(100):
        pairs(["word " * 90] * 60, ["word " * 90] * 59, tries)
        pairs(["word"] * 9_000, ["word"] * 8_000, tries)
    assert time.process_time() - started < 15
