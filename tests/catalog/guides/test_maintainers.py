"""Names, addresses and handles of a MAINTAINERS file."""

import pytest

from catalog.guides.maintainers import Maintainer, read_maintainers


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Alice Almeida <Alice@corp.example>", Maintainer("Alice Almeida", "alice@corp.example")),
        ("- Bob (@bob)", Maintainer("Bob", handle="bob")),
        ("* [Zoë O'Neill](https://x.example/z) @zoe", Maintainer("Zoë O'Neill", handle="zoe")),
        ("| Mia Moss | @mia | Docs |", Maintainer("Mia Moss", handle="mia")),
        ("M: Linus <l@x.example>", Maintainer("Linus", "l@x.example")),
        ("carl@x.example", Maintainer("", "carl@x.example")),
    ],
)
def test_usual_lines(line, found):
    assert read_maintainers(line) == (found,)


@pytest.mark.parametrize("text", ["", "# Maintainers @x", "We meet on Mondays.", "<!-- @x -->", "@" * 5_000])
def test_lines_that_name_nobody(text):
    assert read_maintainers(text) == ()


def test_it_is_bounded_and_each_is_named_once():
    assert len(read_maintainers("A <a@x.example>\nA. <a@x.example>\n")) == 1
    assert len(read_maintainers("\n".join(f"@u{n}" for n in range(500)))) == 50
