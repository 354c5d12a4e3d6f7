"""Sphinx's toctree directives, in reStructuredText and in MyST's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from catalog.docs.navigation import DEEPEST, ELSEWHERE, MOST, Entry, limited, linked, one_line
from catalog.docs.places import folder_of, natural, resolved, stem

MOST_TREES = 20
MOST_LISTED = 500
#: All items that one walk looks at, and all patterns.
MOST_STEPS = 5_000
MOST_PATTERNS = 100
LONGEST_LINE = 500
RST = re.compile(r"([ \t]*)\.\.[ \t]+toctree::[ \t]*")
MYST = re.compile(r"[ ]{0,3}(`{3,}|~{3,}|:{3,})\{toctree\}.*")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
NAMED = re.compile(r"(.{1,300}?)[ \t]*<([^<>]{1,400})>")
ENDINGS = ("rst", "md", "ipynb", "markdown")


@dataclass(frozen=True, slots=True)
class Toctree:
    """`items` are titles, "" where the page's own is meant, and what they lead to."""

    items: tuple[tuple[str, str], ...]
    caption: str = ""
    is_glob: bool = False
    is_reversed: bool = False


Trees = Mapping[str, tuple[Toctree, ...]]


def toctrees(text: str) -> tuple[Toctree, ...]:
    """Those of one document, in their order."""
    if "toctree" not in text:
        return ()
    lines = [line[:LONGEST_LINE] for line in text.split("\n")]
    return tuple(toctree(block) for block in blocks(lines))[:MOST_TREES]


def blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines inside each directive."""
    at = 0
    while at < len(lines):
        inside: list[str] = []
        if found := MYST.fullmatch(lines[at]):
            while (at := at + 1) < len(lines) and lines[at].strip() != found[1]:
                inside.append(lines[at])
            yield inside
        elif found := RST.fullmatch(lines[at]):
            while (at := at + 1) < len(lines) and is_below(lines[at], len(found[1])):
                inside.append(lines[at])
            at -= 1
            yield inside
        at += 1


def is_below(line: str, indent: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > indent


def toctree(lines: Iterable[str]) -> Toctree:
    options: dict[str, str] = {}
    items: list[tuple[str, str]] = []
    for line in (line.strip() for line in lines):
        if option := OPTION.fullmatch(line):
            options[option[1].lower()] = option[2].strip()
        elif line and not line.startswith(("..", "#", "---")) and len(items) < MOST_LISTED:
            named = NAMED.fullmatch(line)
            items.append((one_line(named[1]), named[2]) if named else ("", line))
    caption = one_line(options.get("caption", ""))
    return Toctree(tuple(items), caption, is_glob="glob" in options, is_reversed="reversed" in options)


def from_sphinx(index: str, trees: Trees, titles: Mapping[str, str]) -> tuple[Entry, ...]:
    """What the toctrees say from `index` on, each document once; empty when the index has none.

    `trees` are those of the documents by their paths, `titles` those of all documents.
    """
    if not any(tree.items for tree in trees.get(index, ())):
        return ()
    walk = Walk(trees, titles, root=folder_of(index), seen={index})
    return tuple(limited([Entry(titles[index], index), *walk.below(index, depth=1)]))


@dataclass(slots=True)
class Walk:
    """A way through the toctrees. `seen` are the documents that have their place."""

    trees: Trees
    titles: Mapping[str, str]
    root: str
    seen: set[str]
    steps: int = field(default=MOST_STEPS)
    patterns: int = field(default=MOST_PATTERNS)

    def below(self, path: str, *, depth: int) -> Iterator[Entry]:
        for tree in self.trees.get(path, ()):
            inner = depth
            if tree.caption and depth < DEEPEST:
                yield Entry(tree.caption, depth=depth)
                inner = depth + 1
            for title, target in self.listed(tree, path):
                self.steps -= 1
                if self.steps < 0 or len(self.seen) > MOST:
                    return
                if target != "self":
                    yield from self.item(self.lead(title, target, folder=folder_of(path), depth=inner))

    def item(self, entry: Entry) -> Iterator[Entry]:
        """An entry and those below it, unless it has its place already."""
        if entry.path and entry.path in self.seen:
            return
        yield entry
        if entry.path and not entry.is_broken:
            self.seen.add(entry.path)
            if entry.depth < DEEPEST:
                yield from self.below(entry.path, depth=entry.depth + 1)

    def listed(self, tree: Toctree, path: str) -> Iterable[tuple[str, str]]:
        """The items with every pattern replaced by the documents that it fits, from the root by a slash."""
        items: list[tuple[str, str]] = []
        for title, target in tree.items:
            if tree.is_glob and any(mark in target for mark in "*?["):
                items += [("", "/" + found[len(self.root) :]) for found in self.fitting(target, path)]
            else:
                items.append((title, target))
        return reversed(items) if tree.is_reversed else items

    def fitting(self, pattern: str, path: str) -> Iterator[str]:
        """A star stays inside its folder. Patterns of many stars would take long and fit nothing."""
        self.patterns -= 1
        base = self.root if pattern.startswith("/") else folder_of(path)
        where = resolved(pattern.lstrip("/"), base)
        if where is None or pattern.count("*") > 4 or self.patterns < 0:
            return
        for found in sorted(self.titles, key=natural):
            bare = folder_of(found) + stem(found)
            is_new = found not in self.seen and found.startswith(self.root)
            if is_new and bare.count("/") == where.count("/") and fnmatchcase(bare, where):
                yield found

    def lead(self, title: str, target: str, *, folder: str, depth: int) -> Entry:
        """Where an item leads: documents are named without their endings, from the root by a slash."""
        if ELSEWHERE.fullmatch(target):
            return linked(title, target, self.titles, root=self.root, depth=depth)
        bare = resolved(target.strip("/"), self.root if target.startswith("/") else folder) or ""
        names = [bare, *(f"{bare}.{ending}" for ending in ENDINGS)]
        if found := next((name for name in names if name in self.titles), None):
            return Entry(title or self.titles[found], found, depth)
        return Entry(title or one_line(target), one_line(bare or target), depth, is_broken=True)
