"""A changelog cut into its releases, by the headings of its rendered HTML."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from catalog.guides.sections import HEADING, TAG, closed, title_of

MOST = 2_000
MOST_HEADINGS = 10_000
LONGEST = 20_000
#: A heading says which release it is about: "## [1.2.0] - 2024-01-31", "Version 8.1", "ledger 2.0 (unreleased)".
VERSION = re.compile(
    r"(?:^|[\s\[(v@/-])(?P<number>\d{1,6}(?:\.\d{1,6}){1,4})"
    r"(?P<stage>(?:[-.]?(?:alpha|beta|dev|preview|pre|canary|rc|cr|post|a|b|c|m)[-.]?\d{0,6}|-[0-9A-Za-z][\w.-]{0,40})?)"
    r"(?=$|[\s\])(:,;–—+_-])",
    re.IGNORECASE,
)
SINGLE = re.compile(r"^(?:version |release |v)(?P<number>\d{1,4})\b", re.IGNORECASE)
UNRELEASED = re.compile(
    r"\bun-?released\b|^(?:next|upcoming|development|master|main|head|trunk)\b|\bnext release\b", re.I
)
NUMBERS = re.compile(r"\b((?:19|20)\d\d)[-./](\d\d?)[-./](\d\d?)\b")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(
    r"\b(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.? (?P<month>[A-Z][a-z]{2,8})|(?P<month2>[A-Z][a-z]{2,8}) "
    r"(?P<day2>\d{1,2})(?:st|nd|rd|th)?),? (?P<year>(?:19|20)\d\d)\b"
)
PLAIN_LINE = re.compile(
    r"(?:version |release |changes in |v)?\[?\d{1,6}(?:\.\d{1,6}){1,4}[^\n]{0,80}", re.IGNORECASE
)
PRE = re.compile(r"\s*<pre[^>]*><code>(.*)</code></pre>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Notes:
    """What a changelog says of one release. `version` is "" for what has no number yet.

    `is_coming`: it says itself that it is not released, which may be out of date. `html` is sanitised and begins
    behind the heading; `whole` closes what is cut out of it. `day` is None where none is written. `is_cut`: there
    is more than is kept here.
    """

    title: str
    version: str
    anchor: str
    html: str
    day: date | None = None
    is_coming: bool = False
    is_cut: bool = False


def changelog(html: str) -> tuple[Notes, ...]:
    """The sections about releases, in the order of the text, from the HTML of catalog.guides.render.

    Their HTML is cut out and not closed yet: of many sections few are shown.
    """
    headings = list(islice(HEADING.finditer(html), MOST_HEADINGS))
    named = [(heading, version_of(title_of(heading[3]))) for heading in headings]
    levels = [heading[1] for heading, version in named if version is not None]
    if not levels:
        found = PRE.fullmatch(html)
        return plain_changelog(found[1]) if found else ()
    # Where releases are gathered below a heading of their series, the level that names most of them is meant.
    level = max(sorted(set(levels)), key=levels.count)
    sections = []
    for index, (heading, version) in enumerate(named):
        if heading[1] == level and version is not None:
            sections.append(section(html, headings, index, version))
    return tuple(sections[:MOST])


def section(html: str, headings: Sequence[re.Match[str]], index: int, version: str) -> Notes:
    heading = headings[index]
    later = (headings[at] for at in range(index + 1, len(headings)))
    ends = (each.start() for each in later if each[1] <= heading[1])
    everything = html[heading.end() : next(ends, len(html))]
    body = everything[:LONGEST]
    title = title_of(heading[3])
    said = TAG.sub(" ", body[:300]).strip()
    is_coming = not version or bool(UNRELEASED.search(title) or UNRELEASED.match(said))
    day = None if is_coming else day_of(title) or day_of(said.partition("\n\n")[0])
    return Notes(title, version, entities.unescape(heading[2]), body, day, is_coming, len(everything) > LONGEST)


def whole(notes: Notes) -> Notes:
    """With its HTML closed, ready for a page."""
    return replace(notes, html=closed(notes.html))


def version_of(title: str) -> str | None:
    """The release that a heading names, "" for the coming one, None when it names none."""
    if found := VERSION.search(title[:200]):
        return found["number"] + (found["stage"] or "")
    if UNRELEASED.search(title[:200]):
        return ""
    single = SINGLE.match(title[:200])
    return single["number"] if single else None


def same(version: str) -> str:
    """Equal for all ways to write one version: "v1.2.0", "1.2" and "ledger-1.2.0" are the same release."""
    found = VERSION.search(version) or re.search(
        r"(?P<number>\d{1,6}(?:[._]\d{1,6}){0,4})(?P<stage>[\w.+-]*)", version
    )
    if found is None:
        return version.lower()
    numbers = re.split(r"[._]", found["number"])
    while len(numbers) > 1 and not int(numbers[-1]):
        numbers.pop()
    stage = re.sub(r"[-._]", "", found["stage"] or "").lower()
    return ".".join(str(int(number)) for number in numbers) + stage


def day_of(text: str) -> date | None:
    """The first date that stands in a text in numbers, the year first, or with the name of its month."""
    text = text[:300]
    if found := NUMBERS.search(text):
        return day(found[1], found[2], found[3])
    if found := NAMED.search(text):
        month = (found["month"] or found["month2"])[:3].lower()
        return (
            day(found["year"], str(MONTHS.index(month) + 1), found["day"] or found["day2"])
            if month in MONTHS
            else None
        )
    return None


def day(year: str, month: str, number: str) -> date | None:
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def plain_changelog(text: str) -> tuple[Notes, ...]:
    """A text without markup: a line at the margin that begins with a version is a heading. `text` is escaped."""
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if PLAIN_LINE.fullmatch(line)]
    sections = []
    for number, at in enumerate(starts[:MOST]):
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        everything = "\n".join(lines[at + 1 : end]).strip("\n")
        body = everything[:LONGEST]
        title = entities.unescape(lines[at])
        shown = f'<pre class="code-block" tabindex="0"><code>{body}</code></pre>' if body else ""
        version, is_coming = version_of(title) or "", bool(UNRELEASED.search(title))
        sections.append(
            Notes(title[:200], version, "", shown, day_of(title), is_coming, len(everything) > LONGEST)
        )
    return tuple(sections)
