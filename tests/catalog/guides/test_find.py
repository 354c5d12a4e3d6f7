"""Guides are found by the names and places that people use."""

import pytest

from catalog.guides.find import find_guides, has_ci, has_tests, wanted
from forge.types import TreeEntry


def entry(path, mode="100644", kind="blob", size=10):
    return TreeEntry(path=path, mode=mode, type=kind, id="a" * 40, size=size)


def found(*paths):
    return {guide.kind: guide.path for guide in find_guides(entry(path) for path in paths)}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", "readme"),
        ("readme.rst", "readme"),
        ("README", "readme"),
        ("ReadMe.adoc", "readme"),
        ("README.de.md", "readme"),
        (".github/CONTRIBUTING.md", "contributing"),
        (".gitlab/Contributing.md", "contributing"),
        ("docs/CODE-OF-CONDUCT.md", "code_of_conduct"),
        ("GOVERNANCE.md", "governance"),
        ("SECURITY.md", "security"),
        ("SUPPORT.md", "support"),
        ("COMMUNICATION.md", "communication"),
        ("CHANGES.rst", "changelog"),
        ("MAINTAINERS", "maintainers"),
        (".github/CODEOWNERS", "codeowners"),
        ("LICENCE", "license"),
        ("LICENSE-MIT", "license"),
        ("MIT-LICENSE", "license"),
        ("CITATION.cff", "citation"),
        ("docs/index.rst", "docs"),
        ("docs/adr/0001-records.md", "adr"),
        (".github/ISSUE_TEMPLATE/bug.yml", "issue_template"),
        (".github/PULL_REQUEST_TEMPLATE.md", "pull_request_template"),
        (".gitlab/merge_request_templates/default.md", "pull_request_template"),
    ],
)
def test_habits_are_known(path, kind):
    assert found(path) == {kind: path}


@pytest.mark.parametrize(
    "path", ["readme.py", "license.py", "src/README.md", "contributing.png", "README.backup.old", "licenses/x"]
)
def test_look_alikes_are_not_guides(path):
    assert found(path) == {}


def test_the_root_wins_and_markdown_wins():
    assert found("docs/CONTRIBUTING.md", ".github/CONTRIBUTING.md", "CONTRIBUTING.txt") == {
        "contributing": "CONTRIBUTING.txt"
    }
    assert found("README.txt", "README.md", "README.de.md")["readme"] == "README.md"


def test_links_and_folders_are_not_followed():
    entries = [
        entry("README.md", mode="120000"),
        entry("CONTRIBUTING.md", mode="160000", kind="commit", size=None),
    ]
    assert find_guides(entries) == ()


def test_a_path_that_is_no_utf8_does_no_harm():
    assert found("README\udcff.md", "docs/\udcff\n.md") == {}


def test_what_a_sync_fetches_is_capped_and_named():
    paths = [
        "README.md",
        "LICENSE",
        "pyproject.toml",
        "catalog-info.yaml",
        "CODEOWNERS",
        "src/a.py",
        "CITATION.cff",
    ]
    got = {(want.purpose, want.path) for want in wanted(entry(path) for path in paths)}
    assert got == {
        ("guide", "README.md"),
        ("licence", "LICENSE"),
        ("licence", "pyproject.toml"),
        ("package", "pyproject.toml"),
        ("commands", "pyproject.toml"),
        ("metadata", "catalog-info.yaml"),
        ("owners", "CODEOWNERS"),
    }
    assert all(want.limit <= 2 * 1024 * 1024 for want in wanted(entry(path) for path in paths))


@pytest.mark.parametrize(
    "path", [".github/workflows/ci.yml", ".gitlab-ci.yml", "Jenkinsfile", ".ci/run", ".build.yml"]
)
def test_build_services_are_known(path):
    assert has_ci(["a.py", path])


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_a.py",
        "ledger_test.go",
        "src/app.spec.ts",
        "spec/a_spec.rb",
        "src/test/java/LedgerTest.java",
        "t/a.t",
    ],
)
def test_tests_are_known(path):
    assert has_tests([path])


@pytest.mark.parametrize(
    "path", ["src/latest.py", "contest.java", "attest/a.py", "docs/tests.md", ".github/FUNDING.yml"]
)
def test_other_files_are_neither(path):
    assert not has_tests([path])
    assert not has_ci([path])
