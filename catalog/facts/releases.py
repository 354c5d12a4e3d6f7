"""Which tags are releases."""

import re
from collections.abc import Iterable

from forge.types import Tag

# One greedy run: nested repeats would let a long name take for ever.
PREFIX = r"(?:[a-z@][\w@.+/-]*[/_@-]v?|(?:release|rel|version|ver|v|r)[-_./@]?)?"
NUMBERS = r"(?P<numbers>\d{1,9}(?:[._]\d{1,9}){1,4})"
# A single number is a version only after a v: "v2" is one, "2" or "build-2" is none.
SINGLE = r"v(?P<single>\d{1,4})"
STAGE = r"alpha|beta|dev|preview|pre|canary|nightly|snapshot|next|rc|cr|a|b|c|m"
PRE = rf"(?:[-._]?(?P<pre>{STAGE})[-._]?(?P<nth>\d{{0,9}}))"
REST = r"(?:[-._]?(?:final|ga|release|post\d*|stable))?(?:[.-]\d{1,9})*(?:\+[\w.-]+)?"
VERSION = re.compile(rf"(?:{PREFIX}{NUMBERS}|{SINGLE}){PRE}?{REST}", re.IGNORECASE)
LONGEST = 100


def is_release(name: str) -> bool:
    """Whether a tag's name is a version: 1.2, v1.2.3, ledger-1.2.3, release/2.0, 1.0.0-rc.1 …"""
    return parsed(name) is not None


def is_prerelease(name: str) -> bool:
    """Whether a release is an alpha, a beta, a candidate or a development version."""
    match = parsed(name)
    return match is not None and match["pre"] is not None


def releases(tags: Iterable[Tag]) -> list[Tag]:
    """The tags that are releases, the highest version first."""
    return sorted((tag for tag in tags if is_release(tag.name)), key=order, reverse=True)


def parsed(name: str) -> re.Match[str] | None:
    """Longer names are not looked at, so that no name can make the pattern slow."""
    return VERSION.fullmatch(name) if len(name) <= LONGEST else None


def order(tag: Tag) -> tuple[tuple[int, ...], int, str, int, str]:
    """Numbers, then candidates before the release itself. "1.0" and "1.0.0" are equal; then the name decides."""
    match = parsed(tag.name)
    if match is None:
        return ((), 0, "", 0, tag.name)
    numbers = [int(part) for part in re.split(r"[._]", match["numbers"] or match["single"])]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    stage = (match["pre"] or "").lower()
    return (tuple(numbers), 0 if stage else 1, stage, int(match["nth"] or 0), tag.name)
