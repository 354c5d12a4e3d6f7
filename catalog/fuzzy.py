"""Finding a path by some of its letters in their order, as people remember names of files."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

LONGEST_QUERY = 60
FAR = 10 * LONGEST_QUERY
#: A piece or two more is worth it when all letters are in the name of the file.
OF_PATH = 2


def best(paths: Iterable[str], query: str, *, limit: int) -> list[str]:
    """The paths that hold the letters of `query` in this order, whatever their case; the likeliest first.

    Spaces are left out. It takes time in proportion to the paths, however they are made.
    """
    letters = "".join(query.split())[:LONGEST_QUERY].lower()
    if not letters:
        return []
    found = (path for path in paths if holds(path.lower(), letters))
    return nsmallest(limit, found, key=lambda path: (distance(path.lower(), letters), len(path), path))


def holds(path: str, letters: str) -> bool:
    at = -1
    for letter in letters:
        at = path.find(letter, at + 1)
        if at < 0:
            return False
    return True


def distance(path: str, letters: str) -> int:
    """How far a path is from what was meant; 0 is the name of a file itself."""
    name = path.rpartition("/")[2]
    if letters in (name, path):
        return 0
    if name.startswith(letters):
        return 1
    if letters in name:
        return 2
    if letters in path:
        return 3
    inside = gaps(name, letters) if holds(name, letters) else FAR
    return 10 + min(inside, gaps(path, letters) + OF_PATH)


def gaps(text: str, letters: str) -> int:
    """How many pieces the letters are torn into when each is taken early; where a word begins counts less."""
    pieces, at = 0, -1
    for letter in letters:
        found = text.find(letter, at + 1)
        if found != at + 1 or at < 0:
            pieces += 1 if found == 0 or not text[found - 1].isalnum() else 2
        at = found
    return pieces
