"""A folder for objects that somebody offers: the mirror gets them after they were checked, and not before."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from forge import environment
from forge.errors import ForgeError


class Quarantine:
    """Fetched objects beside those of a mirror; git reads both with `variables` in its environment."""

    def __init__(self, folder: Path, mirror: Path) -> None:
        self.folder = folder
        self.mirror = mirror
        self.objects = mirror / "objects"

    @property
    def variables(self) -> Mapping[str, str]:
        return {
            "GIT_OBJECT_DIRECTORY": str(self.folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self.objects),
        }

    def is_full(self, limit: int) -> bool:
        """Whether a file came to the limit in bytes, give or take a block."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return any(file.stat().st_size > limit - 1024 for file in files)

    def check(self, id: str) -> None:
        """Is it the commit that was asked for, with an ancestor in common with the default branch?

        Raises ForgeError: moving, unrelated.
        """
        if not self._says_yes("cat-file", "-e", f"{id}^{{commit}}"):
            raise ForgeError("moving")
        if not self._says_yes("merge-base", "HEAD", id):
            raise ForgeError("unrelated")

    def _says_yes(self, *args: str) -> bool:
        done = environment.run(args, git_dir=self.mirror, ok=(0, 1, 128), extra=self.variables)
        return done.returncode == 0

    def release(self) -> list[Path]:
        """Move the packs to the mirror's. Returns those that are new there."""
        target = self.objects / "pack"
        packs = sorted((self.folder / "pack").glob("pack-*.pack"))
        new = [pack for pack in packs if not (target / pack.name).exists()]
        for pack in new:
            # Git takes a pack as whole when it sees the index, so that comes last.
            for part in (pack, pack.with_suffix(".rev"), pack.with_suffix(".idx")):
                if part.exists():
                    part.replace(target / part.name)
        return [target / pack.name for pack in new]


@contextlib.contextmanager
def quarantine(folder: Path, mirror: Path) -> Iterator[Quarantine]:
    """What is left in the folder at the end is gone. It lies on the same disk as the mirror."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield Quarantine(folder, mirror)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def delete(packs: list[Path]) -> None:
    """The index goes first, so that no reader finds it without its pack."""
    for pack in packs:
        for suffix in (".idx", ".rev", ".pack"):
            pack.with_suffix(suffix).unlink(missing_ok=True)
