"""The difference of two commits as files, hunks and lines, capped while it streams."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import path_text, records, text
from forge.types import Commit, Diff, DiffFile, DiffHunk, DiffLine, FileStatus, LineKind

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
# Copies are looked for among the changed files only; `diff.renameLimit` bounds both searches.
#: Files that a difference of one path has at most: a rename is two, a file that becomes a folder a few more.
FEW = 50
COMMAND = ["diff-tree", "-r", "-M", "-C", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index"]
STATUS: dict[str, FileStatus] = {
    "A": "added",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "C": "copied",
    "T": "type changed",
}
Whitespace = Literal["", "changes", "all"]
#: What is left out of account: nothing, how much space there is, or all of it.
IGNORED: dict[Whitespace, list[str]] = {"": [], "changes": ["-b"], "all": ["-w"]}
HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
KINDS: dict[bytes, LineKind] = {b" ": "context", b"+": "added", b"-": "removed", b"": "context"}
MAX_COLUMNS = 2000
#: Of a difference of more files only the names are read: counting the lines reads every one of them.
MAX_COUNTED = 5_000
SECONDS = 20


def diff(
    mirror: Mirror,
    base: str,
    head: str,
    *,
    whitespace: Whitespace = "",
    max_lines: int = 5_000,
    max_files: int = 300,
) -> Diff:
    """What changes from one commit to the other. For a proposed branch, `base` is its merge base.

    Counts are of the whole difference. At most `max_files` files are listed. A file with more changed lines than
    are left of `max_lines` comes without hunks, flagged `too_large`. A line is cut to 2,000 characters.
    """
    stat = diff_stat(mirror, base, head, whitespace=whitespace, max_files=max_files)
    return with_lines(mirror, base, head, stat, range(len(stat.files)), whitespace=whitespace, max_lines=max_lines)


def with_lines(
    mirror: Mirror,
    base: str,
    head: str,
    stat: Diff,
    places: Collection[int],
    *,
    whitespace: Whitespace = "",
    max_lines: int = 5_000,
) -> Diff:
    """The same with the lines of the files at these places of its list, as far as `max_lines` goes.

    Without counts nothing tells which files git prints a patch of: then it stays as it is.
    """
    if not places or not stat.is_counted:
        return stat
    files = list(stat.files)
    until = files[: max(places) + 1]
    args = ["-p", *IGNORED[whitespace], full_id(base), full_id(head), "--"]
    for index, hunks in read_patches(mirror, args, until, places, Budget(max_lines)):
        file = files[index]
        too_large = not hunks and not file.binary and bool(file.additions + file.deletions)
        files[index] = replace(file, hunks=hunks, too_large=too_large)
    return replace(stat, files=tuple(files))


def diff_file(
    mirror: Mirror,
    base: str,
    head: str,
    path: str,
    *,
    old_path: str = "",
    whitespace: Whitespace = "",
    max_lines: int = 5_000,
) -> DiffFile | None:
    """One file of a difference with its lines; None when nothing changed at this path.

    `old_path` is the one before a rename or of what was copied. Costs no more than these two paths do. What lies
    behind `max_lines` is left out, flagged `too_large`.
    """
    paths = list(dict.fromkeys([path, old_path or path]))
    if any(not is_path(each) for each in paths):
        return None
    # A folder instead of a file may hold any number of them.
    stat = diff_stat(mirror, base, head, whitespace=whitespace, paths=paths, max_files=FEW, most=FEW)
    place = next((at for at, file in enumerate(stat.files) if file.path == path), None)
    if place is None:
        return None
    args = ["-p", *IGNORED[whitespace], full_id(base), full_id(head), "--", *paths]
    budget = Budget(max_lines, cuts=True)
    *_, (_, hunks) = read_patches(mirror, args, stat.files[: place + 1], [place], budget)
    file = stat.files[place]
    return replace(file, hunks=hunks, too_large=file.additions + file.deletions > 0 and budget.lines <= 0)


def is_path(path: str) -> bool:
    return bool(path) and "\0" not in path and {"", ".", ".."}.isdisjoint(path.split("/"))


def first_parent(commit: Commit) -> str:
    """What a commit is compared with: its first parent, also of a merge; a root with the empty tree."""
    return commit.parents[0] if commit.parents else EMPTY_TREE


# ---------------------------------------------------------------- which files
def diff_stat(
    mirror: Mirror,
    base: str,
    head: str,
    *,
    whitespace: Whitespace = "",
    max_files: int | None = None,
    paths: Sequence[str] = (),
    most: int | None = None,
) -> Diff:
    """The changed files with their counts, without lines; `paths` are whole ones, files or folders.

    Lines are not counted (`is_counted` says so) when there are too many files, or when it takes too long. Nothing
    is read of what lies behind `most` files.
    """
    args = [*COMMAND, *IGNORED[whitespace], "--raw", "--numstat", "-z", full_id(base), full_id(head), "--", *paths]
    limits = Limits(seconds=SECONDS, output=4 * 2**30)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        return Stat(records(chunks), max_files, most).read()


class Stat:
    """First one raw entry for each file, then its numstat in the same order, as far as lines were counted."""

    def __init__(self, tokens: Iterator[bytes], max_files: int | None, most: int | None = None) -> None:
        self.most = most
        self.tokens = tokens
        self.max_files = max_files
        self.files: list[DiffFile] = []
        self.count = self.additions = self.deletions = 0

    def read(self) -> Diff:
        token = next(self.tokens, None)
        while token is not None and token.startswith(b":"):
            self._take_entry(token)
            if self.most is not None and self.count > self.most:
                return Diff(tuple(self.files), self.count, 0, 0, is_counted=False)
            token = next(self.tokens, None)
        is_counted = self.count <= MAX_COUNTED and self._count_lines(token)
        return Diff(tuple(self.files), self.count, self.additions, self.deletions, is_counted)

    def _take_entry(self, token: bytes) -> None:
        old_mode, new_mode, _, _, status = token[1:].decode("ascii").split(" ")
        old_path = path = next(self.tokens, b"")
        if status[0] in "RC":
            path = next(self.tokens, b"")
        self.count += 1
        if self.max_files is None or len(self.files) < self.max_files:
            kind = STATUS.get(status[0], "modified")
            similarity = int(status[1:]) if status[0] in "RC" and status[1:].isdigit() else None
            names = path_text(path), path_text(old_path)
            self.files.append(DiffFile(*names, kind, old_mode, new_mode, 0, 0, similarity=similarity))

    def _count_lines(self, token: bytes | None) -> bool:
        """Git leaves out files in which nothing but ignored space changed, and prints no patch of them."""
        place = 0
        try:
            while token is not None:
                added, removed, name = token.split(b"\t", 2)
                if not name:
                    next(self.tokens, None)
                    name = next(self.tokens, b"")
                path = path_text(name)
                while place < len(self.files) and self.files[place].path != path:
                    place += 1
                self._note(place, added, removed)
                place += 1
                token = next(self.tokens, None)
        except ForgeError as error:
            if error.code != "timed_out":
                raise
            return False
        return True

    def _note(self, place: int, added: bytes, removed: bytes) -> None:
        plus, minus = (int(part) if part.isdigit() else 0 for part in (added, removed))
        self.additions += plus
        self.deletions += minus
        if place < len(self.files):
            file = self.files[place]
            self.files[place] = replace(file, additions=plus, deletions=minus, binary=added == b"-")


# ---------------------------------------------------------------- their lines
class Budget:
    """How many lines may still be read. `cuts`: a file that has more of them comes with its first ones."""

    def __init__(self, lines: int, *, cuts: bool = False) -> None:
        self.lines = lines
        self.cuts = cuts

    def bears(self, file: DiffFile) -> bool:
        """One enormous generated file must not hide the small ones behind it."""
        return self.cuts or file.additions + file.deletions <= self.lines


class Span(NamedTuple):
    old: int
    old_count: int
    new: int
    new_count: int


def has_patch(file: DiffFile) -> bool:
    """Whether git prints something of it: not when only space changed that is left out of account."""
    is_plain = file.status == "modified" and file.old_mode == file.new_mode and not file.binary
    return not is_plain or bool(file.additions + file.deletions)


def read_patches(
    mirror: Mirror, args: list[str], files: Sequence[DiffFile], places: Collection[int], budget: Budget
) -> Iterator[tuple[int, tuple[DiffHunk, ...]]]:
    """Hunks of the files at these places. Git prints patches in the order of its raw entries."""
    limits = Limits(seconds=SECONDS, output=256 * 2**20)
    with environment.stream([*COMMAND, *args], git_dir=mirror.folder(), limits=limits) as chunks:
        lines = Lines(records(chunks, end=b"\n"))
        for index, file in enumerate(files):
            hunks: list[DiffHunk] = []
            # A file that becomes a link or the other way round is printed as two patches.
            for _ in range(2 if file.status == "type changed" else int(has_patch(file))):
                lines.skip_to(b"diff --git ")
                if index in places and budget.bears(file):
                    hunks += read_hunks(lines, budget)
            if index in places:
                yield index, tuple(hunks)


class Lines:
    """Lines with the next one in view."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self.source = source
        self.next: bytes | None = next(source, None)

    def take(self) -> bytes:
        line = self.next or b""
        self.next = next(self.source, None)
        return line

    def skip_to(self, start: bytes) -> None:
        while self.next is not None and not self.next.startswith(start):
            self.take()
        self.take()


def read_hunks(lines: Lines, budget: Budget) -> Iterator[DiffHunk]:
    while lines.next is not None and not lines.next.startswith(b"diff --git "):
        if budget.cuts and budget.lines <= 0:
            return
        match = HUNK.match(lines.take())
        if not match:
            continue
        numbers = [1 if part is None else int(part) for part in match.groups()[:4]]
        span = Span(*numbers)
        yield DiffHunk(*span, text(match[5], limit=200), tuple(read_lines(lines, span, budget)))


def read_lines(lines: Lines, span: Span, budget: Budget) -> Iterator[DiffLine]:
    """The counts of the hunk's head say where it ends, whatever the lines look like."""
    old, new = span.old, span.new
    old_end, new_end = old + span.old_count, new + span.new_count
    while old < old_end or new < new_end:
        if budget.cuts and budget.lines <= 0:
            return
        if lines.next is None:
            raise ForgeError("corrupt", why="a difference ended early")
        line = lines.take()
        kind = KINDS.get(line[:1], "context")
        on_old, on_new = kind != "added", kind != "removed"
        newline = not (lines.next or b"").startswith(b"\\")
        if not newline:
            lines.take()
        yield DiffLine(kind, old if on_old else None, new if on_new else None, cut(line[1:]), newline)
        old, new = old + on_old, new + on_new
        budget.lines -= 1


def cut(line: bytes) -> str:
    shown = text(line, limit=4 * MAX_COLUMNS)
    return shown if len(shown) <= MAX_COLUMNS else shown[:MAX_COLUMNS] + "…"
