"""The documentation of one commit, read out of a mirror: what there is, in which order, and words in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog import renderings
from catalog.docs.finding import Found, best, look
from catalog.docs.outline import MKDOCS, Document, Outline, is_of, outline, roots
from catalog.docs.places import place_in_order
from catalog.guides.text import decode
from forge import reading
from forge.mirror import Mirror
from forge.types import Tree, TreeEntry, shown

#: Raise it when outlines become other ones.
MAKER = 1
MOST = 500
#: Entries of the root, and files below the folders of documents: there may be thousands of pictures.
MOST_AT_ROOT = 2_000
MOST_FILES = 10_000
KB = 1024
LARGEST = 256 * KB
LARGEST_MKDOCS = 256 * KB
IN_ALL = 8 * 1024 * KB
#: Seconds that a search may take.
PATIENCE = 2.0


def outline_of(mirror: Mirror, commit: str) -> Outline:
    """Kept by the commit, which never changes. Two to five git processes when it is new. Raises ForgeError."""
    key = f"{commit}-{MAKER}"
    if content := renderings.kept("documents", key):
        return Outline.from_json(content)
    made = read_outline(mirror, commit)
    renderings.keep("documents", key, made.as_json())
    return made


def read_outline(mirror: Mirror, commit: str) -> Outline:
    root = reading.folder(mirror, commit, limit=MOST_AT_ROOT)
    mkdocs = read_mkdocs(mirror, root)
    folders = roots((entry.path for entry in root.entries if entry.type == "tree"), mkdocs[1] if mkdocs else None)
    tree = reading.below(mirror, commit, folders, limit=MOST_FILES)
    found = [entry for entry in tree.entries if is_shown(entry) and is_of(entry.path, folders)]
    # What lies high is what the others are reached from.
    found.sort(key=lambda entry: place_in_order(entry.path))
    documents = [Document(entry.path, entry.id, entry.size or 0, "") for entry in found[:MOST]]
    read = readable(documents)
    texts = dict(read_texts(mirror, read))
    made = outline(documents, texts, mkdocs=mkdocs, files=[entry.path for entry in tree.entries])
    return replace(made, notes=tuple(notes_of(tree, len(found), documents, read)))


def read_mkdocs(mirror: Mirror, root: Tree) -> tuple[str, str] | None:
    for entry in root.entries:
        if entry.path in MKDOCS and is_shown(entry):
            data = reading.blob(mirror, entry.id, max_size=LARGEST_MKDOCS).data
            decoded = decode(data) if data is not None else None
            return (entry.path, decoded.text) if decoded else None
    return None


def is_shown(entry: TreeEntry) -> bool:
    """A file whose name can be stored and linked as it is."""
    return entry.type == "blob" and not entry.is_link and entry.path == shown(entry.path)


def readable(documents: list[Document]) -> list[Document]:
    """As many as may be read at once; what is large is listed by its name alone."""
    read, size = [], 0
    for document in documents:
        if document.size <= LARGEST and size + document.size <= IN_ALL:
            read.append(document)
            size += document.size
    return read


def read_texts(mirror: Mirror, documents: list[Document]) -> Iterator[tuple[str, str]]:
    for document, data in contents(mirror, documents):
        if decoded := decode(data):
            yield document.path, decoded.text


def contents(mirror: Mirror, documents: list[Document]) -> Iterator[tuple[Document, bytes]]:
    """One git process, read as a stream. Equal files are one blob."""
    places: dict[str, list[Document]] = {}
    for document in documents:
        places.setdefault(document.blob, []).append(document)
    sizes = {document.blob: document.size for document in documents}
    for blob in reading.blobs(mirror, places, max_size=LARGEST, sizes=sizes):
        if blob.data is not None:
            yield from ((document, blob.data) for document in places[blob.id])


def notes_of(tree: Tree, count: int, documents: list[Document], read: list[Document]) -> Iterator[str]:
    if not tree.complete:
        yield f"Its folders hold more than {MOST_FILES:,} files; only so many were looked at."
    if count > MOST:
        yield f"Only the first {MOST} of {count:,} documents are listed."
    if len(read) < len(documents):
        yield f"{len(documents) - len(read):,} large documents are listed by the names of their files."


# ---------------------------------------------------------------- search
@dataclass(frozen=True, slots=True)
class Search:
    """`found` are the best of `count`. `searched` counts documents, `left_out` those that are too large.

    `is_cut`: time was up before the end.
    """

    found: tuple[Found, ...]
    count: int
    searched: int
    left_out: int
    is_cut: bool


def search(mirror: Mirror, documents: tuple[Document, ...], words: tuple[str, ...]) -> Search:
    """One git process, and at most so many seconds. Raises ForgeError."""
    read = readable(list(documents))
    until = time.monotonic() + PATIENCE
    found: list[Found] = []
    searched = 0
    for document, data in contents(mirror, read):
        if time.monotonic() > until:
            break
        searched += 1
        if hit := look(document.path, data, words):
            found.append(hit)
    return Search(best(found), len(found), searched, len(documents) - len(read), is_cut=searched < len(read))
