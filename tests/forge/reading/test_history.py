import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forge import reading
from forge.errors import ForgeError
from forge.fast_import import Author, History
from forge.mirror import Mirror
from forge.types import FileChange
from tests.forge.calls import Sync, head_of
from tests.repos import ALICE, START, add_branch, add_commit, git, merge_branch, tip


def test_log_is_newest_first_with_people_dates_and_parents(source: Path, sync: Sync, mirror: Mirror) -> None:
    head = head_of(sync, source)
    newest, middle, first = reading.log(mirror, head)
    assert [newest.subject, middle.subject, first.subject] == ["Change 2", "Change 1", "Start"]
    assert newest.parents == (middle.id,) and first.parents == ()
    assert (newest.author_name, newest.author_email) == ("Alice Almeida", "alice@example.org")
    assert newest.authored_at == START + timedelta(days=2) == newest.committed_at
    assert newest.changes == ()


def test_log_counts_lines_as_git_does(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(
        source, files={"bin.dat": b"\0\1\2", "a\nb.txt": "x\ny\n", "CHANGES": None, "MOVED": "line\nline\n"}
    )
    add_commit(source, files={"bin.dat": None})
    gone, odd, *_ = reading.log(mirror, head_of(sync, source), numstat=True)
    assert odd.changes == (
        FileChange("MOVED", 0, 0),
        FileChange("a\nb.txt", 2, 0),
        FileChange("bin.dat", None, None),
    )
    assert gone.changes == (FileChange("bin.dat", None, None),)


def test_merge_has_no_changes_of_its_own(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_branch(source, "feature")
    merge_branch(source, "feature")
    commits = list(reading.log(mirror, head_of(sync, source), numstat=True))
    assert len(commits[0].parents) == 2 and commits[0].changes == ()
    assert [len(commit.changes) for commit in commits] == [0, 1, 1, 1, 1, 1]


def test_only_the_new_part_is_read(source: Path, sync: Sync, mirror: Mirror) -> None:
    old = head_of(sync, source)
    new = add_commit(source, files={"a": "a"})
    sync(source)
    assert [commit.id for commit in reading.log(mirror, new, exclude=old)] == [new]
    assert reading.count_commits(mirror, new) == 4
    assert reading.count_commits(mirror, new, exclude=old) == 1


def test_log_since_a_date_and_up_to_a_limit(source: Path, sync: Sync, mirror: Mirror) -> None:
    head = head_of(sync, source)
    assert len(list(reading.log(mirror, head, since=START + timedelta(hours=12)))) == 2
    assert len(list(reading.log(mirror, head, limit=1))) == 1
    commits = reading.commits_between(mirror, git(source, "rev-parse", "main~2"), head, limit=1)
    assert len(commits.commits) == 1 and not commits.complete


@pytest.mark.parametrize("name", ["main", "HEAD", "refs/heads/main", "abc1234", "--output=x", "main^{tree}", ""])
def test_names_are_refused_where_ids_are_wanted(source: Path, sync: Sync, mirror: Mirror, name: str) -> None:
    sync(source)
    for read in (reading.commit, reading.tree, reading.count_commits, reading.folder):
        with pytest.raises(ForgeError) as caught:
            read(mirror, name)
        assert caught.value.code == "id_invalid"


def test_unknown_commit_is_said_plainly(source: Path, sync: Sync, mirror: Mirror) -> None:
    sync(source)
    with pytest.raises(ForgeError) as caught:
        reading.commit(mirror, "1" * 40)
    assert caught.value.code == "object_missing"
    assert not reading.is_ancestor(mirror, "1" * 40, tip(source))


def test_odd_encodings_become_text_that_can_be_stored(source: Path, sync: Sync, mirror: Mirror) -> None:
    history = History()
    message = os.fsdecode(b"Gr\xf6\xdfe\n\nbody \xff\n")
    mark = history.commit(
        branch="odd", author=Author("Zo\u00eb", "z@example.org"), at=START, message=message, files={"a": "a"}
    )
    id = history.write(source)[mark]
    sync(source)
    commit = reading.commit(mirror, id)
    assert commit.author_name == "Zo\u00eb" and commit.subject.startswith("Gr\ufffd")
    commit.body.encode()


def test_mailmap_of_strangers_names_nobody(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(source, files={".mailmap": "Boss <boss@example.org> <alice@example.org>\n"}, author=ALICE)
    assert {c.author_email for c in reading.log(mirror, head_of(sync, source))} == {"alice@example.org"}


def test_date_of_the_future_is_clamped(source: Path, sync: Sync, mirror: Mirror) -> None:
    add_commit(source, files={"a": "a"}, at=datetime(2090, 1, 1, tzinfo=UTC))
    commit = reading.commit(mirror, head_of(sync, source))
    assert commit.authored_at < datetime.now(UTC) + timedelta(days=2)


def test_merge_base_and_ancestry(source: Path, sync: Sync, mirror: Mirror) -> None:
    base = tip(source)
    theirs = add_branch(source, "feature")
    ours = add_commit(source, files={"x": "x"})
    sync(source)
    assert reading.merge_base(mirror, ours, theirs) == base
    assert reading.is_ancestor(mirror, base, ours) and not reading.is_ancestor(mirror, ours, base)


def test_histories_without_a_common_commit_have_no_base(source: Path, sync: Sync, mirror: Mirror) -> None:
    history = History()
    mark = history.commit(branch="other", author=ALICE, at=START, message="x", files={"a": "b"}, parents=())
    other = history.write(source)[mark]
    head = head_of(sync, source)
    assert reading.merge_base(mirror, head, other) is None
    with pytest.raises(ForgeError) as caught:
        reading.merge_check(mirror, head, other)
    assert caught.value.code == "unrelated"


def test_branches_and_tags_newest_first(source: Path, sync: Sync, mirror: Mirror) -> None:
    feature = add_branch(source, "feature")
    git(source, "tag", "light", "main~1")
    git(source, "tag", "-a", "heavy", "-m", "Release\n\nNotes", "main", at=START + timedelta(days=9))
    git(source, "tag", "tree", "main^{tree}")
    git(source, "tag", "-a", "nested", "-m", "x", "heavy")
    sync(source)
    assert [branch.name for branch in reading.branches(mirror)] == ["feature", "main"]
    assert reading.branches(mirror)[0].commit == feature
    heavy, *rest = reading.tags(mirror)
    assert (heavy.name, heavy.commit, heavy.subject) == ("heavy", tip(source), "Release")
    assert heavy.tagged_at == START + timedelta(days=9)
    assert {tag.name for tag in rest} == {"light"}
    assert len(reading.tags(mirror, limit=1)) == 1
