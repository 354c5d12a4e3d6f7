"""The difference of two commits as files, hunks and lines, capped while it streams."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import path_text, records, text
from forge.types import Diff, DiffFile, DiffHunk, DiffLine, FileStatus, LineKind

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
COMMAND = ["diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index"]
STATUS: dict[str, FileStatus] = {
    "A": "added",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "C": "copied",
    "T": "type changed",
}
HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
KINDS: dict[bytes, LineKind] = {b" ": "context", b"+": "added", b"-": "removed", b"": "context"}
MAX_COLUMNS = 2000


def diff(mirror: Mirror, base: str, head: str, *, max_lines: int = 5_000, max_files: int = 300) -> Diff:
    """What changes from one commit to the other. For a proposed branch, `base` is its merge base.

    Counts are of the whole difference. At most `max_files` files are listed. A file with more changed lines than
    are left of `max_lines` comes without hunks, flagged `too_large`. A line is cut to 2,000 characters.
    """
    stat = diff_stat(mirror, base, head)
    files = list(stat.files[:max_files])
    for index, hunks in read_patches(mirror, base, head, files, max_lines=max_lines):
        files[index] = replace(files[index], hunks=hunks)
    shown = tuple(
        replace(file, too_large=not file.hunks and not file.binary and bool(file.additions + file.deletions))
        for file in files
    )
    return replace(stat, files=shown)


def diff_stat(mirror: Mirror, base: str, head: str) -> Diff:
    """The changed files with their counts, without lines."""
    args = [*COMMAND, "--raw", "--numstat", "-z", full_id(base), full_id(head), "--"]
    with environment.stream(args, git_dir=mirror.folder()) as chunks:
        files = tuple(parse_stat(records(chunks)))
    additions = sum(file.additions for file in files)
    return Diff(files, len(files), additions, sum(file.deletions for file in files))


def parse_stat(tokens: Iterator[bytes]) -> Iterator[DiffFile]:
    """First one raw entry for each file, then one numstat entry for each, in the same order."""
    entries: list[DiffFile] = []
    token = next(tokens, None)
    while token is not None and token.startswith(b":"):
        old_mode, new_mode, _, _, status = token[1:].decode("ascii").split(" ")
        old_path = path = next(tokens, b"")
        if status[0] in "RC":
            path = next(tokens, b"")
        kind = STATUS.get(status[0], "modified")
        entries.append(DiffFile(path_text(path), path_text(old_path), kind, old_mode, new_mode, 0, 0))
        token = next(tokens, None)
    for entry in entries:
        added, removed, path = (token or b"0\t0\t?").split(b"\t", 2)
        if not path:
            next(tokens, None), next(tokens, None)
        counts = [int(part) if part.isdigit() else 0 for part in (added, removed)]
        yield replace(entry, additions=counts[0], deletions=counts[1], binary=added == b"-")
        token = next(tokens, None)


class Budget:
    """How many lines may still be read."""

    def __init__(self, lines: int) -> None:
        self.lines = lines


class Span(NamedTuple):
    old: int
    old_count: int
    new: int
    new_count: int


def read_patches(
    mirror: Mirror, base: str, head: str, files: list[DiffFile], *, max_lines: int
) -> Iterator[tuple[int, tuple[DiffHunk, ...]]]:
    """Hunks of the files by their place in the list. Git prints patches in the order of its raw entries."""
    args = [*COMMAND, "-p", full_id(base), full_id(head), "--"]
    budget = Budget(max_lines)
    limits = Limits(output=256 * 2**20)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        lines = Lines(records(chunks, end=b"\n"))
        for index, file in enumerate(files):
            hunks: list[DiffHunk] = []
            # A file that becomes a link or the other way round is printed as two patches.
            for _ in range(2 if file.status == "type changed" else 1):
                lines.skip_to(b"diff --git ")
                # One enormous generated file must not hide the small ones behind it.
                if file.additions + file.deletions <= budget.lines:
                    hunks += read_hunks(lines, budget)
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
