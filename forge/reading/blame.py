"""Who last changed each line of a file."""

from collections.abc import Iterator

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import moment, records, text
from forge.types import BlamedLines, Commit

NO_NAME = b"unknown"


def blame(mirror: Mirror, commit: str, path: str, *, seconds: float, most_lines: int) -> tuple[BlamedLines, ...]:
    """The lines of a file from the first one on, in runs of one commit each; renames are followed.

    Its cost is that of the file's whole history. Raises ForgeError `timed_out`, `object_missing` for no such file.
    """
    args = ["blame", "--porcelain", full_id(commit), "--", path]
    limits = Limits(seconds=seconds)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        return tuple(joined(parse(records(chunks, end=b"\n")), most_lines))


def joined(runs: Iterator[BlamedLines], most_lines: int) -> Iterator[BlamedLines]:
    """Git tells one commit twice in a row where it moved lines of several places together."""
    last: BlamedLines | None = None
    for run in runs:
        if run.first > most_lines:
            break
        if last and last.commit.id == run.commit.id:
            last = BlamedLines(last.first, run.last, run.commit)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def parse(lines: Iterator[bytes]) -> Iterator[BlamedLines]:
    """A run begins with "id old-line new-line count"; what is known of its commit follows the first time."""
    commits: dict[str, Commit] = {}
    for line in lines:
        words = line.split(b" ")
        if len(words) != 4:
            raise ForgeError("corrupt", why="git blame said something else than its format")
        id, first, count = words[0].decode("ascii", "replace"), int(words[2]), int(words[3])
        facts = read_run(lines, count)
        commits[id] = commits.get(id) or commit_of(id, facts)
        yield BlamedLines(first, first + count - 1, commits[id])


def read_run(lines: Iterator[bytes], count: int) -> dict[bytes, bytes]:
    """Everything up to the last line of a run; each line of the file begins with a tab."""
    facts: dict[bytes, bytes] = {}
    seen = 0
    for line in lines:
        if line.startswith(b"\t"):
            seen += 1
            if seen == count:
                break
        else:
            key, _, value = line.partition(b" ")
            facts.setdefault(key, value)
    return facts


def commit_of(id: str, facts: dict[bytes, bytes]) -> Commit:
    def person(key: bytes) -> str:
        return text(facts.get(key, NO_NAME), limit=500)

    return Commit(
        id=id,
        parents=(),
        author_name=person(b"author"),
        author_email=person(b"author-mail").strip("<>"),
        authored_at=moment(facts.get(b"author-time", b"0")),
        committer_name=person(b"committer"),
        committer_email=person(b"committer-mail").strip("<>"),
        committed_at=moment(facts.get(b"committer-time", b"0")),
        subject=text(facts.get(b"summary", b"")),
    )
