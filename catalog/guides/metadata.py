"""What a repository states about itself: innersource.json and catalog-info.yaml. Neither is ever required."""

from collections.abc import Mapping
from dataclasses import dataclass

METADATA_FILES = ("innersource.json", "catalog-info.yaml", "catalog-info.yml")


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be understood. `line` counts from 1; None when it concerns the whole file."""

    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty means: not stated. Where both files state a field, innersource.json wins.

    `kind` and `lifecycle` are values of Project.Kind and Project.Lifecycle. `owner` is the text of the file and
    `owner_slugs` are slugs of teams that it may mean, the most exact first. URLs are http or https.
    """

    title: str = ""
    summary: str = ""
    motivation: str = ""
    kind: str = ""
    lifecycle: str = ""
    owner: str = ""
    owner_slugs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    language: str = ""
    docs_url: str = ""
    logo: str = ""
    problems: tuple[Problem, ...] = ()


def read_metadata(files: Mapping[str, bytes]) -> Metadata:
    """Reads the metadata files among `files`, path to content. Never raises: what is wrong becomes a problem."""
    raise NotImplementedError
