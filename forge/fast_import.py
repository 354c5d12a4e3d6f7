"""Writes whole git repositories through `git fast-import`.

One process makes one repository, however many commits it has, and the same calls make the same commit ids
on every machine. The demo company, the tests and the benchmarks all get their repositories from here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NewType

from forge.environment import run

Mark = NewType("Mark", int)
"""A commit of a history, before it has an id."""

FULL_ID = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Author:
    name: str
    email: str


@dataclass(frozen=True)
class Link:
    """A symbolic link, as the content of a path."""

    target: str


Content = str | bytes | Link
Parent = Mark | str
"""A commit of this history, or the full id of one that the repository already has."""


def point(path: Path, branches: Mapping[str, str | None]) -> None:
    """Points branches of a bare repository at full commit ids, back or forth; None takes a branch away."""
    lines = (f"update refs/heads/{n} {i}\n" if i else f"delete refs/heads/{n}\n" for n, i in branches.items())
    _git(path, "update-ref", "--stdin", stream=_encode("".join(lines)))


class History:
    """A repository in memory: commits, branches and tags in the order in which they are to be written.

    Paths and messages are text; bytes that are no UTF-8 go in by `os.fsdecode`, as for file names in Python.
    A file that starts with `#!` is executable. Nothing touches the disk before `write`.
    """

    def __init__(self) -> None:
        self._stream: list[bytes] = []
        self._tips: dict[str, Mark] = {}
        self._trees: dict[Mark, dict[str, Content]] = {}
        self._count = 0

    def tip(self, branch: str) -> Mark:
        """The newest commit of a branch. Raises KeyError when this history has not made it."""
        return self._tips[branch]

    def commit(
        self,
        *,
        branch: str,
        author: Author,
        at: datetime,
        message: str,
        files: Mapping[str, Content | None],
        parents: Sequence[Parent] | None = None,
        merge: Sequence[Parent] = (),
        committer: Author | None = None,
        committed_at: datetime | None = None,
    ) -> Mark:
        """Adds a commit and moves the branch to it.

        `files` changes the first parent's tree; None removes a path. Without `parents` the commit follows the
        branch's tip; `parents=()` starts a root. `merge` adds further parents without touching the tree:
        `files=history.changes(since=base, until=tip)` brings their files in. `at` must be aware.
        """
        if parents is None:
            parents = (self._tips[branch],) if branch in self._tips else ()
        self._count += 1
        mark = Mark(self._count)
        self._stream += (
            *([] if parents else [_reset(branch)]),
            b"commit refs/heads/%s\nmark :%d\n" % (_encode(branch), mark),
            b"author %s\n" % _signature(author, at),
            b"committer %s\n" % _signature(committer or author, committed_at or at),
            _data(_encode(message)),
            *(b"%s %s\n" % (verb, _parent(p)) for verb, p in _ancestry(parents, merge)),
            *(_change(path, content) for path, content in files.items()),
            b"\n",
        )
        self._tips[branch] = mark
        self._trees[mark] = _applied(self._tree(parents), files)
        return mark

    def branch(self, name: str, mark: Parent) -> None:
        """Points a branch, new or known, at a commit."""
        self._stream.append(b"reset refs/heads/%s\nfrom %s\n\n" % (_encode(name), _parent(mark)))
        if not isinstance(mark, str):
            self._tips[name] = mark

    def tag(
        self,
        name: str,
        mark: Parent,
        *,
        at: datetime | None = None,
        tagger: Author | None = None,
        message: str | None = None,
    ) -> None:
        """Adds an annotated tag, or a lightweight one when nobody is named as its tagger."""
        if at is None or tagger is None:
            self._stream.append(b"reset refs/tags/%s\nfrom %s\n\n" % (_encode(name), _parent(mark)))
            return
        self._stream += (
            b"tag %s\nfrom %s\n" % (_encode(name), _parent(mark)),
            b"tagger %s\n" % _signature(tagger, at),
            _data(_encode(message or name)),
        )

    def files(self, mark: Mark) -> dict[str, Content]:
        """Every path of a commit with its content, as far as this history has written it."""
        return dict(self._trees[mark])

    def changes(self, *, since: Mark, until: Mark) -> dict[str, Content | None]:
        """What has to be applied to `since` to get `until`, as `commit` takes it."""
        old, new = self._trees[since], self._trees[until]
        gone: dict[str, Content | None] = dict.fromkeys(old.keys() - new.keys())
        return gone | {path: content for path, content in new.items() if old.get(path) != content}

    def write(self, path: Path, *, default_branch: str = "main", bare: bool = True) -> dict[Mark, str]:
        """Writes the history into the repository at `path`, making it when it is not there.

        Answers the full id of each commit. A branch that exists is moved, fast-forward or not. Without `bare`
        the default branch is checked out beside `.git`. Raises ForgeError when git refuses it.
        """
        git_dir = path if bare else path / ".git"
        if not (git_dir / "HEAD").exists():
            _create(git_dir, default_branch=default_branch, bare=bare)
        ids = self._import(git_dir)
        if not bare and default_branch in self._tips:
            _git(git_dir, "--work-tree", str(path), "reset", "--quiet", "--hard")
        return ids

    def _import(self, git_dir: Path) -> dict[Mark, str]:
        asked = (b"get-mark :%d\n" % mark for mark in range(1, self._count + 1))
        stream = b"".join((*self._stream, *asked, b"done\n"))
        answer = _git(git_dir, "fast-import", "--quiet", "--force", "--done", "--cat-blob-fd=1", stream=stream)
        return {Mark(mark): found for mark, found in enumerate(answer.decode().split(), start=1)}

    def _tree(self, parents: Sequence[Parent]) -> Mapping[str, Content]:
        if not parents or isinstance(parents[0], str):
            return {}
        return self._trees[parents[0]]


def _create(git_dir: Path, *, default_branch: str, bare: bool) -> None:
    """Makes an empty repository by hand: `git init` would cost as much as the import itself."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git_dir / folder).mkdir(parents=True)
    (git_dir / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
    flag = "true" if bare else "false"
    (git_dir / "config").write_text(f"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = {flag}\n")


def _git(git_dir: Path, *arguments: str, stream: bytes = b"") -> bytes:
    """Small packs are kept whole, because unpacking them would start one more process, and nothing is flushed
    to the disk: a repository that a crash has torn is simply built again.
    """
    options = ("-c", "fastimport.unpackLimit=0", "-c", "core.fsync=none")
    return run((*options, *arguments), git_dir=git_dir, stdin=stream).stdout


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _signature(author: Author, at: datetime) -> bytes:
    if at.tzinfo is None:
        raise ValueError("A commit's time needs its time zone.")
    return b"%s <%s> %d %s" % (
        _encode(author.name),
        _encode(author.email),
        at.timestamp(),
        _encode(f"{at:%z}"),
    )


def _reset(branch: str) -> bytes:
    return b"reset refs/heads/%s\n\n" % _encode(branch)


def _parent(parent: Parent) -> bytes:
    if not isinstance(parent, str):
        return b":%d" % parent
    if not FULL_ID.fullmatch(parent):
        raise ValueError(f"A parent is a mark or a full commit id, not {parent!r}.")
    return parent.encode()


def _ancestry(parents: Sequence[Parent], merge: Sequence[Parent]) -> list[tuple[bytes, Parent]]:
    verbs = (b"from", *[b"merge"] * (len(parents) + len(merge)))
    return list(zip(verbs, (*parents, *merge), strict=False))


def _change(path: str, content: Content | None) -> bytes:
    name = _quoted(_encode(path))
    if content is None:
        return b"D %s\n" % name
    if isinstance(content, Link):
        return b"M 120000 inline %s\n%s" % (name, _data(_encode(content.target)))
    body = content if isinstance(content, bytes) else _encode(content)
    mode = b"100755" if body.startswith(b"#!") else b"100644"
    return b"M %s inline %s\n%s" % (mode, name, _data(body))


def _quoted(path: bytes) -> bytes:
    """Git reads a path to the end of its line, unless it is quoted as in C."""
    if not path.startswith(b'"') and b"\n" not in path:
        return path
    return b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def _applied(tree: Mapping[str, Content], files: Mapping[str, Content | None]) -> dict[str, Content]:
    merged = {**tree, **files}
    return {path: content for path, content in merged.items() if content is not None}
