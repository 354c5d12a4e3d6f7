"""What processes that were killed left in a mirror. Who sweeps it holds its lock, so that nobody writes there."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

#: Folders beside a mirror that a write makes and takes away again.
DRAFTS = (".draft", ".removed", ".change")


def sweep(mirror: Path) -> None:
    """Remove them: lock files make every later write fail, half packs fill the disk. Branches stay, whatever
    their names.
    """
    for file in (*locks(mirror), mirror / "packed-refs.new", *half_written(mirror / "objects")):
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
    for draft in (mirror / "objects").glob("tmp_objdir-*"):
        shutil.rmtree(draft, ignore_errors=True)
    for suffix in DRAFTS:
        shutil.rmtree(mirror.with_suffix(suffix), ignore_errors=True)


def locks(mirror: Path) -> Iterator[Path]:
    """No ref may end with .lock, so such a file is one in every folder."""
    for folder, _, files in os.walk(mirror):
        yield from (Path(folder) / name for name in files if name.endswith(".lock"))


def half_written(objects: Path) -> Iterator[Path]:
    """Files that git had not renamed yet, and packs whose index, which comes last, is missing."""
    for folder, _, files in os.walk(objects):
        for file in (Path(folder) / name for name in files):
            is_draft = file.name.startswith(("tmp_", ".tmp-")) or file.suffix == ".keep"
            if is_draft or (file.suffix in (".pack", ".rev") and file.with_suffix(".idx").name not in files):
                yield file
