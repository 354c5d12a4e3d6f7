"""Commits as pages list them: the history of a project, a folder or a file, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from catalog import renderings
from catalog.keys import digest, hexed, unhexed
from catalog.models import Contributor, Project
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import Commit, shown
from people.models import User

PAGE = 50
#: Beyond so many pages each costs more than anybody should wait for; later history is reached from a commit there.
MOST_PAGES = 200
#: Seconds to look for commits that touched a path; git has to look at all that did not as well.
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit of a list. An author line proves nothing: `email` leads to a person only if that verified it."""

    id: str
    subject: str
    author: str
    email: str
    at: datetime

    @classmethod
    def of(cls, commit: Commit) -> Entry:
        return cls(
            commit.id, commit.subject[:300], commit.author_name[:200], commit.author_email, commit.committed_at
        )


@dataclass(frozen=True, slots=True)
class Page:
    """`before` is what a file was called earlier and `before_at` the commit that still has it so, else "".

    `is_cut` says that the time was over before all were found.
    """

    entries: tuple[Entry, ...]
    has_more: bool = False
    before: str = ""
    before_at: str = ""
    is_cut: bool = False


def page_of(project: Project, mirror: Mirror, commit: str, path: str, number: int) -> Page:
    """`number` is from 1. What touched a path is kept, because git has to search for it. Raises ForgeError."""
    if not path:
        return read_page(mirror, commit, "", number)
    key = f"{project.pk}-{commit}-{digest(path)}-{number}"
    if (content := renderings.kept("history", key)) is not None:
        return restored(content)
    page = read_page(mirror, commit, path, number)
    if page.entries and not page.is_cut:
        renderings.keep("history", key, written(page))
    return page


def read_page(mirror: Mirror, commit: str, path: str, number: int) -> Page:
    entries: list[Entry] = []
    last: Commit | None = None
    skip, is_cut = (number - 1) * PAGE, False
    try:
        for each in reading.log(mirror, commit, path=path, limit=PAGE + 1, skip=skip, seconds=SECONDS):
            if len(entries) == PAGE:
                return Page(tuple(entries), has_more=True)
            entries.append(Entry.of(each))
            last = each
    except ForgeError as error:
        if error.code != "timed_out":
            raise
        is_cut = True
    if is_cut or last is None or not path or not last.parents:
        return Page(tuple(entries), is_cut=is_cut)
    try:
        before = reading.renamed_from(mirror, last.id, path)
    except ForgeError as error:
        if error.code != "timed_out":
            raise
        before = ""
    return Page(tuple(entries), before=before, before_at=last.parents[0] if before else "")


def written(page: Page) -> renderings.Content:
    entries = [[each.id, each.subject, each.author, each.email, each.at.isoformat()] for each in page.entries]
    return {**asdict(page), "entries": entries, "before": hexed(page.before)}


def restored(content: renderings.Content) -> Page:
    entries = tuple(
        Entry(id, subject, author, email, datetime.fromisoformat(at))
        for id, subject, author, email, at in content.pop("entries")
    )
    return Page(entries, before=unhexed(content.pop("before")), **content)


def people_of(project: Project, emails: Sequence[str]) -> dict[str, User]:
    """Who verified these addresses, by the lowered address. One query, none for no address."""
    lowered = {shown(email).lower()[:254] for email in emails if email}
    if not lowered:
        return {}
    rows = Contributor.objects.filter(project=project, email__in=lowered, user__isnull=False)
    return {row.email: row.user for row in rows.select_related("user").defer("weeks") if row.user}
