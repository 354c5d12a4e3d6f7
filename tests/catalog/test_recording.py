from catalog.guides.codeowners import Owner
from catalog.recording import team_slugs, topic_names


def test_topics_are_few_and_written_alike() -> None:
    assert topic_names(["Machine Learning", "machine-learning", "  C++ ", ".NET", "", "  ", "日本"]) == [
        "machine-learning",
        "c++",
        "net",
        "日本",
    ]
    assert len(topic_names(f"t{number}" for number in range(99))) == 20
    assert topic_names(["x" * 99]) == ["x" * 50]


def test_a_team_in_codeowners_may_be_meant_with_or_without_its_organisation() -> None:
    owners = (Owner("user", "alice"), Owner("team", "corp/Core Team"))
    assert team_slugs(owners) == ["corp-core-team", "core-team"]
