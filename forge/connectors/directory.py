"""Every git repository below a folder, bare or with a work tree."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from forge.connectors.base import Connector, Problem, is_file, register
from forge.errors import ForgeError, printable
from forge.folders import find_git_folder, git_folder, read_start
from forge.types import RemoteProject, shown
from forge.urls import local_remote

MAX_DEPTH = 6
MAX_FOLDERS = 100_000
MAX_FOUND = 20_000
# What every new repository says of itself.
NO_DESCRIPTION = "Unnamed repository"


@register
class Directory(Connector):
    kind = "directory"
    label = "Folder with repositories"
    is_local = True

    @classmethod
    def recognises(cls, text: str) -> bool:
        path = text.strip().removeprefix("file://")
        return path.startswith("/") and not path.startswith("//") and not is_file(path)

    def discover(self, address: str, *, folders: Iterable[Path] = (), topic: str = "") -> Iterator[RemoteProject]:
        """Raises ForgeError: path_forbidden, path_missing, path_unreadable, path_without_repositories."""
        folders = tuple(folders)
        root = Path(local_remote(Path(address.strip().removeprefix("file://")), folders).path)
        if not root.is_dir():
            raise ForgeError("path_missing", path=root)
        if not os.access(root, os.R_OK | os.X_OK):
            raise ForgeError("path_unreadable", path=root)
        found = 0
        for path in self._repositories(root):
            project = self._describe(path, root=root, folders=folders)
            if project is not None:
                found += 1
                yield project
            if found >= MAX_FOUND:
                self._skip(root, ForgeError("too_big", what=f"more than {MAX_FOUND} repositories in one folder"))
                return
        if not found and not self.problems:
            raise ForgeError("path_without_repositories", path=root)

    def _repositories(self, root: Path) -> Iterator[Path]:
        """Breadth first; stops at a repository, and never follows a link."""
        level, seen = [root], 0
        for _ in range(MAX_DEPTH + 1):
            below: list[Path] = []
            for folder in level:
                seen += 1
                if seen > MAX_FOUND + MAX_FOLDERS:
                    self._skip(folder, ForgeError("too_big", what=f"more than {MAX_FOLDERS} folders"))
                    return
                if find_git_folder(folder) is not None:
                    yield folder
                else:
                    below += self._subfolders(folder)
            level = below

    def _subfolders(self, folder: Path) -> list[Path]:
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            self._skip(folder, ForgeError("path_unreadable", path=folder))
            return []
        return [folder / name for name in sorted(names)]

    def _describe(self, path: Path, *, root: Path, folders: Iterable[Path]) -> RemoteProject | None:
        try:
            if not str(path).isprintable():
                raise ForgeError("url_invalid", why="the name of the folder holds an invisible character")
            inner = git_folder(path, folders=folders)
        except ForgeError as error:
            self._skip(path, error)
            return None
        name = path.name.removesuffix(".git") or path.name
        place = path.relative_to(root).with_name(name) if path != root else Path(name)
        return RemoteProject(name=name, path=str(place), clone_url=str(path), description=description_of(inner))

    def _skip(self, path: Path, error: ForgeError) -> None:
        self.problems.append(Problem(0, printable(path), error))


def description_of(folder: Path) -> str:
    text = shown(read_start(folder / "description", 1000) or "").strip()
    return "" if text.startswith(NO_DESCRIPTION) else printable(" ".join(text.split()))
