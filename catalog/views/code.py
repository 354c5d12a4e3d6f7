"""Files and folders of a mirror at the synced commit, and their raw bytes, so that links in guides lead somewhere.

A repository is hostile until shown otherwise: everything is capped, text is escaped by the templates, and raw
bytes never run in the portal's origin. Reading needs no lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from catalog.files import LARGEST_FILE
from catalog.guides.render import render
from catalog.guides.text import decode, is_binary
from catalog.models import Project
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from catalog.views.paths import file_url, path_after, raw_url
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import Blob, TreeEntry, shown

SHOWN_SIZE = 1_000_000  # bytes of a file that is shown as text
SHOWN_LINES = 5_000
SHOWN_COLUMNS = 2_000
SHOWN_ENTRIES = 1_000
SHOWN_STEPS = 30  # Of a path that is deeper only the end leads somewhere: each step repeats all before it.
LONGEST_PATH = 4_096
RENDERED_SIZE = 32 * 1024  # Rendering happens while somebody waits; a guide is rendered once, by the sync.
RAW_SIZE = LARGEST_FILE
RAW_SECONDS = 300  # A browser may keep raw bytes so long; whoever lost the right to see them keeps them no longer.
MARKUP = (".md", ".markdown", ".mdown", ".mkd")
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
SVG = ".svg"
TEMPLATES = {"tree": "catalog/folder.html", "blob": "catalog/file.html", "commit": "catalog/submodule.html"}


@dataclass(frozen=True, slots=True)
class Step:
    """A folder on the way to a path."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a folder. `kind` is tree, blob or commit; `size` is bytes, None for what has none."""

    name: str
    url: str
    kind: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as a page shows it: rendered, an image, lines, or nothing; `note` says what was cut and why."""

    html: str = ""
    image: bool = False
    lines: tuple[str, ...] = ()
    note: str = ""
    can_render: bool = False


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


# ---------------------------------------------------------------- pages
@require_safe
@visible_project
def files(request: HttpRequest, project: Project, path: str = "") -> HttpResponse:
    """A folder or a file. The path comes from the URL's bytes, because `path` has lost what is no UTF-8."""
    del path
    wanted = path_after(request, file_url(project, "")).rstrip("/")
    try:
        return page_of(request, project, wanted)
    except ForgeError as error:
        context = {"error": error, "path": shown(wanted), "steps": steps(project, wanted)}
        return project_page(
            request, "catalog/no_files.html", project, current="files", context=context, status=404
        )


def page_of(request: HttpRequest, project: Project, path: str) -> HttpResponse:
    if not project.head_commit:
        raise ForgeError("mirror_missing")
    mirror = Mirror(mirror_path(project.pk))
    mirror.folder()
    is_bearable = len(path) <= LONGEST_PATH
    entry = reading.entry_at(mirror, project.head_commit, path) if path and is_bearable else None
    if path and entry is None:
        return missing(request, project, path)
    kind = entry.type if entry else "tree"
    context: dict[str, object] = {"path": shown(path), "steps": steps(project, path), "entry": entry}
    if kind == "tree":
        context |= folder_of(project, mirror, path)
    elif entry and kind == "blob":
        blob = reading.blob(mirror, entry.id, max_size=SHOWN_SIZE)
        context["shown"] = shown_file(project, entry, blob, as_source="source" in request.GET)
        context["raw_url"] = raw_url(project, path)
    return project_page(request, TEMPLATES[kind], project, current="files", context=context)


def missing(request: HttpRequest, project: Project, path: str) -> HttpResponse:
    context = {"path": shown(path), "steps": steps(project, path)}
    return project_page(request, "catalog/no_files.html", project, current="files", context=context, status=404)


def steps(project: Project, path: str) -> list[Step]:
    """From the root to the path itself, or the last of that; the root is named like the project."""
    parts = path.split("/") if path else []
    ways = [
        Step(shown(part), file_url(project, "/".join(parts[: at + 1])))
        for at, part in enumerate(parts)
        if at >= len(parts) - SHOWN_STEPS
    ]
    return [Step(project.name, file_url(project, "")), *ways]


def folder_of(project: Project, mirror: Mirror, path: str) -> dict[str, object]:
    tree = reading.folder(mirror, project.head_commit, path, limit=SHOWN_ENTRIES)
    entries = sorted(tree.entries, key=lambda entry: (entry.type != "tree", entry.path.casefold()))
    rows = [
        Row(shown(entry.path.rpartition("/")[2]), file_url(project, entry.path), entry.type, entry.size)
        for entry in entries
    ]
    return {"rows": rows, "complete": tree.complete, "limit": SHOWN_ENTRIES}


def shown_file(project: Project, entry: TreeEntry, blob: Blob, *, as_source: bool) -> Shown:
    if blob.data is None:
        too_large = "This file is too large to be shown here. The raw file is complete."
        return Shown(note=too_large if blob.too_large else "The mirror does not hold this file.")
    if ending(entry.path) in IMAGES and not entry.is_link:
        return Shown(image=True)
    decoded = decode(blob.data)
    if decoded is None:
        return Shown(note="This file is no text, so there is nothing to show.")
    is_markup = ending(entry.path) in MARKUP and not entry.is_link
    can_render = is_markup and len(blob.data) <= RENDERED_SIZE
    if can_render and not as_source:
        rendered = render(
            decoded.text,
            path=shown(entry.path),
            link_base=file_url(project, ""),
            image_base=raw_url(project, ""),
        )
        return Shown(html=rendered.html, note=rendered.note or decoded.note, can_render=True)
    note = f"Files above {RENDERED_SIZE // 1024} kB are shown as source." if is_markup and not can_render else ""
    return lines_of(decoded.text, note=decoded.note or note, can_render=can_render)


def lines_of(text: str, *, note: str = "", can_render: bool = False) -> Shown:
    """At most SHOWN_LINES lines of SHOWN_COLUMNS characters each; what was cut is said."""
    lines = text.removesuffix("\n").split("\n") if text else []
    if len(lines) > SHOWN_LINES:
        note = f"Only the first {SHOWN_LINES:,} of {len(lines):,} lines are shown."
    kept = tuple(line[:SHOWN_COLUMNS] for line in lines[:SHOWN_LINES])
    if any(len(line) > SHOWN_COLUMNS for line in lines[:SHOWN_LINES]):
        note = note or f"Lines are cut after {SHOWN_COLUMNS:,} characters."
    return Shown(lines=kept, note=note, can_render=can_render)


# ---------------------------------------------------------------- bytes
@require_safe
@visible_project
def raw(request: HttpRequest, project: Project, commit: str, path: str) -> HttpResponse:
    """The bytes of a file at the synced commit or one before it, as nothing that a browser would run."""
    del path
    wanted = path_after(request, f"/raw/{commit}/")
    try:
        found = raw_blob(project, commit, wanted)
    except ForgeError as error:
        raise Http404(error.message) from None
    if found is None or found.size is None:
        raise Http404("There is no such file.")
    if found.data is None:
        return guarded(
            HttpResponse(
                f"This file is larger than {RAW_SIZE // 1_000_000} MB. Clone the repository to get it.\n",
                content_type="text/plain; charset=utf-8",
                status=413,
            )
        )
    etag = f'"{found.id}"'
    if request.headers.get("If-None-Match") == etag:
        return guarded(HttpResponseNotModified(headers={"ETag": etag}))
    response = HttpResponse(found.data, headers=headers_of(wanted, found.data))
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={RAW_SECONDS}"
    return guarded(response)


def raw_blob(project: Project, commit: str, path: str) -> Blob | None:
    mirror = Mirror(mirror_path(project.pk))
    mirror.folder()
    if not project.head_commit:
        return None
    if commit != project.head_commit and not reading.is_ancestor(mirror, commit, project.head_commit):
        return None
    found = reading.blob_at(mirror, commit, path, max_size=RAW_SIZE)
    return found[1] if found else None


def headers_of(path: str, data: bytes) -> dict[str, str]:
    """Images that cannot carry script are shown, text is plain text, all else is for download."""
    kind = ending(path)
    if kind in IMAGES:
        return {"Content-Type": IMAGES[kind]}
    name = shown(path.rpartition("/")[2])
    download = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    if kind == SVG:
        # As the source of an image it is drawn and runs nothing; opened by itself it is a download.
        return {"Content-Type": "image/svg+xml", **download}
    if is_binary(data) or b"\0" in data[:8192]:
        return {"Content-Type": "application/octet-stream", **download}
    return {"Content-Type": "text/plain; charset=utf-8"}


def guarded(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
