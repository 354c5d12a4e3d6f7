"""Every repository of the corpus reaches its verdict, for a reason from the catalogue, and harms nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import ERRORS
from tests.hostile.conftest import GOOD, Corpus, Report, Row
from tests.hostile.corpus.writer import CANARY, CASES

pytestmark = pytest.mark.xdist_group("hostile")

#: How a refused repository may end.
REASONS = {
    "corrupt-pack": ("corrupt",),
    "missing-blob": ("corrupt",),
    "evil-trees": ("fsck_",),
    "gone-later": ("gone",),
    "shallow": ("shallow",),
    "odd-dates": ("fsck_",),
    "odd-messages": ("fsck_",),
    "submodules": ("fsck_",),
    "delta-bomb": ("too_big",),
    "unknown-format": ("format_unknown",),
    "sha256": ("object_format",),
    "partial-with-command": ("corrupt",),
}
SECONDS, MEGABYTES = 60, 500


def is_named(row: Row) -> bool:
    """Whether a refusal says what is wrong, by a code of the catalogue, and what to do."""
    code = "fsck" if row["code"].startswith("fsck_") else row["code"]
    return row["state"] == "failed" and code in ERRORS and bool(row["message"]) and bool(row["cure"])


@pytest.mark.parametrize("name", CASES)
def test_repository_reaches_its_verdict(corpus: Corpus, report: Report, name: str) -> None:
    verdict = corpus.cases[name]["verdict"]
    row = report.second[name]
    if row["state"] == "ok":
        assert row["code"] == ""
        assert verdict in ("ok", "either") or capped_or_left_out(verdict, row)
    else:
        assert verdict in ("rejected", "either")
        assert is_named(row)
        assert row["code"].startswith(REASONS[name])


def capped_or_left_out(verdict: str, row: Row) -> bool:
    """Whether the notes tell what is not shown, or which branches were refused while the rest was read."""
    word = {"partial": "larger than 10 MB", "rejected": "were left out: "}[verdict]
    return any(word in note for note in row["notes"])


@pytest.mark.parametrize("name", [name for name in CASES if name != "gone-later"])
def test_both_rounds_end_alike(report: Report, name: str) -> None:
    """Nothing is refused at first and then taken, or read at first and then lost."""
    first, second = report.first[name], report.second[name]
    assert (first["state"], first["code"]) == (second["state"], second["code"])


@pytest.mark.parametrize("name", [*CASES, *GOOD])
def test_no_repository_takes_the_worker_beyond_its_bounds(report: Report, name: str) -> None:
    for row in (report.first[name], report.second[name]):
        assert row["seconds"] < SECONDS
        assert row["megabytes"] < MEGABYTES


def test_nothing_of_a_repository_was_carried_out(report: Report) -> None:
    assert list(Path(CANARY).iterdir()) == []
    assert not Path(f"{CANARY}_ref").exists()


@pytest.mark.parametrize("name", GOOD)
def test_good_repositories_are_unaffected(report: Report, name: str) -> None:
    for row in (report.first[name], report.second[name]):
        assert (row["state"], row["code"], row["commits"], row["notes"]) == ("ok", "", 7, [])
    # It has no documents, and its newest commit changed one file only.
    may_lack = ("/docs/", "/decisions/", "?file=")
    pages = [page for page in report.pages_of(name) if not any(part in page["url"] for part in may_lack)]
    assert len(pages) > 10
    assert {page["status"] for page in pages} == {200}


def test_nothing_went_wrong_in_the_portal_itself(report: Report) -> None:
    assert "Traceback" not in report.log
    assert " ERROR " not in report.log


# ---------------------------------------------------------------- single cases
def test_head_that_leads_nowhere_falls_back_to_a_branch_and_says_so(report: Report) -> None:
    for name, branch in (("head-missing-branch", "dev"), ("head-detached", "main")):
        assert report.first[name]["branch"] == branch
        assert any(branch in note for note in report.first[name]["notes"])


def test_branch_that_becomes_a_folder_of_branches_is_followed(report: Report) -> None:
    assert report.second["df-conflict"]["branches"] == 2


def test_rewritten_history_is_followed(report: Report) -> None:
    before, after = report.first["force-pushed"], report.second["force-pushed"]
    assert (before["commits"], after["commits"]) == (2, 1)
    assert before["head"] != after["head"]


def test_gone_repository_stays_readable_and_says_what_happened(report: Report) -> None:
    assert report.first["gone-later"]["state"] == "ok"
    overview = report.pages_of("gone-later")[0]
    assert overview["status"] == 200
    assert "no repository at this address" in overview["says"]


def test_refused_branches_are_named(report: Report) -> None:
    [note] = report.first["dangling-refs"]["notes"]
    assert "broken" in note and "garbage" in note


def test_branches_that_are_no_commits_are_named_too(report: Report) -> None:
    [note] = report.first["branches-of-no-commit"]["notes"]
    assert all(name in note for name in ("blob", "tree", "tag"))
    assert report.first["branches-of-no-commit"]["branches"] == 1


def test_branch_that_stands_for_another_one_counts(report: Report) -> None:
    assert report.first["branch-is-link"]["branches"] == 2
    assert report.first["branch-is-link"]["notes"] == []


def test_replaced_objects_are_not_what_is_shown(report: Report) -> None:
    says = [word for page in report.pages_of("replace-refs") for word in page["says"]]
    assert "true content" in says and "FAKE" not in says


@pytest.mark.parametrize("name", ["yaml-bomb", "yaml-deep", "json-not", "json-types"])
def test_bad_metadata_is_explained(report: Report, name: str) -> None:
    assert report.first[name]["problems"]


def test_an_author_line_makes_nobody_a_contributor(report: Report) -> None:
    """Nobody has proved these addresses, so they stand as plain text and lead to no person."""
    assert report.first["impersonation"]["commits"] == 2
