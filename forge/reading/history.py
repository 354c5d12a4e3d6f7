"""Commits: the log as a stream, ranges, ancestry."""

from collections.abc import Iterator
from datetime import datetime

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import moment, path_text, records, text
from forge.types import Commit, CommitRange, FileChange

# The author as written: a .mailmap belongs to strangers and may name anybody.
FIELDS = "%H%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%s%x00%b"
FIELD_COUNT = FIELDS.count("%x00") + 1
LONGEST_BODY = 64 * 1024
#: Seconds for what somebody waits for.
AT_ONCE = 5
MERGE_BASE = 20


def log(
    mirror: Mirror,
    rev: str,
    *,
    exclude: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    skip: int = 0,
    path: str = "",
    numstat: bool = False,
    seconds: float = 1800,
) -> Iterator[Commit]:
    """Commits that `rev` reaches and `exclude` does not, newest first, one at a time from git's own stream.

    With a `path` only those that changed something there, by that name alone; it may take `seconds` until as many
    are found as wanted, and then ends by ForgeError `timed_out` behind those that were.

    `numstat` fills `changes`, which costs far more than all the rest: ask for it once, then only for the new
    commits. Merges have no changes, as in git itself. Both ids are full ones.
    """
    args = ["log", "-z", "--no-mailmap", "--no-show-signature", f"--format={FIELDS}"]
    if numstat:
        args += ["--numstat", "-M", "--no-ext-diff", "--no-textconv"]
    if since is not None:
        args.append(f"--since={int(since.timestamp())} +0000")
    if limit is not None:
        args.append(f"--max-count={limit}")
    if skip:
        args.append(f"--skip={skip}")
    args += [full_id(rev), *([f"^{full_id(exclude)}"] if exclude else []), "--", *([path] if path else [])]
    limits = Limits(seconds=seconds, output=16 * 2**30)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        yield from parse_log(records(chunks))


def parse_log(tokens: Iterator[bytes]) -> Iterator[Commit]:
    """A commit is its fields, each with a NUL behind; its numstat follows after a line end."""
    token = next(tokens, None)
    while token is not None:
        fields = [token] + [next(tokens, b"") for _ in range(FIELD_COUNT - 1)]
        changes: list[FileChange] = []
        token = next(tokens, None)
        while token is not None and b"\t" in token:
            changes.append(parse_numstat(token.removeprefix(b"\n"), tokens))
            token = next(tokens, None)
        yield parse_commit(fields, changes)


def parse_numstat(token: bytes, tokens: Iterator[bytes]) -> FileChange:
    added, removed, path = token.split(b"\t", 2)
    if not path:
        next(tokens, b"")  # A rename gives both names after an empty one; the new one is what exists.
        path = next(tokens, b"")
    return FileChange(path_text(path), count(added), count(removed))


def count(data: bytes) -> int | None:
    return int(data) if data.isdigit() else None


def parse_commit(fields: list[bytes], changes: list[FileChange]) -> Commit:
    id, parents, author, email, authored, committer, committer_email, committed, subject, body = fields
    return Commit(
        id=id.decode("ascii", "replace"),
        parents=tuple(parents.decode("ascii", "replace").split()),
        author_name=text(author, limit=500),
        author_email=text(email, limit=500),
        authored_at=moment(authored),
        committer_name=text(committer, limit=500),
        committer_email=text(committer_email, limit=500),
        committed_at=moment(committed),
        subject=text(subject),
        body=text(body, limit=LONGEST_BODY).rstrip(),
        changes=tuple(changes),
    )


def renamed_from(mirror: Mirror, commit: str, path: str) -> str:
    """The name that a file had before this commit, "" when the commit made it or only changed it.

    Of a merge nothing is told: what it brought is told by the commits that it merged.
    """
    args = ["diff-tree", "-r", "-M", "-z", "--raw", "--no-abbrev", "--no-commit-id", "--diff-filter=R"]
    limits = Limits(seconds=AT_ONCE)
    with environment.stream([*args, full_id(commit), "--"], git_dir=mirror.folder(), limits=limits) as chunks:
        tokens = records(chunks)
        for _ in tokens:
            old, new = next(tokens, b""), next(tokens, b"")
            if path_text(new) == path:
                return path_text(old)
    return ""


def commit(mirror: Mirror, id: str) -> Commit:
    """One commit. Raises ForgeError object_missing."""
    for found in log(mirror, id, limit=1):
        return found
    raise ForgeError("object_missing", id=id)


def count_commits(mirror: Mirror, rev: str, *, exclude: str | None = None) -> int:
    args = ["rev-list", "--count", full_id(rev), *([f"^{full_id(exclude)}"] if exclude else []), "--"]
    return int(environment.run(args, git_dir=mirror.folder()).stdout)


def commits_between(mirror: Mirror, base: str, head: str, *, limit: int = 500, seconds: float = 20) -> CommitRange:
    """Commits of `head` that `base` has not, newest first."""
    commits = tuple(log(mirror, head, exclude=base, limit=limit + 1, seconds=seconds))
    return CommitRange(base, head, commits[:limit], complete=len(commits) <= limit)


def merge_base(mirror: Mirror, ours: str, theirs: str) -> str | None:
    """The best common ancestor, None when the histories have nothing in common."""
    args = ["merge-base", full_id(ours), full_id(theirs)]
    limits = Limits(seconds=MERGE_BASE)
    found = environment.run(args, git_dir=mirror.folder(), ok=(0, 1), limits=limits).stdout.decode().strip()
    return found or None


def is_ancestor(mirror: Mirror, old: str, new: str) -> bool:
    """Whether `new` contains `old`; a commit contains itself. An id that the mirror has not is no ancestor."""
    args = ["merge-base", "--is-ancestor", full_id(old), full_id(new)]
    try:
        return environment.run(args, git_dir=mirror.folder(), ok=(0, 1)).returncode == 0
    except ForgeError as error:
        if error.code == "object_missing":
            return False
        raise
