"""What files tell of how a project is run."""

import pytest

from catalog.facts.releases import is_semver
from catalog.facts.signs import (
    DEPRECATED,
    MOST_WORKFLOWS,
    SUCCESSOR,
    build_services,
    is_sign,
    licence_texts,
    reuse_licence,
    sentence_of,
    sign_entries,
)
from catalog.guides.find import CI_FILES, ci_files, wanted
from forge.types import TreeEntry

CONFIGURATIONS = {
    ".github/workflows/ci.yml": "GitHub Actions",
    ".gitlab-ci.yml": "GitLab CI",
    ".gitea/workflows/test.yaml": "Gitea Actions",
    "Jenkinsfile": "Jenkins",
    "azure-pipelines.yml": "Azure Pipelines",
    ".woodpecker/test.yml": "Woodpecker",
    ".build.yml": "SourceHut builds",
    ".ci/run": "Scripts in .ci",
}


def entry(path: str, size: int = 10) -> TreeEntry:
    return TreeEntry(mode="100644", type="blob", id="a" * 40, size=size, path=path)


@pytest.mark.parametrize(("path", "name"), CONFIGURATIONS.items())
def test_build_services_have_names(path: str, name: str) -> None:
    assert build_services(ci_files(["src/main.py", path])) == (name,)
    assert CI_FILES.match(path.lower())
    assert is_sign(path)


def test_only_so_many_workflows_are_read_those_nearest_to_the_root() -> None:
    files = [entry(f".github/workflows/{number:03}.yml") for number in range(100)]
    files += [entry("deep/er/Dockerfile"), entry("Dockerfile"), entry("REUSE.toml"), entry("src/docker.py")]
    found = [each.path for each in sign_entries(files)]
    assert len(found) == MOST_WORKFLOWS + 3
    assert found[0] == "REUSE.toml"
    assert found[-2:] == ["Dockerfile", "deep/er/Dockerfile"]
    assert {each.path for each in wanted(files) if each.purpose == "sign"} == set(found)


def test_texts_of_licences_are_known_by_their_spdx_ids() -> None:
    paths = [
        "LICENSES/MIT.txt",
        "LICENSES/CC0-1.0.txt",
        "LICENSES/LicenseRef-Acme.txt",
        "LICENSES/.x.txt",
        "MIT.txt",
    ]
    assert licence_texts(paths) == ("CC0-1.0", "LicenseRef-Acme", "MIT")


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ('[[annotations]]\npath = "**"\nSPDX-License-Identifier = "EUPL-1.2"', "EUPL-1.2"),
        ('[[annotations]]\npath = ["docs/**", "**"]\nSPDX-License-Identifier = "MIT OR Zlib"', "MIT OR Zlib"),
        ('[[annotations]]\npath = "docs/**"\nSPDX-License-Identifier = "MIT"', ""),
        ('[[annotations]]\npath = "**"\nSPDX-License-Identifier = "<b>"', ""),
        ('[[annotations]]\npath = "**"', ""),
        ("annotations = 3", ""),
        ("not toml", ""),
        ("a=" + "[" * 5000, ""),
    ],
)
def test_reuse_states_a_licence_for_all_files(text: str, licence: str) -> None:
    assert reuse_licence({"REUSE.toml": text.encode()}) == licence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gears. This project is no longer maintained. Bye.", "This project is no longer maintained."),
        ("The old gears library has been archived.", "The old gears library has been archived."),
        ("It warns of deprecated calls. This project is alive.", ""),
        ("The deprecated parser is gone.", ""),
    ],
)
def test_a_readme_says_that_nobody_looks_after_it(text: str, found: str) -> None:
    assert sentence_of(DEPRECATED, text) == found


def test_a_readme_names_a_successor() -> None:
    assert sentence_of(SUCCESSOR, "Old. Please use http-client instead. Bye.") == "Please use http-client instead."
    assert sentence_of(SUCCESSOR, "Use it. Instead of that, read on.") == ""
    assert len(sentence_of(SUCCESSOR, "x" * 3000 + " replaced by y" + "z" * 3000)) <= 160


@pytest.mark.parametrize(
    "name", ["1.2.3", "v1.2.3", "v1.2.3-rc.1+build.5", "ledger-0.1.0", "release/2.0.0", "a@1.0.0"]
)
def test_semantic_versions(name: str) -> None:
    assert is_semver(name)


@pytest.mark.parametrize("name", ["1.2", "v2", "1.2.3.4", "2024.01.05", "v1.2.3rc1", "1.2.3-", "x" * 200])
def test_other_names_are_none(name: str) -> None:
    assert not is_semver(name)
