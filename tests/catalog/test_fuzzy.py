"""A path is found by some of its letters; the likeliest comes first."""

from __future__ import annotations

import pytest

from catalog.fuzzy import best

PATHS = (
    "catalog/views/paths.py",
    "catalog/views/code/files.py",
    "catalog/files.py",
    "tests/catalog/test_files.py",
    "docs/FILES.md",
    "forge/profiles/x.py",
    "lib/cli/__init__.py",
    "cloud-config-cs.ini.template",
)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("files.py", "catalog/files.py"),
        ("cvp", "catalog/views/paths.py"),
        ("Files md", "docs/FILES.md"),
        ("catalog/files", "catalog/files.py"),
        ("code/f", "catalog/views/code/files.py"),
        ("testfil", "tests/catalog/test_files.py"),
        ("clinit", "lib/cli/__init__.py"),
    ],
)
def test_the_likeliest_comes_first(query: str, first: str) -> None:
    assert best(PATHS, query, limit=10)[0] == first


def test_letters_that_are_not_there_find_nothing() -> None:
    assert best(PATHS, "zq", limit=10) == []
    assert best(PATHS, "   ", limit=10) == []
    assert best(PATHS, "yp", limit=10) == []


def test_no_more_than_wanted_are_found() -> None:
    assert len(best([f"a{number}" for number in range(100)], "a", limit=7)) == 7
