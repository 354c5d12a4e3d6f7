"""What a sync reads and hands on, and what it need not read again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog import files, findings
from catalog import sync as syncs
from catalog.leases import claim_one
from catalog.models import Project, SyncRun
from catalog.sync import FACTS_AGE, sync
from forge.mirror import Mirror, mirror_path
from search.models import PendingDocument
from tests.catalog.sync.runs import Run
from tests.repos import ALICE, BOB, CHARLIE, add_branch, add_commit, git, tip

pytestmark = pytest.mark.django_db


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


def test_a_guide_that_stayed_is_not_rendered_again(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_commit(source, files={"README.md": "# Widget\n\n![it](logo.png)\n", "logo.png": b"old"})
    run()
    add_commit(source, files={"logo.png": b"new"})
    monkeypatch.setattr(files, "render", lambda *_, **__: pytest.fail("rendered again"))
    run()
    assert f"/raw/{tip(source)}/logo.png" in project.guides.get(kind="readme").html


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
