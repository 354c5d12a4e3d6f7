from collections.abc import Callable
from pathlib import Path

import pytest

from forge.errors import ForgeError
from forge.mirror import Mirror
from tests.forge.calls import Sync
from tests.repos import add_branch, add_commit, git, tip


def test_a_killed_change_of_packed_refs_stops_no_later_one(
    source: Path, sync: Sync, mirror: Mirror, killed: Callable[[], None]
) -> None:
    add_branch(source, "feature")
    sync(source)
    git(mirror.path, "pack-refs", "--all")
    killed()
    (mirror.path / "packed-refs.new").touch()
    git(source, "branch", "-D", "feature")
    assert sync(source).refs == {"refs/heads/main": tip(source)} == mirror.refs()


def test_branches_with_names_like_those_of_drafts_stay(source: Path, sync: Sync, mirror: Mirror) -> None:
    for name in ("tmp_pack_1", "for.keep", "deep/tmp_obj"):
        git(source, "branch", name)
    assert len(sync(source).refs) == 4
    assert sync(source).changed is False


def test_half_a_pack_is_swept_and_a_whole_one_stays(
    source: Path, sync: Sync, mirror: Mirror, killed: Callable[[], None]
) -> None:
    sync(source)
    killed()
    packs = mirror.path / "objects" / "pack"
    half = [packs / name for name in ("pack-1.pack", "pack-1.rev", ".tmp-7-pack-2.pack", "tmp_rev_x")]
    for file in half:
        file.touch()
    whole = set(packs.iterdir()) - set(half)
    with mirror.lock():
        assert set(packs.iterdir()) == whole != set()


@pytest.mark.parametrize("error", [ForgeError("disk_full"), RuntimeError("stop")])
def test_a_fetch_that_failed_leaves_nothing_on_the_disk(
    source: Path, sync: Sync, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sync(source)
    add_commit(source, files={"a.txt": "a\n"})
    draft = mirror.path / "objects" / "pack" / "tmp_pack_half"

    def full(*_: object, **__: object) -> None:
        draft.write_bytes(b"PACK")
        raise error

    monkeypatch.setattr(Mirror, "_fetch", full)
    with pytest.raises(type(error)):
        sync(source)
    assert not draft.exists()


def test_what_a_loss_of_power_left_stops_one_sync_at_most(source: Path, sync: Sync, mirror: Mirror) -> None:
    """Git's lock may have reached the disk and our word that somebody is at it not."""
    sync(source)
    new = add_commit(source, files={"a.txt": "a\n"})
    (mirror.path / "refs" / "heads" / "main.lock").touch()
    with pytest.raises(ForgeError):
        sync(source)
    assert sync(source).head == new
