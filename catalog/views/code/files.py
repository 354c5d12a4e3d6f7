"""Folders and files of a revision.

A repository is hostile until shown otherwise: everything is capped and text is escaped. Reading needs no lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from catalog import texts
from catalog.guides.contents import Line, contents
from catalog.guides.finish import TocEntry
from catalog.guides.text import decode
from catalog.last_changes import Changes, changes_of
from catalog.owners import owners_of
from catalog.views.code.here import Here, NothingHere, code_answer, code_page
from catalog.views.code.kinds import IMAGES, SVG, ending
from catalog.views.paths import commit_url, file_url, raw_url
from forge import reading
from forge.types import Blob, Tree, TreeEntry, shown

SHOWN_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a folder. `kind` is tree, blob or commit; `size` is bytes, None for what has none.

    `subject`, `commit_url`, `author` and `at` are of the commit that changed it last; empty while not known.
    """

    name: str
    url: str
    kind: str
    size: int | None
    subject: str = ""
    commit_url: str = ""
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as a page shows it: rendered, an image, lines, or nothing; `note` says what was cut and why."""

    html: str = ""
    image: bool = False
    lines: tuple[str, ...] = ()
    toc: tuple[TocEntry, ...] = ()
    note: str = ""
    can_render: bool = False
    is_waiting: bool = False

    @property
    def contents(self) -> tuple[Line, ...]:
        return contents(self.toc)


@code_page("files")
def files(request: HttpRequest, here: Here) -> HttpResponse:
    """A folder, a file or the place of a submodule."""
    entry = here.entry()
    if here.path and entry is None:
        raise NothingHere
    if entry is None or entry.type == "tree":
        return folder(request, here)
    if entry.type == "commit":
        return code_answer(request, here, "catalog/code/submodule.html", {"entry": entry})
    return file(request, here, entry)


# ---------------------------------------------------------------- folders
def folder(request: HttpRequest, here: Here) -> HttpResponse:
    tree = reading.folder(here.mirror, here.revision.commit, here.path, limit=SHOWN_ENTRIES)
    entries = sorted(tree.entries, key=lambda entry: (entry.type != "tree", entry.path.casefold()))
    changes = changes_of(here.project, here.mirror, here.revision.commit, here.path, names_of(entries))
    found = readme_of(here, tree)
    context = {
        "rows": [row(here, entry, changes) for entry in entries],
        "complete": tree.complete,
        "limit": SHOWN_ENTRIES,
        "changes": changes,
        "readme": readme(here, found),
        "readme_url": here.file_url(found.path) if found else "",
    }
    return code_answer(request, here, "catalog/code/folder.html", context, part="catalog/code/_entries.html")


def names_of(entries: Sequence[TreeEntry]) -> list[str]:
    return [last_step(entry) for entry in entries]


def last_step(entry: TreeEntry) -> str:
    return entry.path.rpartition("/")[2]


def row(here: Here, entry: TreeEntry, changes: Changes) -> Row:
    name = last_step(entry)
    url = here.file_url(entry.path)
    change = changes.by_name.get(shown(name))
    if change is None:
        return Row(shown(name), url, entry.type, entry.size)
    return Row(
        shown(name),
        url,
        entry.type,
        entry.size,
        subject=change.subject,
        commit_url=commit_url(here.project, change.commit),
        author=change.author,
        at=change.at,
    )


def readme_of(here: Here, tree: Tree) -> TreeEntry | None:
    """What a folder says of itself. That of the root stands on the project's own page."""
    found = next((each for each in tree.entries if last_step(each).lower() in ("readme.md", "readme.rst")), None)
    return found if here.path and found is not None and found.type == "blob" and not found.is_link else None


def readme(here: Here, found: TreeEntry | None) -> Shown | None:
    made = shown_file(here, found, as_source=False) if found else None
    return made if made and (made.html or made.is_waiting) else None


# ---------------------------------------------------------------- files
def file(request: HttpRequest, here: Here, entry: TreeEntry) -> HttpResponse:
    context = {
        "entry": entry,
        "shown": shown_file(here, entry, as_source="source" in request.GET),
        "owners": owners_of(here.project, here.mirror, here.revision.commit, here.path),
    }
    return code_answer(request, here, "catalog/code/file.html", context, part="catalog/code/_file.html")


def shown_file(here: Here, entry: TreeEntry, *, as_source: bool) -> Shown:
    if ending(entry.path) in (*IMAGES, SVG) and not entry.is_link and not as_source:
        return Shown(image=True, can_render=ending(entry.path) == SVG)
    blob = reading.blob(here.mirror, entry.id, max_size=texts.largest(entry.path))
    if blob.data is None:
        too_large = "This file is too large to be shown here. The raw file is complete."
        return Shown(note=too_large if blob.too_large else "The mirror does not hold this file.")
    decoded = decode(blob.data)
    if decoded is None:
        return Shown(note="This file is no text, so there is nothing to show.")
    if texts.is_markup(entry.path) and not entry.is_link and not as_source:
        return rendered(here, entry, blob, decoded.text, decoded.note)
    return source(here, entry, blob, decoded.text, decoded.note)


def rendered(here: Here, entry: TreeEntry, blob: Blob, text: str, note: str) -> Shown:
    """While a worker renders it, its source."""
    made = texts.rendered(
        here.project,
        blob,
        text,
        entry.path,
        link_base=file_url(here.project, ""),
        image_base=raw_url(here.project, "", here.revision.commit),
        at=here.at,
    )
    if made is None or not made.html:
        plain = texts.plain(text)
        return Shown(lines=plain.lines, note=plain.note or note, can_render=True, is_waiting=made is None)
    return Shown(html=made.html, toc=made.toc, note=made.note or note, can_render=True)


def source(here: Here, entry: TreeEntry, blob: Blob, text: str, note: str) -> Shown:
    found = texts.lines(here.project, blob, text, entry.path)
    can_render = (texts.is_markup(entry.path) or ending(entry.path) == SVG) and not entry.is_link
    return Shown(lines=found.lines, note=found.note or note, can_render=can_render, is_waiting=found.is_waiting)
