"""What manifests say that others can depend on."""

from __future__ import annotations

import pytest

from catalog.facts.packages import dependency_line, find_packages


def line(path: str, text: str) -> str:
    found = find_packages({path: text.encode()})
    return dependency_line(found[0].ecosystem, found[0].name, found[0].version) if found else ""


POM = "<project xmlns='http://maven.apache.org/POM/4.0.0'>{}<artifactId>core</artifactId></project>"


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("pyproject.toml", '[project]\nname = "acme-http"\nversion = "1.2"', "pip install acme-http"),
        ("pyproject.toml", '[tool.poetry]\nname = "acme-http"', "pip install acme-http"),
        (
            "setup.cfg",
            "[bdist]\nname = wrong\n[metadata]\nname = acme\nversion = attr: acme.v\n[x]\n",
            "pip install acme",
        ),
        ("package.json", '{"name": "@acme/ui", "version": "3.0.0"}', "npm install @acme/ui"),
        ("package.json", '{"name": "site", "private": true}', ""),
        ("Cargo.toml", '[package]\nname = "gear"\nversion = "0.1.0"', "cargo add gear"),
        ("Cargo.toml", '[package]\nname = "gear"\nversion.workspace = true', "cargo add gear"),
        ("Cargo.toml", '[package]\nname = "gear"\npublish = false', ""),
        ("Cargo.toml", '[workspace]\nmembers = ["a"]', ""),
        ("pom.xml", POM.format("<groupId>com.acme</groupId><version>2</version>"), "com.acme:core:2"),
        ("pom.xml", POM.format("<parent><groupId>com.acme</groupId></parent>"), "com.acme:core"),
        ("pom.xml", POM.format("<groupId>${group}</groupId>"), ""),
        ("pom.xml", POM.format("<groupId>com.acme</groupId><packaging>pom</packaging>"), ""),
        ("go.mod", "module git.corp.example/tools/cli\n\ngo 1.22\n", "go get git.corp.example/tools/cli"),
        ("acme.gemspec", "Gem::Specification.new do |s|\n  s.name = 'acme'\nend", "bundle add acme"),
        ("composer.json", '{"name": "acme/mail"}', "composer require acme/mail"),
    ],
)
def test_a_manifest_names_its_package(path: str, text: str, wanted: str) -> None:
    assert line(path, text) == wanted


@pytest.mark.parametrize(
    "name", ["-r evil", "a; rm -rf ~", "$(id)", "--index-url=x", "a b", "ä", "a\nb", "x" * 300, ""]
)
def test_a_name_that_would_do_more_than_name_is_none(name: str) -> None:
    import json

    quoted = json.dumps(name)
    assert not line("package.json", f'{{"name": {quoted}}}')
    assert not line("pyproject.toml", f"[project]\nname = {quoted}")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "x = " + "[" * 50_000),
        ("package.json", "[" * 100_000),
        ("package.json", "[]"),
        ("composer.json", '"text"'),
        ("pom.xml", '<!DOCTYPE x [<!ENTITY a "b">]><project><artifactId>&a;</artifactId></project>'),
        ("pom.xml", "<a>" * 50_000),
        ("pom.xml", "no xml"),
        ("Cargo.toml", "package = 3"),
        ("go.mod", "module"),
        ("setup.cfg", "[metadata]\n"),
        ("docs/package.json", '{"name": "acme"}'),
    ],
)
def test_what_is_no_manifest_is_passed_over(path: str, text: str) -> None:
    assert find_packages({path: text.encode()}) == ()


def test_a_package_that_two_manifests_name_is_one() -> None:
    files = {"setup.cfg": b"[metadata]\nname = acme\n", "pyproject.toml": b'[project]\nname = "Acme"'}
    assert [each.path for each in find_packages(files)] == ["pyproject.toml"]


def test_an_ecosystem_that_is_no_longer_known_has_no_line() -> None:
    assert dependency_line("bower", "acme", "") == ""
