"""What a source no longer has, and what of it is believed. Pure."""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from forge.errors import ForgeError, printable
from forge.types import Notice, RemoteRefs

#: A loss is believed when it looks the same at the third look, and the looks lie so far apart.
LOOKS = 3
APART = timedelta(hours=1)
#: How many of the refs that are left out are called by name.
SOME = 5


def refuse_loss(ours: Mapping[str, str], theirs: RemoteRefs, *, go_on: Collection[str] = ()) -> None:
    """Quarantine: a filled mirror follows neither to nothing nor to less than half of its branches.

    A branch whose commit shows up under a new name was renamed, not lost; `go_on` are others that were.
    """
    before, after = branches_of(ours), branches_of(theirs.refs)
    lost = [name for name in lost_branches(ours, theirs) if name not in go_on]
    seen = hashlib.sha256(repr(sorted(theirs.refs.items())).encode("utf-8", "replace")).hexdigest()[:16]
    if before and not after:
        raise ForgeError("emptied", fingerprint=seen)
    if len(lost) * 2 > len(before):
        raise ForgeError("branches_vanished", fingerprint=seen, lost=len(lost), total=len(before))


def branches_of(refs: Mapping[str, str]) -> dict[str, str]:
    return {name: id for name, id in refs.items() if name.startswith("refs/heads/")}


def lost_branches(ours: Mapping[str, str], theirs: RemoteRefs) -> list[str]:
    """The branches that the source has neither by name nor by commit under a new name."""
    before, after = branches_of(ours), branches_of(theirs.refs)
    renamed = {id for name, id in after.items() if name not in before}
    return [name for name, id in before.items() if name not in after and id not in renamed]


def without(theirs: RemoteRefs, id: str, *, ours: Mapping[str, str]) -> RemoteRefs:
    """The same without the refs that name an object which the source has not: the mirror keeps what it has."""
    kept = {name: ours.get(name) if found == id else found for name, found in theirs.refs.items()}
    refs = {name: found for name, found in kept.items() if found}
    if not refs or refs == theirs.refs:
        raise ForgeError("dangling", id=id)
    bad = [name for name, found in theirs.refs.items() if found == id]
    return RemoteRefs(theirs.default_branch, refs, theirs.left_out + len(bad), (*theirs.named, *bad))


def left_out(theirs: RemoteRefs) -> tuple[Notice, ...]:
    if not theirs.left_out:
        return ()
    some = [printable(re.sub("^refs/(heads|tags)/", "", name), limit=50) for name in theirs.named[:SOME]]
    more = [f"{theirs.left_out - len(some):,} more"] if theirs.left_out > len(some) else []
    text = f"Branches or tags that cannot be stored or lead nowhere were left out: {', '.join(some + more)}."
    return (Notice("refs_left_out", text),)


def seen_again(before: Mapping[str, Any], fingerprint: str, *, now: datetime) -> dict[str, Any]:
    """The memory of a loss after one more look: its fingerprint, how often and when it was seen last."""
    if before.get("fingerprint") != fingerprint:
        return {"fingerprint": fingerprint, "times": 1, "at": now.isoformat()}
    if now - datetime.fromisoformat(before["at"]) < APART:
        return dict(before)
    return {"fingerprint": fingerprint, "times": before["times"] + 1, "at": now.isoformat()}


def is_believed(before: Mapping[str, Any], fingerprint: str, *, now: datetime) -> bool:
    """Whether this look is the one that makes the loss certain."""
    return int(seen_again(before, fingerprint, now=now)["times"]) >= LOOKS
