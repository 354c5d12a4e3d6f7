"""Paths of a repository in URLs. Git's paths are bytes: what is no UTF-8 must lead back to the same file."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

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


def file_url(project: Project, path: str) -> str:
    """The page of a file or folder; "" is the root."""
    return reverse("catalog:files", args=[project.slug]) + quoted(path)


def raw_url(project: Project, path: str) -> str:
    """The bytes of a file at the commit that was synced."""
    base = reverse("catalog:raw", args=[project.slug, project.head_commit, "-"]).removesuffix("-")
    return base + quoted(path)
