"""What crosses the door between git and the portal: frozen values, no behaviour that touches a disk.

Text of people (names, subjects, bodies) is decoded as UTF-8 with replacement characters, so that it can be
stored and shown. Paths are decoded with surrogateescape, so that `os.fsencode(path)` gives git's bytes back;
pass them through `shown` before they are stored, rendered or sent anywhere.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

TAGS = "refs/tags/"
DEFAULT_PORTS = {"https": 443, "http": 80, "ssh": 22, "git": 9418}


def shown(path: str) -> str:
    """A path as valid Unicode: bytes that are no UTF-8 become replacement characters."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is fetched from.

    `url` is what git gets. `canonical` is the same for every spelling of one address: compare and store that.
    `host` is "" and `scheme` is "file" for a folder of this machine; `path` is then absolute and resolved.
    """

    url: str
    canonical: str
    scheme: str
    host: str
    port: int | None
    path: str
    user: str = ""

    @property
    def real_port(self) -> int:
        return self.port or DEFAULT_PORTS.get(self.scheme, 0)

    @property
    def is_local(self) -> bool:
        return self.scheme == "file"


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves to one host who we are: a header for every request below `base`, "https://host[:port]"."""

    base: str
    header: str = field(repr=False)

    def is_for(self, remote: Remote) -> bool:
        """Whether it belongs to this host. Another one, another port or another scheme never gets it."""
        port = f":{remote.port}" if remote.port else ""
        host = f"[{remote.host}]" if ":" in remote.host else remote.host
        return self.base == f"{remote.scheme}://{host}{port}"


Visibility = Literal["public", "internal", "private", ""]


@dataclass(frozen=True, slots=True)
class RemoteProject:
    """A repository as its host describes it. `path` is the name with its namespace: "payments/ledger".

    `host_id` is the host's own number, which stays when the repository is renamed or transferred; "" for what is
    known by its address alone. A count is None when the host does not tell it; `open_together` counts issues and
    changes where its list does not tell them apart. `pushed_at` is the last push, or the last activity of any kind
    where the host does not tell pushes apart.
    """

    name: str
    path: str
    clone_url: str
    web_url: str = ""
    description: str = ""
    default_branch: str | None = None
    archived: bool = False
    topics: tuple[str, ...] = ()
    host_id: str = ""
    ssh_url: str = ""
    visibility: Visibility = ""
    is_fork: bool = False
    is_template: bool = False
    stars: int | None = None
    forks: int | None = None
    open_issues: int | None = None
    open_changes: int | None = None
    open_together: int | None = None
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """An open issue, or an open pull or merge request (a change), as its host shows it."""

    kind: Literal["issue", "change"]
    number: int
    title: str
    web_url: str
    author: str = ""
    labels: tuple[str, ...] = ()
    draft: bool = False
    comments: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteItems:
    """The newest open items. The two counts are of all open ones, None when the host does not tell."""

    items: tuple[RemoteItem, ...]
    open_issues: int | None
    open_changes: int | None

    @property
    def left_out(self) -> int:
        return max(0, (self.open_issues or 0) + (self.open_changes or 0) - len(self.items))


@dataclass(frozen=True, slots=True)
class HostCheck:
    """Who the host says we are. `user` is "" for nobody, or for a token that may not say whose it is.

    `scopes` are what the token may do, () where the host does not tell. `version` is the host's software.
    """

    user: str = ""
    scopes: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class RemoteRefs:
    """Branches and tags of a remote: full ref name ("refs/heads/main") to object id, tag objects as such.

    `left_out` counts those that cannot be used; `named` are the first of them.
    """

    default_branch: str | None
    refs: Mapping[str, str]
    left_out: int = 0
    named: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Equal for two looks at a remote that showed the same; see also `same_tags`."""
        pairs = sorted(self.refs.items())
        tags = [pair for pair in pairs if pair[0].startswith(TAGS)]
        rest = [pair for pair in pairs if not pair[0].startswith(TAGS)]
        return hashed((self.default_branch, rest, self.left_out)) + hashed(tags)


def hashed(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def same_tags(digest: str, other: str) -> bool:
    """Whether two digests of `RemoteRefs` stand for the same tags."""
    return bool(digest) and digest[32:] == other[32:]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is. `phase` is one of counting, compressing, receiving, resolving, finishing.

    `total` are the objects that there are to come, 0 while that is not known.
    """

    phase: str
    percent: int | None = None
    objects: int = 0
    bytes: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling that did not stop the sync."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The mirror after a sync. `head` is the id of the default branch; both are None when it is empty.

    `digest` stands for what the remote showed: a `Mirror.update` that knows it ends at once if nothing moved.
    """

    refs: Mapping[str, str]
    default_branch: str | None
    head: str | None
    changed: bool
    warnings: tuple[Notice, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    name: str
    commit: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Tag:
    """`commit` is what the tag leads to in the end; tags of trees and blobs are left out."""

    name: str
    commit: str
    tagged_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class NamedCommit:
    """What a name stands for. Of a commit that was named by its id, `name` is the whole id."""

    kind: Literal["branch", "tag", "commit"]
    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One line of numstat; both counts are None for a binary file."""

    path: str
    additions: int | None
    deletions: int | None


@dataclass(frozen=True, slots=True)
class Commit:
    """Dates are UTC and clamped to 1970 … tomorrow. An author line proves nothing about who wrote it."""

    id: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    authored_at: datetime
    committer_name: str
    committer_email: str
    committed_at: datetime
    subject: str
    body: str = ""
    changes: tuple[FileChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BlamedLines:
    """Lines `first` to `last`, from 1 and both included, that one commit brought."""

    first: int
    last: int
    commit: Commit


@dataclass(frozen=True, slots=True)
class LastChanges:
    """By name of an entry the newest commit that changed something in it.

    `complete` is False when the time was over before all were found; the others were changed before `until`.
    """

    commits: Mapping[str, Commit]
    complete: bool
    until: datetime | None = None


class Tally(NamedTuple):
    """One commit. Dates are seconds since 1970 as they were written, names are bytes of strangers.

    `is_lost`: only the commit that was known reaches it, so history was rewritten.
    """

    is_lost: bool
    authored: int
    committed: int
    name: bytes
    email: bytes
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """`type` is blob, tree or commit (a submodule); `size` is bytes, None for what has none.

    `path` keeps git's bytes by surrogateescape. `mode` is git's octal text: "100644", "100755", "120000" …
    """

    path: str
    mode: str
    type: str
    id: str
    size: int | None

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"


@dataclass(frozen=True, slots=True)
class Tree:
    """`complete` is False when the limit cut the list: say "too many files to index"."""

    entries: tuple[TreeEntry, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths from the root, as `TreeEntry.path`."""

    paths: tuple[str, ...]
    complete: bool


class Change(NamedTuple):
    """One path that differs between two trees. A side that has nothing there has the mode "000000"."""

    path: str
    old_mode: str
    new_mode: str
    old_id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Blob:
    """`data` is None when the blob is larger than asked for, or missing (then `size` is None, too)."""

    id: str
    size: int | None
    data: bytes | None

    @property
    def too_large(self) -> bool:
        return self.data is None and self.size is not None


LineKind = Literal["context", "added", "removed"]
FileStatus = Literal["added", "deleted", "modified", "renamed", "copied", "type changed"]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`old` and `new` are line numbers from 1, None where the line is not. `text` has no line end."""

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    newline: bool = True


@dataclass(frozen=True, slots=True)
class DiffHunk:
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class DiffFile:
    """`too_large`: lines were left out because of the limit; the counts are right all the same.

    `similarity` is how much of the old file is in a renamed or copied one, in per cent; None for all others.
    """

    path: str
    old_path: str
    status: FileStatus
    old_mode: str
    new_mode: str
    additions: int
    deletions: int
    binary: bool = False
    too_large: bool = False
    hunks: tuple[DiffHunk, ...] = ()
    similarity: int | None = None

    @property
    def is_moved(self) -> bool:
        """The same file at another place, not a byte of it changed."""
        return self.status == "renamed" and self.similarity == 100


@dataclass(frozen=True, slots=True)
class Diff:
    """`files` holds at most the asked number; the three counts are of the whole difference.

    Unless `is_counted`, the counts of lines are too small, of the files as well.
    """

    files: tuple[DiffFile, ...]
    file_count: int
    additions: int
    deletions: int
    is_counted: bool = True

    @property
    def left_out(self) -> int:
        return self.file_count - len(self.files)


@dataclass(frozen=True, slots=True)
class CommitRange:
    """Commits that `head` has and `base` has not, newest first. `complete` is False when a limit cut the list."""

    base: str
    head: str
    commits: tuple[Commit, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Holders:
    """Names of branches and tags that lead to a commit, the newest first; not all of them unless `is_complete`."""

    branches: tuple[str, ...]
    tags: tuple[str, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class MergeCheck:
    clean: bool
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrepLine:
    """`parts` are pieces of the line around its first match, and whether each one matched."""

    number: int
    is_match: bool
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class GrepFile:
    """`has_more`: the file has more matches than the asked number."""

    path: str
    lines: tuple[GrepLine, ...]
    has_more: bool


GrepStop = Literal["", "files", "time", "size"]


@dataclass(frozen=True, slots=True)
class Grep:
    """Files with matches. `stopped` is why there may be more: enough files, the time, or too much output."""

    files: tuple[GrepFile, ...]
    stopped: GrepStop
