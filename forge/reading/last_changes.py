"""The newest commit that touched each entry of a folder."""

import time
from collections.abc import Collection, Iterator

from forge import environment
from forge.errors import ForgeError
from forge.limits import Limits
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.history import FIELD_COUNT, FIELDS, log, parse_commit
from forge.reading.records import path_text, records
from forge.types import Commit, LastChanges

#: So many commits are looked at one after the other; entries that rest for longer are looked up by themselves.
LOOKED_AT = 1_000


def last_changes(
    mirror: Mirror, commit: str, folder: str, names: Collection[str], *, seconds: float
) -> LastChanges:
    """For the entries `names` of a folder ("" is the root), within a time. Two processes, and one for each that
    rests for long.

    Merges are not counted: what they brought was changed by the commits that they merged.
    """
    deadline = time.monotonic() + seconds
    missing = set(names)
    found: dict[str, Commit] = {}
    until = None
    try:
        for each, touched in touching(mirror, commit, folder, seconds=seconds):
            until = each.committed_at
            for name in touched & missing:
                found[name] = each
            missing -= touched
            if not missing:
                break
        else:
            resting(mirror, commit, folder, missing, found, deadline=deadline)
    except ForgeError as error:
        if error.code != "timed_out":
            raise
    return LastChanges(found, complete=len(found) == len(set(names)), until=until)


def resting(
    mirror: Mirror, commit: str, folder: str, missing: set[str], found: dict[str, Commit], *, deadline: float
) -> None:
    """Each entry by itself, which is quick where the mirror keeps which commit changed which path."""
    for name in sorted(missing):
        left = deadline - time.monotonic()
        if left <= 0:
            return
        path = f"{folder}/{name}" if folder else name
        for each in log(mirror, commit, path=path, limit=1, seconds=left):
            found[name] = each


def touching(mirror: Mirror, commit: str, folder: str, *, seconds: float) -> Iterator[tuple[Commit, set[str]]]:
    """The newest commits that changed something in a folder, each with the names of the entries it changed."""
    args = ["log", "-z", "--no-mailmap", "--no-show-signature", f"--format=%x01{FIELDS}", "--name-only"]
    args += ["--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", f"--max-count={LOOKED_AT}"]
    args += [full_id(commit), "--", *([f"{folder}/"] if folder else [])]
    depth = folder.count("/") + 1 if folder else 0
    limits = Limits(seconds=seconds, output=2**30)
    with environment.stream(args, git_dir=mirror.folder(), limits=limits) as chunks:
        tokens = records(chunks)
        token = next(tokens, None)
        while token is not None:
            fields = [token[1:]] + [next(tokens, b"") for _ in range(FIELD_COUNT - 1)]
            names: set[str] = set()
            token = next(tokens, None)
            while token is not None and not token.startswith(b"\x01"):
                steps = path_text(token.removeprefix(b"\n")).split("/")
                if len(steps) > depth:
                    names.add(steps[depth])
                token = next(tokens, None)
            yield parse_commit(fields, []), names
