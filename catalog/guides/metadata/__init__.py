"""What a repository states about itself in files for machines. None of them is ever required.

One module for each format; docs/metadata.md lists every field, what it means here, and whose word wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalog.guides.metadata.backstage import read_backstage
from catalog.guides.metadata.innersource import read_innersource
from catalog.guides.metadata.publiccode import read_publiccode
from catalog.guides.metadata.stated import (
    MOST_PROBLEMS,
    Contact,
    Entity,
    Link,
    Metadata,
    Problem,
    completed,
    said_in,
)

__all__ = [
    "METADATA_FILES",
    "MOST_PROBLEMS",
    "Contact",
    "Entity",
    "Link",
    "Metadata",
    "Problem",
    "completed",
    "read_metadata",
]

#: In the order of precedence: a file that is written for such a portal knows best what it should show.
READERS: dict[str, Callable[[str, bytes], Metadata]] = {
    "innersource.json": read_innersource,
    "catalog-info.yaml": read_backstage,
    "catalog-info.yml": read_backstage,
    "publiccode.yml": read_publiccode,
    "publiccode.yaml": read_publiccode,
}
METADATA_FILES = tuple(READERS)


def read_metadata(files: Mapping[str, bytes]) -> Metadata:
    """Reads the metadata files among `files`, path to content. Never raises: what is wrong becomes a problem."""
    result = Metadata()
    for path, read in READERS.items():
        if path in files:
            result = completed(result, said_in(path, read(path, files[path])))
    return result
