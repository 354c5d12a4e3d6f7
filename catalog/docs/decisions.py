"""Decisions on record (ADRs) and proposals (RFCs): number, title, status, date and what took their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from catalog.docs.places import folder_of, is_index, natural, resolved, stem
from catalog.docs.titles import LONGEST_LINE, front_matter, head_of, plain, title_of

MOST = 500
LONGEST_STATUS = 60
FOLDER = re.compile(
    r"(?:^|/)(adrs?|decisions|decision-records|architecture-decisions|architecture-decision-records|rfcs?)/",
    re.IGNORECASE,
)
#: "0007-use-x", "ADR-7 use x", "rfc_0012_y", "2024-01-31-z".
NUMBERED = re.compile(r"(?:(?:adr|rfc)[-_ ]?)?(\d{4}-\d\d-\d\d|\d{1,6})(?=[-_. ]|$)", re.IGNORECASE)
IN_TITLE = re.compile(
    r"(?:(?:adr|rfc)[-_ #]*)?\d{1,6}\s*(?:[.:)–—-]+)\s*(?=\S)|(?:adr|rfc)\s*[:–—-]\s*", re.IGNORECASE
)
#: "Status: accepted", "* Status: accepted", "**Status:** accepted", ":Status: accepted", "| Status | accepted |".
LINE = re.compile(
    r"[\s*+|:_-]{0,8}(status|date|decided on|start date)[\s*_]{0,4}[:|][\s*_:|]{0,6}(.*)", re.IGNORECASE
)
SECTION = re.compile(r"(?:#{1,6}|={1,6})?\s*(status|date)\s*:?\s*#*", re.IGNORECASE)
HEADING = re.compile(r"(?:#{1,6}|={1,6})\s+\S.*")
RULE = re.compile(r"([=\-~^*+#.\"'`:_])\1{2,}\s*")
DAY = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
LINK = re.compile(r"\[([^\]]{1,200})\]\(([^)\s]{1,400})\)|`([^`<]{1,200}?)\s*<([^<>`\s]{1,400})>`_")
REPLACED = re.compile(r"supersed|superced|replaced|obsoleted", re.IGNORECASE)
Tone = Literal["good", "info", "caution", "bad", "unknown"]
#: What people call the states, by how they begin; the first one that fits decides.
STATES: tuple[tuple[str, str, Tone], ...] = (
    ("superseded", r"supersed|superced|replaced|obsolete", "caution"),
    ("on hold", r"on[- ]hold|deferred|postponed|paused", "caution"),
    ("deprecated", r"deprecat|retired|abandon", "caution"),
    ("rejected", r"reject|declin|not accepted|dismiss|withdrawn|cancel|closed", "bad"),
    (
        "accepted",
        r"accept|approv|adopt|decided|agreed|active|final|implement|done|in force|merged|completed?\b",
        "good",
    ),
    (
        "proposed",
        r"propos|draft|pending|open|in review|under review|in discussion|discuss|request|wip|idea|new\b",
        "info",
    ),
)
KNOWN = tuple((word, re.compile(pattern, re.IGNORECASE), tone) for word, pattern, tone in STATES)


@dataclass(frozen=True, slots=True)
class Decision:
    """One record. `status` is as it was written, `state` one of STATES or "" when it says none.

    `successor` is the path of what took its place, `day` is "2026-01-31" or "".
    """

    path: str
    kind: Literal["ADR", "RFC"]
    number: str
    title: str
    status: str = ""
    state: str = ""
    day: str = ""
    successor: str = ""

    @property
    def tone(self) -> Tone:
        return next((tone for word, _, tone in KNOWN if word == self.state), "unknown")


def is_decision(path: str) -> bool:
    """By its folder and its number."""
    return bool(FOLDER.search(folder_of(path)) and NUMBERED.match(stem(path))) and not is_index(path)


def decisions(texts: Mapping[str, str]) -> tuple[Decision, ...]:
    """Those among the documents, the newest number first. What leads to no record of these is left out."""
    found = [read_decision(path, texts[path]) for path in texts if is_decision(path)]
    found.sort(key=lambda each: (folder_of(each.path), natural(each.number), each.path), reverse=True)
    return tuple(found[:MOST])


def read_decision(path: str, text: str) -> Decision:
    lines = head_of(text)
    fields, body = front_matter(lines)
    status = fields.get("status") or said(body, "status")
    state = state_of(status)
    replaced = state == "superseded" or REPLACED.search(status) is not None
    number = NUMBERED.match(stem(path))
    folder = FOLDER.search(path)
    return Decision(
        path=path,
        kind="RFC" if folder and folder[1].lower().startswith("rfc") else "ADR",
        number=number[1] if number else "",
        title=IN_TITLE.sub("", title_of(path, text), count=1)[:200] or title_of(path, text),
        status=plain(status)[:LONGEST_STATUS],
        state=state,
        day=day_of(fields.get("date") or said(body, "date") or ""),
        successor=successor(status, path) if replaced else "",
    )


def state_of(status: str) -> str:
    return next((word for word, pattern, _ in KNOWN if pattern.search(status)), "")


def said(lines: list[str], name: str) -> str:
    """The words behind a name at the beginning of a line, else the first paragraph below such a heading."""
    for line in filter(None, map(LINE.fullmatch, lines)):
        if name in line[1].lower() and (words := line[2].strip(" |*_")):
            return words
    for at, heading in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        found = SECTION.fullmatch(heading)
        is_heading = HEADING.fullmatch(heading) or RULE.fullmatch(below)
        if found and found[1].lower() == name and is_heading:
            return " ".join(paragraph(lines[at + 1 :]))[:LONGEST_LINE]
    return ""


def paragraph(lines: list[str]) -> Iterator[str]:
    """Lines of words up to an empty one or the next heading."""
    has_begun = False
    for line in lines:
        is_word = bool(line.strip()) and not RULE.fullmatch(line)
        if HEADING.fullmatch(line) or (has_begun and not is_word):
            return
        if is_word:
            has_begun = True
            yield line.strip()


def day_of(text: str) -> str:
    """Only dates in numbers that exist; others would have to be guessed."""
    found = DAY.search(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def successor(status: str, path: str) -> str:
    """The last record that a status links to: "Supersedes [1](…), superseded by [9](…)"."""
    before, mark, after = status.rpartition(" by ")
    found = LINK.search(after if mark else before + after)
    target = (found[2] or found[4]).partition("#")[0] if found else ""
    return (resolved(target, folder_of(path)) or "") if target and "://" not in target else ""
