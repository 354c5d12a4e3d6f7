"""The index's folder: versions side by side, a link to the live one, one writer, and proof that nothing is torn.

Whoosh never calls fsync, opens a cut-off segment without a word, and keeps pickles. So the folder is private, each
commit is synced and then listed in a manifest with its files' sizes and checksums, and whatever disagrees with its
manifest counts as torn: the database has the truth and the index is built again.
"""

import json
import os
import re
import shutil
import uuid
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from search.engines.base import Busy, Unavailable
from search.engines.lock import held

_TABLE = re.compile(r"_\w+_(\d+)\.toc")
_MANIFEST = "manifest.json"
_SUSPECT = "suspect"
_NOTES = {_MANIFEST, _SUSPECT}


@dataclass(frozen=True)
class Stamp:
    """Which state of the index: another version or generation means that open searchers are outdated."""

    version: str
    generation: int


@dataclass(frozen=True)
class _Proof:
    size: int
    checksum: int

    @classmethod
    def of(cls, file: Path, known: "_Proof | None") -> "_Proof":
        """Bring a file to the disk and measure it; one of the same size is the same, as files never change."""
        size = file.stat().st_size
        if known and known.size == size:
            return known
        _sync(file)
        return cls(size, _checksum(file))


@dataclass(frozen=True)
class _Manifest:
    layout: int
    generation: int
    files: dict[str, _Proof]

    def has_sizes_of(self, version: Path) -> bool:
        try:
            return all((version / name).stat().st_size == proof.size for name, proof in self.files.items())
        except FileNotFoundError:
            return False

    def has_bytes_of(self, version: Path) -> bool:
        try:
            return all(_checksum(version / name) == proof.checksum for name, proof in self.files.items())
        except FileNotFoundError:
            return False


class Folder:
    def __init__(self, path: Path, *, layout: int) -> None:
        self.path = path
        self.layout = layout  # of the schema; an index of another layout is built again
        self._live = path / "live"

    def stamp(self) -> Stamp:
        """What is live now. Raises Unavailable when there is nothing."""
        try:
            version = str(self._live.readlink())
            return Stamp(version, _generation(self.path / version))
        except (OSError, ValueError) as error:
            raise Unavailable("There is no search index yet.") from error

    def version(self, stamp: Stamp) -> Path:
        return self.path / stamp.version

    def check(self, stamp: Stamp) -> None:
        """Raise Unavailable when the live files are not those that were last written, by their sizes.

        A commit that is newer than its manifest is being written at this moment, or its writer was killed; only
        a writer, who holds the lock, can tell (see `check_closed`).
        """
        manifest = _read_manifest(self.version(stamp))
        if manifest.layout != self.layout:
            raise Unavailable("The search index was written by another release.")
        if (self.version(stamp) / _SUSPECT).exists():
            raise Unavailable("The search index could not be read.")
        if manifest.generation == stamp.generation and not manifest.has_sizes_of(self.version(stamp)):
            self._refuse_unless_moved(stamp)

    def check_closed(self, stamp: Stamp) -> None:
        """As `check`, for the holder of the lock: nobody else can be writing now."""
        self.check(stamp)
        if _read_manifest(self.version(stamp)).generation != stamp.generation:
            raise Unavailable("The last writer of the search index was stopped half-way.")

    def accuse(self, stamp: Stamp) -> None:
        """Reading failed: compare every byte, and raise Unavailable and remember it when the files are torn."""
        version = self.version(stamp)
        manifest = _read_manifest(version)
        if manifest.generation != stamp.generation or manifest.has_bytes_of(version):
            return
        if self.stamp() == stamp:
            (version / _SUSPECT).touch()
        self._refuse_unless_moved(stamp)

    def close(self, version: Path) -> None:
        """After a commit: bring all to the disk, then say in the manifest what there is."""
        known = _read_manifest(version).files if (version / _MANIFEST).exists() else {}
        files = {file.name: _Proof.of(file, known.get(file.name)) for file in _files(version)}
        manifest = {
            "layout": self.layout,
            "generation": _generation(version),
            "files": {name: [proof.size, proof.checksum] for name, proof in files.items()},
        }
        draft = version.parent / f".{version.name}.{_MANIFEST}"
        draft.write_text(json.dumps(manifest))
        _sync(draft)
        draft.replace(version / _MANIFEST)
        _sync(version)

    def begin(self) -> Path:
        """An empty folder for a new version."""
        version = self.path / f"v-{uuid.uuid4().hex}"
        version.mkdir(mode=0o700)
        return version

    def swap(self, version: Path) -> None:
        """Make a version the live one at once; the one before stays for readers that are about to open it."""
        before = self._live.readlink().name if self._live.is_symlink() else ""
        draft = self.path / "live.new"
        draft.unlink(missing_ok=True)
        draft.symlink_to(version.name)
        draft.replace(self._live)
        _sync(self.path)
        for old in self.path.glob("v-*"):
            if old.name not in {version.name, before}:
                shutil.rmtree(old, ignore_errors=True)

    def lock(self, *, seconds: float) -> AbstractContextManager[None]:
        """The right to write the index; Busy when another has it for longer than that."""
        return held(self.path / "write.lock", seconds=seconds)

    def is_being_written(self) -> bool:
        try:
            with self.lock(seconds=0):
                return False
        except Busy:
            return True

    def _refuse_unless_moved(self, stamp: Stamp) -> None:
        """A writer may have replaced files under a reader's eyes; then there is a newer stamp to look at."""
        if self.stamp() == stamp:
            raise Unavailable("The search index is damaged.")


def _generation(version: Path) -> int:
    """The newest table of contents; ValueError when there is none."""
    return max(int(found[1]) for file in version.iterdir() if (found := _TABLE.fullmatch(file.name)))


def _files(version: Path) -> list[Path]:
    """What must be whole: all but Whoosh's empty lock and our own notes."""
    return [file for file in version.iterdir() if not file.name.endswith("LOCK") and file.name not in _NOTES]


def _read_manifest(version: Path) -> _Manifest:
    try:
        read = json.loads((version / _MANIFEST).read_text())
        files = {name: _Proof(size, checksum) for name, (size, checksum) in read["files"].items()}
        return _Manifest(read["layout"], read["generation"], files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unavailable("The search index has no manifest.") from error


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
