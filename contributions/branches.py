"""Which branch somebody offers, and where it may be fetched from."""

from __future__ import annotations

from typing import Any

from catalog.models import Project
from catalog.reach import Reach, reach_of, whole_reach
from contributions.errors import BadBranch
from contributions.models import Change
from forge.errors import ForgeError
from forge.names import is_branch
from forge.types import Remote
from forge.urls import parse_remote, require_registered
from people.models import User

#: The columns of a change that was looked at without a problem, and of one that waits for that.
NO_ERROR: dict[str, Any] = {"error_code": "", "error_message": "", "error_cure": ""}
NOT_CHECKED: dict[str, Any] = {**NO_ERROR, "checked_at": None, "checked_head": ""}


def fork_of(project: Project, address: str, *, by: User) -> str:
    """The canonical address of a fork, "" for the project's own repository.

    Nothing is contacted. Raises ForgeError for an address that the portal does not fetch from. A repository that
    is listed here but hidden from this person is refused like one that is not there: its code must not be seen
    by way of a diff.
    """
    if not address.strip():
        return ""
    reach = whole_reach()
    remote = parse_remote(address, folders=reach.folders)
    if not remote.is_local:
        require_registered(remote, set(reach.hosts))
    if remote.canonical == project.remote:
        return ""
    listed = Project.objects.filter(remote=remote.canonical)
    if listed.exists() and not listed.visible_to(by).exists():
        raise (
            ForgeError("path_missing", path=address)
            if remote.is_local
            else ForgeError("auth_required", host=remote.host)
        )
    return remote.canonical


def require_other_branch(project: Project, branch: str, *, fork: str) -> None:
    """Raises ForgeError: branch_invalid, branch_is_default. A fork may well work on its own default branch."""
    if not is_branch(branch):
        raise ForgeError("branch_invalid", branch=branch)
    if not fork and branch == project.default_branch:
        raise ForgeError("branch_is_default", branch=branch)


def source_of(change: Change) -> tuple[Remote, Reach]:
    """Where a change is fetched from, and how far git may reach for it. Raises ForgeError."""
    project = change.request.project
    reach = whole_reach() if change.fork else reach_of(project.code_host)
    return parse_remote(change.fork or project.remote, folders=reach.folders), reach


def nothing_new(branch: str) -> BadBranch:
    return BadBranch(
        "branch_has_nothing_new",
        f"The branch {branch} has no commits that the default branch lacks.",
        "Push your commits to it, then fetch it again.",
    )
