"""What the change panel shows: one revision with its commits, difference and reviews."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from catalog.views.diffs import DiffShown, diff_of
from contributions.models import Change, Review, Revision
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import Commit

MAX_COMMITS = 100


@dataclass(frozen=True, slots=True)
class Panel:
    """`revision` is None before the first fetch; `problem` says why its commits cannot be read."""

    change: Change
    revisions: list[Revision]
    revision: Revision | None = None
    commits: tuple[Commit, ...] = ()
    diff: DiffShown | None = None
    reviews: list[Review] = field(default_factory=list)
    problem: ForgeError | None = None

    @property
    def newest(self) -> Revision | None:
        return self.revisions[-1] if self.revisions else None

    @property
    def is_newest(self) -> bool:
        return self.revision is not None and self.revision == self.newest

    @property
    def commits_left_out(self) -> int:
        return self.revision.commit_count - len(self.commits) if self.revision and self.commits else 0


def panel(request: HttpRequest, change: Change | None) -> Panel | None:
    """The panel at the revision whose number is asked for, else at the newest one; None without a change.

    Two queries and three runs of git.
    """
    if change is None:
        return None
    revisions = list(change.revisions.all())
    if not revisions:
        return Panel(change, revisions)
    revision = wanted(request, revisions)
    found = list(Review.objects.filter(revision__change=change).select_related("reviewer", "revision"))
    try:
        commits, diff = read_commits(change, revision), read_diff(request, change, revision)
    except ForgeError as error:
        return Panel(change, revisions, revision, reviews=found, problem=error)
    return Panel(change, revisions, revision, commits, diff, found)


def wanted(request: HttpRequest, revisions: list[Revision]) -> Revision:
    number = request.GET.get("revision", "")
    return next((one for one in revisions if str(one.number) == number), revisions[-1])


def read_commits(change: Change, revision: Revision) -> tuple[Commit, ...]:
    return reading.commits_between(mirror_of(change), revision.base, revision.head, limit=MAX_COMMITS).commits


def read_diff(request: HttpRequest, change: Change, revision: Revision) -> DiffShown:
    page = change.request.get_absolute_url()
    return diff_of(request, mirror_of(change), revision.base, revision.head, path=page)


def mirror_of(change: Change) -> Mirror:
    return Mirror(mirror_path(change.request.project_id))
