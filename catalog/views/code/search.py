"""Search in the files of a project at a revision, and in those of all projects that a viewer may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.code_search import COMPLAINTS, Asked, Busy, File, file_of, places
from catalog.code_sweep import Hit, Swept, sweep
from catalog.models import Project
from catalog.querysets import ProjectQuerySet
from catalog.views.code.here import Here, code_page
from catalog.views.frame import project_page
from catalog.views.parts import wants_part
from catalog.views.paths import file_url, query
from forge import reading
from forge.errors import ForgeError
from forge.types import Grep

FILES = 20
LINES = 5
#: Each page looks through what was on the ones before it again.
MOST_PAGES = 10
SECONDS = 5
RETRY = "5"  # seconds
#: While fewer projects than that have matches, the next step is asked for without a click.
WANTED_HITS = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A file with its address at the revision; a line of it is behind `#L` and its number."""

    file: File
    url: str


# ---------------------------------------------------------------- one project
@code_page("search")
def search(request: HttpRequest, here: Here) -> HttpResponse:
    """One run of git, as far as the page needs it."""
    asked, number = Asked.of(request.GET.dict()), page_number(request)
    context = {"here": here, "asked": asked, "number": number, **everywhere_link(asked)}
    status = 200
    try:
        if asked:
            context |= shown(here, asked, found(here, asked, number), number)
    except Busy:
        context["is_busy"], status = True, 503
    except ForgeError as error:
        if error.code not in COMPLAINTS:
            raise
        context["error"], status = error, 422
    template = "catalog/code/search.html"
    return retried(project_page(request, template, here.project, current="files", context=context, status=status))


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def found(here: Here, asked: Asked, number: int) -> Grep:
    with places():
        return reading.grep(
            here.mirror,
            here.revision.commit,
            asked.wanted(context=1),
            skip=(number - 1) * FILES,
            max_files=FILES,
            per_file=LINES,
            seconds=SECONDS,
        )


def shown(here: Here, asked: Asked, grep: Grep, number: int) -> dict[str, object]:
    def page(wanted: int) -> str:
        return query(**asked.words, at=here.at, page=str(wanted) if wanted > 1 else "")

    has_more = grep.stopped == "files"
    return {
        "files": [Found(file_of(file), here.file_url(file.path)) for file in grep.files],
        "stopped": grep.stopped,
        "seconds": SECONDS,
        "first": (number - 1) * FILES + 1,
        "last": (number - 1) * FILES + len(grep.files),
        "previous": page(number - 1) if number > 1 else "",
        "next": page(number + 1) if has_more and number < MOST_PAGES else "",
        "is_last": has_more and number == MOST_PAGES,
    }


def everywhere_link(asked: Asked) -> dict[str, object]:
    return {"everywhere_url": reverse("catalog:search-code") + query(**asked.words)}


def retried(answer: HttpResponse) -> HttpResponse:
    """Whoever found all places taken is told when to come back."""
    if answer.status_code == 503:
        answer["Retry-After"] = RETRY
    return answer


# ---------------------------------------------------------------- all projects
@dataclass(frozen=True, slots=True)
class FoundIn:
    """A project with its files that match. `url` shows all of them."""

    project: Project
    files: list[Found]
    has_more: bool
    url: str


@require_safe
@vary_on_headers("HX-Request")
def everywhere(request: HttpRequest) -> HttpResponse:
    """One step of the search, as a page or as what htmx puts below the steps before."""
    asked, name = Asked.of(request.GET.dict()), request.GET.get("project", "").strip()[:100]
    context: dict[str, object] = {"asked": asked, "name": name, "after": request.GET.get("after", "")}
    status = 200
    try:
        if asked:
            swept = sweep(projects_of(request, name), asked, request.GET.get("after", ""))
            context |= step(request, asked, name, swept)
    except Busy:
        context["is_busy"], status = True, 503
    except ForgeError as error:
        context["error"], status = error, 422
    template = "catalog/code/_everywhere.html" if wants_part(request) else "catalog/code/everywhere.html"
    return retried(render(request, template, context, status=status))


def projects_of(request: HttpRequest, name: str) -> ProjectQuerySet:
    visible = Project.objects.visible_to(request.user)
    return visible.filter(Q(name__icontains=name) | Q(slug__icontains=name)) if name else visible


def step(request: HttpRequest, asked: Asked, name: str, swept: Swept) -> dict[str, object]:
    before = request.GET.get("hits", "0")
    hits = (int(before) if before.isascii() and before.isdigit() and len(before) < 6 else 0) + len(swept.hits)
    onward = query(**asked.words, project=name, after=swept.cursor, hits=str(hits)) if swept.cursor else ""
    return {
        "swept": swept,
        "found": [found_in(asked, hit) for hit in swept.hits],
        "onward": onward,
        "goes_on": hits < WANTED_HITS,
        "hits": hits,
    }


def found_in(asked: Asked, hit: Hit) -> FoundIn:
    files = [Found(file, file_url(hit.project, file.path)) for file in hit.files]
    url = reverse("catalog:search-in", args=[hit.project.slug]) + query(**asked.words)
    return FoundIn(hit.project, files, hit.has_more, url)
