"""Which commit of a project somebody wants to see: the default branch as it was synced, or what `?at=` names.

Only what a branch or tag leads to is shown. What was pushed away may have been pushed away for a reason, and what
somebody offers as a change belongs to its request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog import renderings
from catalog.models import Project
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import shown

LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Revision:
    """`name` is what people call it, of a commit its full id. `commit` is a full id."""

    name: str
    commit: str
    kind: Literal["default", "branch", "tag", "commit"]

    @property
    def at(self) -> str:
        """What `?at=` has to say; "" for the default branch."""
        return "" if self.kind == "default" else self.name

    @property
    def label(self) -> str:
        return self.name[:10] if self.kind == "commit" else self.name


def mirror_of(project: Project) -> Mirror:
    """For reads. Raises ForgeError `mirror_missing` before the first sync."""
    if not project.head_commit:
        raise ForgeError("mirror_missing")
    mirror = Mirror(mirror_path(project.pk))
    mirror.folder()
    return mirror


def revision_at(project: Project, mirror: Mirror, wanted: str) -> Revision:
    """ "" is the default branch; else the name of a branch or tag, or the id of a commit that one leads to.

    No process for the default branch and its commit, else one or two. Raises ForgeError `revision_missing`.
    """
    if wanted in ("", project.default_branch):
        return Revision(project.default_branch, project.head_commit, "default")
    if wanted == project.head_commit:
        return Revision(wanted, wanted, "commit")
    found = reading.named(mirror, wanted) if len(wanted) <= LONGEST_NAME and wanted == shown(wanted) else None
    if found is None or (found.kind == "commit" and not is_shown(project, mirror, found.commit)):
        raise ForgeError("revision_missing", name=shown(wanted)[:LONGEST_NAME])
    return Revision(found.name, found.commit, found.kind)


def is_shown(project: Project, mirror: Mirror, commit: str) -> bool:
    """Whether a branch or tag leads to it. That an old commit is shown is remembered until a ref moves."""
    if commit == project.head_commit:
        return True
    key = f"{project.pk}-{commit}"
    if (known := renderings.kept("shown", key)) and known["refs"] == project.refs_digest:
        return True
    is_reachable = reading.is_reachable(mirror, commit)
    # Anybody may ask for any id, so of those that are not there nothing is written down.
    if is_reachable:
        renderings.keep("shown", key, {"refs": project.refs_digest})
    return is_reachable


def forget_shown(project: Project) -> None:
    """After refs moved: while a sync is under way, what is new may have been remembered as of before."""
    renderings.forget_of("shown", f"{project.pk}-")
