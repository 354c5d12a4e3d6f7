"""Reads of a mirror: no lock, streamed, capped, by full object id.

Every function takes the mirror first. Ids come from `branches`, `tags`, an UpdateResult or a commit that was
read. They raise ForgeError: id_invalid, object_missing, mirror_missing, timed_out, too_big, corrupt.
"""

from forge.reading.blame import blame
from forge.reading.diffs import EMPTY_TREE, diff, diff_file, diff_stat, first_parent, with_lines
from forge.reading.history import (
    commit,
    commits_between,
    count_commits,
    is_ancestor,
    log,
    merge_base,
    renamed_from,
)
from forge.reading.holders import holders
from forge.reading.last_changes import last_changes
from forge.reading.matches import Wanted, grep
from forge.reading.merges import merge_check, patch_id_of_range, patch_ids
from forge.reading.objects import below, blob, blob_at, blob_sizes, blobs, changes, entry_at, folder, paths, tree
from forge.reading.refs import branches, is_reachable, named, tags
from forge.reading.tally import tallies

__all__ = [
    "EMPTY_TREE",
    "Wanted",
    "below",
    "blame",
    "blob",
    "blob_at",
    "blob_sizes",
    "blobs",
    "branches",
    "changes",
    "commit",
    "commits_between",
    "count_commits",
    "diff",
    "diff_file",
    "diff_stat",
    "entry_at",
    "first_parent",
    "folder",
    "grep",
    "holders",
    "is_ancestor",
    "is_reachable",
    "last_changes",
    "log",
    "merge_base",
    "merge_check",
    "named",
    "patch_id_of_range",
    "patch_ids",
    "paths",
    "renamed_from",
    "tags",
    "tallies",
    "tree",
    "with_lines",
]
