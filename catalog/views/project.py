"""One project: what it is and how it fares."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.actions.syncing import may_accept_loss, may_sync
from catalog.guides.contents import contents, headings
from catalog.guides.mailmap import Group, grouped
from catalog.guiding import files_of
from catalog.lifecycle import said
from catalog.models import Guide, Project
from catalog.views.access import visible_project
from catalog.views.at_host import at_host
from catalog.views.frame import project_page
from catalog.views.getting import clone_lines, package_lines
from catalog.views.guide import deciders
from catalog.views.syncing import sync_status
from catalog.views.verdicts import verdicts

RELEASES_SHOWN = 6
CONTRIBUTORS_SHOWN = 8
CONTRIBUTORS_GROUPED = 100


@require_safe
@visible_project
def overview(request: HttpRequest, project: Project) -> HttpResponse:
    found = verdicts(project)
    readme = Guide.objects.filter(project=project, kind="readme").defer("text").first()
    releases = list(project.tags.filter(is_release=True)[:RELEASES_SHOWN])
    context = {
        "readme": readme,
        "readme_contents": contents(headings(readme.html)) if readme else (),
        "clone_lines": clone_lines(project),
        "package_lines": list(package_lines(project.packages.all())),
        "sync": sync_status(project),
        "may_sync": may_sync(project, by=request.user),
        "may_accept_loss": may_accept_loss(project, by=request.user),
        "deciders": deciders(project),
        "at_host": at_host(project),
        "support": said(project.support),
        "escalation": said(project.escalation),
        "languages": {language.name: language.bytes for language in project.languages.all()},
        "topics": project.topics.all(),
        "weeks": project.weeks() if project.weekly_until else None,
        "releases": releases,
        "last_release": releases[0] if releases else None,
        "tag_count": project.tags.count(),
        "contributors": contributors(project),
        "to_improve": [verdict for verdict in found if verdict.wants_care],
        "passed": sum(verdict.result == "pass" for verdict in found),
        "checked": len(found),
    }
    return project_page(request, "catalog/project.html", project, current="project", context=context)


def contributors(project: Project) -> list[Group]:
    """Those with the most commits, as its .mailmap groups them; two queries."""
    rows = project.contributors.select_related("user").defer("weeks")[:CONTRIBUTORS_GROUPED]
    return grouped(rows, files_of(project).aliases)[:CONTRIBUTORS_SHOWN]
