"""Tags and the changelog as one time line of releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from catalog.docs.changelog import Notes, same


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that is a release."""

    name: str
    commit: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its tag, its notes, or both. `before` is the tag of the release before it, None for the first."""

    tag: Tagged | None
    notes: Notes | None
    before: Tagged | None = None

    @property
    def name(self) -> str:
        return self.tag.name if self.tag else self.notes.title if self.notes else ""

    @property
    def at(self) -> datetime | None:
        if self.tag and self.tag.at:
            return self.tag.at
        return noon(self.notes) if self.notes else None


def noon(notes: Notes) -> datetime | None:
    return datetime.combine(notes.day, time(12), UTC) if notes.day else None


def unreleased(sections: Iterable[Notes], tags: Iterable[Tagged]) -> Notes | None:
    """What the changelog gathers for the coming release; None when that is nothing, or is tagged already."""
    tagged = {same(tag.name) for tag in tags}
    coming = (notes for notes in sections if notes.is_coming and notes.html.strip())
    return next((notes for notes in coming if not notes.version or same(notes.version) not in tagged), None)


def timeline(tags: Iterable[Tagged], sections: Sequence[Notes]) -> tuple[Release, ...]:
    """Every release once, the newest first. Notes without a tag stand where the changelog has them."""
    found = sorted(tags, key=lambda tag: (tag.at or EPOCH, same(tag.name)), reverse=True)
    by_version: dict[str, Tagged] = {}
    for tag in sorted(found, key=lambda tag: len(tag.name)):
        by_version.setdefault(same(tag.name), tag)
    told: dict[Tagged, Notes] = {}
    rest: list[tuple[datetime, int, Notes]] = []
    moment = None
    # From the oldest on, so that a section without any date stands just above the one below it.
    for number, notes in reversed(list(enumerate(sections))):
        meant = by_version.get(same(notes.version)) if notes.version else None
        if meant and meant not in told:
            told[meant] = notes
            moment = meant.at or moment
        elif not notes.is_coming:
            moment = noon(notes) or moment
            rest.append((moment or EPOCH, -number, notes))
    before = before_each(found)
    rows = [(tag.at or EPOCH, 0, Release(tag, told.get(tag), before.get(tag))) for tag in found]
    rows += [(at, order, Release(None, notes)) for at, order, notes in rest]
    # Of equal moments what has no tag comes first: it was given that of the tag below it.
    keys = [(moment, release.tag is None, order, -at) for at, (moment, order, release) in enumerate(rows)]
    order = sorted(range(len(rows)), key=keys.__getitem__, reverse=True)
    return tuple(rows[at][2] for at in order)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def before_each(tags: Sequence[Tagged]) -> dict[Tagged, Tagged]:
    """The release before each: the next older tag whose name begins alike, as in "ledger-1.2" and "ledger-1.1"."""
    before: dict[Tagged, Tagged] = {}
    newer: dict[str, Tagged] = {}
    for tag in tags:
        series = series_of(tag.name)
        if series in newer:
            before[newer[series]] = tag
        newer[series] = tag
    return before


def series_of(name: str) -> str:
    """What stands before the number, without a "v": each package of a repository has releases of its own."""
    digit = next((at for at, letter in enumerate(name) if letter.isdigit()), len(name))
    return name[:digit].lower().removesuffix("v").rstrip("-_/@.")
