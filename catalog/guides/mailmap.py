"""A repository's .mailmap: which names and addresses of its history belong together, by its own word.

It groups rows on pages of this one repository. It never says who an employee is: that is proved by an address
alone, so rows of a verified person are never joined with rows of anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.guides.text import cleaned

MOST = 1_000
LONGEST_LINE = 400
LARGEST = 128 * 1024
# Proper Name <proper@email> Commit Name <commit@email>: all but one address may be missing.
LINE = re.compile(r"^(?P<name>[^<#]*)<(?P<email>[^<>]*)>(?:(?P<old_name>[^<]*)<(?P<old>[^<>]*)>)?\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Alias:
    """Commits by `old`, and by `old_name` where that is not empty, are by `name` of `email`; empty ones stay."""

    name: str
    email: str
    old: str
    old_name: str = ""


def read_mailmap(text: str) -> tuple[Alias, ...]:
    """At most a thousand; lines that git would not understand are left out, as git does."""
    found = []
    for line in text[:LARGEST].splitlines():
        match = LINE.match(line) if len(line) <= LONGEST_LINE else None
        if match and (alias := alias_of(match)):
            found.append(alias)
    return tuple(found[:MOST])


def mistakes(text: str) -> Iterator[tuple[int, str]]:
    """The lines that were left out, each with why."""
    for number, line in enumerate(text[:LARGEST].splitlines(), start=1):
        match = LINE.match(line) if len(line) <= LONGEST_LINE else None
        if line.strip() and not line.lstrip().startswith("#") and (match is None or alias_of(match) is None):
            yield number, "This line is not of the form “Proper Name <proper@address> <address of the commit>”."


def alias_of(match: re.Match[str]) -> Alias | None:
    name, email = one_line(match["name"])[:200], one_line(match["email"]).lower()[:254]
    if match["old"] is None:
        return Alias(name, "", email) if name and email else None
    old = one_line(match["old"]).lower()[:254]
    return Alias(name, email, old, one_line(match["old_name"] or "")[:200]) if old else None


def one_line(text: str) -> str:
    return " ".join(cleaned(text, "").text.split())


def mapped(aliases: Sequence[Alias], *, name: str, email: str) -> tuple[str, str]:
    """Name and address by which git would show an author. A rule that names the old name beats others."""
    email = email.lower()
    fitting = [each for each in aliases if each.old == email and each.old_name.lower() in ("", name.lower())]
    if not fitting:
        return name, email
    # Of rules alike the last one counts.
    best = max(enumerate(fitting), key=lambda pair: (bool(pair[1].old_name), pair[0]))[1]
    return best.name or name, best.email or email


class Author(Protocol):
    """A row of an author address; `user_id` names a person who has proved that address."""

    name: str
    email: str
    commits: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one author on the page. `row` is the one with most commits and has the person, if any."""

    row: Author
    name: str
    commits: int


def grouped(rows: Iterable[Author], aliases: Sequence[Alias]) -> list[Group]:
    """Authors with the most commits first. A verified person's addresses are one; others are as the file says."""
    groups: dict[tuple[str, object], list[tuple[Author, str]]] = {}
    for row in rows:
        name, email = mapped(aliases, name=row.name, email=row.email)
        key: tuple[str, object] = ("person", row.user_id) if row.user_id else ("address", email)
        groups.setdefault(key, []).append((row, name))
    made = [group_of(members) for members in groups.values()]
    return sorted(made, key=lambda group: -group.commits)


def group_of(members: list[tuple[Author, str]]) -> Group:
    row, name = max(members, key=lambda member: member[0].commits)
    return Group(row, name, sum(member.commits for member, _ in members))
