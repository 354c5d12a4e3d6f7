"""Owners of the whole project are found in both dialects."""

import pytest

from catalog.guides.codeowners import Owner, maintainer_emails, project_owners


def names(text):
    return [owner.name for owner in project_owners(text)]


def test_the_rule_for_everything_names_the_owners():
    text = "# owners\n* @payments/core @alice ledger@corp.example\n/docs/ @writers\n*.py @pythonistas\n"
    assert project_owners(text) == (
        Owner("team", "payments/core"),
        Owner("user", "alice"),
        Owner("email", "ledger@corp.example"),
    )


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("* @a\n* @b\n", ["b"]),
        ("** @a", ["a"]),
        ("*.go @a\n", []),
        ("* @a # the team\n", ["a"]),
        ("*\n", []),
        ("[Ledger] @a @b\n*\n", ["a", "b"]),
        ("^[Docs][2] @c\ndocs/\n[Code]\n* @d\n", ["d"]),
        ("* @a\n[Review] @b\n* \n", ["a", "b"]),
        ("", []),
    ],
)
def test_dialects(text, owners):
    assert names(text) == owners


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "* " + "@a " * 5000,
        "*?" * 40 + " @a",
        "[a-\n* @a",
        "\\ @x",
        "[z-a]x @x\n",
        "* @a\n" * 9000,
        "/ @x",
    ],
)
def test_odd_files_do_no_harm(text):
    assert len(project_owners(text)) <= 50


def test_a_rule_that_cannot_be_read_leaves_the_others():
    assert names("* @a\n[z @b\n") == ["a"]


def test_addresses_of_maintainers_are_found_once():
    text = "Alice <Alice@Corp.Example>\nBob bob@corp.example, alice@corp.example\n"
    assert maintainer_emails(text) == ("alice@corp.example", "bob@corp.example")
    assert maintainer_emails("a@" * 50_000 + "." * 50_000) == ()
