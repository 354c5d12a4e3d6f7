"""Documents are read in the order that their authors gave them, and else in one that anybody would guess."""

from __future__ import annotations

import time

import pytest

from catalog.docs.navigation import MOST, Entry, docs_dir, from_folders, from_mkdocs
from catalog.docs.places import first_of, is_document, words_of
from catalog.docs.sphinx import from_sphinx, toctrees

TITLES = {
    "docs/index.md": "Welcome",
    "docs/use.md": "How to use it",
    "docs/api/index.md": "Reference",
    "docs/api/10-late.md": "Late",
    "docs/api/2-early.md": "Early",
}


def told(entries: tuple[Entry, ...]) -> list[tuple[int, str, str]]:
    return [(entry.depth, entry.title, entry.url or entry.path) for entry in entries]


class TestPlaces:
    @pytest.mark.parametrize(
        "path", ["docs/a.md", "Doc/deep/er/a.rst", "documentation/a.ADOC", "adr/0001-x.md", "docs/a.ipynb"]
    )
    def test_documents(self, path: str) -> None:
        assert is_document(path)

    @pytest.mark.parametrize(
        "path",
        [
            "a.md",
            "src/docs/a.md",
            "docs/a.png",
            "docs/md",
            "docs/_build/a.md",
            "docs/.x/a.md",
            "docs/" + "a" * 600 + ".md",
        ],
    )
    def test_no_documents(self, path: str) -> None:
        assert not is_document(path)

    def test_names_become_words(self) -> None:
        assert words_of("02-getting_started") == "Getting started"
        assert words_of("2024") == "2024"

    def test_an_index_comes_first(self) -> None:
        assert first_of(["docs/api/index.md", "docs/a.md", "docs/README.md"]) == "docs/README.md"
        assert first_of([]) == ""


class TestFolders:
    def test_an_index_first_then_pages_then_folders(self) -> None:
        assert told(from_folders(TITLES, root="docs/")) == [
            (1, "Welcome", "docs/index.md"),
            (1, "How to use it", "docs/use.md"),
            (1, "Reference", "docs/api/index.md"),
            (2, "Early", "docs/api/2-early.md"),
            (2, "Late", "docs/api/10-late.md"),
        ]

    def test_a_folder_without_an_index_lends_its_name(self) -> None:
        assert told(from_folders({"docs/how-to/a.md": "A"}, root="docs/")) == [
            (1, "How to", ""),
            (2, "A", "docs/how-to/a.md"),
        ]

    def test_deep_and_many_are_cut(self) -> None:
        titles = {"docs/" + "d/" * depth + "a.md": "A" for depth in range(60)}
        assert max(entry.depth for entry in from_folders(titles, root="docs/")) <= 6
        assert len(from_folders({f"docs/{n}.md": "A" for n in range(900)}, root="docs/")) == MOST


class TestMkdocs:
    def test_nav_decides(self) -> None:
        text = """
site_name: X
nav:
  - index.md
  - Use: use.md
  # A comment.
  - API:
      - api/index.md
      - Elsewhere: https://corp.example/x
      - Gone: gone.md
plugins:
  - x: !!python/name:os.system
"""
        assert from_mkdocs(text, TITLES) == (
            Entry("Welcome", "docs/index.md"),
            Entry("Use", "docs/use.md"),
            Entry("API"),
            Entry("Reference", "docs/api/index.md", 2),
            Entry("Elsewhere", depth=2, url="https://corp.example/x"),
            Entry("Gone", "docs/gone.md", 2, is_broken=True),
        )

    def test_lists_may_stand_at_the_margin(self) -> None:
        assert told(from_mkdocs("nav:\n- use.md\n- A:\n  - index.md\nx: 1\n", TITLES)) == [
            (1, "How to use it", "docs/use.md"),
            (1, "A", ""),
            (2, "Welcome", "docs/index.md"),
        ]

    def test_pages_may_lie_elsewhere(self) -> None:
        assert docs_dir("docs_dir: 'site/text' # here\n") == "site/text"
        assert docs_dir("docs_dir: ../../etc\n") == docs_dir("site_name: X") == "docs"
        assert from_mkdocs("nav: [a.md]", {"site/a.md": "A"}, root="site")[0].path == "site/a.md"

    @pytest.mark.parametrize(
        "text",
        ["", "nav:", "nav: 5", "nav: {a: b}", "nav: [", "nav: [" * 5_000, "nav: " + "[" * 30_000, "nav: [*a]",
         "nav: [&a [x], " + "*a, " * 100 + "]", "nav: [!!python/object:os.system x]",
         "nav:\n" + "- a.md\n" * 20_000],
    )  # fmt: skip
    def test_what_cannot_be_read_says_nothing(self, text: str) -> None:
        started = time.process_time()
        assert all(entry.is_broken for entry in from_mkdocs(text, TITLES))
        assert time.process_time() - started < 15

    @pytest.mark.parametrize(
        "target", ["javascript://x", "../../../etc/passwd", "data://", "//corp.example", "use.md#x"]
    )
    def test_odd_targets_are_broken_and_shown(self, target: str) -> None:
        (entry,) = from_mkdocs(f"nav:\n- X: {target}\n", TITLES)
        assert entry.is_broken
        assert not entry.url

    def test_names_of_strangers_are_one_line(self) -> None:
        (entry,) = from_mkdocs('nav:\n- "a\\nb\\u0000\\u202ec": use.md\n', TITLES)
        assert entry.title == "a bc"
        (entry,) = from_mkdocs('nav:\n- X: "https://corp.example/\\0\\ud800"\n', TITLES)
        assert entry.is_broken
        assert not entry.url


class TestSphinx:
    TITLES = {"docs/index.rst": "Ledger", "docs/use.rst": "Use", "docs/api/index.md": "API", "docs/api/a.rst": "A",
              "docs/api/b.rst": "B", "docs/changes.md": "Changes"}  # fmt: skip

    def walk(self, **texts: str) -> list[tuple[int, str, str]]:
        trees = {path: toctrees(text) for path, text in texts.items()}
        return told(from_sphinx("docs/index.rst", trees, self.TITLES))

    def test_toctrees_are_followed(self) -> None:
        index = """
Ledger
======

.. toctree::
   :maxdepth: 2
   :caption: Guide

   use
   The reference <api/index>

   https://corp.example/
   Gone <nowhere>

After.

.. toctree::
   :hidden:

   changes
   self
"""
        inner = "# API\n\n```{toctree}\n:glob:\n\n*\n```\n"
        assert self.walk(**{"docs/index.rst": index, "docs/api/index.md": inner}) == [
            (1, "Ledger", "docs/index.rst"),
            (1, "Guide", ""),
            (2, "Use", "docs/use.rst"),
            (2, "The reference", "docs/api/index.md"),
            (3, "A", "docs/api/a.rst"),
            (3, "B", "docs/api/b.rst"),
            (2, "https://corp.example/", "https://corp.example/"),
            (2, "Gone", "docs/nowhere"),
            (1, "Changes", "docs/changes.md"),
        ]

    def test_patterns_go_from_the_root_and_backwards(self) -> None:
        index = ".. toctree::\n   :glob:\n   :reversed:\n\n   /api/*\n"
        assert self.walk(**{"docs/index.rst": index})[1:] == [
            (1, "API", "docs/api/index.md"),
            (1, "B", "docs/api/b.rst"),
            (1, "A", "docs/api/a.rst"),
        ]

    def test_circles_end(self) -> None:
        tree = ".. toctree::\n\n   use\n   index\n"
        assert len(self.walk(**{"docs/index.rst": tree, "docs/use.rst": tree})) == 2

    def test_without_a_toctree_there_is_no_order(self) -> None:
        assert self.walk(**{"docs/index.rst": "Ledger\n======\n"}) == []

    @pytest.mark.parametrize(
        "text",
        ["```{toctree}\n" * 20_000, ".. toctree::\n" * 20_000, ".. toctree::\n\n" + "   x" * 100_000,
         ".. toctree::\n   :glob:\n\n" + "   *a*b*c*d*\n" * 20_000, ".. toctree::\n\n" + "   use\n" * 50_000,
         ".. toctree::\n\n   ../../../etc/passwd\n   /\n   <x>\n   \n"],
    )  # fmt: skip
    def test_hostile_trees_end_soon(self, text: str) -> None:
        started = time.process_time()
        assert len(self.walk(**dict.fromkeys(self.TITLES, text))) <= MOST
        assert time.process_time() - started < 15
