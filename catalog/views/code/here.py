"""Where a reader is: a project, a revision of it and a path. What every page of code begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.guides.outline import has_outline
from catalog.models import Project
from catalog.revisions import Revision, mirror_of, revision_at
from catalog.views.access import Route, visible_project
from catalog.views.frame import project_page
from catalog.views.parts import wants_part
from catalog.views.paths import (
    blame_url,
    file_url,
    history_url,
    outline_url,
    path_after,
    query,
    raw_url,
    refs_url,
    search_url,
)
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import TreeEntry, shown

SHOWN_STEPS = 30  # Of a path that is deeper only the end leads somewhere: each step repeats all before it.
LONGEST_PATH = 4_096
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Step:
    """A folder on the way to a path."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Here:
    """`path` is "" for the root, and keeps git's bytes by surrogateescape: show `name`."""

    project: Project
    mirror: Mirror
    revision: Revision
    path: str

    @property
    def name(self) -> str:
        return shown(self.path)

    @property
    def at(self) -> str:
        return self.revision.at

    @property
    def steps(self) -> list[Step]:
        return steps(self.project, self.path, self.at)

    def file_url(self, path: str) -> str:
        return file_url(self.project, path, self.at)

    @property
    def url(self) -> str:
        return self.file_url(self.path)

    @property
    def permalink(self) -> str:
        """This page at this commit, whatever comes after it."""
        return file_url(self.project, self.path, self.revision.commit)

    @property
    def history_url(self) -> str:
        return history_url(self.project, self.path, self.at)

    @property
    def blame_url(self) -> str:
        return blame_url(self.project, self.path, self.at)

    @property
    def source_url(self) -> str:
        return self.url + ("&" if self.at else "?") + "source=1"

    @property
    def now_url(self) -> str:
        return file_url(self.project, self.path)

    @property
    def find_url(self) -> str:
        return reverse("catalog:find", args=[self.project.slug]) + query(at=self.at)

    @property
    def search_url(self) -> str:
        return search_url(self.project, at=self.at)

    @property
    def compare_url(self) -> str:
        return reverse("catalog:compare", args=[self.project.slug]) + query(base=self.at)

    @property
    def refs_url(self) -> str:
        return refs_url(self.project, self.path)

    @property
    def refs_query(self) -> str:
        """The beginning of the query of `refs_url`, to be gone on with."""
        return (query(at=self.at) + "&") if self.at else "?"

    @property
    def outline_url(self) -> str:
        """ "" for a file whose symbols nothing here can find."""
        return outline_url(self.project, self.path, self.at) if has_outline(self.path) else ""

    @property
    def raw_url(self) -> str:
        return raw_url(self.project, self.path, self.revision.commit)

    def entry(self) -> TreeEntry | None:
        """What is at the path, None for the root and for nothing."""
        is_bearable = self.path and len(self.path) <= LONGEST_PATH
        return reading.entry_at(self.mirror, self.revision.commit, self.path) if is_bearable else None


def steps(project: Project, path: str, at: str = "") -> list[Step]:
    """From the root to the path itself, or the last of that; the root is named like the project."""
    parts = path.split("/") if path else []
    ways = [
        Step(shown(part), file_url(project, "/".join(parts[: number + 1]), at))
        for number, part in enumerate(parts)
        if number >= len(parts) - SHOWN_STEPS
    ]
    return [Step(project.name, file_url(project, "", at)), *ways]


class NothingHere(Exception):
    """The path is not in the revision."""


def code_page(
    place: str,
) -> Callable[[Callable[Concatenate[HttpRequest, Here, P], HttpResponse]], Route]:
    """A page at a path of a revision; `place` stands before the path in the URL: "files", "history" …

    The path comes from the URL's bytes, because the resolver's own text has lost what is no UTF-8.
    """

    def decorator(view: Callable[Concatenate[HttpRequest, Here, P], HttpResponse]) -> Route:
        @require_safe
        @vary_on_headers("HX-Request")
        @visible_project
        @wraps(view)
        def load(request: HttpRequest, project: Project, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            kwargs.pop("path", None)
            path = path_after(request, f"/projects/{project.slug}/{place}/").rstrip("/")
            at = request.GET.get("at", "")
            try:
                mirror = mirror_of(project)
                here = Here(project, mirror, revision_at(project, mirror, at), path)
                return view(request, here, *args, **kwargs)
            except (ForgeError, NothingHere) as error:
                return no_code(request, project, path, at, error)

        return load

    return decorator


def no_code(
    request: HttpRequest, project: Project, path: str, at: str, error: ForgeError | NothingHere
) -> HttpResponse:
    """A page that says what is not there, below the way to where something is."""
    is_known = isinstance(error, NothingHere)
    context = {
        "path": shown(path),
        "steps": steps(project, path, at if is_known else ""),
        "at": shown(at),
        "error": None if is_known else error,
    }
    return project_page(
        request, "catalog/code/nothing.html", project, current="files", context=context, status=404
    )


def code_answer(
    request: HttpRequest, here: Here, template: str, context: Mapping[str, object], *, part: str = ""
) -> HttpResponse:
    """The whole page, or only its `part` where htmx asks for that again."""
    everything = {"here": here, "path": here.name, "steps": here.steps, **context}
    if part and wants_part(request):
        return render(request, part, {"project": here.project, **everything})
    return project_page(request, template, here.project, current="files", context=everything)
