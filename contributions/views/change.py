"""What the change panel shows: one revision with its commits, difference and reviews."""

from __future__ import annotations

from dataclasses import dataclass, field

from contributions.models import Change, Review, Revision
from forge import reading
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import Commit, Diff

MAX_COMMITS = 100
MAX_LINES = 3_000
MAX_FILES = 100


@dataclass(frozen=True, slots=True)
class Panel:
    """`revision` is None before the first fetch; `problem` says why its commits cannot be read."""

    change: Change
    revisions: list[Revision]
    revision: Revision | None = None
    commits: tuple[Commit, ...] = ()
    diff: Diff | None = None
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


def panel(change: Change | None, *, number: str = "") -> Panel | None:
    """The panel at one revision, the newest unless numbered; None without a change.

    Two queries and three runs of git.
    """
    if change is None:
        return None
    revisions = list(change.revisions.all())
    if not revisions:
        return Panel(change, revisions)
    revision = next((one for one in revisions if str(one.number) == number), revisions[-1])
    found = list(Review.objects.filter(revision__change=change).select_related("reviewer", "revision"))
    try:
        commits, diff = read(change, revision)
    except ForgeError as error:
        return Panel(change, revisions, revision, reviews=found, problem=error)
    return Panel(change, revisions, revision, commits, diff, found)


def read(change: Change, revision: Revision) -> tuple[tuple[Commit, ...], Diff]:
    mirror = Mirror(mirror_path(change.request.project_id))
    commits = reading.commits_between(mirror, revision.base, revision.head, limit=MAX_COMMITS).commits
    diff = reading.diff(mirror, revision.base, revision.head, max_lines=MAX_LINES, max_files=MAX_FILES)
    return commits, diff
