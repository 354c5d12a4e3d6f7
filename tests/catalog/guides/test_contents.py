"""The table of contents beside a README."""

from __future__ import annotations

from catalog.guides.contents import Heading, contents
from catalog.guides.render import render


def table(text: str) -> tuple[Heading, ...]:
    return contents(render(text, path="README.md", link_base="/f/", image_base="/r/").html)


def test_the_title_is_left_out_and_levels_are_kept() -> None:
    found = table("# Widget\n\n## Install\n\n### From source\n\n## Use `it` & more\n")
    assert [(each.depth, each.title) for each in found] == [
        (0, "Install"),
        (1, "From source"),
        (0, "Use it & more"),
    ]


def test_it_links_to_the_headings_of_the_page() -> None:
    html = render("## A\n\n## B\n\n## A\n", path="README.md", link_base="/f/", image_base="/r/").html
    found = contents(html)
    assert len({each.anchor for each in found}) == 3
    assert all(f'id="{each.anchor}"' in html for each in found)


def test_a_short_readme_needs_no_table() -> None:
    assert table("# Widget\n\n## Install\n\n## Use\n") == ()
    assert table("") == ()


def test_of_very_many_headings_the_first_sixty_are_listed() -> None:
    assert len(table("## A\n\n" * 500)) == 60
