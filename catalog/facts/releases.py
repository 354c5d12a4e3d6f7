"""Which tags are releases, and how regularly they come."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

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


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How regularly releases come. `gap` is the median of days between two, None where there are fewer.

    `is_late` when nothing came for twice that time, a month at least.
    """

    count: int
    first: datetime | None = None
    last: datetime | None = None
    gap: float | None = None
    since_last: float | None = None

    @property
    def is_late(self) -> bool:
        return self.gap is not None and self.since_last is not None and self.since_last > max(2 * self.gap, 30)


def rhythm(moments: Iterable[datetime], *, now: datetime) -> Rhythm:
    """Of releases in any order; several on one day are one."""
    days = sorted({moment.date(): moment for moment in moments}.items())
    if not days:
        return Rhythm(0)
    gaps = [(later - earlier).days for (earlier, _), (later, _) in pairwise(days)]
    first, last = days[0][1], days[-1][1]
    return Rhythm(
        count=len(days),
        first=first,
        last=last,
        gap=float(median(gaps)) if gaps else None,
        since_last=max(0.0, (now - last).total_seconds() / 86400),
    )
