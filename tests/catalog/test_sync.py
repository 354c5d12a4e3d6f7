from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from catalog import files, findings
from catalog import sync as syncs
from catalog.actions.sources import add_source
from catalog.actions.syncing import bring_forward, request_sync
from catalog.ending import PARK_AFTER
from catalog.leases import Lease, claim_one
from catalog.models import Contributor, Project, SyncRun, Topic
from catalog.pace import SPACING
from catalog.signals import synced
from catalog.sync import FACTS_AGE, MAX_ATTEMPTS, sync, sync_now
from catalog.telling import Telling, TooLong
from forge.errors import ForgeError
from forge.mirror import Mirror, mirror_path
from forge.types import Progress
from people.models import Identity, Team, User
from search.models import PendingDocument
from tests.create import create_team, create_user
from tests.repos import ALICE, BOB, CHARLIE, add_branch, add_commit, build_repo, git, tip

pytestmark = pytest.mark.django_db

Run = Callable[..., SyncRun]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return build_repo(tmp_path / "src" / "widget.git", commits=3)


@pytest.fixture
def project(source: Path) -> Project:
    return add_source(str(source)).new[0]


@pytest.fixture
def run(project: Project) -> Run:
    """Syncs the project here and now; the project is then as it was stored."""

    def run_now(**options: Any) -> SyncRun:
        row = sync_now(project, **options)
        assert row is not None
        project.refresh_from_db()
        return row

    return run_now


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What the apps above heard."""
    heard: list[dict[str, Any]] = []

    def hear(*, project: Project, old_head: str, new_head: str, **_: object) -> None:
        heard.append({"project": project.slug, "old": old_head, "new": new_head})

    synced.connect(hear)
    yield heard
    synced.disconnect(hear)


def test_the_first_sync_reads_everything(
    project: Project, source: Path, run: Run, told: list[dict[str, Any]]
) -> None:
    add_commit(
        source,
        files={"src/widget.py": "print('turn')\n", "CONTRIBUTING.md": "# Welcome\n\nSay hello first.\n"},
        author=BOB,
    )
    git(source, "tag", "v1.0", "main")
    row = run()
    assert (row.state, row.changed, row.code) == (SyncRun.State.OK, True, "")
    assert (project.sync_state, project.default_branch) == (Project.SyncState.OK, "main")
    assert project.head_commit == project.synced_commit == tip(source)
    assert (project.commit_count, project.contributor_count, project.branch_count) == (4, 2, 1)
    assert project.main_language == "Python"
    assert project.summary == "Turns gears into widgets."
    assert {guide.kind for guide in project.guides.all()} >= {"readme", "contributing"}
    assert [(tag.name, tag.is_release) for tag in project.tags.all()] == [("v1.0", True)]
    assert project.health_results.exists() and project.health_score is not None
    assert set(project.contributors.values_list("email", "commits")) == {(ALICE.email, 3), (BOB.email, 1)}
    assert told == [{"project": "widget", "old": "", "new": tip(source)}]


def test_a_sync_without_news_is_one_small_write(
    project: Project, run: Run, told: list[dict[str, Any]], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run()
    told.clear()
    lease = claim_one(project, owner="me")
    assert lease is not None
    with django_assert_num_queries(1):  # type: ignore[operator]
        sync(lease)
    project.refresh_from_db()
    assert (project.sync_state, project.lease_owner, project.lease_until) == (Project.SyncState.OK, "", None)
    assert SyncRun.objects.count() == 1
    assert told == []


def test_new_commits_are_added_to_what_was_counted(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    old = tip(source)
    add_commit(source, files={"a.txt": "a\n"}, author=ALICE)
    add_commit(source, files={"b.txt": "b\n"}, author=CHARLIE)
    seen: list[str | None] = []
    tallies = findings.reading.tallies

    def spy(*args: Any, known: str | None, **options: Any) -> Any:
        seen.append(known)
        return tallies(*args, known=known, **options)

    monkeypatch.setattr(findings.reading, "tallies", spy)
    assert run().changed
    assert seen == [old]
    assert project.commit_count == 5
    assert set(project.contributors.values_list("email", "commits")) == {(ALICE.email, 4), (CHARLIE.email, 1)}


def test_a_rewritten_history_is_counted_afresh(project: Project, source: Path, run: Run) -> None:
    run()
    git(source, "update-ref", "refs/heads/main", f"{tip(source)}~2")
    add_commit(source, files={"new.txt": "new\n"}, author=BOB)
    run()
    assert project.commit_count == 2
    assert set(project.contributors.values_list("email", "commits")) == {(ALICE.email, 1), (BOB.email, 1)}


def test_adding_up_equals_counting_afresh(project: Project, source: Path, run: Run) -> None:
    run()
    add_branch(source, "feature", author=CHARLIE)
    git(source, "update-ref", "refs/heads/main", tip(source, "feature"))
    run()
    fields = ("commit_count", "contributor_count", "weekly_commits", "first_activity", "last_activity")
    added_up = [getattr(project, name) for name in fields]
    Project.objects.update(synced_commit="")
    run()
    assert [getattr(project, name) for name in fields] == added_up


def test_another_branch_moves_no_facts(
    project: Project, source: Path, run: Run, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    add_branch(source, "feature")
    monkeypatch.setattr(syncs, "read_findings", lambda *_, **__: pytest.fail("read everything"))
    assert run().changed
    assert project.branch_count == 2
    assert told[-1] == {"project": "widget", "old": tip(source), "new": tip(source)}


def test_old_facts_are_read_again_though_nothing_moved(
    project: Project, run: Run, told: list[dict[str, Any]]
) -> None:
    run()
    Project.objects.update(facts_at=timezone.now() - FACTS_AGE - timedelta(hours=1), health_score=0)
    told.clear()
    assert not run().changed
    assert project.health_score
    assert told == []


def test_readers_that_learned_something_read_again_at_once(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    Project.objects.update(facts_version=syncs.READERS - 1, health_score=0)
    assert not run().changed
    assert project.health_score and project.facts_version == syncs.READERS
    monkeypatch.setattr(syncs, "read_findings", lambda *_, **__: pytest.fail("read everything"))
    run()


def test_lines_are_counted_by_author_and_week(project: Project, source: Path, run: Run) -> None:
    run()
    add_commit(source, files={"a.txt": "1\n2\n3\n"}, author=BOB)
    add_commit(source, files={"a.txt": "1\n3\n4\n"}, author=BOB)
    run()
    bob = project.contributors.get(email=BOB.email)
    assert (bob.commits, bob.lines_added, bob.lines_removed) == (2, 4, 1)
    assert bob.weeks == {"2026-01-05": [2, 4, 1]} and str(bob.last_week) == "2026-01-05"
    assert len(project.weekly_lines) == len(project.weekly_commits) == 52


def test_a_later_sync_touches_only_who_came(
    project: Project, source: Path, run: Run, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    run()
    alice = project.contributors.get(email=ALICE.email)
    alice.name = "as it was left"
    alice.save()
    add_commit(source, files={"src/a.py": "1\n"}, author=CHARLIE)
    with django_assert_max_num_queries(47):  # type: ignore[operator]
        run()
    assert project.contributors.get(email=ALICE.email).name == "as it was left"
    assert (project.contributor_count, project.commit_count, project.main_language) == (2, 4, "Python")


def test_a_source_that_shows_the_same_is_only_asked(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    assert project.refs_digest
    monkeypatch.setattr(Mirror, "_update", lambda *_, **__: pytest.fail("compared refs"))
    assert not run().changed


def test_after_a_failure_nothing_is_taken_for_granted(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    add_commit(source, files={"a.txt": "a\n"})
    git(source, "tag", "v1", "main")
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "record", lambda *_, **__: 1 / 0)
        assert run().code == "internal"
    git(source, "tag", "--delete", "v1")
    git(source, "update-ref", "refs/heads/main", "main~1")
    assert run().changed
    assert (project.commit_count, project.head_commit, project.tags.count()) == (3, tip(source), 0)


def test_a_renamed_default_branch_is_followed(project: Project, source: Path, run: Run) -> None:
    run()
    git(source, "branch", "--move", "main", "trunk")
    git(source, "symbolic-ref", "HEAD", "refs/heads/trunk")
    add_commit(source, files={"a.txt": "a\n"}, branch="trunk")
    assert run().changed
    assert (project.default_branch, project.commit_count, project.branch_count) == ("trunk", 4, 1)


def test_a_branch_that_went_and_came_again_is_right(project: Project, source: Path, run: Run) -> None:
    add_branch(source, "feature")
    run()
    git(source, "branch", "--delete", "--force", "feature")
    run()
    assert project.branch_count == 1
    add_branch(source, "feature", commits=3)
    run()
    assert project.branch_count == 2
    assert Mirror(mirror_path(project.pk)).refs()["refs/heads/feature"] == tip(source, "feature")
    git(source, "update-ref", "-d", "refs/heads/main")
    git(source, "symbolic-ref", "HEAD", "refs/heads/feature")
    run()
    git(source, "branch", "main", "feature~1")
    git(source, "symbolic-ref", "HEAD", "refs/heads/main")
    run()
    assert (project.default_branch, project.commit_count, project.branch_count) == ("main", 5, 2)


def test_lines_that_cannot_be_counted_are_said_and_stop_nothing(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tallies = findings.reading.tallies

    def too_big(*args: Any, lines: bool, **options: Any) -> Any:
        if lines:
            raise ForgeError("too_big", what="the work that git would have")
        return tallies(*args, lines=lines, **options)

    with monkeypatch.context() as patch:
        patch.setattr(findings.reading, "tallies", too_big)
        assert run().state == SyncRun.State.OK
    assert project.commit_count == 3 and findings.NO_LINES in project.notes
    add_commit(source, files={"a.txt": "a\n"})
    run()
    assert project.commit_count == 4 and findings.NO_LINES in project.notes


def test_a_guide_that_stayed_is_not_rendered_again(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_commit(source, files={"README.md": "# Widget\n\n![it](logo.png)\n", "logo.png": b"old"})
    run()
    add_commit(source, files={"logo.png": b"new"})
    monkeypatch.setattr(files, "render", lambda *_, **__: pytest.fail("rendered again"))
    run()
    assert f"/raw/{tip(source)}/logo.png" in project.guides.get(kind="readme").html


# ---------------------------------------------------------------- odd repositories
def test_an_empty_repository_is_a_listing_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    project = add_source(str(tmp_path / "empty.git")).new[0]
    sync_now(project)
    project.refresh_from_db()
    assert (project.sync_state, project.head_commit, project.commit_count) == (Project.SyncState.OK, "", 0)
    assert project.notes == ["This repository has no commits yet."]


def test_a_repository_without_a_default_branch_gets_the_usual_one(
    project: Project, source: Path, run: Run
) -> None:
    git(source, "symbolic-ref", "HEAD", "refs/heads/nowhere")
    assert run().state == SyncRun.State.OK
    assert project.default_branch == "main"
    assert any("default branch" in note for note in project.notes)


def test_no_readme_is_no_failure(tmp_path: Path) -> None:
    project = add_source(str(build_repo(tmp_path / "bare.git", files={"a.c": "int a;\n"}))).new[0]
    sync_now(project)
    project.refresh_from_db()
    assert (project.sync_state, project.summary) == (Project.SyncState.OK, "")
    assert not project.guides.exists()


def test_a_huge_readme_is_not_read(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"README.md": "# Big\n\n" + "word " * 1_000_000})
    assert run().state == SyncRun.State.OK
    readme = project.guides.get(kind="readme")
    assert readme.html == "" and "too large" in readme.note


def test_names_and_words_of_any_bytes_are_stored(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={os_name(b"caf\xe9/README.md"): "x", "README.md": b"# Caf\xe9\n\n\x00\x01 bytes\n"})
    assert run().state == SyncRun.State.OK
    assert project.commit_count == 4


def os_name(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def test_a_source_that_is_gone_keeps_the_last_good_facts(project: Project, source: Path, run: Run) -> None:
    run()
    source.rename(source.with_name("away.git"))
    row = run()
    assert (row.state, row.code) == (SyncRun.State.FAILED, "gone")
    assert (project.sync_state, project.sync_code) == (Project.SyncState.FAILED, "gone")
    assert project.sync_message and project.sync_cure
    assert project.commit_count == 3 and project.guides.filter(kind="readme").exists()
    source.with_name("away.git").rename(source)
    run()
    assert (project.sync_state, project.sync_code, project.sync_cure) == (Project.SyncState.OK, "", "")


def test_a_source_that_lost_its_branches_is_followed_only_when_told_to(
    project: Project, source: Path, run: Run
) -> None:
    run()
    git(source, "update-ref", "-d", "refs/heads/main")
    assert run().code == "emptied"
    assert project.commit_count == 3
    assert run(accept_loss=True).state == SyncRun.State.OK
    assert (project.commit_count, project.head_commit, project.guides.count()) == (0, "", 0)


def test_a_mistake_of_ours_is_coded_and_logged(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", lambda *_, **__: 1 / 0)
        assert run().code == "internal"
    assert "ZeroDivisionError" in caplog.text
    assert run().state == SyncRun.State.OK
    assert project.commit_count == 3


def test_a_failing_receiver_does_not_fail_the_sync(project: Project, run: Run, told: list[dict[str, Any]]) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("not my day")

    synced.connect(fail)
    try:
        assert run().state == SyncRun.State.OK
    finally:
        synced.disconnect(fail)
    assert len(told) == 1


# ---------------------------------------------------------------- one at a time, killed at any moment
def taken(project: Project, owner: str = "me") -> Lease:
    lease = claim_one(project, owner=owner)
    assert lease is not None
    return lease


def expire(project: Project) -> None:
    """Its worker has died, and its lease ran out."""
    Project.objects.filter(pk=project.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_who_holds_the_lease_is_the_only_one(project: Project, told: list[dict[str, Any]]) -> None:
    lease = taken(project)
    assert claim_one(project, owner="somebody else") is None
    assert sync_now(project) is None
    sync(lease)
    assert len(told) == 1


def test_somebody_at_the_mirror_keeps_the_sync_waiting_without_a_failure(project: Project) -> None:
    with Mirror(mirror_path(project.pk)).lock():
        row = sync_now(project)
    project.refresh_from_db()
    assert row is not None and row.state == SyncRun.State.QUEUED
    assert (project.sync_state, project.sync_failures, project.lease_until) == (Project.SyncState.NEVER, 0, None)
    assert project.next_sync_at and project.next_sync_at > timezone.now()
    row = sync_now(project)
    assert row is not None and row.state == SyncRun.State.OK


def test_a_killed_workers_sync_is_taken_over(project: Project, told: list[dict[str, Any]]) -> None:
    dead = taken(project)
    Telling(dead).opened()
    expire(project)
    sync(taken(project))
    run = SyncRun.objects.get()
    assert run.state == SyncRun.State.OK
    assert len(told) == 1
    # The one that seemed dead wakes up: it writes nothing more.
    sync(dead)
    project.refresh_from_db()
    assert (project.sync_state, project.sync_attempts) == (Project.SyncState.OK, 0)


def test_news_are_told_again_by_who_takes_over_before_the_lease_ended(
    project: Project, run: Run, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(syncs.synced, "send_robust", killed)
        with pytest.raises(Killed):
            run()
    expire(project)
    assert run().state == SyncRun.State.OK
    assert len(told) == 1


def test_a_worker_that_was_taken_over_records_nothing(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = syncs.read_findings

    def taken_over(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        Project.objects.update(lease_owner="another")
        return found

    monkeypatch.setattr(syncs, "read_findings", taken_over)
    run()
    assert (project.lease_owner, project.synced_commit) == ("another", "")


def test_a_repository_that_kills_its_worker_is_parked(project: Project, run: Run) -> None:
    Project.objects.update(sync_attempts=MAX_ATTEMPTS)
    assert run().code == "given_up"
    assert (project.sync_state, project.next_sync_at) == (Project.SyncState.PARKED, None)
    # Whoever asks for it has it tried again.
    assert run().state == SyncRun.State.OK


def test_progress_is_seen_and_not_written_too_often(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([9.0, 10.0, 10.1, 10.6])
    monkeypatch.setattr("catalog.telling.time", SimpleNamespace(monotonic=lambda: next(clock)))
    telling = Telling(taken(project))
    for objects in (1, 2, 3):
        telling.hear(Progress("receiving", 10 * objects, objects, 1000 * objects))
        row = SyncRun.objects.get()
        assert row.objects_done == (3 if objects == 3 else 1)
    assert (row.phase, row.percent, row.bytes_done) == ("receiving", 30, 3000)


def test_a_fetch_that_brings_much_moves_to_the_long_lane(project: Project) -> None:
    telling = Telling(taken(project), is_quick=True)
    with pytest.raises(TooLong):
        telling.hear(Progress("receiving", 0, 1, 1000, total=10**6))


def test_what_takes_long_begins_anew_in_the_long_lane_without_a_failure(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(*_: object, **__: object) -> None:
        raise TooLong

    request_sync(project)
    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", long)
        sync(taken(project), is_quick=True)
    project.refresh_from_db()
    assert (project.sync_lane, project.sync_state) == (Project.Lane.LONG, Project.SyncState.NEVER)
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED
    sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_lane, project.sync_state) == (Project.Lane.QUICK, Project.SyncState.OK)
    assert SyncRun.objects.get().state == SyncRun.State.OK


# ---------------------------------------------------------------- when to come again
def test_a_project_that_moves_is_looked_at_again_soon(project: Project, run: Run, settings: LazySettings) -> None:
    settings.SYNC_INTERVAL_LEAST, settings.SYNC_INTERVAL_MOST = 900, 86_400
    run()
    assert project.next_sync_at
    assert timedelta(minutes=13) < project.next_sync_at - timezone.now() < timedelta(minutes=17)
    Project.objects.update(moved_at=timezone.now() - timedelta(days=30), last_activity=None)
    run()
    assert timedelta(hours=21) < project.next_sync_at - timezone.now() < timedelta(hours=27)


def test_a_failing_source_is_asked_less_and_less_often_and_parked_in_the_end(
    project: Project, source: Path, run: Run
) -> None:
    source.rename(source.with_name("away.git"))
    waits = []
    for _ in range(PARK_AFTER - 1):
        run()
        assert project.next_sync_at and project.sync_state == Project.SyncState.FAILED
        waits.append(project.next_sync_at - timezone.now())
    assert waits[0] < timedelta(minutes=17) < timedelta(minutes=26) < waits[1] < waits[2]
    assert waits[-1] < timedelta(hours=27)
    run()
    assert (project.sync_state, project.sync_code, project.next_sync_at) == (
        Project.SyncState.PARKED,
        "gone",
        None,
    )


def test_what_was_wanted_while_a_sync_ran_comes_soon(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read = syncs.read_findings

    def asked_meanwhile(*args: Any, **options: Any) -> Any:
        bring_forward(project)
        bring_forward(project)
        return read(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(syncs, "read_findings", asked_meanwhile)
        sync(taken(project))
    project.refresh_from_db()
    assert project.next_sync_at and project.next_sync_at <= timezone.now() + SPACING
    assert project.sync_reason == Project.Reason.WEBHOOK
    sync(taken(project))
    project.refresh_from_db()
    assert (project.sync_wanted_at, project.sync_reason) == (None, Project.Reason.SCHEDULE)


def test_a_loss_that_is_seen_three_times_hours_apart_is_believed(project: Project, source: Path, run: Run) -> None:
    run()
    git(source, "update-ref", "-d", "refs/heads/main")
    for _ in range(2):
        assert run().code == "emptied"
        # Looking again at once makes nothing more certain.
        assert run().code == "emptied"
        project.loss["at"] = (timezone.now() - timedelta(hours=2)).isoformat()
        project.save(update_fields=["loss"])
    assert run().state == SyncRun.State.OK
    assert (project.commit_count, project.loss) == (0, {})


def test_quiet_runs_leave_one_row(project: Project, run: Run) -> None:
    for _ in range(4):
        run()
    assert SyncRun.objects.filter(changed=True).count() == 1
    assert SyncRun.objects.filter(changed=False).count() == 1


# ---------------------------------------------------------------- whose word counts
STATED = """{
  "title": "Widget works", "motivation": "Everybody turns gears.", "contributions": ["Documentation"],
  "skills": ["Python"], "topics": ["Gears", "gears", "Machine Tools"], "docs": "https://docs.corp.example/widget"
}
"""


def test_the_repository_speaks_for_itself(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"innersource.json": STATED})
    run()
    assert (project.name, project.motivation) == ("Widget works", "Everybody turns gears.")
    assert (project.help_wanted, project.skills) == (["Documentation"], ["Python"])
    assert {topic.name for topic in project.topics.all()} == {"gears", "machine-tools"}
    assert project.slug == "widget"
    add_commit(source, files={"innersource.json": None})
    run()
    assert (project.name, project.motivation, project.topics.count()) == ("widget", "", 0)


def test_a_curators_word_stands(project: Project, source: Path, run: Run, guest_team: Team) -> None:
    project.topics.add(Topic.objects.create(name="curated"))
    Project.objects.update(
        name="The widget",
        summary="As the curator says.",
        lifecycle="maintenance",
        owner_team=guest_team,
        curated_fields=["name", "summary", "lifecycle", "owner_team", "topics"],
    )
    add_commit(source, files={"innersource.json": STATED, "CODEOWNERS": "* @corp/platform\n"})
    create_team("Platform")
    run()
    assert (project.name, project.summary) == ("The widget", "As the curator says.")
    assert (project.lifecycle, project.owner_team) == ("maintenance", guest_team)
    assert [topic.name for topic in project.topics.all()] == ["curated"]
    assert project.motivation == "Everybody turns gears."


def test_what_a_curator_changes_during_a_sync_stands(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = syncs.read_findings

    def read_slowly(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        Project.objects.update(summary="Just curated.", curated_fields=["summary"])
        return found

    monkeypatch.setattr(syncs, "read_findings", read_slowly)
    run()
    assert project.summary == "Just curated."


def test_codeowners_name_the_owner_team(
    project: Project, source: Path, run: Run, host_team: Team, guest_team: Team
) -> None:
    add_commit(source, files={"CODEOWNERS": "* @corp/checkout\n"})
    run()
    assert project.owner_team == guest_team
    add_commit(source, files={"catalog-info.yaml": component("platform")})
    run()
    assert project.owner_team == host_team


def component(owner: str) -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: widget\n"
        f"spec:\n  type: library\n  lifecycle: production\n  owner: {owner}\n"
    )


def test_an_author_line_names_a_person_only_by_a_verified_address(
    project: Project, source: Path, run: Run, charlie: User
) -> None:
    add_commit(source, files={"a": "a"}, author=BOB)
    Identity.objects.create(user=charlie, email=ALICE.email)
    dana = create_user("dana")
    Identity.objects.create(user=dana, email=BOB.email).verify()
    run()
    assert dict(Contributor.objects.values_list("email", "user")) == {ALICE.email: None, BOB.email: dana.pk}


def test_a_sync_hands_what_moved_to_the_search(project: Project, source: Path, run: Run) -> None:
    add_commit(source, files={"CONTRIBUTING.md": "# Join us\n\nAsk first.\n"})
    run()
    guides = dict(project.guides.values_list("kind", "pk"))
    wishes = set(PendingDocument.objects.values_list("kind", "key"))
    assert ("project", str(project.pk)) in wishes
    assert {("guide", str(pk)) for pk in guides.values()} <= wishes
    PendingDocument.objects.all().delete()
    add_commit(source, files={"CONTRIBUTING.md": None})
    run()
    gone = PendingDocument.objects.filter(kind="guide").values_list("key", flat=True)
    assert list(gone) == [str(guides["contributing"])]
