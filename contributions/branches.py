"""Which branch somebody offers, and where it may be fetched from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.models import CodeHost, Project
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


def hosts() -> set[str]:
    """The hosts that the portal may reach: those of every enabled source."""
    lists = CodeHost.objects.filter(enabled=True).values_list("hosts", flat=True)
    return {host for names in lists for host in names}


def folders() -> list[Path]:
    """The folders that operators named as sources, beside those of the settings."""
    local = CodeHost.objects.filter(enabled=True, kind="directory")
    return [Path(address) for address in local.values_list("address", flat=True)]


def fork_of(project: Project, address: str, *, by: User) -> str:
    """The canonical address of a fork, "" for the project's own repository.

    Nothing is contacted. Raises ForgeError for an address that the portal does not fetch from. A repository that
    is listed here but hidden from this person is refused like one that is not there: its code must not be seen
    by way of a diff.
    """
    if not address.strip():
        return ""
    remote = parse_remote(address, folders=folders())
    if not remote.is_local:
        require_registered(remote, hosts())
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


def remote_of(change: Change) -> Remote:
    return parse_remote(change.fork or change.request.project.remote, folders=folders())


def nothing_new(branch: str) -> BadBranch:
    return BadBranch(
        "branch_has_nothing_new",
        f"The branch {branch} has no commits that the default branch lacks.",
        "Push your commits to it, then fetch it again.",
    )
