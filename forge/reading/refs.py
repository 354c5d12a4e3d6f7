"""Branches and tags of a mirror, each name with its full id."""

import re
from collections.abc import Iterator
from typing import Literal

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import FULL_ID, full_id, is_ref
from forge.reading.records import moment, records, text
from forge.types import Branch, NamedCommit, Tag

BRANCH = "%(objectname)%00%(refname)%00%(committerdate:unix)"
TAG = (
    "%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    "%00%(refname)%00%(creatordate:unix)%00%(subject)"
)
NAMED = "%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(refname)"
#: Seconds for what somebody waits for.
AT_ONCE = 10
SHORT_ID = re.compile(r"[0-9a-f]{7,40}\Z")
PREFIXES: dict[str, Literal["branch", "tag"]] = {"refs/heads/": "branch", "refs/tags/": "tag"}


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
        if commit := commit_of(kind, id, inner_kind, inner):
            short = text(name).removeprefix("refs/tags/")
            found.append(Tag(short, commit, moment(date), text(subject, limit=500)))
    return tuple(found)


def named(mirror: Mirror, name: str) -> NamedCommit | None:
    """The branch of this name, else the tag, else the commit that an id or at least 7 digits of one stand for.

    A name is taken by its letters alone: a branch may be called HEAD or like an id, and none is guessed at.
    """
    wanted = {prefix + name: kind for prefix, kind in PREFIXES.items() if is_ref(prefix + name)}
    found = {}
    for kind, id, inner_kind, inner, ref in each_ref(mirror, NAMED, *wanted, newest_first=False):
        commit = commit_of(kind, id, inner_kind, inner)
        if commit and (called := wanted.get(text(ref))):
            found[called] = commit
    for called in PREFIXES.values():
        if called in found:
            return NamedCommit(called, name, found[called])
    whole = whole_id(mirror, name) if SHORT_ID.match(name) else None
    return NamedCommit("commit", whole, whole) if whole else None


def whole_id(mirror: Mirror, start: str) -> str | None:
    """The only commit whose id begins so."""
    args = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{start}^{{commit}}"]
    try:
        id = environment.run(args, git_dir=mirror.folder(), ok=(0, 1)).stdout.decode("ascii", "replace").strip()
    except ForgeError as error:
        if error.code in ("mirror_missing", "timed_out"):
            raise
        return None
    return id if FULL_ID.match(id) and id.startswith(start) else None


def is_reachable(mirror: Mirror, commit: str) -> bool:
    """Whether a branch or tag leads to a commit. What was pushed away, or only offered as a change, is not.

    It costs as much as the commits that are newer than this one.
    """
    # Of a tree git would list no commit that is not reachable, whosever tree it is.
    args = ["rev-list", "--max-count=1", f"{full_id(commit)}^{{commit}}", "--not", "--branches", "--tags", "--"]
    try:
        found = environment.run(args, git_dir=mirror.folder(), limits=Limits(seconds=AT_ONCE))
        return not found.stdout.strip()
    except ForgeError as error:
        if error.code in ("object_missing", "git_failed", "corrupt"):
            return False
        raise


def commit_of(kind: bytes, id: bytes, inner_kind: bytes, inner: bytes) -> str:
    """What a ref leads to, "" when that is no commit."""
    commit = id if kind == b"commit" else inner if inner_kind == b"commit" else b""
    return commit.decode() if FULL_ID.match(commit.decode()) else ""


def each_ref(mirror: Mirror, fields: str, *patterns: str, newest_first: bool = True) -> Iterator[list[bytes]]:
    if not patterns:
        return
    order = ["--sort=-creatordate"] if newest_first else []
    args = ["for-each-ref", *order, f"--format={fields}", *patterns]
    count = fields.count("%00") + 1
    with environment.stream(args, git_dir=mirror.folder()) as chunks:
        for line in records(chunks, end=b"\n"):
            row = line.split(b"\0")
            if len(row) == count:
                yield row
