""".mailmap groups names on the pages of one repository, as git reads it, and makes nobody an employee."""

from dataclasses import dataclass

import pytest

from catalog.guides.mailmap import Alias, grouped, mapped, mistakes, read_mailmap

TEXT = """\
# people
Jane Doe <jane@example.com>
Jane Doe <jane@example.com> <jane@laptop>
Joe <joe@example.com> nick <bugs@example.com>
Else <else@example.com> <bugs@example.com> # remark
<new@example.com> <old@example.com>
nonsense
<> <>
"""


@dataclass
class Row:
    name: str
    email: str
    commits: int = 1
    user_id: int | None = None


def test_every_form_of_line_is_read():
    assert read_mailmap(TEXT) == (
        Alias("Jane Doe", "", "jane@example.com"),
        Alias("Jane Doe", "jane@example.com", "jane@laptop"),
        Alias("Joe", "joe@example.com", "bugs@example.com", "nick"),
        Alias("Else", "else@example.com", "bugs@example.com"),
        Alias("", "new@example.com", "old@example.com"),
    )


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("jd", "JANE@laptop", ("Jane Doe", "jane@example.com")),
        ("jd", "jane@example.com", ("Jane Doe", "jane@example.com")),
        ("Nick", "bugs@example.com", ("Joe", "joe@example.com")),
        ("other", "bugs@example.com", ("Else", "else@example.com")),
        ("kept", "old@example.com", ("kept", "new@example.com")),
        ("kept", "x@example.com", ("kept", "x@example.com")),
    ],
)
def test_an_author_is_shown_as_git_would(name, email, shown):
    assert mapped(read_mailmap(TEXT), name=name, email=email) == shown


def test_rows_of_one_author_are_one():
    rows = [Row("jd", "jane@laptop", 3), Row("Jane", "jane@example.com", 2), Row("Max", "max@example.com", 4)]
    groups = grouped(rows, read_mailmap(TEXT))
    assert [(group.name, group.commits) for group in groups] == [("Jane Doe", 5), ("Max", 4)]


def test_nobody_becomes_a_person_of_ours_by_it():
    """A repository says that the work of somebody else is Alice's; her picture must not stand over it."""
    aliases = read_mailmap("Alice <alice@corp.example> <mallory@evil.example>\n")
    rows = [Row("Mallory", "mallory@evil.example", 90), Row("Alice", "alice@corp.example", 1, user_id=7)]
    groups = grouped(rows, aliases)
    assert [(group.row.user_id, group.commits) for group in groups] == [(None, 90), (7, 1)]


def test_addresses_of_one_verified_person_are_one():
    rows = [Row("A", "a@x.example", 1, user_id=7), Row("A", "b@x.example", 2, user_id=7)]
    assert [group.commits for group in grouped(rows, ())] == [3]


def test_lines_that_git_would_not_understand_are_named():
    assert [line for line, _ in mistakes(TEXT)] == [7, 8]


def test_it_is_bounded():
    assert len(read_mailmap("A <a@x> <b@x>\n" * 5_000)) == 1_000
    assert read_mailmap("<" * 200_000) == ()
    assert read_mailmap(f"{'x' * 500} <a@b>\n") == ()
