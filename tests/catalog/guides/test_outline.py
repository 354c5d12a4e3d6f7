"""The symbols of a file in each language that has a grammar, and none where nothing is known."""

from __future__ import annotations

import pytest

from catalog.guides import apart
from catalog.guides.outline import GRAMMARS, MOST_SYMBOLS, has_outline, outline

SOURCES = {
    "a.py": ("class A:\n    def b(self):\n        c()\n\n\ndef d():\n    pass\n", ["A", " b", "d"]),
    "a.js": ("class A {\n  b() { c(); }\n}\nfunction d() {}\n", ["A", " b", "d"]),
    "a.ts": ("interface I { x: number }\nclass A {\n  b(): void {}\n}\nfunction d() {}\n", ["I", "A", " b", "d"]),
    "a.tsx": ("function App() { return <b>x</b>; }\n", ["App"]),
    "a.go": ("package p\n\ntype T struct{}\n\nfunc (t T) B() {}\n\nfunc D() {}\n", ["T", "B", "D"]),
    "a.rs": ("struct A;\nimpl A { fn b(&self) {} }\nfn d() {}\n", ["A", "b", "d"]),
    "A.java": ("class A {\n  void b() {}\n}\n", ["A", " b"]),
    "a.c": ("struct s { int x; };\nint main(void) { return 0; }\n", ["s", "main"]),
    "a.cpp": ("class A { void b(); };\nvoid d() {}\n", ["A", " b", "d"]),
    "a.rb": ("module M\n  class A\n    def b; end\n  end\nend\n", ["M", " A", "  b"]),
    "a.php": ("<?php\nclass A { function b() {} }\nfunction d() {}\n", ["A", " b", "d"]),
    "A.cs": ("class A {\n  public void B() {}\n  int C { get; set; }\n}\n", ["A", " B", " C"]),
    "A.kt": ("class A {\n  fun b() {}\n}\nfun d() {}\n", ["A", " b", "d"]),
}


@pytest.mark.parametrize("path", SOURCES)
def test_symbols_are_found_with_what_they_stand_in(path: str) -> None:
    text, expected = SOURCES[path]
    assert [" " * each.level + each.name for each in outline(text, path)] == expected


def test_every_grammar_is_tried_here() -> None:
    assert {GRAMMARS[path.rpartition(".")[2]].module for path in SOURCES} == {
        grammar.module for grammar in GRAMMARS.values()
    }


def test_lines_and_kinds_are_told() -> None:
    first, second, third = outline(*reversed(("a.py", SOURCES["a.py"][0])))
    assert [(each.line, each.kind) for each in (first, second, third)] == [
        (1, "class"),
        (2, "function"),
        (6, "function"),
    ]


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert not has_outline("README")
    assert outline("def x(): pass", "a.unknown") == ()
    assert outline("\x00)(*&^", "a.py") == ()
    assert outline("", "a.go") == ()


def test_very_many_symbols_are_cut() -> None:
    assert len(outline("def x(): pass\n" * (MOST_SYMBOLS + 50), "a.py")) == MOST_SYMBOLS


def test_strangers_source_is_parsed_apart() -> None:
    assert [each.name for each in apart.outline("def x(): pass\n", "a.py") or ()] == ["x"]
