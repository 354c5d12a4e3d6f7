"""Who looks after a project, as its MAINTAINERS file says. Pure, bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.guides.codeowners import EMAIL, LONGEST, MOST

MOST_LINES = 2_000
HANDLE = re.compile(r"(?<![\w./@])@([A-Za-z0-9][\w-]{0,38})\b")
LINK = re.compile(r"\[([^\]\[]{1,100})\]\([^()\s]{1,300}\)")
NAME = re.compile(r"^[^\W\d_][\w.'’ -]{1,60}$")


@dataclass(frozen=True, slots=True)
class Maintainer:
    """Name, address and handle at the code host, each empty where the line does not say."""

    name: str
    email: str = ""
    handle: str = ""


def read_maintainers(text: str) -> tuple[Maintainer, ...]:
    """Each line with an address or a handle names somebody; at most 50, each address and handle once."""
    found: dict[str, Maintainer] = {}
    for line in text[:LONGEST].splitlines()[:MOST_LINES]:
        someone = maintainer_of(line[:300])
        if someone is not None:
            found.setdefault(someone.email or someone.handle.lower(), someone)
    return tuple(found.values())[:MOST]


def maintainer_of(line: str) -> Maintainer | None:
    plain = LINK.sub(r"\1", line)
    if not plain.strip() or plain.lstrip().startswith(("#", "//", "<!--")):
        return None
    email, handle = EMAIL.search(plain), HANDLE.search(plain)
    if email is None and handle is None:
        return None
    ends = [match.start() for match in (email, handle) if match]
    name = plain[: min(ends)].strip(' \t-*|<>(:,+•`"')
    # The lines of MAINTAINERS of the kernel begin with one letter for what they say: "M: Name <address>".
    name = re.sub(r"^[A-Z]:\s*", "", name).strip(" \t|*`")
    name = name.rpartition("|")[2].strip()
    return Maintainer(
        name=name if NAME.match(name) else "",
        email=email[0].lower() if email else "",
        handle=handle[1] if handle else "",
    )
