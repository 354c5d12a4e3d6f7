"""The checks of OpenSSF Scorecard that git alone answers: points, weights, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.actions.sources import add_source
from catalog.facts.supply import (
    Supply,
    is_binary,
    is_dangerous,
    limits_its_token,
    policy_holds,
    read_supply,
    updater_of,
)
from catalog.health.scorecard import ScorecardFacts, Scored, organisations, scorecard, weighted_mean
from catalog.sync import sync_now
from tests.repos import build_repo

COMMIT, DIGEST = "a" * 40, f"sha256:{'b' * 64}"
GOOD = ScorecardFacts(
    supply=Supply(updater="Renovate", workflows=2, used=4, pinned=4, security=("contact", "length", "terms")),
    age_days=400,
    recent_commits=12,
    organisations=("a.example", "b.example", "c.example"),
    security_path="SECURITY.md",
    licence_path="LICENSE",
    licence="Apache-2.0",
)


def points(facts: ScorecardFacts) -> dict[str, int | None]:
    return {each.name: each.points for each in scorecard(facts).checks}


def supply(**changes: Any) -> ScorecardFacts:
    return replace(GOOD, supply=replace(GOOD.supply, **changes))


def test_a_model_project_has_ten_of_ten() -> None:
    assert {name for name, each in points(GOOD).items() if each != 10} == {"Code-Review"}
    assert scorecard(GOOD).mean == 10.0


def test_an_empty_repository_answers_what_it_can() -> None:
    found = points(ScorecardFacts())
    assert found["Maintained"] is None
    assert found["Dangerous-Workflow"] is None
    assert found["License"] == 0


@pytest.mark.parametrize(
    ("facts", "name", "expected"),
    [
        (supply(binary_count=3, binary="a.jar"), "Binary-Artifacts", 7),
        (supply(binary_count=30, binary="a.jar"), "Binary-Artifacts", 0),
        (replace(GOOD, is_complete=False), "Binary-Artifacts", None),
        (supply(dangerous="x.yml"), "Dangerous-Workflow", 0),
        (supply(open_token="x.yml"), "Token-Permissions", 0),
        (supply(updater=""), "Dependency-Update-Tool", 0),
        (supply(pinned=1), "Pinned-Dependencies", 2),
        (supply(used=0, pinned=0), "Pinned-Dependencies", None),
        (supply(security=("contact",)), "Security-Policy", 6),
        (replace(GOOD, security_path=""), "Security-Policy", 0),
        (replace(GOOD, is_archived=True), "Maintained", 0),
        (replace(GOOD, age_days=89), "Maintained", 0),
        (replace(GOOD, recent_commits=7), "Maintained", 5),
        (replace(GOOD, organisations=("a.example",)), "Contributors", 3),
        (replace(GOOD, organisations=()), "Contributors", 0),
        (replace(GOOD, licence_path="docs/LICENSE"), "License", 7),
        (replace(GOOD, licence="LicenseRef-Acme"), "License", 9),
        (replace(GOOD, licence_path=""), "License", 0),
    ],
)
def test_each_fact_moves_its_check(facts: ScorecardFacts, name: str, expected: int | None) -> None:
    assert points(facts)[name] == expected


def test_reasons_are_sentences() -> None:
    for facts in (GOOD, ScorecardFacts(), supply(binary_count=1, binary="a.jar", dangerous="x", open_token="y")):
        assert all(each.reason.endswith(".") and each.risk for each in scorecard(facts).checks)


def test_the_mean_is_weighted_and_leaves_out_what_is_inconclusive() -> None:
    checks = [Scored("a", 10.0, 10, ""), Scored("b", 5.0, 1, ""), Scored("c", 7.5, None, "")]
    assert weighted_mean(checks) == 7.0
    assert weighted_mean(checks[2:]) is None


def test_addresses_of_persons_are_no_organisations() -> None:
    emails = [
        "a@corp.example",
        "b@CORP.example",
        "c@gmail.com",
        "d@users.noreply.github.com",
        "nonsense",
        "e@",
        "f@laptop",
    ]
    assert organisations(emails) == ("corp.example",)


# ---------------------------------------------------------------- what files tell
SAFE = """\
on: push
permissions:
  contents: read
jobs:
  test:
    env:
      TITLE: ${{ github.event.issue.title }}
    steps:
      - uses: actions/checkout@v4
      - run: echo "$TITLE"
"""


def lines(text: str) -> list[str]:
    return text.split("\n")


def test_what_a_stranger_wrote_is_safe_in_a_variable_and_not_in_a_script() -> None:
    assert not is_dangerous(lines(SAFE))
    unsafe = SAFE.replace("$TITLE", "${{ github.event.issue.title }}")
    assert is_dangerous(lines(unsafe))
    block = "steps:\n  - run: |\n      set -e\n\n      echo ${{ github.head_ref }}\n  - uses: a/b@v1\n"
    assert is_dangerous(lines(block))
    assert not is_dangerous(lines(block.replace("github.head_ref", "github.sha")))
    after = "steps:\n  - run: |\n      set -e\n  - name: ${{ github.head_ref }}\n"
    assert not is_dangerous(lines(after))


def test_checking_out_a_strangers_branch_with_the_projects_rights_is_dangerous() -> None:
    text = "on:\n  pull_request_target:\njobs:\n  a:\n    steps:\n      - uses: a/checkout@v4\n        with:\n"
    assert is_dangerous(lines(text + "          ref: ${{ github.event.pull_request.head.sha }}\n"))
    assert not is_dangerous(lines(text))


@pytest.mark.parametrize(
    ("text", "limited"),
    [
        (SAFE, True),
        ("permissions: read-all\njobs:\n", True),
        ("permissions: {}\njobs:\n", True),
        ("permissions: write-all\njobs:\n", False),
        ("permissions:\n  contents: write\njobs:\n", False),
        ("permissions:\n  contents: read\njobs:\n  a:\n    permissions:\n      contents: write\n", True),
        ("jobs:\n  a:\n    permissions:\n      contents: read\n", True),
        ("jobs:\n  a:\n    permissions:\n      contents: read\n\n  # b\n  b:\n    steps:\n", False),
        ("jobs: # all\n  a:\n    permissions: {}\n  b:\n    permissions: {}\non: push\n", True),
        ("", False),
    ],
)
def test_tokens_are_limited_for_all_jobs(text: str, limited: bool) -> None:
    assert limits_its_token(lines(text)) is limited


def test_actions_and_images_are_pinned_by_commit_or_digest() -> None:
    workflow = f"- uses: a/b@{COMMIT} # v1\n- uses: c/d@v2\n- uses: ./here\n- uses: docker://e@{DIGEST}\n"
    recipe = f"FROM --platform=linux/amd64 x@{DIGEST} AS build\nFROM y:1\nfrom build\nFROM scratch\n"
    found = read_supply(
        ["gradle/wrapper/gradle-wrapper.jar", "lib/a.so", ".github/dependabot.yml"],
        {".github/workflows/a.yml": workflow.encode(), "Dockerfile": recipe.encode(), "REUSE.toml": b"uses: z@v1"},
    )
    assert (found.pinned, found.used) == (3, 5)
    assert (found.binary_count, found.binary, found.updater) == (1, "lib/a.so", "Dependabot")
    assert found.open_token == ".github/workflows/a.yml"


@pytest.mark.parametrize("data", [b"\0\1\2", b"x" * 200_000, b"- run: " + b"${{" * 50_000, b"\n" * 200_000])
def test_odd_workflows_cost_little(data: bytes) -> None:
    found = read_supply([], {".github/workflows/a.yml": data})
    assert (found.workflows, found.dangerous) == (1, "")


def test_binaries_and_updaters_by_name() -> None:
    assert is_binary("a/b.EXE")
    assert not is_binary("jar")
    assert not is_binary("a.exe/readme.md")
    assert updater_of(["renovate.json"]) == "Renovate"
    assert updater_of(["docs/renovate.json"]) == ""


def test_a_policy_says_whom_to_tell_and_what_happens_then() -> None:
    words = "Write to security@corp.example. " + "We answer. " * 10 + "A vulnerability is fixed within 30 days."
    assert list(policy_holds(words, links="")) == ["contact", "length", "terms"]
    assert list(policy_holds("Tell us.", links='<a href="https://x.example">')) == ["contact"]
    assert list(policy_holds("", links="")) == []


# ---------------------------------------------------------------- the page
@pytest.mark.django_db
def test_the_page_shows_them_as_a_group_of_their_own(client: Client, tmp_path: Path) -> None:
    files = {
        ".github/workflows/ci.yml": SAFE,
        "tools/<b>.jar": b"PK",
        "SECURITY.md": "# Security\n\nWrite to a@b.example.\n",
    }
    project = add_source(str(build_repo(tmp_path / "src" / "gears.git", files=files))).new[0]
    sync_now(project)
    page = client.get(f"/projects/{project.slug}/health/").content.decode()
    assert "tools/&lt;b&gt;.jar: nobody can review a binary." in page
    assert "0 of 1 actions and base images are pinned" in page
    assert "Set up for GitHub Actions." in page
