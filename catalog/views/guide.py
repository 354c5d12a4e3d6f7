"""How to contribute to one project: every question a newcomer has, with an answer or the way to one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.guides.sections import Section, find_sections
from catalog.models import Guide, Project, TrustedCommitter
from catalog.views.access import visible_project
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


# The questions of a newcomer, and the topics of a guide that answer each.
QUESTIONS = {
    "decide": ("decide",),
    "review": ("review",),
    "wanted": ("wanted",),
    "setup": ("setup", "build", "test"),
    "submit": ("submit", "style"),
    "talk": ("talk", "report"),
}


def answers(html: str) -> dict[str, list[Section]]:
    """The sections of a guide that answer each question of QUESTIONS."""
    found = {section.topic: section for section in find_sections(html)}
    return {
        question: [found[topic] for topic in topics if topic in found] for question, topics in QUESTIONS.items()
    }


@require_safe
@visible_project
def guide(request: HttpRequest, project: Project) -> HttpResponse:
    guides = Guide.objects.filter(project=project)
    contributing = guides.filter(kind="contributing").first()
    # The texts may be long, and of the others only the names are shown.
    others = guides.exclude(kind="contributing").defer("html", "text")
    context = {
        "contributing": contributing,
        "parts": answers(contributing.html) if contributing else {},
        "communication": next((each for each in others if each.kind == "communication"), None),
        "others": [each for each in others if each.kind != "communication"],
        "deciders": deciders(project),
    }
    return project_page(request, "catalog/guide.html", project, current="guide", context=context)
