"""Which files of a repository are documents for readers."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Folders at the root whose texts are documentation, as people name them, the most usual first.
FOLDERS = ("docs", "doc", "documentation", "adr", "adrs", "rfc", "rfcs", "decisions")
ENDINGS = ("md", "markdown", "mkd", "mdown", "mdx", "rst", "adoc", "asciidoc", "ipynb")
#: What builds leave behind, what belongs to others, and what only dresses pages.
NOT_FOR_READERS = frozenset(
    ("node_modules", "_build", "_static", "_templates", "_includes", "_layouts", "overrides", "locale", "vendor")
)
#: A page of this name stands for its folder, in this order.
INDEX = ("index", "readme", "overview", "introduction", "intro", "_index")
LONGEST_PATH = 500


def is_document(path: str) -> bool:
    """Whether a path is one of a document that the reader shows."""
    folder, _, rest = path.partition("/")
    return bool(rest) and folder.lower() in FOLDERS and is_readable(rest) and len(path) <= LONGEST_PATH


def is_readable(path: str) -> bool:
    """Whether a file in a folder of documents is one of them, by its name alone."""
    *folders, name = path.split("/")
    return ending(name) in ENDINGS and not any(each in NOT_FOR_READERS or each.startswith(".") for each in folders)


def ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def stem(path: str) -> str:
    """The name without folders and ending: "index" of "docs/index.md"."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def folder_of(path: str) -> str:
    """The folder of a path with its slash, "" at the root."""
    return path[: path.rfind("/") + 1]


def is_index(path: str) -> bool:
    return stem(path).lower() in INDEX


def first_of(paths: Iterable[str]) -> str:
    """The page to begin with: an index, the one that lies highest; "" when there is none at all."""
    return min(paths, key=place_in_order, default="")


def place_in_order(path: str) -> tuple[int, int, str]:
    """Sorts an index before its neighbours, and neighbours by name with numbers as numbers."""
    rank = INDEX.index(stem(path).lower()) if is_index(path) else len(INDEX)
    return path.count("/"), rank, natural(path)


def natural(text: str) -> str:
    """A key by which "2-use" comes before "10-more", and case does not count."""
    return re.sub(r"\d{1,12}", lambda number: number[0].zfill(12), text.casefold())


def words_of(name: str) -> str:
    """A file's or folder's name for people: "02-getting_started" becomes "Getting started"."""
    bare = re.sub(r"^\d{1,4}[-_. ]+(?=\w)", "", name)
    words = " ".join(re.sub(r"[-_]+", " ", bare).split()) or name
    return words[:1].upper() + words[1:]


def resolved(path: str, folder: str) -> str | None:
    """A path of the tree, from a folder or, with a leading slash, from the root; None when it leads out."""
    steps = [] if path.startswith("/") else folder.rstrip("/").split("/") if folder else []
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)
