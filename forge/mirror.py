"""A bare mirror of one repository: created, brought up to date and removed here; every write needs its lock."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from forge.types import Progress, Remote, UpdateResult

OnProgress = Callable[[Progress], None]


def mirror_path(project_id: int) -> Path:
    """MIRRORS/<shard>/<id>.git; a shard holds a thousand mirrors at most."""
    raise NotImplementedError


class Mirror:
    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def lock(self) -> Iterator["Mirror"]:
        """Be the one that writes, or raise `locked` at once. Sweeps what a dead holder left."""
        raise NotImplementedError
        yield self

    def update(
        self,
        remote: Remote,
        *,
        on_progress: OnProgress | None = None,
        hosts: Iterable[str] = (),
        folders: Iterable[Path] = (),
        accept_loss: bool = False,
    ) -> UpdateResult:
        """Bring branches and tags up to date; one ls-remote when nothing moved. Needs the lock."""
        raise NotImplementedError

    def fetch_change(
        self,
        remote: Remote,
        *,
        branch: str,
        ref: str,
        on_progress: OnProgress | None = None,
        hosts: Iterable[str] = (),
        folders: Iterable[Path] = (),
    ) -> str:
        """Fetch one branch of the project or of a fork into `ref` ("refs/changes/…"), returns its commit id."""
        raise NotImplementedError

    def remove(self) -> None:
        """Delete the mirror from the disk. Needs the lock."""
        raise NotImplementedError
