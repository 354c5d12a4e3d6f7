"""Would it merge, and has it been merged: asked of a mirror without changing it."""

import tempfile

from forge import environment
from forge.errors import ForgeError
from forge.mirror import Mirror
from forge.names import full_id
from forge.reading.records import path_text
from forge.types import MergeCheck

# One fixed form of patch on both sides, so that equal changes have equal ids.
PATCH = ["-p", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames"]


def merge_check(mirror: Mirror, ours: str, theirs: str) -> MergeCheck:
    """Whether `theirs` merges into `ours`, and where not. The objects of the trial go to a folder of its own.

    Raises ForgeError `unrelated` when there is no common commit.
    """
    with tempfile.TemporaryDirectory(prefix="merge-", dir=environment.home()) as scratch:
        extra = {
            "GIT_OBJECT_DIRECTORY": scratch,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(mirror.folder() / "objects"),
        }
        args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z"]
        args += [full_id(ours), full_id(theirs)]
        try:
            done = environment.run(args, git_dir=mirror.folder(), ok=(0, 1), extra=extra)
        except ForgeError as error:
            if "unrelated histories" in error.message:
                raise ForgeError("unrelated") from None
            raise
    _, *paths = done.stdout.split(b"\0")
    conflicts = tuple(dict.fromkeys(path_text(path) for path in paths if path))
    return MergeCheck(clean=done.returncode == 0, conflicts=conflicts)


def patch_ids(mirror: Mirror, base: str, head: str, *, limit: int = 5_000) -> dict[str, str]:
    """Commit id to patch id, for what `head` has and `base` has not; merges and empty commits have none.

    Equal patch ids mean the same change, also after a rebase or a cherry-pick.
    """
    log = ["log", "--no-merges", "--no-mailmap", f"--max-count={limit}", "--format=commit %H", *PATCH]
    output = environment.pipe(
        [*log, full_id(head), f"^{full_id(base)}", "--"], ["patch-id", "--stable"], git_dir=mirror.folder()
    )
    pairs = (line.split() for line in output.decode("ascii").splitlines())
    return {commit: patch for patch, commit in pairs}


def patch_id_of_range(mirror: Mirror, base: str, head: str) -> str | None:
    """The patch id of the whole difference: what a squashed merge of it has. None when nothing differs."""
    diff = ["diff-tree", "-r", *PATCH, full_id(base), full_id(head), "--"]
    output = environment.pipe(diff, ["patch-id", "--stable"], git_dir=mirror.folder())
    return output.decode("ascii").split()[0] if output.strip() else None
