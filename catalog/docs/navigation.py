"""In which order documents are read: as mkdocs.yml says, as Sphinx's toctrees say, else folder by folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from catalog.docs.places import folder_of, is_index, place_in_order, resolved, words_of
from catalog.guides.metadata.reader import Loader
from catalog.guides.text import cleaned

MOST = 500
DEEPEST = 5
LONGEST_TITLE = 120
#: Pure Python reads about 100 kB of YAML in a second.
LARGEST_NAV = 64 * 1024
ELSEWHERE = re.compile(r"https?://[^\s<>\"']{1,1000}")
#: Only this block is parsed: the rest of the file is for MkDocs' plugins, and may hold their own tags.
NAV = re.compile(r"^nav:.*\n?(?:^(?:[ \t#-].*|[ \t]*)\n?)*", re.MULTILINE)
DOCS_DIR = re.compile(r"^docs_dir:[ \t]*[\"']?([^\"'\n#]{1,200}?)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation. Without `path` and `url` it is the name of those below it.

    `path` is one of the repository, `url` one of another site; `is_broken`: nothing lies at that path. `depth`
    counts from 1.
    """

    title: str
    path: str = ""
    depth: int = 1
    url: str = ""
    is_broken: bool = False


# ---------------------------------------------------------------- MkDocs
def docs_dir(text: str) -> str:
    """Where MkDocs looks for pages, as a path from the root."""
    found = DOCS_DIR.search(text)
    return (resolved(found[1].strip(), "") if found else "docs") or "docs"


def from_mkdocs(text: str, titles: Mapping[str, str], *, root: str = "docs") -> tuple[Entry, ...]:
    """What `nav` lists, empty without one or when it cannot be read. `titles` are those of all documents."""
    block = NAV.search(text)
    if block is None or len(block[0]) > LARGEST_NAV:
        return ()
    try:
        values = yaml.load(block[0], Loader)  # noqa: S506 - it makes nothing but text, lists and mappings.
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError):
        return ()
    nav = values.get("nav") if isinstance(values, dict) else None
    return tuple(limited(of_mkdocs(nav, titles, root=root, depth=1))) if isinstance(nav, list) else ()


def of_mkdocs(items: Iterable[Any], titles: Mapping[str, str], *, root: str, depth: int) -> Iterator[Entry]:
    for item in items:
        pairs = item.items() if isinstance(item, dict) else [("", item)]
        for title, value in pairs:
            name = one_line(title) if isinstance(title, str) else ""
            if isinstance(value, list) and depth < DEEPEST:
                yield Entry(name or "More", depth=depth)
                yield from of_mkdocs(value, titles, root=root, depth=depth + 1)
            elif isinstance(value, str) and value.strip():
                yield linked(name, value.strip(), titles, root=root, depth=depth)


def linked(title: str, target: str, titles: Mapping[str, str], *, root: str, depth: int) -> Entry:
    """To a page of another site, or to a document below `root`."""
    if "://" in target[:10]:
        url = target if ELSEWHERE.fullmatch(target) and cleaned(target, "").text == target else ""
        return Entry(title or one_line(target), depth=depth, url=url, is_broken=not url)
    path = resolved(target.lstrip("/"), root) or ""
    if path in titles:
        return Entry(title or titles[path], path, depth)
    return Entry(title or one_line(target), one_line(path or target), depth, is_broken=True)


def one_line(text: str) -> str:
    return " ".join(cleaned(text[:2_000], "").text.split())[:LONGEST_TITLE]


def limited(entries: Iterable[Entry]) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number >= MOST:
            return
        yield entry


# ---------------------------------------------------------------- folders
def from_folders(titles: Mapping[str, str], *, root: str = "") -> tuple[Entry, ...]:
    """Every document below `root` by folder: an index first, then pages by name, then the folders inside."""
    paths = [path for path in titles if path.startswith(root)]
    return tuple(limited(of_folder(paths, titles, root=root, depth=1)))


def of_folder(paths: Sequence[str], titles: Mapping[str, str], *, root: str, depth: int) -> Iterator[Entry]:
    here = [path for path in paths if folder_of(path) == root]
    for path in sorted(here, key=place_in_order):
        yield Entry(titles[path], path, depth)
    inside: dict[str, list[str]] = {}
    for path in paths:
        if folder_of(path) != root:
            inside.setdefault(path[len(root) :].partition("/")[0], []).append(path)
    for name in sorted(inside, key=place_in_order):
        yield from of_inner(inside[name], titles, root=f"{root}{name}/", name=name, depth=depth)


def of_inner(
    paths: Sequence[str], titles: Mapping[str, str], *, root: str, name: str, depth: int
) -> Iterator[Entry]:
    """A folder inside a folder: its index stands for it."""
    if depth >= DEEPEST:
        yield from (Entry(titles[path], path, depth) for path in sorted(paths, key=place_in_order))
        return
    index = min(
        (path for path in paths if folder_of(path) == root and is_index(path)), key=place_in_order, default=""
    )
    yield Entry(titles[index] if index else words_of(name), index, depth)
    yield from of_folder([path for path in paths if path != index], titles, root=root, depth=depth + 1)
