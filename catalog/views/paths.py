"""Paths of a repository in URLs. Git's paths are bytes: what is no UTF-8 must lead back to the same file."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote_to_bytes

from django.http import HttpRequest
from django.urls import reverse

from catalog.models import Project


def path_after(request: HttpRequest, mark: str) -> str:
    """What stands behind the first `mark` in the URL's path, as forge gives paths: odd bytes by surrogateescape.

    The URL resolver's own text has lost them already.
    """
    scope = getattr(request, "scope", None)
    if scope and scope.get("raw_path"):
        raw = unquote_to_bytes(scope["raw_path"].partition(b"?")[0])
    elif scope:
        raw = request.path.encode()
    else:
        raw = request.environ["PATH_INFO"].encode("latin-1")
    return os.fsdecode(raw.partition(mark.encode())[2])


def quoted(path: str) -> str:
    return quote(os.fsencode(path))


def file_url(project: Project, path: str) -> str:
    """The page of a file or folder; "" is the root."""
    return reverse("catalog:files", args=[project.slug]) + quoted(path)


def raw_url(project: Project, path: str) -> str:
    """The bytes of a file at the commit that was synced."""
    base = reverse("catalog:raw", args=[project.slug, project.head_commit, "-"]).removesuffix("-")
    return base + quoted(path)
