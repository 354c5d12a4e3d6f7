"""Two revisions side by side: which commits one has and the other has not, and what they change."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.diffs.lines import visible
from catalog.models import Project
from catalog.revisions import Revision, mirror_of, revision_at
from catalog.views.access import visible_project
from catalog.views.code.commit import link_of
from catalog.views.diffs import DiffShown, diff_of, lines_alone, remember_view
from catalog.views.frame import project_page
from catalog.views.paths import commit_url, compare_url
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.types import Commit
from search.paging import page_of as page_of_rows

MOST_COMMITS = 500
COMMITS = 10
#: So many branches and tags are offered while somebody types.
OFFERED = 60


@dataclass(frozen=True, slots=True)
class Row:
    commit: Commit
    subject: str
    url: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `head` has and `base` has not, since `merge_base`, the newest commit that both have."""

    base: Revision
    head: Revision
    merge_base: str
    merge_base_url: str
    commits: tuple[Commit, ...]
    is_complete: bool
    diff: DiffShown


@require_safe
@vary_on_headers("HX-Request")
@visible_project
def compare(request: HttpRequest, project: Project) -> HttpResponse:
    """The form, and below it the comparison when both are given; or the lines of one file."""
    asked = {name: request.GET.get(name, "").strip() for name in ("base", "head")}
    context: dict[str, object] = {"asked": asked}
    status = 200
    try:
        mirror = mirror_of(project)
        if not asked["head"]:
            context["names"] = names(mirror)
        else:
            found = comparison(request, project, mirror, asked)
            alone = lines_alone(request, found.diff)
            if alone is not None:
                return alone
            context |= shown(request, project, found)
    except ForgeError as error:
        context["error"] = error
        status = 404
    answer = project_page(
        request, "catalog/code/compare.html", project, current="files", context=context, status=status
    )
    return remember_view(request, answer)


def comparison(request: HttpRequest, project: Project, mirror: Mirror, asked: dict[str, str]) -> Comparison:
    """Raises ForgeError revision_missing, unrelated."""
    base, head = revision_at(project, mirror, asked["base"]), revision_at(project, mirror, asked["head"])
    common = reading.merge_base(mirror, base.commit, head.commit)
    if common is None:
        raise ForgeError("unrelated")
    between = reading.commits_between(mirror, base.commit, head.commit, limit=MOST_COMMITS)
    diff = diff_of(
        request,
        mirror,
        common,
        head.commit,
        file_link=lambda file: link_of(project, file, base=common, head=head.commit),
    )
    url = commit_url(project, common)
    return Comparison(base, head, common, url, between.commits, between.complete, diff)


def shown(request: HttpRequest, project: Project, found: Comparison) -> dict[str, object]:
    rows = [Row(commit, visible(commit.subject), commit_url(project, commit.id)) for commit in found.commits]
    return {
        "comparison": found,
        "page": page_of_rows(rows, request.GET.get("page"), size=COMMITS),
        "most": MOST_COMMITS,
        "swapped_url": compare_url(project, found.head.at or found.head.name, found.base.at or found.base.name),
    }


def names(mirror: Mirror) -> list[str]:
    """The newest branches and tags, for the lists of the two fields."""
    branches = [branch.name for branch in reading.branches(mirror)[:OFFERED]]
    return branches + [tag.name for tag in reading.tags(mirror, limit=OFFERED)]
