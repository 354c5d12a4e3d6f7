"""What differs inside a line, and that nothing makes finding it slow."""

from __future__ import annotations

import time

import pytest

from catalog.diffs.marks import STEPS_OF_FILE, Steps, marks


def marked(old: str, new: str, steps: Steps | None = None) -> tuple[list[str], list[str]]:
    before, after = marks(old, new, steps or Steps(STEPS_OF_FILE))
    return [old[start:end] for start, end in before], [new[start:end] for start, end in after]


@pytest.mark.parametrize(
    ("old", "new", "gone", "came"),
    [
        ("return foo(x)", "return foo(y)", ["x"], ["y"]),
        ("call(a, b, c)", "call(a, c)", ["b, "], []),
        ("one two three four", "one 2 three 4", ["two", "four"], ["2", "4"]),
        ("the old name stays", "the very new name stays", ["old"], ["very new"]),
        ("same", "same", [], []),
        ("\tindented line", "    indented line", ["\t"], ["    "]),
        ("größe = alt", "größe = neu", ["alt"], ["neu"]),
    ],
)
def test_words_that_differ_are_marked(old: str, new: str, gone: list[str], came: list[str]) -> None:
    assert marked(old, new) == (gone, came)


@pytest.mark.parametrize(
    ("old", "new"), [("import os", "class Widget:"), ("", "something new"), ("x" * 501, "x" * 500)]
)
def test_lines_that_have_little_in_common_are_left_alone(old: str, new: str) -> None:
    assert marked(old, new) == ([], [])


def test_without_steps_left_the_middle_is_marked_as_a_whole() -> None:
    assert marked("call(one b two)", "call(three b four)", Steps(0)) == (["one b two"], ["three b four"])


def test_no_pair_of_lines_makes_it_slow() -> None:
    steps, started = Steps(STEPS_OF_FILE), time.process_time()
    for _ in range(1000):
        marks("(a" * 250, "a)" * 250, steps)
        marks("ab " * 38 + "x", "y" + "ba " * 38, steps)
    assert time.process_time() - started < 15
