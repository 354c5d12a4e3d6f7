import pytest

from search.words import joined, stem, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http-client", ["http", "client"]),
        ("HttpClient", ["http", "client"]),
        ("HTTPServer", ["http", "server"]),
        ("io.example.foo_bar", ["io", "example", "foo", "bar"]),
        ("Müller MÜLLER mu\u0308ller", ["muller", "muller", "muller"]),
        ("Straße", ["strasse"]),
        ("全文搜索", ["全", "文", "搜", "索"]),
        ("\x00 \ud800 …", []),
        ("x" * 100, []),
    ],
)
def test_a_text_is_taken_apart_into_folded_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_identifiers_are_also_known_written_together() -> None:
    assert joined("http-client and JsonParser, plain") == ["httpclient", "jsonparser"]


def test_a_long_run_costs_no_more_than_its_length() -> None:
    """A quadratic pattern would take minutes here."""
    assert joined("x" * 1_000_000) == []
    assert words("aB" * 500_000 + " end")[-1] == "end"


def test_forms_of_an_english_word_are_one() -> None:
    assert stem("clients") == stem("client")
    assert stem("müller") == "müller"
