"""Which tags are releases."""

import re

# One greedy run: nested repeats would let a long name take for ever.
PREFIX = r"(?:[a-z@][\w@.+/-]*[/_@-]v?|(?:release|rel|version|ver|v|r)[-_./@]?)?"
NUMBERS = r"\d{1,9}(?:[._]\d{1,9}){1,4}"
# A single number is a version only after a v: "v2" is one, "2" or "build-2" is none.
SINGLE = r"v\d{1,4}"
STAGE = r"alpha|beta|dev|preview|pre|canary|nightly|snapshot|next|rc|cr|a|b|c|m"
PRE = rf"(?:[-._]?(?:{STAGE})[-._]?\d{{0,9}})"
REST = r"(?:[-._]?(?:final|ga|release|post\d*|stable))?(?:[.-]\d{1,9})*(?:\+[\w.-]+)?"
VERSION = re.compile(rf"(?:{PREFIX}{NUMBERS}|{SINGLE}){PRE}?{REST}", re.IGNORECASE)
LONGEST = 100
NUMBER = r"(?:0|[1-9]\d{0,8})"
IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
SEMVER = re.compile(
    rf"(?:[\w@.+/-]*[/_@-])?v?{NUMBER}\.{NUMBER}\.{NUMBER}(?:-{IDENTIFIERS})?(?:\+{IDENTIFIERS})?", re.IGNORECASE
)


def is_release(name: str) -> bool:
    """Whether a tag's name is a version: 1.2, v1.2.3, ledger-1.2.3, release/2.0, 1.0.0-rc.1 …

    Longer names are not looked at, so that no name can make the pattern slow.
    """
    return len(name) <= LONGEST and VERSION.fullmatch(name) is not None


def is_semver(name: str) -> bool:
    """Whether it is MAJOR.MINOR.PATCH by semver.org, with a v or a name in front: v1.2.3, ledger-1.2.3-rc.1."""
    return len(name) <= LONGEST and SEMVER.fullmatch(name) is not None
