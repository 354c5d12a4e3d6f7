"""What a sync reads of workflows, REUSE and guides in its one batch of blobs, and what the next carries over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import files, findings
from catalog.models import LastRead, Project, TrustedCommitter
from forge import reading
from people.models import Team, User
from tests.catalog.sync.runs import Run
from tests.create import create_project, create_user, join
from tests.repos import CHARLIE, add_commit

pytestmark = pytest.mark.django_db

REUSE = '[[annotations]]\npath = "**"\nSPDX-License-Identifier = "EUPL-1.2"\n'


def test_signs_come_with_the_batch_that_was_read_anyway(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    blobs = reading.blobs

    def spy(mirror: Any, ids: Any, **options: Any) -> Any:
        batches.append(len(ids))
        return blobs(mirror, ids, **options)

    monkeypatch.setattr(files.reading, "blobs", spy)
    workflows = {f".github/workflows/{number}.yml": f"on: push # {number}\n" for number in range(60)}
    add_commit(source, files={**workflows, "REUSE.toml": REUSE, "LICENSES/EUPL-1.2.txt": "Text.\n"})
    run()
    assert len(batches) == 1
    assert batches[0] <= 40 + 4
    assert project.license_spdx == "EUPL-1.2"
    stored = LastRead.objects.get(project=project).files
    assert stored["supply"]["workflows"] == 40
    assert stored["signs"]["licence_texts"] == ["EUPL-1.2"]
    results = dict(project.health_results.values_list("check_key", "evidence"))
    assert results["ci"] == "Set up for GitHub Actions."
    assert "LICENSES/ holds EUPL-1.2 and REUSE.toml" in results["licence_text"]


def test_a_later_sync_carries_them_over(
    project: Project, source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_commit(source, files={".github/workflows/ci.yml": "on: push\n", "README.md": "# A\n\n## Usage\n\nTurn.\n"})
    run()
    before = LastRead.objects.get(project=project).files
    monkeypatch.setattr(findings, "read_files", lambda *_, **__: pytest.fail("read everything"))
    add_commit(source, files={"src/a.py": "1\n"})
    run()
    after = LastRead.objects.get(project=project).files
    assert (after["signs"], after["supply"]) == (before["signs"], before["supply"])
    assert after["signs"]["readme"]["use"] == "Usage"


def test_owners_are_there_when_one_of_them_commits(
    project: Project, source: Path, run: Run, host_team: Team, settings: Any
) -> None:
    def orphaned() -> tuple[str, str]:
        run()
        row = project.health_results.get(check_key="orphaned")
        return row.result, row.evidence

    assert orphaned()[0] == "warn"
    Project.objects.update(owner_team=host_team, curated_fields=["owner_team"])
    add_commit(source, files={"a.txt": "a\n"})
    assert orphaned() == ("pass", "It has an owner, and somebody works on it.")
    add_commit(source, files={"b.txt": "b\n"}, author=CHARLIE)
    member = create_user("charly", email=CHARLIE.email)
    join(member, host_team)
    run()
    add_commit(source, files={"c.txt": "c\n"})
    assert orphaned() == ("pass", "One of its owners committed within the last year.")


def test_a_trusted_committer_is_somebody(project: Project, source: Path, run: Run) -> None:
    TrustedCommitter.objects.create(project=project, user=create_user("charly", email=CHARLIE.email))
    Project.objects.update(curated_fields=[])
    add_commit(source, files={"CODEOWNERS": "* nobody@lists.example\n"}, author=CHARLIE)
    run()
    assert project.health_results.get(check_key="orphaned").evidence.startswith("One of its owners")
    assert User.objects.count() == 1


@pytest.mark.parametrize(("visibility", "result"), [("everyone", "warn"), ("teams", "fail")])
def test_a_successor_that_is_not_for_everybody_is_not_hinted_at(
    project: Project, source: Path, run: Run, visibility: str, result: str
) -> None:
    other = create_project("cogs", name="Secret cogs", visibility=visibility)
    curated = ["successor", "lifecycle"]
    Project.objects.filter(pk=project.pk).update(lifecycle="deprecated", successor=other, curated_fields=curated)
    run()
    row = project.health_results.get(check_key="maintained")
    assert row.result == result
    assert "cogs" not in row.evidence
