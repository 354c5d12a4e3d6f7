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
    named = [each for each in all_names(here, kind) if wanted.lower() in each[0].lower()]
    page = Paginator(named, PAGE).get_page(asked.get("page"))
    context = {
        "kind": kind,
        "kinds": KINDS,
        "query": wanted,
        "to": place,
        "page_obj": page,
        "refs": [ref(here, name, at, kind, place) for name, at in page],
    }
    return code_answer(request, here, "catalog/code/refs.html", context, part="catalog/code/_refs.html")


def all_names(here: Here, kind: str) -> list[tuple[str, datetime]]:
    if kind == "tags":
        return [(tag.name, tag.tagged_at) for tag in reading.tags(here.mirror)]
    return [(branch.name, branch.committed_at) for branch in reading.branches(here.mirror)]


def ref(here: Here, name: str, at: datetime, kind: str, place: str) -> Ref:
    url = PLACES[place] if here.path or place != "blame" else file_url
    is_default = kind == "branches" and name == here.project.default_branch
    where = url(here.project, here.path, "" if is_default else name)
    return Ref(name, at, where, is_default, is_at(here, name))


def is_at(here: Here, name: str) -> bool:
    return here.revision.kind != "commit" and here.revision.name == name
