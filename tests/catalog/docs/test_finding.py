"""Words are found where they stand, with the heading above them."""

from __future__ import annotations

import time

import pytest

from catalog.docs.finding import Found, best, look, words_of

TEXT = b"# The ledger\n\nIt books payments.\n\n## Retry budget\n\nA budget for <every> payment.\n"


def found(text: bytes, question: str, path: str = "docs/a.md") -> Found:
    result = look(path, text, words_of(question))
    assert result
    return result


def test_words_and_quoted_ones() -> None:
    assert words_of('Retry  "a Budget" retry') == ("retry", "a budget")
    assert words_of("  ") == ()
    assert len(words_of("a " * 500)) == 1
    assert len(words_of(" ".join(map(str, range(50))))) == 6


def test_places_have_their_heading_and_marks() -> None:
    hits = found(TEXT, "payment").hits
    assert [(hit.heading, hit.anchor) for hit in hits] == [
        ("The ledger", "the-ledger"),
        ("Retry budget", "retry-budget"),
    ]
    assert [(piece.text, piece.is_hit) for piece in hits[1].snippet] == [
        ("A budget for <every> ", False),
        ("payment", True),
        (".", False),
    ]


def test_a_heading_is_a_place_of_its_own() -> None:
    (hit, *_) = found(TEXT, "retry").hits
    assert (hit.heading, hit.anchor) == ("", "retry-budget")
    assert "".join(piece.text for piece in hit.snippet) == "Retry budget"


def test_all_words_have_to_be_there() -> None:
    assert look("docs/a.md", TEXT, ("budget", "nowhere")) is None
    assert look("docs/a.md", TEXT, ()) is None
    assert look("docs/a.md", bytes(range(256)) * 10, ("a",)) is None


def test_titles_and_headings_weigh_more() -> None:
    named = found(b"# Budget\n", "budget", "docs/b.md")
    below = found(b"# X\n\n## Budget\n", "budget", "docs/c.md")
    inside = found(b"# X\n\nbudget\n", "budget", "docs/d.md")
    assert best([inside, below, named]) == (named, below, inside)


def test_restructured_text_has_headings_too() -> None:
    assert found(b"Ledger\n======\n\nbooks\n", "books", "docs/a.rst").hits[0].heading == "Ledger"


def test_long_lines_are_cut_around_the_word() -> None:
    (hit,) = found(b"a " * 100 + b"needle" + b" b" * 100, "needle").hits
    assert hit.snippet[0].text == hit.snippet[-1].text[::-1] == "… "
    assert sum(len(piece.text) for piece in hit.snippet) < 250


@pytest.mark.parametrize(
    "text", [b"a" * 250_000, b"a\n" * 120_000, "İ".encode() * 100_000, b"# " * 120_000, b"=" * 250_000]
)
def test_no_text_makes_it_slow(text: bytes) -> None:
    started = time.monotonic()
    for path in ("docs/a.md", "docs/a.rst"):
        look(path, text, ("a", "i", "#"))
        look(path, text, ("a",))
    assert time.monotonic() - started < 1
