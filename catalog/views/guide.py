"""How to contribute to one project: every question a newcomer has, with an answer or the way to one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.guiding import guide_of
from catalog.models import Project, TrustedCommitter
from catalog.views.access import visible_project
from catalog.views.at_host import at_host
from catalog.views.frame import project_page
from people.models import Membership, User


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who decides on contributions: people entrusted with this project, and maintainers of its owner team."""

    trusted: tuple[User, ...]
    maintainers: tuple[User, ...]

    def __bool__(self) -> bool:
        return bool(self.trusted or self.maintainers)


def deciders(project: Project) -> Deciders:
    """Those of today, nobody twice; two queries."""
    trust = TrustedCommitter.objects.current().filter(project=project, user__is_active=True)
    trusted = tuple(row.user for row in trust.select_related("user").order_by("user__name"))
    members = Membership.objects.current().maintainers()
    members = members.filter(team=project.owner_team_id, user__is_active=True)
    maintainers = (row.user for row in members.select_related("user").order_by("user__name"))
    return Deciders(trusted, tuple(user for user in maintainers if user not in trusted))


@require_safe
@visible_project
def guide(request: HttpRequest, project: Project) -> HttpResponse:
    found = guide_of(project)
    context = {
        "guide": found,
        "at_host": at_host(project),
        "panels": found.panels(request.user),
        "drafts": found.drafts if found.may_be_cared_for_by(request.user) else (),
    }
    return project_page(request, "catalog/guide.html", project, current="guide", context=context)
