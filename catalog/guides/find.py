"""Which files of a tree are guides, and which blobs a sync has to fetch."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from forge.types import TreeEntry


@dataclass(frozen=True, slots=True)
class FoundGuide:
    """The best file of its kind. `path` keeps git's bytes by surrogateescape; `size` is bytes.

    Kinds: readme, contributing, code_of_conduct, governance, security, support, communication, changelog,
    maintainers, codeowners, license, citation, docs, adr, issue_template, pull_request_template.
    """

    kind: str
    path: str
    blob: str
    size: int


Purpose = Literal["guide", "licence", "metadata", "owners"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A blob to fetch. Blobs of more than `limit` bytes are not worth fetching. One path can be wanted twice."""

    purpose: Purpose
    path: str
    blob: str
    limit: int


def find_guides(entries: Iterable[TreeEntry]) -> tuple[FoundGuide, ...]:
    """At most one guide of each kind from a whole tree. Symbolic links are not followed."""
    raise NotImplementedError


def wanted(entries: Iterable[TreeEntry]) -> tuple[Wanted, ...]:
    """What a sync fetches of a tree: shown guides, texts of licences and manifests, metadata, owners."""
    raise NotImplementedError


def has_ci(entries: Iterable[TreeEntry]) -> bool:
    """Whether the tree holds the configuration of a build service."""
    raise NotImplementedError


def has_tests(entries: Iterable[TreeEntry]) -> bool:
    """Whether the tree holds automated tests, by the habits of the usual languages."""
    raise NotImplementedError
