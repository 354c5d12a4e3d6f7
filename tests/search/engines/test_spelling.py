import pytest

from search.engines.spelling import WordList, distance


@pytest.mark.parametrize(
    ("one", "two", "slips"),
    [("kafka", "kafka", 0), ("kafak", "kafka", 1), ("kafk", "kafka", 1), ("kafkaa", "kafka", 1), ("ab", "xyz", 3)],
)
def test_slips_are_counted(one: str, two: str, slips: int) -> None:
    assert distance(one, two, limit=4) == slips


def test_counting_ends_beyond_the_limit() -> None:
    assert distance("completely", "different!", limit=2) == 3


def test_the_nearest_and_then_the_commonest_word_comes_first() -> None:
    known = WordList({"client": 5, "clients": 50, "silent": 900})
    assert known.near("cleint")[0] == "client"
    assert WordList({"parser": 9, "purser": 1}).near("parcer") == ["parser"]


def test_short_words_and_the_word_itself_are_not_suggested() -> None:
    assert WordList({"go": 1, "do": 1}).near("fo") == []
    assert WordList({"kafka": 1}).near("kafka") == []
