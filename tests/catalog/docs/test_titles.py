"""A document is listed by the name that it gives itself."""

from __future__ import annotations

import time

import pytest

from catalog.docs.titles import title_of


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("docs/a.md", "# The *ledger* of `pay`\n", "The ledger of pay"),
        ("docs/a.md", "\n## Low\n", "Low"),
        ("docs/a.md", "Set up ##\n=====\n", "Set up ##"),
        ("docs/a.md", "# Closed ##\n", "Closed"),
        ("docs/a.md", "---\ntitle: 'Stated: so'\nx:\n  title: no\n---\n\n# Other\n", "Stated: so"),
        ("docs/a.md", "---\nx: 1\n---\n\n# [Linked](x) ![p](q)\n", "Linked"),
        ("docs/a.md", "```\n# no\n```\n<!--\n# no\n-->\n# Yes\n", "Yes"),
        ("docs/a.md", "(label)=\n# Named {#anchor}\n", "Named"),
        ("docs/a.md", '<h1 align="center">\n  Big <b>one</b>\n</h1>\n', "Big one"),
        ("docs/a.mdx", "import X from 'y'\n\n# Card\n", "Card"),
        ("docs/snake_case.md", "# use_this_name\n", "use_this_name"),
        ("docs/a.rst", ".. _x:\n\n=====\nTitle\n=====\n\nSub\n---\n", "Title"),
        ("docs/a.rst", ":mod:`ledger` and ``more``\n---------\n", "ledger and more"),
        ("docs/a.adoc", "= Ledger\n:toc:\n", "Ledger"),
        ("docs/a.ipynb", '{"cells": [{"cell_type": "markdown", "source": ["# Rates\\n"]}]}', "Rates"),
        ("docs/a.ipynb", "{", "A"),
        ("docs/a.ipynb", '{"cells": [{"cell_type": "markdown", "source": "# R\\u0000\\ud800a"}]}', "Ra"),
        ("docs/02-how_to.md", "Nothing here.\n", "How to"),
        ("docs/how-to/README.md", "", "How to"),
    ],
)
def test_titles(path: str, text: str, title: str) -> None:
    assert title_of(path, text) == title


@pytest.mark.parametrize(
    "text",
    ["```x\n" * 5_000, "<!--\n" * 5_000, "# " + "# " * 50_000, "#" + " " * 100_000 + "x", "=" * 100_000,
     "=\n" * 50_000,
     "---\n" * 50_000, "---\n" + "a: b\n" * 50_000, "# " + "[" * 50_000, "# " + "`" * 50_000, "# " + "*_" * 50_000,
     "<h1>" * 10_000, "a\n" * 50_000 + "<h1>"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["a.md", "a.rst", "a.adoc", "a.ipynb"])
def test_no_text_makes_it_slow(path: str, text: str) -> None:
    started = time.process_time()
    assert len(title_of(path, text)) <= 120
    assert time.process_time() - started < 15
