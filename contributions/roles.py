"""What somebody is to a contribution request."""

from __future__ import annotations

from catalog.models import Project, TrustedCommitter
from contributions.lifecycle import Role
from contributions.models import Request
from people.models import Membership, User
from people.querysets import Viewer

PORTAL = frozenset({Role.PORTAL})


def roles(request: Request, user: Viewer) -> frozenset[Role]:
    """All of them; none for somebody who is not signed in or cannot see the project. At most six queries."""
    if not isinstance(user, User) or not user.is_active or not sees(request.project, user):
        return frozenset()
    found = {Role.READER}
    if request.author_id == user.pk:
        found.add(Role.AUTHOR)
    if request.contributor_id == user.pk:
        found.add(Role.CONTRIBUTOR)
    if decides(request.project, user):
        found.add(Role.MAINTAINER)
    return frozenset(found)


def sees(project: Project, user: User) -> bool:
    return Project.objects.visible_to(user).filter(pk=project.pk).exists()


def decides(project: Project, user: User) -> bool:
    """Maintainers of the owner team and trusted committers; curators where a project has neither."""
    if project.owner_team_id in user.maintained_team_ids:
        return True
    if TrustedCommitter.objects.current().filter(project=project, user=user).exists():
        return True
    return user.may_curate and not is_maintained(project)


def is_maintained(project: Project) -> bool:
    maintainers = Membership.objects.current().maintainers().filter(team=project.owner_team_id)
    trusted = TrustedCommitter.objects.current().filter(project=project)
    return maintainers.filter(user__is_active=True).exists() or trusted.filter(user__is_active=True).exists()
