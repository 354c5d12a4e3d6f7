"""A table of contents leads to every heading that is worth a line."""

from __future__ import annotations

from catalog.guides.contents import Line, contents, headings
from catalog.guides.render import render


def lines(text: str) -> list[tuple[int, str]]:
    return [(line.depth, line.title) for line in contents(headings(html(text)))]


def html(text: str) -> str:
    return render(text, path="a.md", link_base="/l/", image_base="/i/").html


def test_the_name_of_the_whole_is_no_line() -> None:
    assert lines("# Ledger\n\n## Set up\n\n### Linux\n\n## Use & run\n") == [
        (1, "Set up"),
        (2, "Linux"),
        (1, "Use & run"),
    ]


def test_several_of_the_highest_level_all_stay() -> None:
    assert lines("# A\n\n# B\n\n## C\n") == [(1, "A"), (1, "B"), (2, "C")]


def test_a_short_text_needs_none() -> None:
    assert lines("# Ledger\n\n## Set up\n\n## Use\n") == []
    assert lines("") == []


def test_what_is_stored_tells_the_same_as_what_was_just_rendered() -> None:
    text = '# T\n\n## "Quoted" <b>bold</b>\n\n## `code` & more\n\n## Ä ö\n'
    rendered = render(text, path="a.md", link_base="/l/", image_base="/i/")
    assert tuple(headings(rendered.html)) == rendered.toc


def test_deep_and_endless_lists_are_cut() -> None:
    found = lines("# T\n\n" + "## A\n\n### B\n\n#### C\n\n##### D\n\n" * 100)
    assert len(found) == 200
    assert {depth for depth, _ in found} == {1, 2, 3}


def test_anchors_are_those_of_the_page() -> None:
    assert contents(headings(html("# a\n\n# b\n\n# c\n")))[0] == Line("a", "guide-a", 1)
