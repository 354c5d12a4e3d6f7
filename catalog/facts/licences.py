"""Which licence a project states, as an SPDX id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forge.types import TreeEntry


@dataclass(frozen=True, slots=True)
class Licence:
    """`spdx` is an SPDX id or expression. `path` is the file that says so."""

    spdx: str
    path: str


def licence_entries(entries: Iterable[TreeEntry]) -> tuple[TreeEntry, ...]:
    """The files to fetch for `detect_licence`: texts of licences first, then manifests that may name one."""
    raise NotImplementedError


def detect_licence(files: Mapping[str, bytes]) -> Licence | None:
    """The licence of the whole project from its root files, path to content; None when none is recognised."""
    raise NotImplementedError
