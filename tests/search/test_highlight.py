import pytest

from search.highlight import mark, snippet
from search.query import parse


def test_the_asked_words_are_marked() -> None:
    assert mark("An HTTP client", parse("client")) == "An HTTP <mark>client</mark>"


def test_forms_and_beginnings_are_marked() -> None:
    assert mark("Clients", parse("client")) == "<mark>Clients</mark>"
    assert mark("http-clientele", parse("clien")) == "http-<mark>clien</mark>tele"


def test_parts_of_identifiers_are_marked() -> None:
    assert mark("HttpClient", parse("client")) == "Http<mark>Client</mark>"


def test_accents_do_not_hide_a_word() -> None:
    assert mark("Mu\u0308ller", parse("muller")) == "<mark>Müller</mark>"


@pytest.mark.parametrize("text", ["<script>client</script>", "a & client", "\"client' onload=x"])
def test_markup_in_the_text_is_escaped(text: str) -> None:
    html = mark(text, parse("client"))
    assert "<mark>client</mark>" in html
    assert "<" not in html.replace("<mark>", "").replace("</mark>", "")
    assert "& " not in html


def test_safe_strings_are_escaped_too() -> None:
    from django.utils.safestring import mark_safe

    assert "<b>" not in mark(mark_safe("<b>client</b>"), parse("client"))
    assert "<b>" not in snippet(mark_safe("<b>client</b>"), parse("client"))


def test_a_snippet_shows_the_place_with_most_words() -> None:
    text = "kafka " + "filler " * 200 + "a dead letter queue for kafka topics " + "filler " * 200
    shown = snippet(text, parse("kafka dead letter"))
    assert "<mark>dead</mark> <mark>letter</mark> queue for <mark>kafka</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_a_snippet_without_a_place_is_the_beginning() -> None:
    assert snippet("one two " * 100, parse("zebra")).startswith("one two")
    assert snippet("", parse("zebra")) == ""


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    assert len(snippet("x" * 100_000, parse("x"))) < 300
