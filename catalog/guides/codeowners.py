"""Who owns which paths of a project, as CODEOWNERS says, read as GitHub or as GitLab does. Pure, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from catalog.guides.patterns import Pattern, pattern_of

Dialect = Literal["github", "gitlab"]

# A rule for everything is asked about a path of characters that no other rule names.
ANY_PATH = "\ue000\ue000/\ue000\ue000"
LONGEST = 256 * 1024
MOST_LINES = 3_000
LONGEST_LINE = 1_000
LONGEST_PATH = 1_000
MOST = 50
#: "^[Ledger][2] @a @b" heads rules, names owners for those of them that name none, and says how many must approve.
#: A caret makes it optional. GitHub knows no such lines.
SECTION = re.compile(
    r"^(?P<optional>\^)?\[(?P<name>[^\]]*)\](?:\[(?P<approvals>\d{1,3})\])?(?=\s|$)\s*(?P<owners>.*)$"
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
OWNER = re.compile(r"@@?[^\s@]{1,200}|[^\s@]{1,100}@[^\s@]{1,200}")


@dataclass(frozen=True, slots=True)
class Owner:
    """`name` has no leading @: "payments/core" of a team, "alice" of a user, an address of an e-mail.

    A role is GitLab's "@@maintainer": everybody who has it.
    """

    kind: Literal["team", "user", "email", "role"]
    name: str


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose approval one section asks for. `section` is empty for rules outside of any; `line` is the rule's."""

    owners: tuple[Owner, ...]
    line: int
    section: str = ""
    is_optional: bool = False
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """`owners` are None for a GitLab rule that begins with "!": its paths need no owner of this section."""

    pattern: Pattern
    owners: tuple[Owner, ...] | None
    line: int


@dataclass(slots=True)
class Section:
    name: str = ""
    is_optional: bool = False
    approvals: int = 1
    defaults: tuple[Owner, ...] = ()
    rules: list[Rule] = field(default_factory=list)


def owners_of(text: str, path: str, *, dialect: Dialect | None = None) -> tuple[Ownership, ...]:
    """Who owns a path: one entry on GitHub at most, and one for each section on GitLab whose rules match.

    Without `dialect` a file with sections is GitLab's. In a section the last rule that matches decides, also when
    it names nobody. A path of more than 1,000 characters belongs to nobody here.
    """
    if len(path) > LONGEST_PATH:
        return ()
    found = (owned(section, path) for section in sections(text, dialect=dialect))
    return tuple(each for each in found if each is not None and each.owners)


def project_owners(text: str, *, dialect: Dialect | None = None) -> tuple[Owner, ...]:
    """The owners of a path that no special rule names, those of all sections together; at most 50."""
    found: dict[Owner, None] = {}
    for ownership in owners_of(text, ANY_PATH, dialect=dialect):
        found.update(dict.fromkeys(ownership.owners))
    return tuple(found)[:MOST]


def dialect_at(path: str) -> Dialect | None:
    """What the folder of a CODEOWNERS file tells; elsewhere the file's own lines decide."""
    return {".gitlab": "gitlab", ".github": "github"}.get(path.rpartition("/")[0])  # type: ignore[return-value]


def owned(section: Section, path: str) -> Ownership | None:
    for rule in reversed(section.rules):
        if rule.pattern.matches(path):
            owners = rule.owners or ()
            return Ownership(owners, rule.line, section.name, section.is_optional, section.approvals)
    return None


def dialect_of(text: str) -> Dialect:
    lines = text[:LONGEST].splitlines()[:MOST_LINES]
    return "gitlab" if any(SECTION.match(line.strip()) for line in lines) else "github"


def sections(text: str, *, dialect: Dialect | None = None) -> list[Section]:
    """The rules outside of any section, then each section with its own; equal names are one section."""
    dialect = dialect or dialect_of(text)
    found = {"": Section()}
    current = found[""]
    for number, line in lines_of(text):
        head = SECTION.match(line) if dialect == "gitlab" else None
        if head is not None:
            current = section_of(found, head)
        elif rule := rule_of(line, number, dialect=dialect, defaults=current.defaults):
            current.rules.append(rule)
    return list(found.values())


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text[:LONGEST].splitlines()[:MOST_LINES], start=1):
        stripped = re.split(r"(?<!\\)\s#", line, maxsplit=1)[0].strip()
        if stripped and not stripped.startswith("#") and len(stripped) <= LONGEST_LINE:
            yield number, stripped


def mistakes(text: str, *, dialect: Dialect | None = None) -> Iterator[tuple[int, str]]:
    """What the rules above leave out, each with its line and why."""
    dialect = dialect or dialect_of(text)
    for number, line in enumerate(text[:LONGEST].splitlines()[:MOST_LINES], start=1):
        if len(line.strip()) > LONGEST_LINE:
            yield number, f"The line is longer than {LONGEST_LINE:,} characters and was not read."
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        yield MOST_LINES, f"Only {LONGEST // 1024} kB and {MOST_LINES:,} lines are read."
    for number, line in lines_of(text):
        head = SECTION.match(line) if dialect == "gitlab" else None
        words = head["owners"].split() if head else re.split(r"(?<!\\)\s+", line)[1:]
        if head is None and rule_of(line, number, dialect=dialect, defaults=()) is None:
            yield number, "This pattern cannot be read."
        for word in [word for word in words if not OWNER.fullmatch(word)][:1]:
            yield number, f"“{word[:50]}” is no owner: a name begins with @, or it is an e-mail address."


def section_of(found: dict[str, Section], head: re.Match[str]) -> Section:
    name = " ".join(head["name"].split())[:100]
    optional = head["optional"] is not None
    # Of an optional section GitLab asks for no approval, whatever it says.
    approvals = 0 if optional else max(1, int(head["approvals"] or 1))
    fresh = Section(name, optional, approvals)
    section = found.setdefault(name.lower() or "[]", fresh)
    section.defaults = owners_in(head["owners"].split()) or section.defaults
    return section


def rule_of(line: str, number: int, *, dialect: Dialect, defaults: tuple[Owner, ...]) -> Rule | None:
    """None for a pattern that cannot be read; the other rules still count."""
    words = re.split(r"(?<!\\)\s+", line)
    excludes = dialect == "gitlab" and words[0].startswith("!")
    pattern = pattern_of(words[0].removeprefix("!") if excludes else words[0], as_gitlab=dialect == "gitlab")
    if pattern is None:
        return None
    return Rule(pattern, None if excludes else owners_in(words[1:]) or defaults, number)


def owners_in(words: Iterable[str]) -> tuple[Owner, ...]:
    """In their order, each once, at most 50; what is no owner is passed over."""
    named = (owner_of(word) for word in words if OWNER.fullmatch(word))
    return tuple(dict.fromkeys(named))[:MOST]


def owner_of(word: str) -> Owner:
    if word.startswith("@@"):
        return Owner("role", word[2:])
    if word.startswith("@"):
        return Owner("team" if "/" in word else "user", word[1:])
    return Owner("email", word)


def maintainer_emails(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a MAINTAINERS file, lowered, in their order, at most 50."""
    found = (address.lower() for address in EMAIL.findall(text[:LONGEST]))
    return tuple(dict.fromkeys(found))[:MOST]
