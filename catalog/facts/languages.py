"""Bytes of source code by language."""

from collections.abc import Iterable

from forge.types import TreeEntry


def count_languages(entries: Iterable[TreeEntry]) -> dict[str, int]:
    """Bytes by language name, the largest first. Data, prose, vendored and generated files are not counted."""
    raise NotImplementedError
