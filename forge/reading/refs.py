"""Branches and tags of a mirror, each name with its full id."""

from collections.abc import Iterator

from forge import environment
from forge.mirror import Mirror
from forge.names import FULL_ID
from forge.reading.records import moment, records, text
from forge.types import Branch, Tag

BRANCH = "%(objectname)%00%(refname)%00%(committerdate:unix)"
TAG = (
    "%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    "%00%(refname)%00%(creatordate:unix)%00%(subject)"
)


def branches(mirror: Mirror) -> tuple[Branch, ...]:
    """Every branch, the one with the newest commit first."""
    rows = each_ref(mirror, BRANCH, "refs/heads")
    return tuple(
        Branch(name=text(name).removeprefix("refs/heads/"), commit=id.decode(), committed_at=moment(date))
        for id, name, date in rows
    )


def tags(mirror: Mirror, *, limit: int | None = None) -> tuple[Tag, ...]:
    """Tags that lead to a commit, the newest first. A tag of a tag, a tree or a blob is no release: left out."""
    found: list[Tag] = []
    for kind, id, inner_kind, inner, name, date, subject in each_ref(mirror, TAG, "refs/tags"):
        if limit is not None and len(found) >= limit:
            break
        commit = id if kind == b"commit" else inner if inner_kind == b"commit" else b""
        if FULL_ID.match(commit.decode()):
            short = text(name).removeprefix("refs/tags/")
            found.append(Tag(short, commit.decode(), moment(date), text(subject, limit=500)))
    return tuple(found)


def each_ref(mirror: Mirror, fields: str, prefix: str) -> Iterator[list[bytes]]:
    args = ["for-each-ref", "--sort=-creatordate", f"--format={fields}", prefix]
    count = fields.count("%00") + 1
    with environment.stream(args, git_dir=mirror.folder()) as chunks:
        for line in records(chunks, end=b"\n"):
            row = line.split(b"\0")
            if len(row) == count:
                yield row
