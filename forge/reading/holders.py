"""Branches and tags that lead to a commit."""

from collections.abc import Iterator

from forge import environment
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import records, text
from forge.types import Holders

SECONDS = 4


def holders(mirror: Mirror, commit: str, *, limit: int = 10, seconds: float = SECONDS) -> Holders:
    """The newest branches and tags whose history holds a commit, at most `limit` of each.

    It costs as much as the commits that are newer, for each ref in the worst case. Raises ForgeError timed_out.
    """
    heads = list(names(mirror, commit, "refs/heads/", limit=limit + 1, seconds=seconds))
    tags = list(names(mirror, commit, "refs/tags/", limit=limit + 1, seconds=seconds))
    is_complete = max(len(heads), len(tags)) <= limit
    return Holders(tuple(heads[:limit]), tuple(tags[:limit]), is_complete)


def names(mirror: Mirror, commit: str, prefix: str, *, limit: int, seconds: float) -> Iterator[str]:
    args = ["for-each-ref", "--sort=-creatordate", f"--count={limit}", f"--contains={full_id(commit)}"]
    limits = Limits(seconds=seconds)
    with environment.stream(
        [*args, "--format=%(refname)", prefix], git_dir=mirror.folder(), limits=limits
    ) as chunks:
        for name in records(chunks, end=b"\n"):
            yield text(name).removeprefix(prefix)
