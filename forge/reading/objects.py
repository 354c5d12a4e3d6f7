"""Trees and blobs, counted and capped while they are read: both can be bombs."""

from collections.abc import Iterable, Iterator, Mapping

from gitdb.exc import ODBError  # type: ignore[import-untyped]

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import path_text, records
from forge.types import Blob, Change, Paths, Tree, TreeEntry

#: Bytes of all names that are looked through, and seconds, while somebody waits.
LONGEST_PATHS = 20 * 2**20
AT_ONCE = 10


def tree(mirror: Mirror, commit: str, *, limit: int = 200_000) -> Tree:
    """Every file of a commit with its path from the root; cut after `limit` entries."""
    return list_tree(mirror, ["-r", full_id(commit)], limit=limit)


def paths(mirror: Mirror, commit: str, *, limit: int = 200_000) -> Paths:
    """The path of every file of a commit and nothing else of it, which costs a third of `tree`."""
    found: list[str] = []
    args = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", full_id(commit)]
    size = 0
    with environment.stream(args, git_dir=mirror.folder(), limits=Limits(seconds=AT_ONCE)) as chunks:
        for record in records(chunks):
            size += len(record)
            if len(found) >= limit or size > LONGEST_PATHS:
                return Paths(tuple(found), complete=False)
            found.append(path_text(record))
    return Paths(tuple(found), complete=True)


def folder(mirror: Mirror, commit: str, path: str = "", *, limit: int = 5_000) -> Tree:
    """One level of a commit's tree; paths start at the root. Empty when there is no such folder."""
    inner = path.strip("/")
    if inner and not {"", ".", ".."}.isdisjoint(inner.split("/")):
        return Tree((), complete=True)
    return list_tree(mirror, [full_id(commit), "--", *([f"{inner}/"] if inner else [])], limit=limit)


def entry_at(mirror: Mirror, commit: str, path: str) -> TreeEntry | None:
    """What a commit holds at exactly this path, None when there is nothing."""
    if "\0" in path or not {"", ".", ".."}.isdisjoint(path.split("/")):
        return None
    found = list_tree(mirror, [full_id(commit), "--", path], limit=2).entries
    return next((entry for entry in found if entry.path == path), None)


def list_tree(mirror: Mirror, args: list[str], *, limit: int) -> Tree:
    if any("\0" in arg for arg in args):
        return Tree((), complete=True)
    entries: list[TreeEntry] = []
    command = ["ls-tree", "-l", "-z", "--full-tree", *args]
    with environment.stream(command, git_dir=mirror.folder()) as chunks:
        for record in records(chunks):
            if len(entries) >= limit:
                return Tree(tuple(entries), complete=False)
            entries.append(parse_entry(record))
    return Tree(tuple(entries), complete=True)


def parse_entry(record: bytes) -> TreeEntry:
    facts, _, path = record.partition(b"\t")
    mode, kind, id, size = facts.decode("ascii").split()
    return TreeEntry(path_text(path), mode, kind, id, int(size) if size.isdigit() else None)


def changes(mirror: Mirror, old: str, new: str, *, limit: int) -> tuple[Change, ...] | None:
    """What differs between the trees of two commits, renames as a path that went and one that came.

    None when there is more than `limit` of it.
    """
    found: list[Change] = []
    command = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", full_id(old), full_id(new), "--"]
    with environment.stream(command, git_dir=mirror.folder()) as chunks:
        tokens = records(chunks)
        for facts in tokens:
            if len(found) >= limit:
                return None
            old_mode, new_mode, old_id, new_id, _ = facts[1:].decode("ascii").split(" ")
            found.append(Change(path_text(next(tokens, b"")), old_mode, new_mode, old_id, new_id))
    return tuple(found)


def blobs(
    mirror: Mirror, ids: Iterable[str], *, max_size: int, sizes: Mapping[str, int] | None = None
) -> Iterator[Blob]:
    """The blobs in the order of `ids`. Larger ones come without their data.

    One git process for all of them, and another one to ask for `sizes`, which `tree` tells as well.
    """
    wanted = [full_id(id) for id in ids]
    sizes = blob_sizes(mirror, wanted) if sizes is None else sizes
    small = [id for id in wanted if (size := sizes.get(id)) is not None and size <= max_size]
    contents = read_blobs(mirror, small)
    for id in wanted:
        size = sizes.get(id)
        if size is None or size > max_size:
            yield Blob(id, size, None)
        else:
            yield Blob(id, size, next(contents))


def blob_sizes(mirror: Mirror, ids: Iterable[str]) -> dict[str, int]:
    """Bytes of each blob; what is missing or no blob is left out."""
    lines = "".join(f"{full_id(id)}\n" for id in ids).encode()
    sizes: dict[str, int] = {}
    if not lines:
        return sizes
    with environment.stream(["cat-file", "--batch-check"], git_dir=mirror.folder(), stdin=lines) as chunks:
        for line in records(chunks, end=b"\n"):
            id, kind, *size = line.decode("ascii", "replace").split()
            if kind == "blob":
                sizes[id] = int(size[0])
    return sizes


def read_blobs(mirror: Mirror, ids: list[str]) -> Iterator[bytes]:
    if not ids:
        return
    lines = "".join(f"{id}\n" for id in ids).encode()
    with environment.stream(["cat-file", "--batch"], git_dir=mirror.folder(), stdin=lines) as chunks:
        source = Exactly(chunks)
        for _ in ids:
            size = size_in(source.line())
            yield source.take(size)
            source.take(1)


def size_in(line: bytes) -> int:
    size = line.rsplit(b" ", 1)[-1]
    if not size.isdigit():
        raise ForgeError("corrupt", why="an object that the tree names is missing")
    return int(size)


class Exactly:
    """Reads lines and exact numbers of bytes out of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.held = bytearray()

    def line(self) -> bytes:
        while (end := self.held.find(b"\n")) < 0:
            self._more()
        line = bytes(self.held[:end])
        del self.held[: end + 1]
        return line

    def take(self, size: int) -> bytes:
        while len(self.held) < size:
            self._more()
        data = bytes(self.held[:size])
        del self.held[:size]
        return data

    def _more(self) -> None:
        chunk = next(self.chunks, b"")
        if not chunk:
            raise ForgeError("corrupt", why="an object ended early")
        self.held += chunk


def blob(mirror: Mirror, id: str, *, max_size: int) -> Blob:
    """One blob for a page, by GitPython. Missing and too large ones come without data."""
    name = bytes.fromhex(full_id(id))
    with mirror.open() as repo:
        try:
            facts = repo.odb.info(name)
            if facts.type != b"blob":
                return Blob(id, None, None)
            fits = facts.size <= max_size
            return Blob(id, facts.size, repo.odb.stream(name).read() if fits else None)
        except (ODBError, OSError, ValueError):
            return Blob(id, None, None)


def blob_at(mirror: Mirror, commit: str, path: str, *, max_size: int) -> tuple[TreeEntry, Blob] | None:
    """The entry and the blob at a path of a commit, None when there is no blob. A link is not followed."""
    entry = entry_at(mirror, commit, path)
    if entry is None or entry.type != "blob":
        return None
    return entry, blob(mirror, entry.id, max_size=max_size)


def below(mirror: Mirror, commit: str, paths: Iterable[str], *, limit: int) -> Tree:
    """Every file at or below some paths of a commit, as `tree` lists them. Nothing for no path."""
    inner = [path for path in (each.strip("/") for each in paths) if path]
    if any(not {"", ".", ".."}.isdisjoint(path.split("/")) for path in inner) or not inner:
        return Tree((), complete=True)
    return list_tree(mirror, ["-r", full_id(commit), "--", *inner], limit=limit)
