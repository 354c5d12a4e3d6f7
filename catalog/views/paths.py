"""Paths of a repository in URLs. Git's paths are bytes: what is no UTF-8 must lead back to the same file."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urlencode

from django.http import HttpRequest
from django.urls import reverse

from catalog.models import Project

BROKEN = re.compile(rb"%([89A-F][0-9A-F])")


def path_after(request: HttpRequest, mark: str) -> str:
    """What stands behind the first `mark` in the URL's path, as forge gives paths: odd bytes by surrogateescape.

    The URL resolver's own text has lost them already, so the server's bytes are read where it hands them on.
    """
    raw = getattr(request, "scope", {}).get("raw_path")
    path = unquote_to_bytes(raw.partition(b"?")[0]) if raw else restored(request.path)
    return path.partition(mark.encode())[2].decode("utf-8", "surrogateescape")


def restored(path: str) -> bytes:
    """The bytes of a path in which Django has written those that are no UTF-8 as percent codes."""
    return BROKEN.sub(lambda code: bytes.fromhex(code[1].decode("ascii")), path.encode())


def quoted(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"))


def file_url(project: Project, path: str, at: str = "") -> str:
    """The page of a file or folder; "" is the root. `at` is a revision, "" the default branch."""
    return place(project, "catalog:files", path, at)


def history_url(project: Project, path: str = "", at: str = "") -> str:
    """The commits that touched a file or folder; "" is the whole project."""
    return place(project, "catalog:history", path, at)


def blame_url(project: Project, path: str, at: str = "") -> str:
    """Who last changed each line of a file."""
    return reverse("catalog:blame", args=[project.slug, "-"]).removesuffix("-") + quoted(path) + query(at=at)


def refs_url(project: Project, path: str = "") -> str:
    """Branches and tags to choose from, to come back to the same path."""
    return place(project, "catalog:refs", path, "")


def outline_url(project: Project, path: str, at: str = "") -> str:
    """The symbols of a file."""
    return reverse("catalog:outline", args=[project.slug, "-"]).removesuffix("-") + quoted(path) + query(at=at)


def search_url(project: Project, path: str = "", at: str = "") -> str:
    """Search in the code of a revision; all of its files are searched, wherever one comes from."""
    return reverse("catalog:search-in", args=[project.slug]) + query(at=at)


def commit_url(project: Project, commit: str) -> str:
    return reverse("catalog:commit", args=[project.slug, commit])


def compare_url(project: Project, base: str, head: str) -> str:
    """What `head` has that `base` has not; both are names or ids of revisions."""
    return reverse("catalog:compare", args=[project.slug]) + query(base=base, head=head)


def document_url(project: Project, path: str, at: str = "") -> str:
    """The page of a document in the reader; "" is where it begins."""
    return place(project, "catalog:docs", path, at)


def raw_url(project: Project, path: str, commit: str = "") -> str:
    """The bytes of a file at a commit, by default the one that was synced."""
    base = reverse("catalog:raw", args=[project.slug, commit or project.head_commit, "-"]).removesuffix("-")
    return base + quoted(path)


def place(project: Project, name: str, path: str, at: str) -> str:
    return reverse(name, args=[project.slug]) + quoted(path) + query(at=at)


def query(**words: str) -> str:
    """The words that say something, as the end of a URL."""
    said = {name: word for name, word in words.items() if word}
    return "?" + urlencode(said) if said else ""
