"""Is an address that somebody offers really another name of a repository that they, or others here, must not see?

One repository has many addresses: with and without “.git”, over https and over ssh, below a prefix on one of
them, as a work tree of a folder. A wrong “yes” costs a sentence; a wrong “no” shows hidden code in a diff.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from catalog.models import Project
from contributions.errors import BadBranch
from forge.errors import ForgeError
from forge.folders import find_git_folder, pointed_to
from forge.types import Remote
from people.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """What all addresses of one repository share, and by which scheme this one goes; `host` is "" for a folder."""

    scheme: str
    host: str
    path: str

    def is_same(self, other: Place) -> bool:
        return (self.host, self.path) == (other.host, other.path)

    def is_near(self, other: Place) -> bool:
        """The same, or over another scheme and below a prefix: /scm/team/app by https may be /team/app by ssh."""
        if self.is_same(other):
            return True
        if self.host != other.host or self.scheme == other.scheme:
            return False
        return self.path.endswith(other.path) or other.path.endswith(self.path)


def place(address: str) -> Place:
    """Of a canonical address. Ports do not count, and a code host takes its paths in any case."""
    if address.startswith("/"):
        return Place("file", "", common_folder(Path(address)))
    parts = urlsplit(address)
    return Place(parts.scheme, parts.hostname or "", parts.path.removesuffix(".git").lower())


def common_folder(path: Path) -> str:
    """Where a folder's branches lie: the same for a repository and for all its work trees."""
    try:
        folder = find_git_folder(path) or path
    except OSError:
        # A folder that may not be read here, such as another listing's, stands for itself.
        folder = path
    return str(pointed_to(folder / "commondir", base=folder, prefix="") or folder)


def require_open(remote: Remote, project: Project, *, by: User) -> None:
    """Raises ForgeError for what this person does not see, BadBranch for what readers of the project do not see.

    The former is refused like a repository that is not there. Asked at every fetch, because listings change.
    """
    if any(part.endswith(".git") for part in Path(remote.path).parts[:-1]):
        raise ForgeError("url_invalid", why="it leads inside a repository")
    for listed in restricted_near(place(remote.canonical), remote):
        if not by.is_active or not Project.objects.visible_to(by).filter(pk=listed.pk).exists():
            raise absent(remote)
        if not reaches_readers_of(project, listed):
            raise BadBranch(
                "fork_restricted",
                "Fewer people may see this fork than see the project, and a review would show it to all of them.",
                "Push the branch to the project’s own repository, or to a fork that everyone may see.",
            )


def restricted_near(wanted: Place, remote: Remote) -> Iterator[Project]:
    """Listings that not everyone sees and that may be this repository."""
    restricted = Project.objects.exclude(listing=Project.Listing.LISTED, visibility=Project.Visibility.EVERYONE)
    here = (
        restricted.filter(remote__startswith="/")
        if remote.is_local
        else restricted.filter(remote__icontains=wanted.host)
    )
    return (listed for listed in here if place(listed.remote).is_near(wanted))


def reaches_readers_of(project: Project, listed: Project) -> bool:
    """Whether whoever sees the project sees this listing as well; narrow, so that it is easily checked."""
    if project.visibility == Project.Visibility.ADMINS:
        return True  # Curators see everything.
    return audience(project) == audience(listed)


def audience(project: Project) -> tuple[object, ...]:
    trusted = project.trusted_committers.current().values_list("user", flat=True)
    teams = project.visible_teams.values_list("pk", flat=True)
    return project.listing, project.visibility, project.owner_team_id, frozenset(teams), frozenset(trusted)


def absent(remote: Remote) -> ForgeError:
    if remote.is_local:
        return ForgeError("path_missing", path=remote.path)
    return ForgeError("auth_required", host=remote.host)
