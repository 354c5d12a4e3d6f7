"""Branches and tags of a project, to be chosen from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from catalog.views.code.here import Here, code_answer, code_page
from catalog.views.paths import blame_url, file_url, history_url, search_url
from forge import reading

PAGE = 50
#: Where a choice leads: to the same kind of page at the other revision.
PLACES = {"files": file_url, "history": history_url, "blame": blame_url, "search": search_url}
KINDS = ("branches", "tags")


@dataclass(frozen=True, slots=True)
class Ref:
    name: str
    at: datetime
    url: str
    is_default: bool
    is_current: bool


@code_page("refs")
def refs(request: HttpRequest, here: Here) -> HttpResponse:
    """The newest first; the path behind the address is where one comes from. Two processes at most."""
    asked = request.GET
    kind = "tags" if asked.get("kind") == "tags" else "branches"
    wanted = asked.get("q", "")[:200].strip()
    place = asked["to"] if asked.get("to") in PLACES else "files"
    pages = Paginator([ref for ref in all_refs(here, kind, place) if wanted.lower() in ref.name.lower()], PAGE)
    context = {
        "kind": kind,
        "kinds": KINDS,
        "query": wanted,
        "to": place,
        "page_obj": pages.get_page(asked.get("page")),
    }
    return code_answer(request, here, "catalog/code/refs.html", context, part="catalog/code/_refs.html")


def all_refs(here: Here, kind: str, place: str) -> list[Ref]:
    url = PLACES[place] if here.path or place != "blame" else file_url
    if kind == "tags":
        named = [(tag.name, tag.tagged_at) for tag in reading.tags(here.mirror)]
    else:
        named = [(branch.name, branch.committed_at) for branch in reading.branches(here.mirror)]
    default = here.project.default_branch if kind == "branches" else None
    return [
        Ref(
            name,
            at,
            url(here.project, here.path, "" if name == default else name),
            name == default,
            is_at(here, name),
        )
        for name, at in named
    ]


def is_at(here: Here, name: str) -> bool:
    return here.revision.kind != "commit" and here.revision.name == name
