"""Which tags are releases."""

from collections.abc import Iterable

from forge.types import Tag


def is_release(name: str) -> bool:
    """Whether a tag's name is a version: 1.2, v1.2.3, ledger-1.2.3, release/2.0, 1.0.0-rc.1 …"""
    raise NotImplementedError


def is_prerelease(name: str) -> bool:
    """Whether a release is an alpha, a beta, a candidate or a development version."""
    raise NotImplementedError


def releases(tags: Iterable[Tag]) -> list[Tag]:
    """The tags that are releases, the highest version first."""
    raise NotImplementedError
