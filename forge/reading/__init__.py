"""Reads of a mirror: no lock, streamed, capped, by full object id.

Every function takes the mirror first. Ids come from `branches`, `tags`, an UpdateResult or a commit that was read.
They raise ForgeError: id_invalid, object_missing, mirror_missing, timed_out, too_big, corrupt.

    branches(mirror) -> tuple[Branch, ...]                  newest first
    tags(mirror, *, limit=None) -> tuple[Tag, ...]          newest first
    log(mirror, rev, *, exclude=None, since=None, limit=None, numstat=False) -> Iterator[Commit]
    commit(mirror, id) -> Commit                            with its body
    count_commits(mirror, rev, *, exclude=None) -> int
    tree(mirror, commit, *, limit=200_000) -> Tree          every file below, recursively
    folder(mirror, commit, path="", *, limit=5_000) -> Tree one level
    blobs(mirror, ids, *, max_size) -> Iterator[Blob]
    blob(mirror, id, *, max_size) -> Blob
    blob_at(mirror, commit, path, *, max_size) -> tuple[TreeEntry, Blob] | None
    merge_base(mirror, ours, theirs) -> str | None
    is_ancestor(mirror, old, new) -> bool
    commits_between(mirror, base, head, *, limit=500) -> CommitRange
    diff(mirror, base, head, *, max_lines=5_000, max_files=300) -> Diff   two commits, as they are
    diff_stat(mirror, base, head) -> Diff                   the same without hunks
    merge_check(mirror, ours, theirs) -> MergeCheck         leaves no object in the mirror
    patch_ids(mirror, base, head, *, limit=5_000) -> dict[str, str]       commit id -> patch id
    patch_id_of_range(mirror, base, head) -> str | None     of the squashed difference
"""
