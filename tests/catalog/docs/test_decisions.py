"""Decisions on record are listed with what became of them, however their authors write it down."""

from __future__ import annotations

import time

import pytest

from catalog.docs.decisions import Decision, decisions, is_decision, read_decision

ADR = "docs/adr/0007-use-x.md"


@pytest.mark.parametrize(
    "path",
    [
        "docs/adr/0001-use-x.md",
        "docs/decisions/ADR-12 x.md",
        "doc/architecture/decisions/0001-x.rst",
        "rfcs/text/0042-x.md",
        "adr/2024-01-31-x.md",
    ],
)
def test_records_are_known_by_folder_and_number(path: str) -> None:
    assert is_decision(path)


@pytest.mark.parametrize(
    "path", ["docs/0001-use-x.md", "docs/adr/README.md", "docs/adr/template.md", "docs/adr/index.md", "adr.md"]
)
def test_what_is_none(path: str) -> None:
    assert not is_decision(path)


@pytest.mark.parametrize(
    ("text", "status", "state", "tone"),
    [
        ("# 7. Use X\n\nDate: 2026-01-31\n\n## Status\n\nAccepted\n\n## Why\n", "Accepted", "accepted", "good"),
        ("---\nstatus: proposed\ndate: 2026-01-31\n---\n# Use X\n", "proposed", "proposed", "info"),
        ("# Use X\n\n* Status: rejected\n* Date: 2026-01-31\n", "rejected", "rejected", "bad"),
        ("# Use X\n\n**Status:** Retired **Y**\n**Date**: 2026-01-31\n", "Retired Y", "deprecated", "caution"),
        ("# Use X\n\n| Status | Approved |\n| - | - |\n| Date | 2026-01-31 |\n", "Approved", "accepted", "good"),
        ("# ADR 7: Use X\n\n## Status:\n\nIn the air\n\n## Date\n\n2026-01-31\n", "In the air", "", "unknown"),
        ("# Use X\n\nWords.\n", "", "", "unknown"),
        ("# Use X\n\n## Status\n\n## Context\n\nAccepted by all.\n", "", "", "unknown"),
    ],
)  # fmt: skip
def test_states_of_markdown(text: str, status: str, state: str, tone: str) -> None:
    found = read_decision(ADR, text)
    assert (found.number, found.title, found.kind) == ("0007", "Use X", "ADR")
    assert (found.status, found.state, found.tone) == (status, state, tone)
    assert found.day == ("2026-01-31" if "2026" in text else "")


def test_restructured_text_has_fields_and_sections() -> None:
    found = read_decision(
        "rfcs/0003-x.rst", "RFC 3: Use X\n============\n\n:Status: Accepted\n:Date: 2026-02-03\n"
    )
    assert found == Decision("rfcs/0003-x.rst", "RFC", "0003", "Use X", "Accepted", "accepted", "2026-02-03")
    assert read_decision("adr/3-x.rst", "X\n=\n\nStatus\n------\n\nDraft\n").state == "proposed"


@pytest.mark.parametrize(
    "status",
    [
        "Superseded by [9. Use Y](0009-use-y.md)",
        "Accepted, supersedes [1](0001-a.md), superceded by [9](./0009-use-y.md#x)",
        "superseded by [ADR-9](/docs/adr/0009-use-y.md)",
    ],
)
def test_what_took_its_place_is_linked(status: str) -> None:
    found = read_decision(ADR, f"# Use X\n\n## Status\n\n{status}\n")
    assert found.state == "superseded"
    assert found.successor == "docs/adr/0009-use-y.md"


@pytest.mark.parametrize("target", ["https://corp.example", "../../../etc/passwd", "javascript:alert(1)"])
def test_it_leads_nowhere_else(target: str) -> None:
    found = read_decision(ADR, f"# X\n\nStatus: superseded by [y]({target})\n")
    assert found.successor in ("", "docs/adr/javascript:alert(1")


def test_a_date_that_does_not_exist_is_none() -> None:
    assert read_decision(ADR, "# X\n\nDate: 2026-02-31\n").day == ""


def test_the_newest_comes_first() -> None:
    texts = {f"docs/adr/{number}-x.md": "# X\n" for number in (2, 10, 1)} | {"docs/a.md": "# A\n"}
    assert [each.number for each in decisions(texts)] == ["10", "2", "1"]


@pytest.mark.parametrize(
    "text", ["# " + "1. " * 100_000, "status" * 100_000, "Status: " + "[x](" * 100_000, "* " * 100_000 + "status",
             "Status:" + " " * 100_000 + "x", "## Status\n" * 50_000, "|" * 100_000]
)  # fmt: skip
def test_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    found = read_decision(ADR, text)
    assert len(found.status) <= 60
    assert len(found.title) <= 200
    assert time.process_time() - started < 15
