"""Which branch somebody offers, and where it may be fetched from."""

from __future__ import annotations

from typing import Any

from catalog.models import Project
from catalog.reach import Reach, reach_of, whole_reach
from contributions import forks
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

    Nothing is contacted. Raises ForgeError for an address that the portal does not fetch from, and what
    `forks.require_open` raises.
    """
    if not address.strip():
        return ""
    reach = whole_reach()
    remote = parse_remote(address, folders=reach.folders)
    if not remote.is_local:
        require_registered(remote, set(reach.hosts))
    if forks.place(remote.canonical).is_same(forks.place(project.remote)):
        return ""
    forks.require_open(remote, project, by=by)
    return remote.canonical


def require_other_branch(project: Project, branch: str, *, fork: str) -> None:
    """Raises ForgeError: branch_invalid, branch_is_default. A fork may well work on its own default branch."""
    if not is_branch(branch):
        raise ForgeError("branch_invalid", branch=branch)
    if not fork and branch == project.default_branch:
        raise ForgeError("branch_is_default", branch=branch)


def source_of(change: Change) -> tuple[Remote, Reach]:
    """Where a change is fetched from, and how far git may reach for it.

    Raises ForgeError, BadBranch: a fork's listing may have been restricted since it was offered.
    """
    project = change.request.project
    if not change.fork:
        reach = reach_of(project.code_host)
        return parse_remote(project.remote, folders=reach.folders), reach
    reach = whole_reach()
    remote = parse_remote(change.fork, folders=reach.folders)
    forks.require_open(remote, project, by=change.offered_by)
    return remote, reach


def nothing_new(branch: str) -> BadBranch:
    return BadBranch(
        "branch_has_nothing_new",
        f"The branch {branch} has no commits that the default branch lacks.",
        "Push your commits to it, then fetch it again.",
    )
