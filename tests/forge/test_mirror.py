import multiprocessing
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from forge import reading, remotes
from forge.environment import run
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.process import Process
from forge.types import Progress
from forge.urls import parse_remote
from tests.forge.calls import Sync, code_of
from tests.repos import add_branch, add_commit, build_repo, git, tip


# ---------------------------------------------------------------- ordinary life
def test_first_sync_brings_branches_and_tags(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_branch(source, "feature")
    git(source, "tag", "v1", "main")
    result = sync(source)
    assert result.refs == {
        "refs/heads/main": tip(source),
        "refs/heads/feature": tip(source, "feature"),
        "refs/tags/v1": tip(source),
    }
    assert (result.default_branch, result.head, result.changed) == ("main", tip(source), True)
    assert mirror.refs() == result.refs and mirror.default_branch() == "main"


def test_nothing_moved_is_one_ls_remote(
    source: Path, sync: Sync, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(source)
    monkeypatch.setattr(Mirror, "_fetch", lambda *_, **__: pytest.fail("fetched"))
    monkeypatch.setattr(Mirror, "_move", lambda *_, **__: pytest.fail("moved refs"))
    assert sync(source).changed is False


def test_new_commits_and_deleted_branches_follow(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_branch(source, "feature")
    sync(source)
    git(source, "branch", "-D", "feature")
    new = add_commit(source, files={"a.txt": "a\n"})
    result = sync(source)
    assert result.changed and result.refs == {"refs/heads/main": new} == mirror.refs()


def test_many_branches_come_by_wildcards(
    source: Path, sync: Sync, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.mirror.FEW", 3)
    for number in range(9):
        git(source, "branch", f"b/{number}")
    assert len(sync(source).refs) == 10
    assert git(mirror.path, "for-each-ref", "refs/incoming") == ""


def test_rewritten_history_is_followed_and_the_old_stays_readable(
    source: Path, sync: Sync, mirror: Mirror
) -> None:
    old = sync(source).head
    assert old
    git(source, "update-ref", "refs/heads/main", git(source, "rev-parse", "main~1"))
    new = sync(source).head
    assert new == tip(source) and not reading.is_ancestor(mirror, old, new)
    assert reading.commit(mirror, old).subject == "Change 2"


def test_progress_is_told(source: Path, sync: Sync) -> None:
    seen: list[Progress] = []
    sync(source, on_progress=seen.append)
    assert {"counting", "receiving"} <= {progress.phase for progress in seen}
    assert seen[-1].percent == 100


def test_default_branch_switch_alone_is_a_change(source: Path, sync: Sync) -> None:
    add_branch(source, "next")
    sync(source)
    git(source, "symbolic-ref", "HEAD", "refs/heads/next")
    result = sync(source)
    assert result.changed and result.default_branch == "next" and result.warnings == ()


def test_mirrors_are_spread_over_folders(settings: LazySettings) -> None:
    assert mirror_path(12_345) == Path(settings.MIRRORS) / "012" / "12345.git"


def test_removed_mirror_is_gone(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    with mirror.lock():
        mirror.remove()
        mirror.remove()
    assert not mirror.path.exists() and mirror.refs() == {}
    assert code_of(lambda: reading.branches(mirror)) == "mirror_missing"


# ---------------------------------------------------------------- one holder
def test_write_without_the_lock_is_a_mistake(source: Path, mirror: Mirror, tmp_path: Path) -> None:
    remote = parse_remote(str(source), folders=[tmp_path])
    for write in (
        lambda: mirror.update(remote, folders=[tmp_path]),
        lambda: mirror.fetch_change(remote, branch="x", ref="refs/changes/1/1", folders=[tmp_path]),
        lambda: mirror.drop_change("refs/changes/1/1"),
        mirror.remove,
    ):
        with pytest.raises(RuntimeError):
            write()


def test_second_holder_is_turned_away(mirror: Mirror) -> None:
    with mirror.lock():
        assert code_of(lambda: Mirror(mirror.path).lock().__enter__()) == "locked"
    with Mirror(mirror.path).lock():
        pass


def hold_and_die(path: Path) -> None:
    Mirror(path).lock().__enter__()
    os._exit(9)


def test_lock_of_a_dead_process_is_free(mirror: Mirror) -> None:
    process = multiprocessing.get_context("spawn").Process(target=hold_and_die, args=(mirror.path,))
    process.start()
    process.join()
    with mirror.lock():
        pass


def test_orphan_of_a_dead_holder_keeps_the_lock(mirror: Mirror) -> None:
    with mirror.lock():
        descriptor = mirror._require_lock()
        with subprocess.Popen(["sleep", "60"], pass_fds=[descriptor]) as orphan:
            os.close(os.dup(descriptor))
            mirror_again = Mirror(mirror.path)
            assert code_of(lambda: mirror_again.lock().__enter__()) == "locked"
            orphan.kill()


def test_leftovers_of_a_killed_sync_are_swept(
    source: Path, sync: Sync, mirror: Mirror, killed: Callable[[], None]
) -> None:
    sync(source)
    killed()
    head = mirror.refs()["refs/heads/main"]
    leftovers = [
        *("HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "shallow.lock"),
        *("objects/pack/tmp_pack_x1", "objects/pack/tmp_idx_x1", "objects/pack/pack-1.keep", "objects/tmp_obj_x"),
    ]
    for name in leftovers:
        (mirror.path / name).touch()
    (mirror.path / "objects" / "tmp_objdir-incoming-x").mkdir()
    git(mirror.path, "update-ref", "refs/incoming/heads/main/stale", head)
    new = add_commit(source, files={"a.txt": "a\n"})
    assert sync(source).head == new
    assert not any((mirror.path / name).exists() for name in (*leftovers, "objects/tmp_objdir-incoming-x"))
    assert git(mirror.path, "for-each-ref", "refs/incoming") == ""


def test_torn_creation_is_begun_anew(source: Path, sync: Sync, mirror: Mirror) -> None:
    (mirror.path / "objects").mkdir(parents=True)
    mirror.path.with_suffix(".draft").mkdir()
    assert sync(source).head == tip(source)


def test_moved_refs_without_the_rest_are_repaired(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    add_branch(source, "feature")
    sync(source)
    git(mirror.path, "update-ref", "-d", "refs/heads/feature")
    assert sync(source).refs["refs/heads/feature"] == tip(source, "feature")


# ---------------------------------------------------------------- losses
def test_source_that_became_empty_is_quarantined(source: Path, sync: Sync, mirror: Mirror) -> None:
    before = sync(source).refs
    git(source, "update-ref", "-d", "refs/heads/main")
    assert code_of(lambda: sync(source)) == "emptied"
    assert mirror.refs() == before
    assert sync(source, accept_loss=True).refs == {} == mirror.refs()


def test_loss_of_most_branches_is_quarantined(source: Path, sync: Sync, mirror: Mirror) -> None:
    for name in ("a", "b", "c"):
        git(source, "branch", name)
    before = sync(source).refs
    for name in ("a", "b", "c"):
        git(source, "branch", "-D", name)
    with pytest.raises(ForgeError) as first:
        sync(source)
    with pytest.raises(ForgeError) as second:
        sync(source)
    assert first.value.code == "branches_vanished" and "3 of 4" in first.value.message
    assert first.value.fingerprint == second.value.fingerprint != ""
    assert mirror.refs() == before
    assert len(sync(source, accept_loss=True).refs) == 1


def test_loss_of_half_of_the_branches_is_ordinary(source: Path, sync: Sync) -> None:
    git(source, "branch", "a")
    sync(source)
    git(source, "branch", "-D", "a")
    assert len(sync(source).refs) == 1


def test_renamed_only_branch_is_no_loss(source: Path, sync: Sync) -> None:
    sync(source)
    git(source, "branch", "-m", "main", "trunk")
    assert sync(source).default_branch == "trunk"


def test_source_that_is_gone_leaves_the_last_good_copy(source: Path, sync: Sync, mirror: Mirror) -> None:
    head = sync(source).head
    source.rename(source.with_name("moved.git"))
    assert code_of(lambda: sync(source)) == "gone"
    assert head and reading.commit(mirror, head).id == head


# ---------------------------------------------------------------- odd and hostile sources
def test_empty_repository_is_a_listing_too(tmp_path: Path, sync: Sync) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    result = sync(tmp_path / "empty.git")
    assert (result.refs, result.default_branch, result.head, result.changed) == ({}, None, None, False)


@pytest.mark.parametrize(
    ("branches", "chosen"),
    [(["zeta", "main"], "main"), (["trunk", "develop"], "trunk"), (["old", "newest"], "newest")],
)
def test_missing_default_branch_is_guessed_and_said(
    tmp_path: Path, sync: Sync, branches: list[str], chosen: str
) -> None:
    path = build_repo(tmp_path / "x.git", branch=branches[0])
    add_commit(path, branch=branches[1], files={"a": "a"})
    git(path, "symbolic-ref", "HEAD", "refs/heads/nowhere")
    result = sync(path)
    assert result.default_branch == chosen
    assert [notice.code for notice in result.warnings] == ["default_branch_guessed"]
    assert sync(path).changed is False


def test_detached_head_falls_back_to_main(source: Path, sync: Sync) -> None:
    (source / "HEAD").write_text(tip(source) + "\n")
    assert sync(source).default_branch == "main"


def test_head_that_points_out_of_the_repository_is_never_written(source: Path, sync: Sync, mirror: Mirror) -> None:
    (source / "HEAD").write_text("ref: refs/heads/../../x\n")
    assert sync(source).default_branch == "main"
    assert (mirror.path / "HEAD").read_text() == "ref: refs/heads/main\n"
    parsed = remotes.parse_refs(b"ref: refs/heads/../../x\tHEAD\n" + b"1" * 40 + b"\trefs/heads/main\n")
    assert parsed.default_branch is None


def test_ambiguous_branch_names_stay_apart(source: Path, sync: Sync, mirror: Mirror) -> None:
    one, two = tip(source), git(source, "rev-parse", "main~1")
    for name in ("HEAD", "refs/heads/main", "deadbeef" * 5, "--output=x", "-x", "a#b", "caf\u00e9", "@"):
        git(source, "update-ref", f"refs/heads/{name}", two)
    result = sync(source)
    assert result.head == one and result.refs["refs/heads/HEAD"] == two
    assert {branch.name: branch.commit for branch in reading.branches(mirror)}["refs/heads/main"] == two


def test_names_that_cannot_be_stored_are_left_out_and_said(source: Path, sync: Sync) -> None:
    git(source, "update-ref", os.fsdecode(b"refs/heads/\xff\xfe"), "main")
    result = sync(source)
    assert list(result.refs) == ["refs/heads/main"]
    assert [notice.code for notice in result.warnings] == ["refs_left_out"]
    assert result.warnings[0].message.endswith(
        "were left out: \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}."
    )


def test_of_many_such_names_only_some_are_said(source: Path, sync: Sync) -> None:
    for number in range(30):
        (source / "refs" / "heads" / f"broken-{number:02}").write_text("no id\n")
    [notice] = sync(source).warnings
    assert notice.message.endswith(
        "were left out: broken-00, broken-01, broken-02, broken-03, broken-04, 25 more."
    )


def test_branch_may_become_a_folder_of_branches_and_back(source: Path, sync: Sync, mirror: Mirror) -> None:
    git(source, "branch", "foo")
    sync(source)
    git(source, "branch", "-D", "foo")
    git(source, "branch", "foo/bar")
    assert sync(source).refs.keys() == {"refs/heads/main", "refs/heads/foo/bar"} == mirror.refs().keys()
    git(source, "branch", "-D", "foo/bar")
    git(source, "branch", "foo")
    assert sync(source).refs.keys() == {"refs/heads/main", "refs/heads/foo"} == mirror.refs().keys()


def test_shallow_source_is_refused_by_its_missing_refs(source: Path, tmp_path: Path, sync: Sync) -> None:
    shallow = tmp_path / "shallow.git"
    git(tmp_path, "clone", "--quiet", "--bare", "--depth=1", f"file://{source}", str(shallow))
    assert code_of(lambda: sync(shallow)) == "shallow"


def test_damaged_source_is_named_and_changes_nothing(source: Path, sync: Sync, mirror: Mirror) -> None:
    before = sync(source).refs
    add_commit(source, files={"lost.txt": "lost\n"})
    git(source, "repack", "-adq")
    pack = next((source / "objects" / "pack").glob("*.pack"))
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    assert code_of(lambda: sync(source)) == "corrupt"
    assert mirror.refs() == before


def test_dangling_branch_is_left_out_and_the_good_one_read(source: Path, sync: Sync) -> None:
    (source / "refs" / "heads" / "broken").write_text("1" * 40 + "\n")
    result = sync(source)
    assert list(result.refs) == ["refs/heads/main"]
    [notice] = result.warnings
    assert notice.code == "refs_left_out"
    assert notice.message.endswith("were left out: broken.")


def write_object(path: Path, kind: str, data: bytes) -> str:
    done = subprocess.run(
        ["git", "-C", str(path), "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def commit_of(tree: str, who: str) -> bytes:
    return f"tree {tree}\nauthor {who}\ncommitter {who}\n\nodd\n".encode()


def test_tree_that_could_write_into_git_is_refused_by_name(source: Path, sync: Sync) -> None:
    inner = git(source, "rev-parse", "main^{tree}")
    tree = write_object(source, "tree", b"40000 .git\0" + bytes.fromhex(inner))
    bad = write_object(source, "commit", commit_of(tree, "Ada <a@example.org> 1700000000 +0000"))
    (source / "refs" / "heads" / "evil").write_text(bad + "\n")
    assert code_of(lambda: sync(source)) == "fsck_hasDotgit"


@pytest.mark.parametrize(
    "who",
    [
        "Ada <a@example.org> 1700000000 +9999999",
        "Ada <a@example.org> 99999999999999999999 +0000",
        "Ada <a@example.org> -5 +0000",
        "Ada <a@example.org> 01700000000 +0000",
        "Ada a@example.org 1700000000 +0000",
        "Ada <a@example.org>",
    ],
)
def test_harmless_old_mistakes_are_accepted(source: Path, sync: Sync, mirror: Mirror, who: str) -> None:
    tree = git(source, "rev-parse", "main^{tree}")
    old = write_object(source, "commit", commit_of(tree, who))
    (source / "refs" / "heads" / "main").write_text(old + "\n")
    head = sync(source).head
    assert head == old
    assert 1970 <= reading.commit(mirror, old).authored_at.year < 2100


def test_hooks_and_programs_of_the_source_do_not_run(source: Path, sync: Sync, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    (source / "hooks").mkdir(exist_ok=True)
    for name in ("post-update", "reference-transaction", "pre-auto-gc"):
        (source / "hooks" / name).write_text(f"#!/bin/sh\ntouch {canary}\n")
        (source / "hooks" / name).chmod(0o755)
    with (source / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = touch {canary}\n[uploadpack]\n\tpackObjectsHook = touch {canary};\n")
    sync(source)
    assert not canary.exists()


def test_replaced_objects_show_their_true_content(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(source, branch="fake", files={"README.md": "fake\n"})
    git(source, "replace", "refs/heads/main", "refs/heads/fake")
    head = sync(source).head
    assert head
    found = reading.blob_at(mirror, head, "README.md", max_size=1000)
    assert found and found[1].data == b"# Widget\n\nTurns gears into widgets.\n"


def test_borrowed_objects_of_a_forbidden_folder_are_refused(source: Path, sync: Sync, mirror: Mirror) -> None:
    (source / "objects" / "info").mkdir(exist_ok=True)
    (source / "objects" / "info" / "alternates").write_text("/etc\n")
    assert code_of(lambda: sync(source)) == "borrowed_objects"


def test_git_file_that_leads_elsewhere_is_refused(tmp_path: Path, mirror: Mirror) -> None:
    build_repo(tmp_path / "secret.git")
    (tmp_path / "open" / "x").mkdir(parents=True)
    (tmp_path / "open" / "x" / ".git").write_text(f"gitdir: {tmp_path / 'secret.git'}\n")
    allowed = [tmp_path / "open"]
    remote = parse_remote(str(tmp_path / "open" / "x"), folders=allowed)
    with mirror.lock():
        assert code_of(lambda: mirror.update(remote, folders=allowed)) == "path_forbidden"


def test_repository_with_a_work_tree_is_read(tmp_path: Path, sync: Sync) -> None:
    path = build_repo(tmp_path / "tree", bare=False)
    assert sync(path).default_branch == "main"


def test_folder_that_is_no_repository_is_said_plainly(tmp_path: Path, sync: Sync) -> None:
    (tmp_path / "plain").mkdir()
    assert code_of(lambda: sync(tmp_path / "plain")) == "not_a_repository"


def test_hostile_number_of_refs_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remotes, "MAX_REFS", 2)
    lines = b"".join(b"1" * 40 + b"\trefs/heads/%d\n" % n for n in range(3))
    assert code_of(lambda: remotes.parse_refs(lines)) == "too_big"


def test_many_small_packs_become_few(
    source: Path, sync: Sync, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.upkeep.MANY_PACKS", 3)
    for number in range(6):
        add_commit(source, files={"n": str(number)})
        sync(source)
    assert len(list((mirror.path / "objects" / "pack").glob("*.pack"))) <= 3
    run(["fsck", "--strict"], git_dir=mirror.path)


# ---------------------------------------------------------------- changes
def test_branch_of_a_fork_becomes_a_change(source: Path, sync: Sync, mirror: Mirror, tmp_path: Path) -> None:
    sync(source)
    fork = tmp_path / "fork.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(source), str(fork))
    id = add_branch(fork, "feature/x")
    remote = parse_remote(str(fork), folders=[tmp_path])
    with mirror.lock():
        found = mirror.fetch_change(remote, branch="feature/x", ref="refs/changes/7/1", folders=[tmp_path])
    assert found == id
    git(fork, "branch", "-D", "feature/x")
    sync(source)
    assert len(reading.commits_between(mirror, tip(source), id).commits) == 2
    with mirror.lock():
        mirror.drop_change("refs/changes/7/1")
        mirror.drop_change("refs/changes/7/1")
    assert git(mirror.path, "for-each-ref", "refs/changes") == ""


def files_of(mirror: Mirror) -> set[Path]:
    return {path for path in mirror.path.parent.rglob("*") if path.is_file() and path.suffix != ".lock"}


def fork_of(source: Path) -> Path:
    fork = source.parent / "fork.git"
    git(source.parent, "clone", "--quiet", "--bare", str(source), str(fork))
    return fork


def test_dropped_change_leaves_nothing_on_the_disk(
    source: Path, sync: Sync, mirror: Mirror, tmp_path: Path
) -> None:
    sync(source)
    fork, before = fork_of(source), files_of(mirror)
    kept, dropped = add_branch(fork, "kept"), add_branch(fork, "dropped")
    remote = parse_remote(str(fork), folders=[tmp_path])
    with mirror.lock():
        mirror.fetch_change(remote, branch="dropped", ref="refs/changes/1/1", folders=[tmp_path])
        mirror.drop_change("refs/changes/1/1")
        assert files_of(mirror) == before
        mirror.fetch_change(remote, branch="kept", ref="refs/changes/2/1", folders=[tmp_path])
        mirror.drop_change("refs/changes/1/1")
    assert reading.commit(mirror, kept).id == kept
    assert code_of(lambda: reading.commit(mirror, dropped)) == "object_missing"
    run(["fsck", "--strict"], git_dir=mirror.path)


def test_commits_that_the_mirror_had_stay_when_a_change_is_dropped(
    source: Path, sync: Sync, mirror: Mirror, tmp_path: Path
) -> None:
    id = add_branch(source, "own")
    sync(source)
    remote = parse_remote(str(source), folders=[tmp_path])
    with mirror.lock():
        mirror.fetch_change(remote, branch="own", ref="refs/changes/1/1", folders=[tmp_path])
        mirror.drop_change("refs/changes/1/1")
    assert reading.commit(mirror, id).id == id


def test_change_of_an_earlier_lock_keeps_what_others_may_need(
    source: Path, sync: Sync, mirror: Mirror, tmp_path: Path
) -> None:
    sync(source)
    fork = fork_of(source)
    first = add_branch(fork, "feature")
    remote = parse_remote(str(fork), folders=[tmp_path])
    with mirror.lock():
        mirror.fetch_change(remote, branch="feature", ref="refs/changes/1/1", folders=[tmp_path])
    second = add_commit(fork, branch="feature", files={"b.txt": "b\n"})
    with mirror.lock():
        mirror.fetch_change(remote, branch="feature", ref="refs/changes/1/2", folders=[tmp_path])
        mirror.drop_change("refs/changes/1/1")
    assert len(reading.commits_between(mirror, first, second).commits) == 1
    run(["fsck", "--strict"], git_dir=mirror.path)


def test_foreign_history_never_comes_into_the_mirror(
    source: Path, sync: Sync, mirror: Mirror, tmp_path: Path
) -> None:
    sync(source)
    before = files_of(mirror)
    other = build_repo(tmp_path / "sources" / "other.git", commits=2, files={"other": "other"})
    git(other, "branch", "other", "main")
    remote = parse_remote(str(other), folders=[tmp_path])
    with mirror.lock():
        assert (
            code_of(
                lambda: mirror.fetch_change(remote, branch="other", ref="refs/changes/1/1", folders=[tmp_path])
            )
            == "unrelated"
        )
    assert files_of(mirror) == before


def test_change_beyond_the_limit_is_refused(
    source: Path, sync: Sync, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.mirror.CHANGE_PACK", 100_000)
    sync(source)
    fork, before = fork_of(source), files_of(mirror)
    git(fork, "branch", "big", "main")
    add_commit(fork, branch="big", files={"big": os.urandom(200_000).hex()})
    remote = parse_remote(str(fork), folders=[tmp_path])
    with mirror.lock():
        assert (
            code_of(lambda: mirror.fetch_change(remote, branch="big", ref="refs/changes/1/1", folders=[tmp_path]))
            == "too_big"
        )
    assert files_of(mirror) == before


def test_shallow_fork_is_no_change(source: Path, sync: Sync, mirror: Mirror, tmp_path: Path) -> None:
    sync(source)
    add_commit(source, files={"a": "a"})
    add_commit(source, files={"b": "b"})
    fork, before = source.parent / "shallow.git", files_of(mirror)
    git(tmp_path, "clone", "--quiet", "--bare", "--depth=1", source.as_uri(), str(fork))
    remote = parse_remote(str(fork), folders=[tmp_path])
    with mirror.lock():
        assert (
            code_of(lambda: mirror.fetch_change(remote, branch="main", ref="refs/changes/1/1", folders=[tmp_path]))
            == "shallow"
        )
    assert files_of(mirror) == before


@pytest.mark.parametrize(
    ("branch", "code"),
    [
        ("nowhere", "branch_unknown"),
        ("a..b", "branch_invalid"),
        ("--upload-pack=x", "branch_unknown"),
        ("", "branch_invalid"),
    ],
)
def test_change_on_a_wrong_branch_is_refused(
    source: Path, mirror: Mirror, tmp_path: Path, branch: str, code: str
) -> None:
    remote = parse_remote(str(source), folders=[tmp_path])
    with mirror.lock():
        assert code == code_of(
            lambda: mirror.fetch_change(remote, branch=branch, ref="refs/changes/1/1", folders=[tmp_path])
        )


def test_change_goes_to_its_own_refs_only(source: Path, mirror: Mirror, tmp_path: Path) -> None:
    remote = parse_remote(str(source), folders=[tmp_path])
    with mirror.lock(), pytest.raises(ValueError, match="refs/heads/main"):
        mirror.fetch_change(remote, branch="main", ref="refs/heads/main", folders=[tmp_path])


# ---------------------------------------------------------------- what was seen before
@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that were started."""
    names: list[str] = []
    begin = Process.__init__

    def spy(self: Process, args: Sequence[str], **options: Any) -> None:
        names.append(next(arg for arg in args if not arg.startswith("-") and "=" not in arg))
        begin(self, args, **options)

    monkeypatch.setattr(Process, "__init__", spy)
    return names


def test_a_source_that_shows_the_same_costs_one_process(source: Path, sync: Sync, started: list[str]) -> None:
    first = sync(source)
    started.clear()
    again = sync(source, known=first.digest)
    assert started == ["ls-remote"]
    assert (again.head, again.default_branch, again.refs) == (first.head, first.default_branch, first.refs)
    assert (again.changed, again.digest) == (False, first.digest)


def test_a_sync_with_news_starts_few_processes(source: Path, sync: Sync, started: list[str]) -> None:
    known = sync(source).digest
    add_commit(source, files={"a.txt": "a\n"})
    started.clear()
    assert sync(source, known=known).head == tip(source)
    assert started == ["ls-remote", "for-each-ref", "fetch", "for-each-ref", "update-ref"]


def test_every_move_is_seen_though_a_digest_is_known(source: Path, sync: Sync) -> None:
    add_branch(source, "next")
    git(source, "tag", "v1", "main")
    known = sync(source).digest
    for move in (
        ("tag", "--force", "v1", "next"),
        ("tag", "--delete", "v1"),
        ("symbolic-ref", "HEAD", "refs/heads/next"),
        ("branch", "--delete", "--force", "main"),
        ("branch", "main", "next~1"),
        ("update-ref", "refs/heads/next", "next~1"),
    ):
        git(source, *move)
        result = sync(source, known=known)
        assert result.changed, move
        assert result.digest != known, move
        known = result.digest
        assert sync(source, known=known).changed is False


def test_a_mirror_put_back_from_an_old_copy_is_brought_up_to_date(
    source: Path, sync: Sync, mirror: Mirror
) -> None:
    known = sync(source).digest
    git(mirror.path, "update-ref", "refs/heads/main", "refs/heads/main~1")
    assert sync(source, known=known).changed
    assert mirror.refs() == {"refs/heads/main": tip(source)}
    with mirror.lock():
        mirror.remove()
    assert sync(source, known=known).changed


def test_a_filled_mirror_follows_a_loss_only_when_told_to_whatever_is_known(source: Path, sync: Sync) -> None:
    known = sync(source).digest
    git(source, "update-ref", "-d", "refs/heads/main")
    assert code_of(lambda: sync(source, known=known)) == "emptied"
    assert sync(source, known=known, accept_loss=True).head is None


def test_a_branch_that_is_no_commit_keeps_none_of_many_others_out(
    source: Path, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.mirror.FEW", 3)
    for number in range(5):
        add_branch(source, f"branch{number}")
    blob = git(source, "rev-parse", "HEAD^{tree}")
    (source / "refs" / "heads" / "tree").write_text(f"{blob}\n")
    for _ in range(2):
        assert len(sync(source).refs) == 6
