"""The documentation of one commit as a whole: its documents, the order to read them in, its decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from catalog.docs.decisions import Decision, decisions, is_decision
from catalog.docs.navigation import Entry, docs_dir, from_folders, from_mkdocs
from catalog.docs.places import FOLDERS, INDEX, folder_of, is_index, is_readable, place_in_order, stem
from catalog.docs.sphinx import from_sphinx, toctrees
from catalog.docs.titles import named, title_of

MKDOCS = ("mkdocs.yml", "mkdocs.yaml")


@dataclass(frozen=True, slots=True)
class Document:
    """`size` is bytes."""

    path: str
    blob: str
    size: int
    title: str


@dataclass(frozen=True, slots=True)
class Outline:
    """`entries` are in the order to read; `source` is the file that says so, "" where folders do.

    `unlisted` are documents that this order leaves out. `notes` say what was cut, as sentences.
    """

    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    source: str = ""
    unlisted: tuple[Entry, ...] = ()
    decisions: tuple[Decision, ...] = ()
    notes: tuple[str, ...] = ()

    def document(self, path: str) -> Document | None:
        return next((document for document in self.documents if document.path == path), None)

    @property
    def pages(self) -> tuple[Entry, ...]:
        """What can be opened here, in the order to read, each once."""
        found = {
            entry.path: entry for entry in (*self.entries, *self.unlisted) if entry.path and not entry.is_broken
        }
        return tuple({path: found[path] for path in found}.values())

    @property
    def home(self) -> str:
        """The page to begin with: an index, else the first one; "" when only decisions are on record."""
        listed = [entry.path for entry in self.entries if entry.path and not entry.is_broken]
        first = min((path for path in listed if is_index(path)), key=place_in_order, default="")
        if self.source:
            return listed[0] if listed else first
        return first or next(iter(listed), "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        kinds = {"documents": Document, "entries": Entry, "unlisted": Entry, "decisions": Decision}
        values: dict[str, Any] = {
            name: tuple(kinds[name](**each) for each in stored[name]) if name in kinds else stored[name]
            for name in (field.name for field in fields(cls))
        }
        return cls(**{**values, "notes": tuple(values["notes"])})


def roots(names: Iterable[str], mkdocs: str | None) -> tuple[str, ...]:
    """Which entries of the root may hold documents; `mkdocs` is the text of mkdocs.yml."""
    found = [name for name in names if name.lower() in FOLDERS]
    found.sort(key=lambda name: FOLDERS.index(name.lower()))
    if mkdocs is not None:
        found.insert(0, docs_dir(mkdocs))
    return tuple(dict.fromkeys(found))


def is_of(path: str, folders: Sequence[str]) -> bool:
    """Whether a file is a document below one of the folders."""
    inside = (path[len(folder) + 1 :] for folder in folders if path.startswith(f"{folder}/"))
    return any(is_readable(rest) for rest in inside)


def outline(
    documents: Iterable[Document],
    texts: Mapping[str, str],
    *,
    mkdocs: tuple[str, str] | None,
    files: Iterable[str],
) -> Outline:
    """`texts` are those of documents that were read, the others are listed by their names.

    `mkdocs` is path and text of mkdocs.yml; `files` are all paths below the folders of documents.
    """
    known = {each.path: each for each in documents}
    titles = {path: title_of(path, texts[path]) if path in texts else named(path) for path in known}
    entries, source = listed(titles, texts, mkdocs=mkdocs, files=files)
    seen = {entry.path for entry in entries}
    rest = {path: title for path, title in titles.items() if path not in seen and not is_decision(path)}
    return Outline(
        documents=tuple(Document(path, each.blob, each.size, titles[path]) for path, each in known.items()),
        entries=entries,
        source=source,
        unlisted=tuple(Entry(title, path) for path, title in sorted(rest.items())),
        decisions=decisions({path: texts.get(path, "") for path in known}),
    )


def listed(
    titles: Mapping[str, str], texts: Mapping[str, str], *, mkdocs: tuple[str, str] | None, files: Iterable[str]
) -> tuple[tuple[Entry, ...], str]:
    """The order to read in, and the file that says so."""
    if mkdocs and (entries := from_mkdocs(mkdocs[1], titles, root=docs_dir(mkdocs[1]))):
        return entries, mkdocs[0]
    trees = {path: found for path, text in texts.items() if (found := toctrees(text))}
    if (index := sphinx_index(trees, files)) and (entries := from_sphinx(index, trees, titles)):
        return entries, index
    pages = {path: title for path, title in titles.items() if not is_decision(path)}
    folders = {path.partition("/")[0] for path in pages}
    return from_folders(pages, root=f"{folders.pop()}/" if len(folders) == 1 else ""), ""


def sphinx_index(trees: Mapping[str, object], files: Iterable[str]) -> str:
    """The page that Sphinx begins with: the highest index beside a conf.py; "" where none has a toctree."""
    configured = {folder_of(path) for path in files if path.endswith("/conf.py")}
    found = [
        path for path in trees if stem(path).lower() in INDEX and (not configured or folder_of(path) in configured)
    ]
    return min(found, key=place_in_order, default="")
