"""The level that a project claims, and the one that its history shows."""

import pytest

from catalog.guides.governance import (
    LEVELS,
    Claim,
    Practice,
    claimed_in,
    compared,
    level_named,
    observed,
)


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("1", 1),
        ("level 4", 4),
        ("Bug Reports and Issues Welcome", 1),
        ("readable-source", 1),
        ("Contributions welcome", 2),
        ("guest_contributions", 2),
        ("Shared write access", 3),
        ("Shared Ownership", 4),
        ("5", 0),
        ("", 0),
        ("whatever", 0),
    ],
)
def test_levels_have_numbers_and_names(words, level):
    assert level_named(words) == level


def test_prose_claims_a_level_by_naming_one():
    assert claimed_in({"GOVERNANCE.md": "We practise shared ownership."}) == (4, "GOVERNANCE.md")
    assert claimed_in({"GOVERNANCE.md": "Governance level: 2"}) == (2, "GOVERNANCE.md")
    assert claimed_in({"README.md": "Turns gears."}) == (0, "")


def test_prose_that_explains_the_levels_claims_none():
    text = "Either contributions are welcome, or there is shared ownership."
    assert claimed_in({"GOVERNANCE.md": text}) == (0, "")
    assert claimed_in({"GOVERNANCE.md": f"{text} Our governance level is 3."}) == (3, "GOVERNANCE.md")


def test_the_more_official_file_wins():
    texts = {"GOVERNANCE.md": "Contributions welcome!", "README.md": "Shared ownership."}
    assert claimed_in(texts) == (2, "GOVERNANCE.md")


@pytest.mark.parametrize(
    ("practice", "level"),
    [
        (Practice(), 1),
        (Practice(owner_teams=("A",)), 1),
        (Practice(guests_committed=1), 2),
        (Practice(guests_merged=3), 2),
        (Practice(guests_merged=3, guests_trusted=1), 3),
        (Practice(owner_teams=("A", "B"), guests_trusted=1), 4),
    ],
)
def test_practice_shows_a_level_with_reasons(practice, level):
    seen = observed(practice)
    assert seen.level is LEVELS[level]
    assert all(reason.endswith(".") for reason in seen.reasons)


def test_an_archived_project_shows_no_level():
    assert observed(Practice(guests_merged=9, is_closed=True)).level is None


def test_claim_and_practice_are_compared():
    two = Claim(LEVELS[2], "GOVERNANCE.md")
    assert compared(None, observed(Practice())) == ""
    assert "not shown it yet" in compared(two, observed(Practice()))
    assert compared(two, observed(Practice(guests_merged=1))) == ""
    assert "further than the claim" in compared(two, observed(Practice(guests_trusted=1)))
