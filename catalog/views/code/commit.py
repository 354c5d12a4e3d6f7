"""One commit: what it says, who made it, which branches and tags hold it, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import renderings
from catalog.commits import people_of
from catalog.diffs.lines import visible
from catalog.models import Project
from catalog.revisions import is_shown, mirror_of
from catalog.views.access import visible_project
from catalog.views.code.here import no_code
from catalog.views.diffs import diff_of, lines_alone, remember_view
from catalog.views.frame import project_page
from catalog.views.parts import wants_part
from catalog.views.paths import commit_url, file_url, history_url
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import Commit, DiffFile


@dataclass(frozen=True, slots=True)
class Parent:
    """One of the commits that this one follows; the page shows what changed since the `chosen` one."""

    commit: str
    url: str
    diff_url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A branch or a tag that leads to the commit."""

    name: str
    url: str


@require_safe
@vary_on_headers("HX-Request")
@visible_project
def commit(request: HttpRequest, project: Project, commit: str) -> HttpResponse:
    """The page, the lines of one of its files, or the names of what holds it."""
    try:
        mirror = mirror_of(project)
        if not is_shown(project, mirror, commit):
            raise ForgeError("revision_missing", name=commit)
        if "holders" in request.GET and wants_part(request):
            context = {"project": project, "holders": holders(project, mirror, commit)}
            return render(request, "catalog/code/_holders.html", context)
        found = reading.commit(mirror, commit)
        answer = page_of(request, project, mirror, found)
    except ForgeError as error:
        return no_code(request, project, "", "", error)
    return remember_view(request, answer)


def page_of(request: HttpRequest, project: Project, mirror: Mirror, found: Commit) -> HttpResponse:
    number = parent_number(request, found)
    base = found.parents[number - 1] if found.parents else reading.EMPTY_TREE
    diff = diff_of(
        request, mirror, base, found.id, file_link=lambda file: link_of(project, file, base=base, head=found.id)
    )
    alone = lines_alone(request, diff)
    if alone is not None:
        return alone
    people = people_of(project, [found.author_email, found.committer_email])
    context = {
        "commit": found,
        "subject": visible(found.subject),
        "body": "\n".join(visible(line) for line in found.body.splitlines()),
        "author": people.get(found.author_email.lower()),
        "committer": people.get(found.committer_email.lower()),
        "has_committer": found.committer_email != found.author_email or found.committer_name != found.author_name,
        "parents": parents_of(project, found, number),
        "number": number,
        "diff": diff,
        "holders": holders(project, mirror, found.id) if "holders" in request.GET else None,
        "files_url": file_url(project, "", found.id),
        "history_url": history_url(project, "", found.id),
    }
    return project_page(request, "catalog/code/commit.html", project, current="files", context=context)


def parent_number(request: HttpRequest, found: Commit) -> int:
    """Which parent it is compared with, from 1. A merge is shown against its first one unless asked otherwise."""
    text = request.GET.get("parent", "1")
    if text not in [str(at) for at in range(1, max(len(found.parents), 1) + 1)]:
        raise Http404("This commit has no such parent.")
    return int(text)


def parents_of(project: Project, found: Commit, number: int) -> list[Parent]:
    here = commit_url(project, found.id)
    return [
        Parent(parent, commit_url(project, parent), f"{here}?parent={at}", at == number)
        for at, parent in enumerate(found.parents, 1)
    ]


def link_of(project: Project, file: DiffFile, *, base: str, head: str) -> str:
    """To the file as it is afterwards, of one that went as it was before; "" for a submodule's commit."""
    if file.status == "deleted":
        return file_url(project, file.old_path, base) if file.old_mode != "160000" else ""
    return file_url(project, file.path, head) if file.new_mode != "160000" else ""


def holders(project: Project, mirror: Mirror, commit: str) -> dict[str, object]:
    """Names of branches and tags with their pages; remembered until a ref moves, also that it took too long."""
    key = f"{project.pk}-{commit}"
    known = renderings.kept("holders", key)
    if known is None or known["refs"] != project.refs_digest:
        known = {"refs": project.refs_digest, **asked_holders(mirror, commit)}
        renderings.keep("holders", key, known)
    named = {
        kind: [Name(name, file_url(project, "", name)) for name in known[kind]] for kind in ("branches", "tags")
    }
    return {**named, "is_complete": known["is_complete"], "is_known": known["is_known"]}


def asked_holders(mirror: Mirror, commit: str) -> dict[str, object]:
    try:
        found = reading.holders(mirror, commit)
    except ForgeError as error:
        if error.code != "timed_out":
            raise
        return {"branches": [], "tags": [], "is_complete": False, "is_known": False}
    return {
        "branches": list(found.branches),
        "tags": list(found.tags),
        "is_complete": found.is_complete,
        "is_known": True,
    }
