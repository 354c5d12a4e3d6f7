"""The documentation of a project, to be read here: page by page in its own order, searched, and its decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import library, texts
from catalog.docs.finding import words_of
from catalog.docs.navigation import Entry
from catalog.docs.outline import Document, Outline
from catalog.docs.places import ENDINGS, INDEX, ending
from catalog.guides.contents import Line, contents
from catalog.guides.text import decode
from catalog.models import Project
from catalog.revisions import Revision, mirror_of, revision_at
from catalog.views.access import visible_project
from catalog.views.frame import project_page
from catalog.views.parts import wants_part
from catalog.views.paths import document_url, file_url, path_after, query, quoted, raw_url
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import shown
from search import paging

DECISIONS_SHOWN = 100
FEW_GROUPS = 12
SOURCE_SHOWN = 100_000  # Characters, while a worker renders the whole.


# ---------------------------------------------------------------- what every page of it shows
@dataclass(frozen=True, slots=True)
class Shelf:
    """The documentation of a project at a revision.

    `base` and `query` are what stands around the path in the address of each of its pages.
    """

    project: Project
    mirror: Mirror
    revision: Revision
    outline: Outline

    base: str
    query: str

    def url(self, path: str) -> str:
        return self.base + quoted(path) + self.query


@dataclass(slots=True)
class Branch:
    """A line of the navigation with those below it. `is_open`: the page that is read is one of them."""

    entry: Entry
    url: str = ""
    is_current: bool = False
    is_open: bool = False
    below: list[Branch] = field(default_factory=list)


def shelf_of(request: HttpRequest, project: Project) -> Shelf:
    """Raises ForgeError for a revision that is not there, or before the first sync."""
    mirror = mirror_of(project)
    at = request.GET.get("at", "")
    revision = revision_at(project, mirror, at)
    outline = library.outline_of(mirror, revision.commit)
    return Shelf(project, mirror, revision, outline, document_url(project, ""), query(at=revision.at))


def branches(entries: tuple[Entry, ...], shelf: Shelf, current: str) -> list[Branch]:
    """The lines as a tree, in one walk. A few groups of the highest level stand open."""
    top: list[Branch] = []
    way: list[Branch] = []
    for entry in entries:
        del way[max(0, entry.depth - 1) :]
        url = entry.url or (shelf.url(entry.path) if entry.path and not entry.is_broken else "")
        branch = Branch(entry, url, is_current=bool(entry.path) and entry.path == current)
        (way[-1].below if way else top).append(branch)
        way.append(branch)
        if branch.is_current:
            for above in way:
                above.is_open = True
    if len(top) < FEW_GROUPS:
        for branch in top:
            branch.is_open = branch.is_open or not branch.url
    return top


def frame_of(shelf: Shelf, current: str = "") -> dict[str, object]:
    """What the navigation beside every page needs."""
    outline = shelf.outline
    return {
        "outline": outline,
        "revision": shelf.revision,
        "branches": branches(outline.entries, shelf, current),
        "unlisted": branches(outline.unlisted, shelf, current),
        "unlisted_open": any(entry.path == current for entry in outline.unlisted),
        "docs_url": shelf.url(""),
        "decisions_url": decisions_url(shelf),
        "source_url": file_url(shelf.project, outline.source, shelf.revision.at) if outline.source else "",
    }


def trouble(request: HttpRequest, project: Project, error: ForgeError) -> HttpResponse:
    return project_page(
        request, "catalog/docs/none.html", project, current="docs", context={"error": error}, status=404
    )


# ---------------------------------------------------------------- pages
@require_safe
@visible_project
@vary_on_headers("HX-Request")
def docs(request: HttpRequest, project: Project, path: str = "") -> HttpResponse:
    """A document, the first one without a path; with `q` what a search in all of them finds."""
    del path
    wanted = path_after(request, document_url(project, "")).rstrip("/")
    try:
        shelf = shelf_of(request, project)
        if "q" in request.GET and not wanted:
            return found_page(request, shelf, request.GET["q"])
        return document_page(request, shelf, wanted)
    except ForgeError as error:
        return trouble(request, project, error)


def document_page(request: HttpRequest, shelf: Shelf, wanted: str) -> HttpResponse:
    path = wanted or shelf.outline.home
    document = shelf.outline.document(path) if path else None
    if document is None:
        return elsewhere(request, shelf, wanted)
    context = frame_of(shelf, path) | text_of(shelf, document) | neighbours(shelf, path)
    context["document"] = document
    context["file_url"] = file_url(shelf.project, path, shelf.revision.at)
    template = "catalog/docs/_text.html" if wants_part(request) else "catalog/docs/document.html"
    if wants_part(request):
        return render(request, template, {"project": shelf.project, **context})
    return project_page(request, template, shelf.project, current="docs", context=context)


def text_of(shelf: Shelf, document: Document) -> dict[str, object]:
    """The text, or its source as long as a worker renders it."""
    blob = reading.blob(shelf.mirror, document.blob, max_size=texts.largest(document.path))
    decoded = decode(blob.data) if blob.data is not None else None
    if decoded is None:
        why = "It is too large to be shown here." if blob.too_large else "It holds no text that could be shown."
        return {"note": why}
    rendered = texts.rendered(
        shelf.project,
        blob,
        decoded.text,
        document.path,
        link_base=document_url(shelf.project, ""),
        image_base=raw_url(shelf.project, "", shelf.revision.commit),
        at=shelf.revision.at,
    )
    if rendered is None:
        return {"waiting": decoded.text[:SOURCE_SHOWN]}
    lines: tuple[Line, ...] = contents(rendered.toc)
    return {"html": rendered.html, "note": rendered.note or decoded.note, "contents": lines}


def neighbours(shelf: Shelf, path: str) -> dict[str, object]:
    """The pages before and after this one. Decisions follow each other, the others the navigation."""
    records = [(each.path, f"{each.number} {each.title}") for each in reversed(shelf.outline.decisions)]
    pages = [(entry.path, entry.title) for entry in shelf.outline.pages]
    order = pages if any(path == each for each, _ in pages) else records
    at = next((number for number, (each, _) in enumerate(order) if each == path), None)
    if at is None:
        return {}
    before = order[at - 1] if at else None
    after = order[at + 1] if at + 1 < len(order) else None
    return {"before": near(shelf, before), "after": near(shelf, after)}


def near(shelf: Shelf, page: tuple[str, str] | None) -> dict[str, str] | None:
    return {"title": page[1], "url": shelf.url(page[0])} if page else None


def elsewhere(request: HttpRequest, shelf: Shelf, wanted: str) -> HttpResponse:
    """To the document that a link means by another name, else to the file of this name."""
    if not wanted:
        if shelf.outline.decisions:
            return HttpResponseRedirect(decisions_url(shelf))
        context = frame_of(shelf)
        return project_page(request, "catalog/docs/none.html", shelf.project, current="docs", context=context)
    known = {document.path for document in shelf.outline.documents}
    meant = next((path for path in other_names(shown(wanted)) if path in known), None)
    url = shelf.url(meant) if meant else file_url(shelf.project, wanted, shelf.revision.at)
    return HttpResponseRedirect(url)


def other_names(path: str) -> list[str]:
    """Links of documents leave the ending out, name the page that a build makes, or mean a folder's index."""
    bare = path.removesuffix(".html").removesuffix("." + ending(path) if ending(path) in ENDINGS else "")
    names = [f"{bare}.{each}" for each in ENDINGS]
    indexes = [
        f"{name}/{index}.{each}" for name in (path, bare) for index in ("index", "README") for each in ENDINGS
    ]
    return [*names, *indexes, *(f"{path}/{index}.md" for index in INDEX)]


def found_page(request: HttpRequest, shelf: Shelf, question: str) -> HttpResponse:
    words = words_of(question)
    found = library.search(shelf.mirror, shelf.outline.documents, words) if words else None
    rows = [(each, shelf.url(each.path)) for each in found.found] if found else []
    context = {**frame_of(shelf), "question": question[:100], "words": words, "search": found, "rows": rows}
    return project_page(request, "catalog/docs/found.html", shelf.project, current="docs", context=context)


def decisions_url(shelf: Shelf) -> str:
    return reverse("catalog:decisions", args=[shelf.project.slug]) + shelf.query


@require_safe
@visible_project
def decisions(request: HttpRequest, project: Project) -> HttpResponse:
    """Decisions on record and proposals, with what became of each."""
    try:
        shelf = shelf_of(request, project)
    except ForgeError as error:
        return trouble(request, project, error)
    known = {each.path: each for each in shelf.outline.decisions}
    page = paging.page_of(shelf.outline.decisions, request.GET.get("page"), size=DECISIONS_SHOWN)
    rows = [(each, shelf.url(each.path), known.get(each.successor), shelf.url(each.successor)) for each in page]
    context = {**frame_of(shelf), "page": page, "rows": rows, "is_decisions": True}
    return project_page(request, "catalog/docs/decisions.html", project, current="docs", context=context)
