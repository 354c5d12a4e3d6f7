import pytest

from search.query import TEXT_LIMIT, parse


def test_words_and_phrases_are_told_apart() -> None:
    query = parse('kafka "dead letter" Queue')
    assert query.words == ("kafka", "queue")
    assert query.phrases == (("dead", "letter"),)


def test_little_words_are_dropped_unless_they_are_all_there_is() -> None:
    assert parse("how to deploy").words == ("deploy",)
    assert parse("how to").words == ("how", "to")


def test_an_open_quote_is_no_phrase() -> None:
    assert parse('"dead letter').words == ("dead", "letter")


def test_a_shorter_question_has_one_word_less_or_no_quotes() -> None:
    assert parse("red green blue").shorter() == ("green blue", "red blue", "red green")
    assert parse('"red green"').shorter() == ("red green",)
    assert parse("red").shorter() == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        '"',
        '""',
        '"' * 999,
        "\x00\ud800\uffff",
        "((*:AND NOT [TO^~",
        "a " * 50_000,
        "\u202eabc",
        "😀" * 300,
    ],
)
def test_no_input_makes_it_raise_or_grow(text: str) -> None:
    query = parse(text)
    assert len(query.text) <= TEXT_LIMIT
    assert len(query.all_words) <= TEXT_LIMIT
