"""A file's lines as a page shows them: escaped, coloured, marked, in pairs."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from catalog.diffs.kinds import seldom_read
from catalog.diffs.lines import hunks_of
from forge.types import DiffFile, DiffHunk, DiffLine


def file_of(*texts: str, path: str = "code.py", old_path: str = "") -> DiffFile:
    """Lines that begin with their sign, as git prints them."""
    return DiffFile(path, old_path or path, "modified", "100644", "100644", 1, 1, hunks=(hunk_of(texts),))


def hunk_of(texts: Sequence[str]) -> DiffHunk:
    lines, old, new = [], 1, 1
    for text in texts:
        sign = text[0]
        kind = {"+": "added", "-": "removed", " ": "context"}[sign]
        lines.append(DiffLine(kind, old if sign != "+" else None, new if sign != "-" else None, text[1:]))  # type: ignore[arg-type]
        old, new = old + (sign != "+"), new + (sign != "-")
    return DiffHunk(1, old - 1, 1, new - 1, "", tuple(lines))


def html_of(file: DiffFile) -> list[str]:
    return [line.html for hunk in hunks_of(file, split=False) for line in hunk.lines]


def test_code_is_coloured_and_what_changed_in_a_line_is_marked() -> None:
    assert html_of(file_of(" def f(x):", "-    return x", "+    return y")) == [
        '<span class="k">def</span> <span class="nf">f</span>(x):',
        '    <span class="k">return</span> <mark>x</mark>',
        '    <span class="k">return</span> <mark>y</mark>',
    ]


def test_a_mark_inside_a_colour_stays_inside_it() -> None:
    gone, came = html_of(file_of("-a = 'one two three'", "+a = 'one 2 three'"))
    assert gone == """a = <span class="s1">'one <mark>two</mark> three'</span>"""
    assert came == """a = <span class="s1">'one <mark>2</mark> three'</span>"""


def test_a_text_over_several_lines_keeps_its_colour() -> None:
    assert html_of(file_of(' """begin', "-middle", ' end"""'))[1] == '<span class="sd">middle</span>'


def test_one_below_the_other_shows_first_what_went() -> None:
    (hunk,) = hunks_of(file_of(" a", "-b", "-c", "+d", "+e", " f"), split=False)
    assert [line.sign for line in hunk.lines] == ["", "−", "−", "+", "+", ""]
    assert [(line.old, line.new) for line in hunk.lines][:4] == [(1, 1), (2, None), (3, None), (None, 2)]


def test_side_by_side_a_line_stands_beside_what_it_became() -> None:
    (hunk,) = hunks_of(file_of(" a", "-total = one", "+if two:", "+    total = one", path="x"), split=True)
    assert not hunk.lines
    sides = [(row.old and str(row.old.html), row.new and str(row.new.html)) for row in hunk.rows]
    assert sides == [("a", "a"), (None, "if two:"), ("total = one", "<mark>    </mark>total = one")]


@pytest.mark.parametrize("path", ["evil.py", "evil.html", "evil.unknown", "evil.md", "evil.diff"])
def test_markup_of_strangers_is_text(path: str) -> None:
    lines = html_of(file_of("-<script>alert(1)</script>&amp;", '+<img src=x onerror="x">', path=path))
    assert not any("<script" in line or "<img" in line for line in lines)
    assert "&amp;amp;" in "".join(lines).replace("</span>", "").replace('<span class="', "")


def test_nothing_hides_in_a_difference() -> None:
    lines = html_of(file_of("-if admin:\u202e x", "+if admin: x\x1b[2K", "+end\r", path="x.txt"))
    assert "\u202e" not in "".join(lines) and "\x1b" not in "".join(lines)
    assert lines[2].endswith("␍")


def test_a_change_of_line_ends_is_seen() -> None:
    assert html_of(file_of("-same line\r", "+same line", path="x")) == ["same line<mark>␍</mark>", "same line"]


@pytest.mark.parametrize(
    "texts",
    [
        ["+x = '" + "a" * 1_500 + "'"],
        ["+" + "def f(): return 'x' " * 40] * 200,
        ["-" + "[" * 1_000, "+" + "(" * 1_000] * 20,
        ['+"' + "\\" * 900] * 60,
    ],
)
def test_no_text_makes_it_slow(texts: list[str]) -> None:
    started = time.process_time()
    lines = html_of(file_of(*texts))
    assert len(lines) == len(texts)
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("web/package-lock.json", "A lock file"),
        ("go.sum", "A lock file"),
        ("js/app.min.js", "A minified file"),
        ("api/v1/ledger.pb.go", "A generated file"),
        ("api/ledger_pb2.py", "A generated file"),
        ("vendor/github.com/x/y.go", "A vendored file"),
        ("src/vendor/y.go", "A vendored file"),
        ("src/vendoring.go", ""),
        ("minutes.js", ""),
        ("README.md", ""),
    ],
)
def test_files_that_are_seldom_read_are_known_by_their_name(path: str, words: str) -> None:
    assert seldom_read(path) == words
