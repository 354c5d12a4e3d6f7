"""What every page may show: the portal's name and version, and what the person looking at it may open."""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib import metadata
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from contributions.queue import count_for
from people.models import User

#: How many contributions wait for this person; None where nobody counts them.
queue_count: Callable[[User], int] | None = count_for


@cache
def version() -> str:
    """The version of the installed portal, or of its checkout when it runs from one."""
    try:
        return metadata.version("innersource-portal")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
        return str(project["project"]["version"])


def site(request: HttpRequest) -> dict[str, Any]:
    """No query happens here: who looks and what waits for them is asked only when a template shows it.

    The name is not called site_name, because Django's sign-in view sets that to the host.
    """
    user = getattr(request, "user", None)
    return {
        "portal_name": settings.SITE_NAME,
        "version": version(),
        "can_curate": SimpleLazyObject(lambda: isinstance(user, User) and user.may_curate),
        "queue_count": SimpleLazyObject(lambda: waiting(user)),
    }


def waiting(user: object) -> int:
    """How many contributions wait for this person; none for somebody who is not signed in."""
    if queue_count is None or not isinstance(user, User):
        return 0
    return queue_count(user)
