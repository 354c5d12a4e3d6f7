"""Who owns the whole project, as CODEOWNERS and MAINTAINERS say."""

import re
from dataclasses import dataclass
from typing import Literal

from codeowners import CodeOwners

# A rule for everything is asked about a path of characters that no other rule names.
ANY_PATH = "\ue000\ue000/\ue000\ue000"
# More wild cards than anybody needs would make the pattern try every way to share a path among them.
MOST_WILD = 6
LONGEST = 256 * 1024
MOST_LINES = 3_000
LONGEST_LINE = 1_000
MOST = 50
# "[Ledger][2] @a @b" names owners for all rules below it that name none; GitHub knows no such lines.
SECTION = re.compile(r"^\^?\[[^\]]*\](?:\[\d+\])?\s*(?P<owners>.*)$")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
KINDS: dict[str, Literal["team", "user", "email"]] = {"TEAM": "team", "USERNAME": "user", "EMAIL": "email"}


@dataclass(frozen=True, slots=True)
class Owner:
    """`name` has no leading @: "payments/core" of a team, "alice" of a user, an address of an e-mail."""

    kind: Literal["team", "user", "email"]
    name: str


def project_owners(text: str) -> tuple[Owner, ...]:
    """The owners of a path that no special rule names, from CODEOWNERS as GitHub or GitLab read it.

    At most 50. GitLab asks each section for itself, so the owners of all sections are put together.
    """
    found: dict[Owner, None] = {}
    for rules in sections(text):
        for kind, name in owners_of_all(rules):
            found.setdefault(Owner(KINDS[kind], name.removeprefix("@")[:200]))
    return tuple(found)[:MOST]


def sections(text: str) -> list[list[str]]:
    """The rules of each section; a rule that names nobody gets the section's owners."""
    rules: list[list[str]] = [[]]
    default = ""
    for line in text[:LONGEST].splitlines()[:MOST_LINES]:
        stripped = line.partition(" #")[0].strip()
        if not stripped or stripped.startswith("#") or len(stripped) > LONGEST_LINE:
            continue
        if section := SECTION.match(stripped):
            default = section["owners"]
            rules.append([])
        elif default and len(stripped.replace("\\ ", "").split()) == 1:
            rules[-1].append(f"{stripped} {default}")
        else:
            rules[-1].append(stripped)
    return rules


def owners_of_all(rules: list[str]) -> list[tuple[str, str]]:
    """The last rule for everything decides. A pattern that cannot be read is left out, the others count."""
    for rule in reversed(rules):
        if rule.count("*") + rule.count("?") > MOST_WILD:
            continue
        try:
            owners = CodeOwners(rule)
            if owners.matching_line(ANY_PATH)[1] is not None:
                return [(kind, name) for kind, name in owners.of(ANY_PATH) if kind in KINDS]
        except (ValueError, re.error, IndexError, OverflowError):
            continue
    return []


def maintainer_emails(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a MAINTAINERS file, lowered, in their order, at most 50."""
    found = (address.lower() for address in EMAIL.findall(text[:LONGEST]))
    return tuple(dict.fromkeys(found))[:MOST]
