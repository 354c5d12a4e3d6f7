"""Repositories that are folders of this machine: what git opens in them may not lead anywhere else, or nowhere.

Whoever may write into a source can put a link to a file of ours, a device or a pipe where git expects a file. Git
reads what it finds there, repeats lines of it in its errors, or waits.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from forge.errors import ForgeError
from forge.urls import allowed_folders, is_below

MAX_BORROWERS = 20
#: What git opens at the top, and we ourselves; others, such as hooks, often are links on a code host.
OPENED = {
    *("HEAD", "config", "config.worktree", "packed-refs", "shallow", "commondir"),
    *("info", "objects", "refs", "reftable", "description"),
}
#: Bytes of a file that names another folder, and of one that names several.
POINTER, POINTERS = 4096, 64 * 1024
#: How many entries below refs are looked at: links are rare, and this is done before each ls-remote.
MAX_ENTRIES = 5_000


def git_folder(path: Path, *, folders: Iterable[Path]) -> Path:
    """The git directory of a local repository, with or without a work tree.

    A `.git` file, a common directory, links and borrowed objects may all lead elsewhere: each step must stay
    inside the allowed folders. Raises ForgeError: path_forbidden, not_a_repository, gone, borrowed_objects.
    """
    allowed = allowed_folders(folders)
    path = path.resolve()
    if not is_below(path, allowed):
        raise ForgeError("path_forbidden", path=path)
    if not path.is_dir():
        raise ForgeError("gone")
    found = find_git_folder(path)
    if found is None:
        raise ForgeError("not_a_repository")
    common = pointed_to(found / "commondir", base=found, prefix="") or found
    for folder in dict.fromkeys((found, common)):
        if not is_below(folder, allowed):
            raise ForgeError("path_forbidden", path=folder)
        refuse_traps(folder, allowed)
    refuse_borrowing(common, allowed)
    return found


def find_git_folder(path: Path) -> Path | None:
    """The git directory that belongs to a folder, None when it is no repository. Follows a `.git` file once."""
    inner = path / ".git"
    if os.path.lexists(inner):
        found = pointed_to(inner, base=path) if inner.is_file() else inner.resolve()
        if found is not None and is_git_folder(found):
            return found
    return path if is_git_folder(path) else None


def is_git_folder(path: Path) -> bool:
    is_linked = (path / "commondir").is_file()
    return (path / "HEAD").is_file() and (is_linked or ((path / "objects").is_dir() and (path / "refs").is_dir()))


def pointed_to(file: Path, *, base: Path, prefix: str = "gitdir:") -> Path | None:
    text = (read_start(file, POINTER) or "").strip()
    if not text or not text.startswith(prefix) or "\0" in text:
        return None
    return (base / text.removeprefix(prefix).strip()).resolve()


def read_start(file: Path, limit: int) -> str | None:
    """At most `limit` bytes of a file as text; None where there is none. Pipes and devices are not waited for."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return opened.read(limit).decode("utf-8", "surrogateescape")


def refuse_traps(folder: Path, allowed: tuple[Path, ...]) -> None:
    """Raises ForgeError: path_forbidden for a link that leads out, not_a_repository for a pipe or a device."""
    for entry in entries_that_git_opens(folder):
        if entry.is_symlink():
            target = resolved(Path(entry.path))
            if target is None or not is_below(target, allowed):
                raise ForgeError("path_forbidden", path=entry.path)
            is_plain = target.is_file() or target.is_dir() or not target.exists()
        else:
            is_plain = entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
        if not is_plain:
            raise ForgeError("not_a_repository")


def entries_that_git_opens(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Not the objects one by one: they are many, and git repeats nothing of what is no object."""
    yield from (entry for entry in entries(str(folder)) if entry.name in OPENED)
    for name in ("info", "objects", "objects/info", "objects/pack"):
        yield from entries(f"{folder}/{name}")
    waiting = [f"{folder}/refs"]
    for seen, place in enumerate(waiting):
        for entry in entries(place):
            yield entry
            if entry.is_dir(follow_symlinks=False) and len(waiting) + seen < MAX_ENTRIES:
                waiting.append(entry.path)


def entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return None


def refuse_borrowing(common: Path, allowed: tuple[Path, ...]) -> None:
    stores = [common / "objects"]
    for count, store in enumerate(stores):
        if count > MAX_BORROWERS or not is_below(store.resolve(), allowed):
            raise ForgeError("borrowed_objects")
        text = read_start(store / "info" / "alternates", POINTERS) or ""
        # Git undoes quotes, so a quoted line would lead elsewhere for git than it does for us.
        if len(text) >= POINTERS or "\0" in text or any(line.startswith('"') for line in text.splitlines()):
            raise ForgeError("borrowed_objects")
        names = [line for line in text.split("\n") if line and not line.startswith("#")]
        stores += [store / name for name in names[: MAX_BORROWERS + 2]]
