from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from forge.errors import ForgeError
from forge.fast_import import Author, Content, History, Link, Mark, point
from tests import repos
from tests.repos import ALICE, BOB, START, git


def commit(history: History, files: dict[str, Content | None], **options: object) -> Mark:
    given = {"branch": "main", "author": ALICE, "at": START, "message": "Change\n"} | options
    return history.commit(files=files, **given)  # type: ignore[arg-type]


def written(history: History, tmp_path: Path) -> Path:
    history.write(tmp_path / "repo.git")
    return tmp_path / "repo.git"


def listing(path: Path, branch: str = "main") -> list[str]:
    return git(
        path, "-c", "core.quotePath=false", "ls-tree", "-r", "--format=%(objectmode) %(path)", branch
    ).split("\n")


def test_same_history_gets_the_same_ids(tmp_path: Path) -> None:
    one = repos.build_repo(tmp_path / "one.git", commits=30)
    two = repos.build_repo(tmp_path / "two.git", commits=30)

    assert repos.tip(one) == repos.tip(two)
    assert git(one, "rev-list", "--count", "main") == "30"
    assert git(one, "fsck", "--strict") == ""


def test_write_answers_the_id_of_each_commit(tmp_path: Path) -> None:
    history = History()
    first, second = commit(history, {"a": "1"}), commit(history, {"a": "2"})
    ids = history.write(tmp_path / "repo.git")

    assert git(tmp_path / "repo.git", "rev-list", "main").split() == [ids[second], ids[first]]


def test_author_committer_and_time_zone_are_kept(tmp_path: Path) -> None:
    at = datetime(2025, 6, 1, 18, 30, tzinfo=timezone(timedelta(hours=-7)))
    history = History()
    commit(
        history,
        {"a": "1"},
        author=Author("Zoë Ång", "zoe@example.org"),
        at=at,
        committer=BOB,
        committed_at=START,
    )

    shown = git(written(history, tmp_path), "log", "--format=%an|%ae|%aI|%cn|%cI")
    assert shown == "Zoë Ång|zoe@example.org|2025-06-01T18:30:00-07:00|Bob Brandt|2026-01-05T09:00:00+00:00"


def test_scripts_are_executable_and_links_are_links(tmp_path: Path) -> None:
    history = History()
    commit(history, {"run.sh": "#!/bin/sh\n", "latest": Link("run.sh"), "data.bin": b"\x00\xff"})

    assert listing(written(history, tmp_path)) == ["100644 data.bin", "120000 latest", "100755 run.sh"]


@pytest.mark.parametrize(
    "name", ["with space.txt", '"quoted".txt', "new\nline.txt", "back\\slash", "caf\udce9.txt"]
)
def test_any_file_name_can_be_written(tmp_path: Path, name: str) -> None:
    history = History()
    commit(history, {name: "text"})

    assert git(written(history, tmp_path), "ls-tree", "-z", "--name-only", "main") == f"{name}\0"


def test_none_removes_a_path(tmp_path: Path) -> None:
    history = History()
    commit(history, {"a": "1", "b": "2"})
    tip = commit(history, {"a": None})

    assert history.files(tip) == {"b": "2"}
    assert listing(written(history, tmp_path)) == ["100644 b"]


def test_merge_brings_in_what_the_branch_changed(tmp_path: Path) -> None:
    history = History()
    base = commit(history, {"a": "1", "old": "x"})
    topic = commit(history, {"b": "2", "old": None}, branch="topic", parents=[base])
    commit(history, {"c": "3"})
    commit(history, history.changes(since=base, until=topic), merge=[topic])
    path = written(history, tmp_path)

    assert listing(path) == ["100644 a", "100644 b", "100644 c"]
    assert git(path, "merge-base", "main", "topic") == repos.tip(path, "topic")


def test_root_commit_on_a_known_branch_forgets_its_past(tmp_path: Path) -> None:
    history = History()
    commit(history, {"a": "1"})
    commit(history, {"b": "1"}, parents=())
    path = written(history, tmp_path)

    assert git(path, "rev-list", "--count", "main") == "1"
    assert listing(path) == ["100644 b"]


def test_tags_are_annotated_when_somebody_made_them(tmp_path: Path) -> None:
    history = History()
    mark = commit(history, {"a": "1"})
    history.tag("v1.0.0", mark, at=START, tagger=BOB, message="First release")
    history.tag("nightly", mark)

    kinds = git(written(history, tmp_path), "for-each-ref", "--format=%(refname:short) %(objecttype)", "refs/tags")
    assert kinds.split("\n") == ["nightly commit", "v1.0.0 tag"]


def test_history_goes_on_in_a_repository_that_is_there(tmp_path: Path) -> None:
    path = repos.build_repo(tmp_path / "repo.git")
    old = repos.tip(path)
    new = repos.add_commit(path, files={"b": "2"})

    assert git(path, "rev-list", "main").split() == [new, old]
    assert listing(path) == ["100644 README.md", "100644 b"]


def test_work_tree_holds_the_default_branch(tmp_path: Path) -> None:
    path = repos.build_repo(tmp_path / "repo", bare=False)

    assert (path / "README.md").read_text().startswith("# Widget")
    assert git(path, "status", "--porcelain") == ""


def test_naive_times_and_short_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        commit(History(), {}, at=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="full commit id"):
        commit(History(), {}, parents=["abc123"])


def test_name_that_git_refuses_is_an_error(tmp_path: Path) -> None:
    history = History()
    commit(history, {"a": "1"}, branch="no..such")

    with pytest.raises(ForgeError):
        written(history, tmp_path)


def test_settings_of_the_machine_do_not_reach_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[core]\n\tbigFileThreshold = nonsense\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert repos.tip(repos.build_repo(tmp_path / "repo.git"))


def test_branch_arrives_by_merge_squash_and_rebase(tmp_path: Path) -> None:
    for arrive, parents, commits in (
        (repos.merge_branch, 2, 5),
        (repos.squash_branch, 1, 3),
        (repos.rebase_branch, 1, 4),
    ):
        path = repos.build_repo(tmp_path / f"{arrive.__name__}.git")
        repos.add_branch(path, "feature/retry")
        repos.add_commit(path, files={"other": "1"}, author=ALICE, at=START + timedelta(hours=5))
        new = arrive(path, "feature/retry")

        assert len(git(path, "log", "-1", "--format=%P", new).split()) == parents
        assert git(path, "rev-list", "--count", "main") == str(commits)
        assert len(listing(path)) == 4
        assert repos.tip(path) == new


def test_squash_credits_the_contributor(tmp_path: Path) -> None:
    path = repos.build_repo(tmp_path / "repo.git")
    repos.add_branch(path, "topic", author=BOB)

    assert (
        git(path, "log", "-1", "--format=%ae %ce", repos.squash_branch(path, "topic"))
        == f"{BOB.email} {ALICE.email}"
    )


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    path = repos.build_repo(tmp_path / "repo.git", commits=3)

    assert repos.committed_at(path, repos.tip(path)) == datetime(2026, 1, 7, 9, tzinfo=UTC)


def test_branches_can_be_pointed_back_and_taken_away(tmp_path: Path) -> None:
    path = repos.build_repo(tmp_path / "repo.git", commits=3)
    repos.add_branch(path, "topic")
    first = git(path, "rev-list", "main").split()[-1]
    point(path, {"main": first, "topic": None})

    assert repos.tip(path) == first
    assert repos.tip(path, "topic") == ""
