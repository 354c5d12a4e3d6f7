"""What others can depend on: the packages that manifests at the root of a repository name, and the line to type.

A name is kept only when it is one by the rules of its ecosystem, so that a copied line does what it says and no
more. Whether a package of that name is published, and by whom, no manifest tells.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from catalog.guides.text import decode

MOST = 12
LONGEST = 200

_PYTHON = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_WORD = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
GEMSPEC = re.compile(rf"{_WORD}\.gemspec")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,59}")


@dataclass(frozen=True, slots=True)
class FoundPackage:
    """`ecosystem` is a key of ECOSYSTEMS. `version` is empty where the manifest has none of its own."""

    ecosystem: str
    name: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """`line` is what one types, with {name} and {version}; `unversioned` where there is no version."""

    label: str
    name: re.Pattern[str]
    line: str
    unversioned: str = ""


ECOSYSTEMS: dict[str, Ecosystem] = {
    "pypi": Ecosystem("Python", re.compile(_PYTHON), "pip install {name}"),
    "npm": Ecosystem("npm", re.compile(rf"(?:@{_WORD}/)?{_WORD}"), "npm install {name}"),
    "cargo": Ecosystem("Cargo", re.compile(_WORD), "cargo add {name}"),
    "maven": Ecosystem("Maven", re.compile(rf"{_WORD}:{_WORD}"), "{name}:{version}", "{name}"),
    "go": Ecosystem("Go", re.compile(rf"{_WORD}(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]*)*"), "go get {name}"),
    "gem": Ecosystem("Ruby", re.compile(_WORD), "bundle add {name}"),
    "composer": Ecosystem("Composer", re.compile(rf"{_WORD}/{_WORD}"), "composer require {name}"),
}

Named = tuple[Any, Any]  # Name and version as the manifest has them, of any type.


def is_package_path(path: str) -> bool:
    """Whether a file of this path can be read here."""
    return path in MANIFESTS or GEMSPEC.fullmatch(path) is not None


def find_packages(files: Mapping[str, bytes]) -> tuple[FoundPackage, ...]:
    """At most one from each manifest, a name once in each ecosystem; path to content goes in. Never raises."""
    found: dict[tuple[str, str], FoundPackage] = {}
    for path, data in sorted(
        files.items(), key=lambda item: (item[0] not in ORDER, ORDER.get(item[0], 0), item[0])
    ):
        package = read_package(path, data)
        if package is not None:
            found.setdefault((package.ecosystem, package.name.lower()), package)
    return tuple(found.values())[:MOST]


def read_package(path: str, data: bytes) -> FoundPackage | None:
    ecosystem, read = MANIFESTS.get(path, ("gem", from_gemspec))
    decoded = decode(data)
    if decoded is None or not is_package_path(path):
        return None
    try:
        name, version = read(decoded.text)
    except (ValueError, RecursionError, AttributeError, TypeError, ElementTree.ParseError):
        return None
    if not isinstance(name, str) or len(name) > LONGEST or not ECOSYSTEMS[ecosystem].name.fullmatch(name):
        return None
    is_version = isinstance(version, str) and _VERSION.fullmatch(version)
    return FoundPackage(ecosystem, name, str(version) if is_version else "", path)


def dependency_line(ecosystem: str, name: str, version: str) -> str:
    """What one types to depend on a package; empty for an ecosystem that is not known any more."""
    known = ECOSYSTEMS.get(ecosystem)
    if known is None:
        return ""
    line = known.line if version or not known.unversioned else known.unversioned
    return line.format(name=name, version=version)


# ---------------------------------------------------------------- manifests
def from_pyproject(text: str) -> Named:
    manifest = tomllib.loads(text)
    project = manifest.get("project") or manifest.get("tool", {}).get("poetry", {})
    return project.get("name"), project.get("version")


def from_setup_cfg(text: str) -> Named:
    """A pattern rather than a parser, for interpolation would have to be guarded."""
    metadata = re.search(r"^\[metadata\][ \t]*\n((?:(?!\[).*\n?)*)", text, re.MULTILINE)
    said = dict(
        re.findall(r"^(name|version)[ \t]*[=:][ \t]*(\S+)[ \t]*$", metadata[1] if metadata else "", re.MULTILINE)
    )
    return said.get("name"), said.get("version")


def from_package_json(text: str) -> Named:
    """A private one cannot be published, so nobody can depend on it."""
    manifest = json.loads(text)
    return (None if manifest.get("private") else manifest.get("name")), manifest.get("version")


def from_cargo(text: str) -> Named:
    package = tomllib.loads(text).get("package", {})
    return (None if package.get("publish") is False else package.get("name")), package.get("version")


def from_composer(text: str) -> Named:
    manifest = json.loads(text)
    return (None if manifest.get("type") == "project" else manifest.get("name")), manifest.get("version")


def from_go_mod(text: str) -> Named:
    found = re.search(r'^module[ \t]+"?([^\s"]+)"?', text, re.MULTILINE)
    return found and found[1], None


def from_gemspec(text: str) -> Named:
    name = re.search(r"""\.name\s*=\s*["']([^"']{1,200})["']""", text)
    version = re.search(r"""\.version\s*=\s*["']([^"']{1,60})["']""", text)
    return name and name[1], version and version[1]


def from_pom(text: str) -> Named:
    """A document type may declare entities that grow without end, and no manifest needs one."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None, None
    root = ElementTree.fromstring(text)  # noqa: S314
    space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""

    def said(name: str) -> str:
        return (root.findtext(f"{space}{name}") or "").strip()

    group = said("groupId") or (root.findtext(f"{space}parent/{space}groupId") or "").strip()
    version = said("version") or (root.findtext(f"{space}parent/{space}version") or "").strip()
    return (None if said("packaging") == "pom" else f"{group}:{said('artifactId')}"), version


MANIFESTS: dict[str, tuple[str, Callable[[str], Named]]] = {
    "pyproject.toml": ("pypi", from_pyproject),
    "setup.cfg": ("pypi", from_setup_cfg),
    "package.json": ("npm", from_package_json),
    "Cargo.toml": ("cargo", from_cargo),
    "pom.xml": ("maven", from_pom),
    "go.mod": ("go", from_go_mod),
    "composer.json": ("composer", from_composer),
}
ORDER = {path: number for number, path in enumerate(MANIFESTS)}
