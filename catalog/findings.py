"""What one sync reads out of a mirror. No database: a mirror and what was known go in, findings come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.urls import reverse

from catalog.facts.activity import Activity, count_activity
from catalog.facts.languages import count_languages
from catalog.facts.licences import detect_licence
from catalog.guides.codeowners import Owner, maintainer_emails, project_owners
from catalog.guides.find import FoundGuide, Wanted, find_guides, has_ci, has_tests, wanted
from catalog.guides.metadata import Metadata, read_metadata
from catalog.guides.render import Rendered, render
from catalog.guides.summary import description, summarise
from catalog.guides.text import decode
from forge import reading
from forge.mirror import Mirror
from forge.types import Tag, Tree, UpdateResult, shown

MAX_FILES = 200_000
MAX_TAGS = 5_000
#: The stream of commits tells that the reader lives after each so many.
STRIDE = 500
YEAR = timedelta(days=365)

T = TypeVar("T")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ReadGuide:
    """A guide that was found, and what it says where its kind is shown and its text could be read."""

    found: FoundGuide
    rendered: Rendered | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refs:
    """What the names of branches and tags tell; cheap, so a sync that moved no default branch reads only this."""

    default_branch: str
    head: str
    branch_count: int
    tags: tuple[Tag, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that one commit tells. An empty repository has only `refs` and `activity`.

    `described` is what a manifest says of it. `year` are the commits of the last 365 days by author
    address, the most first.
    """

    refs: Refs
    activity: Activity
    year: tuple[int, ...] = ()
    file_count: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    licence: str = ""
    described: str = ""
    guides: tuple[ReadGuide, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    owners: tuple[Owner, ...] = ()
    maintainers: tuple[str, ...] = ()
    has_ci: bool | None = None
    has_tests: bool | None = None
    notes: tuple[str, ...] = ()

    def guide(self, kind: str) -> ReadGuide | None:
        return next((guide for guide in self.guides if guide.found.kind == kind), None)

    @property
    def readme_words(self) -> int | None:
        readme = self.guide("readme")
        if readme is None:
            return 0
        return len(readme.rendered.plain_text.split()) if readme.rendered else None

    @property
    def first_words(self) -> str:
        """A summary for a project that states none: of its README, else of a manifest."""
        readme = self.guide("readme")
        markup = readme.rendered.html if readme and readme.rendered else ""
        return summarise(markup, described=self.described)


def read_refs(mirror: Mirror, update: UpdateResult) -> Refs:
    """One `for-each-ref`. Raises ForgeError."""
    tags = reading.tags(mirror, limit=MAX_TAGS + 1) if mirror.exists else ()
    notes = [notice.message for notice in update.warnings]
    if update.head is None:
        notes.append("This repository has no commits yet.")
    if len(tags) > MAX_TAGS:
        notes.append(f"Only the newest {MAX_TAGS:,} tags are listed.")
    branches = sum(name.startswith("refs/heads/") for name in update.refs)
    return Refs(update.default_branch or "", update.head or "", branches, tags[:MAX_TAGS], tuple(notes))


def read_findings(
    mirror: Mirror, refs: Refs, *, slug: str, now: datetime, known: tuple[str, Activity] | None, tell: Tell
) -> Findings:
    """Reads one commit: its history, its tree and the blobs that matter, each by one stream. Raises ForgeError.

    `known` is a commit with the activity counted up to it; history is then read from there on, unless it was
    rewritten. `tell` hears the name of each phase, and hears it again as a sign of life.
    """
    if not refs.head:
        return Findings(refs, count_activity((), now=now))
    tell("reading history")
    activity = read_activity(mirror, refs.head, now=now, known=known, tell=tell)
    year = Counter(commit.author_email.lower() for commit in reading.log(mirror, refs.head, since=now - YEAR))
    tell("reading files")
    tree = reading.tree(mirror, refs.head, limit=MAX_FILES)
    asked = wanted(tree.entries)
    files = read_wanted(mirror, asked)
    tell("reading guides")
    return Findings(
        refs,
        activity,
        year=tuple(count for _, count in year.most_common()),
        file_count=len(tree.entries),
        languages=count_languages(tree.entries),
        licence=licence_of(files),
        described=description(texts(files, "licence")),
        guides=tuple(read_guides(find_guides(tree.entries), asked, files, slug=slug, commit=refs.head)),
        metadata=read_metadata(texts(files, "metadata")),
        owners=tuple(each for text in owners_files(files, "CODEOWNERS") for each in project_owners(text)),
        maintainers=tuple(each for text in owners_files(files, "MAINTAINERS") for each in maintainer_emails(text)),
        has_ci=has_ci(tree.entries) if tree.complete else None,
        has_tests=has_tests(tree.entries) if tree.complete else None,
        notes=notes_of(tree),
    )


def read_activity(
    mirror: Mirror, head: str, *, now: datetime, known: tuple[str, Activity] | None, tell: Tell
) -> Activity:
    if known is not None and reading.is_ancestor(mirror, known[0], head):
        commits = reading.log(mirror, head, exclude=known[0])
        return count_activity(alive(commits, tell), now=now, before=known[1])
    return count_activity(alive(reading.log(mirror, head), tell), now=now)


def alive(items: Iterable[T], tell: Tell) -> Iterator[T]:
    for number, item in enumerate(items):
        if number % STRIDE == 0:
            tell("reading history")
        yield item


# ---------------------------------------------------------------- files
Files = dict[Wanted, bytes]


def read_wanted(mirror: Mirror, asked: Sequence[Wanted]) -> Files:
    """The contents of what the readers ask for, by one `cat-file`; too large and missing ones are left out."""
    ids = list(dict.fromkeys(each.blob for each in asked))
    limit = max((each.limit for each in asked), default=0)
    found = {blob.id: blob.data for blob in reading.blobs(mirror, ids, max_size=limit) if blob.data is not None}
    return {each: found[each.blob] for each in asked if each.blob in found and len(found[each.blob]) <= each.limit}


def texts(files: Files, purpose: str) -> dict[str, bytes]:
    return {each.path: data for each, data in files.items() if each.purpose == purpose}


def licence_of(files: Files) -> str:
    found = detect_licence(texts(files, "licence"))
    return found.spdx if found else ""


def owners_files(files: Files, name: str) -> Iterator[str]:
    for path, data in texts(files, "owners").items():
        decoded = decode(data)
        if decoded and path.rpartition("/")[2].upper().startswith(name):
            yield decoded.text


def read_guides(
    guides: Iterable[FoundGuide], asked: Sequence[Wanted], files: Files, *, slug: str, commit: str
) -> Iterator[ReadGuide]:
    contents = texts(files, "guide")
    meant_to_be_shown = {each.path for each in asked if each.purpose == "guide"}
    for found in guides:
        if found.path in contents:
            yield read_guide(found, contents[found.path], slug=slug, commit=commit)
        elif found.path in meant_to_be_shown:
            yield ReadGuide(found, note="This file is too large to be shown here.")
        else:
            yield ReadGuide(found)


def read_guide(found: FoundGuide, data: bytes, *, slug: str, commit: str) -> ReadGuide:
    decoded = decode(data)
    if decoded is None:
        return ReadGuide(found, note="This file holds no text that could be shown.")
    rendered = render(
        decoded.text,
        path=shown(found.path),
        link_base=reverse("catalog:file", args=[slug, "x"])[:-1],
        image_base=reverse("catalog:raw", args=[slug, commit, "x"])[:-1],
    )
    return ReadGuide(found, rendered, note=" ".join(filter(None, (decoded.note, rendered.note))))


def notes_of(tree: Tree) -> tuple[str, ...]:
    if tree.complete:
        return ()
    return (f"There are too many files to index; only the first {MAX_FILES:,} were looked at.",)
