"""A whole history for counting: who, when and how many lines, and nothing else of each commit."""

from collections.abc import Iterator

from django.conf import settings

from forge import environment
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import records
from forge.types import Tally

# The author as written: a .mailmap belongs to strangers and may name anybody.
FIELDS = "%m%at %ct%x00%an%x00%ae"
# Nobody's name or path is so long, and no record may be what fills the memory.
LONGEST = 2**20
# A commit of two hundred thousand files takes ten seconds; what takes much longer is a bomb.
SILENCE = 40


def tallies(mirror: Mirror, rev: str, *, known: str | None = None, lines: bool = True) -> Iterator[Tally]:
    """Every commit that `rev` reaches, or those that only one of `rev` and `known` reaches; one pass of one git.

    Lines are git's own: renames are followed, binary files count nothing, nor do merges. `lines=False` leaves
    them out, which takes a tenth of the time and cannot be made slow by what is in the files.
    """
    args = ["log", "-z", "--no-mailmap", "--no-show-signature", f"--format={FIELDS}"]
    if lines:
        args += ["--numstat", "-M", "--no-ext-diff", "--no-textconv"]
    args += [f"{full_id(known)}...{full_id(rev)}" if known else full_id(rev), "--"]
    limits = Limits(seconds=settings.GIT_TIMEOUT, silence=SILENCE, output=64 * 2**30)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        yield from read_tallies(records(chunks, longest=LONGEST))


def read_tallies(tokens: Iterator[bytes]) -> Iterator[Tally]:
    """Three tokens of a commit, the first of them without a tab; then one with two tabs for each file."""
    token = next(tokens, None)
    while token is not None:
        dates, name, email = token, next(tokens, b""), next(tokens, b"")
        added = removed = 0
        token = next(tokens, None)
        while token is not None and b"\t" in token:
            plus, minus, path = token.split(b"\t", 2)
            if minus != b"-":
                added += int(plus)
                removed += int(minus)
            if not path:
                # A rename gives both names after an empty one.
                next(tokens, None), next(tokens, None)
            token = next(tokens, None)
        authored, _, committed = dates[1:].partition(b" ")
        yield Tally(dates[:1] == b"<", seconds(authored), seconds(committed), name, email, added, removed)


def seconds(data: bytes) -> int:
    try:
        return int(data)
    except ValueError:
        return 0
