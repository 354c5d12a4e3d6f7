"""Text in the files of a commit: `git grep` under limits, read as it comes and given up when it is enough.

Patterns and files are those of strangers. A pattern is text or a POSIX extended regular expression, never one of
the kind that goes back and forth without end; what it costs all the same ends with the seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import path_text, text
from forge.types import Grep, GrepFile, GrepLine, GrepStop

LONGEST_PATTERN = 200
LONGEST_FILTER = 100
MOST_FILTERS = 5
MOST_STARS = 6
OUTPUT = 16 * 2**20
#: Bytes of a line that are looked at, and characters of it that are handed on.
LONGEST_LINE = 64 * 1024
COLUMNS = 300
BEFORE_MATCH = 80

# Git says where a line matches by a colour. Who else writes just this one gets a wrong mark, and no more.
COLOUR, PLAIN = b"\x1b[38;2;18;52;86m", b"\x1b[m"
OTHER_COLOURS = ("filename", "linenumber", "column", "separator", "function", "selected", "context")
COMMAND = [
    *("-c", "color.grep.match=#123456"),
    *(word for part in OTHER_COLOURS for word in ("-c", f"color.grep.{part}=")),
    *("grep", "-n", "-I", "-z", "--column", "--full-name", "--color=always", "--threads=1"),
    *("--no-textconv", "--no-recurse-submodules"),
]
COLUMN = re.compile(rb"\d{1,10}\0")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `filters` are globs of paths; those that begin with `!` leave out what they match."""

    pattern: str
    is_regex: bool = False
    ignores_case: bool = False
    filters: tuple[str, ...] = ()
    context: int = 0

    def args(self, commit: str, *, per_file: int) -> list[str]:
        """Raises ForgeError pattern_invalid, filter_invalid."""
        args = [*COMMAND, "-E" if self.is_regex else "-F", *(["-i"] if self.ignores_case else [])]
        args += [f"--max-count={per_file + 1}", f"--context={self.context}", "-e", checked(self.pattern)]
        return [*args, full_id(commit), "--", *pathspecs(self.filters)]


def grep(
    mirror: Mirror,
    commit: str,
    wanted: Wanted,
    *,
    skip: int = 0,
    max_files: int = 20,
    per_file: int = 10,
    seconds: float = 5,
) -> Grep:
    """The files of a commit that hold the text, after the first `skip` of them, with their first matches.

    `stopped` says why it ended before the last file. Raises ForgeError pattern_invalid, filter_invalid.
    """
    args = wanted.args(commit, per_file=per_file)
    limits = Limits(seconds=seconds, output=OUTPUT)
    # Globs of our own making are the only pathspecs of it.
    extra = {"GIT_LITERAL_PATHSPECS": "0"}
    pile = Pile(skip=skip, max_files=max_files, per_file=per_file)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits, extra=extra, ok=(0, 1)) as chunks:
        try:
            for path, line in read_lines(chunks, commit.encode() + b":"):
                if not pile.take(path, line):
                    return pile.result("files")
        except ForgeError as error:
            stopped = STOPS.get(error.code)
            if stopped is None:
                raise
            return pile.result(stopped)
    return pile.result("")


STOPS: dict[str, GrepStop] = {"timed_out": "time", "too_big": "size"}


class Pile:
    """The matches by file, as many as are wanted."""

    def __init__(self, *, skip: int, max_files: int, per_file: int) -> None:
        self.skip = skip
        self.max_files = max_files
        self.per_file = per_file
        self.files: list[GrepFile] = []
        self.path: str | None = None
        self.seen = 0
        self.lines: list[GrepLine] = []

    def take(self, path: str, line: GrepLine) -> bool:
        """Whether there is room for more."""
        if path != self.path:
            self._close()
            self.path = path
            if self.seen >= self.skip + self.max_files:
                self.path = None
                return False
            self.seen += 1
        if self.seen > self.skip:
            self.lines.append(line)
        return True

    def _close(self) -> None:
        lines, self.lines = self.lines, []
        if self.path is None or not lines:
            return
        matches = [place for place, line in enumerate(lines) if line.is_match]
        has_more = len(matches) > self.per_file
        kept = lines[: matches[self.per_file]] if has_more else lines
        self.files.append(GrepFile(self.path, tuple(kept), has_more))

    def result(self, stopped: GrepStop) -> Grep:
        self._close()
        return Grep(tuple(self.files), stopped)


# ---------------------------------------------------------------- what git prints
def read_lines(chunks: Iterator[bytes], prefix: bytes) -> Iterator[tuple[str, GrepLine]]:
    """Prefix, path, NUL, number, NUL, perhaps a column and NUL, the line. Paths may hold line ends, too."""
    source = Source(chunks)
    while head := source.start(len(prefix)):
        if head != prefix:
            # Two dashes stand between groups of lines, and nothing else begins otherwise.
            source.take(b"\n", keep=0)
            continue
        path = path_text(source.take(b"\0", keep=LONGEST_LINE)[len(prefix) :])
        number = source.take(b"\0", keep=20)
        line = source.take(b"\n", keep=LONGEST_LINE)
        match = COLUMN.match(line)
        body = line[match.end() :] if match else line
        yield path, GrepLine(int(number or b"0"), match is not None, window(body))


class Source:
    """Cuts chunks at single bytes, and keeps no more of a piece than is wanted."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.held = b""

    def start(self, size: int) -> bytes:
        """What comes next, without taking it."""
        while len(self.held) < size and self._more():
            pass
        return self.held[:size]

    def take(self, end: bytes, *, keep: int) -> bytes:
        kept = bytearray()
        while (at := self.held.find(end)) < 0:
            kept += self.held[: max(0, keep - len(kept))]
            self.held = b""
            if not self._more():
                return bytes(kept)
        kept += self.held[: min(at, max(0, keep - len(kept)))]
        self.held = self.held[at + 1 :]
        return bytes(kept)

    def _more(self) -> bool:
        chunk = next(self.chunks, b"")
        self.held += chunk
        return bool(chunk)


def window(line: bytes) -> tuple[tuple[str, bool], ...]:
    """The part of a line around its first match: pieces of text, and whether each one matched."""
    pieces: list[tuple[str, bool]] = []
    for place, part in enumerate(line.rstrip(b"\r").split(COLOUR)):
        inside, _, after = part.partition(PLAIN) if place else (b"", b"", part)
        if place:
            pieces.append((text(inside, limit=LONGEST_LINE), True))
        pieces.append((text(after, limit=LONGEST_LINE), False))
    return tuple(cut([piece for piece in pieces if piece[0]]))


def cut(pieces: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    total = sum(len(piece) for piece, _ in pieces)
    before = next((at for at, (_, matched) in enumerate(pieces) if matched), len(pieces))
    first = sum(len(piece) for piece, _ in pieces[:before])
    start = max(0, first - BEFORE_MATCH) if total > COLUMNS and before < len(pieces) else 0
    if start:
        yield "…", False
    at = 0
    for piece, matched in pieces:
        shown = piece[max(0, start - at) : max(0, start + COLUMNS - at)]
        if shown:
            yield shown, matched
        at += len(piece)
    if total > start + COLUMNS:
        yield "…", False


# ---------------------------------------------------------------- what people type
def checked(pattern: str) -> str:
    if not pattern:
        raise ForgeError("pattern_invalid", why="it is empty")
    if len(pattern) > LONGEST_PATTERN:
        raise ForgeError("pattern_invalid", why=f"it has more than {LONGEST_PATTERN} characters")
    if {"\n", "\0"} & set(pattern):
        raise ForgeError("pattern_invalid", why="it has more than one line")
    return pattern.encode("utf-8", "replace").decode()


def pathspecs(filters: Sequence[str]) -> list[str]:
    """Git's own form of the globs. Nothing in them is magic but the stars, because ours stands before it."""
    if len(filters) > MOST_FILTERS:
        raise ForgeError("filter_invalid", why=f"there are more than {MOST_FILTERS}")
    specs: list[str] = []
    for word in filters:
        excludes, glob = word.startswith("!"), word.removeprefix("!").lstrip("/")
        check_filter(glob)
        magic = ":(glob,exclude)" if excludes else ":(glob)"
        specs += [magic + each for each in globs(glob)]
    return specs


def check_filter(glob: str) -> None:
    if not glob or len(glob) > LONGEST_FILTER or not glob.isprintable():
        raise ForgeError("filter_invalid", why=f"one of them is empty or longer than {LONGEST_FILTER} characters")
    if glob.count("*") > MOST_STARS:
        raise ForgeError("filter_invalid", why=f"one of them has more than {MOST_STARS} stars")
    if not {"", ".", ".."}.isdisjoint(glob.removesuffix("/").split("/")):
        raise ForgeError("filter_invalid", why="a folder in them has no name, or is one dot or two")


def globs(glob: str) -> list[str]:
    """`*.py` is meant in every folder, `src/` is all that is in it, `src` is a file or a folder of that name."""
    if glob.endswith("/"):
        return [f"{glob}**"]
    anywhere = glob if "/" in glob else f"**/{glob}"
    return [anywhere] if set(glob) & set("*?[") else [anywhere, f"{anywhere}/**"]
