"""Signs of how a project is run that its files give: build services, REUSE, what replaces it, how it is built."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.guides.text import decode
from forge.types import TreeEntry

#: Files of one purpose that are read at most, and the bytes of one that is.
MOST_WORKFLOWS, MOST_DOCKERFILES = 40, 20
LIMIT = 128 * 1024
MOST_TEXTS = 50
#: A README says early that it is no longer looked after.
LOOKED_AT = 6_000

REUSE_FILES = ("REUSE.toml", ".reuse/dep5")
LICENCE_TEXT = re.compile(r"LICENSES/([A-Za-z0-9][A-Za-z0-9.+-]{0,60}?)\.(?:txt|md)")
WORKFLOW = re.compile(r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml", re.IGNORECASE)
DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)(?:\.[\w-]+)?", re.IGNORECASE)

# Configuration of build services as their names are, in lower case.
SERVICES = (
    ("GitHub Actions", re.compile(r"\.github/workflows/[^/]+\.ya?ml")),
    ("GitLab CI", re.compile(r"\.gitlab-ci\.ya?ml")),
    ("Gitea Actions", re.compile(r"\.gitea/workflows/[^/]+\.ya?ml")),
    ("Forgejo Actions", re.compile(r"\.forgejo/workflows/[^/]+\.ya?ml")),
    ("Jenkins", re.compile(r"jenkinsfile[^/]*")),
    ("Azure Pipelines", re.compile(r"azure-pipelines[^/]*\.ya?ml|\.azure-pipelines/.+\.ya?ml")),
    ("Bitbucket Pipelines", re.compile(r"bitbucket-pipelines\.ya?ml")),
    ("CircleCI", re.compile(r"\.circleci/config\.ya?ml")),
    ("Travis CI", re.compile(r"\.travis\.ya?ml")),
    ("AppVeyor", re.compile(r"\.?appveyor\.ya?ml")),
    ("Drone", re.compile(r"\.drone\.(ya?ml|star)")),
    ("Woodpecker", re.compile(r"\.woodpecker(/[^/]+)?\.ya?ml")),
    ("Buildkite", re.compile(r"\.buildkite/.+\.ya?ml")),
    ("Cirrus CI", re.compile(r"\.cirrus\.(ya?ml|star)")),
    ("TeamCity", re.compile(r"\.teamcity/.+")),
    ("SourceHut builds", re.compile(r"\.builds?(/[^/]+)?\.ya?ml")),
    ("Cloud Build", re.compile(r"cloudbuild\.ya?ml")),
    ("Semaphore", re.compile(r"\.semaphore/.+\.ya?ml")),
    ("Tekton", re.compile(r"\.tekton/.+\.ya?ml")),
    ("Zuul", re.compile(r"\.zuul\.ya?ml|zuul\.d/.+\.ya?ml")),
    ("Scripts in .ci", re.compile(r"\.ci/[^/]+")),
)

SUBJECT = r"(?:this|the) (?:\w+ ){0,2}(?:project|repository|repo|library|package|tool|module|service)"
STATE = (
    r"(?:deprecated|archived|unmaintained|abandoned|discontinued|superseded|obsolete|retired"
    r"|no longer (?:actively )?(?:maintained|developed|supported))"
)
DEPRECATED = re.compile(rf"\b{SUBJECT} (?:is|has been|was)(?: now| officially)? {STATE}\b", re.IGNORECASE)
SUCCESSOR = re.compile(
    r"\b(?:superseded|replaced|succeeded) by\b|\bmoved to\b|\bmigrate to\b|\bin favou?r of\b"
    r"|\buse \S.{0,60}\binstead\b|\bsuccessor\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Signs:
    """`licence_texts` are the ids of files in LICENSES/; `says_deprecated` and `successor` are sentences of the
    README, "" where it says nothing of the kind. `readme`, `contributing` and what the
    latter only has `mentioned` are of catalog.guides.told.
    """

    build_services: tuple[str, ...] = ()
    licence_texts: tuple[str, ...] = ()
    has_reuse: bool = False
    readme: Mapping[str, str] = field(default_factory=dict)
    contributing: Mapping[str, str] = field(default_factory=dict)
    mentioned: tuple[str, ...] = ()
    says_deprecated: str = ""
    successor: str = ""


def sign_entries(entries: Iterable[TreeEntry]) -> list[TreeEntry]:
    """The files to fetch: REUSE's table, workflows and recipes of containers, of each so many at most."""
    files = list(entries)
    reuse = [entry for entry in files if entry.path in REUSE_FILES]
    workflows = (entry for entry in files if entry.path[:1] == "." and WORKFLOW.fullmatch(entry.path))
    recipes = (entry for entry in files if is_recipe(entry.path))
    return [*reuse, *first(workflows, MOST_WORKFLOWS), *first(recipes, MOST_DOCKERFILES)]


def first(entries: Iterable[TreeEntry], most: int) -> list[TreeEntry]:
    """Those nearest to the root."""
    return sorted(entries, key=lambda entry: (entry.path.count("/"), entry.path))[:most]


def is_sign(path: str) -> bool:
    """Whether a file of this path, or that it is there at all, is one of the signs."""
    name = path.lower()
    return (
        path in REUSE_FILES
        or LICENCE_TEXT.fullmatch(path) is not None
        or is_recipe(path)
        or service_of(name) is not None
    )


def is_recipe(path: str) -> bool:
    """Whether it says how a container is built."""
    name = path.rpartition("/")[2]
    return name[:1] in "dDcC" and DOCKERFILE.fullmatch(name) is not None


def service_of(path: str) -> str | None:
    """The build service whose configuration a lowered path is."""
    return next((name for name, pattern in SERVICES if pattern.fullmatch(path)), None)


def build_services(paths: Iterable[str]) -> tuple[str, ...]:
    """Whose configuration these are, in the order of the table, each once."""
    found = {service_of(path.lower()) for path in paths}
    return tuple(name for name, _ in SERVICES if name in found)


def licence_texts(paths: Iterable[str]) -> tuple[str, ...]:
    """The SPDX ids of the texts that REUSE keeps in LICENSES/."""
    texts = (path for path in paths if path.startswith("LICENSES/"))
    found = {match[1] for path in texts if (match := LICENCE_TEXT.fullmatch(path))}
    return tuple(sorted(found)[:MOST_TEXTS])


def reuse_licence(files: Mapping[str, bytes]) -> str:
    """The licence that REUSE.toml states for all files, the last such word; "" when it says none."""
    decoded = decode(files.get("REUSE.toml", b""))
    try:
        tables: Any = tomllib.loads(decoded.text).get("annotations", []) if decoded else []
        stated = [table["SPDX-License-Identifier"] for table in tables if is_for_all(table)]
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
        return ""
    words = stated[-1] if stated else ""
    return words if isinstance(words, str) and re.fullmatch(r"[A-Za-z0-9.+() -]{1,100}", words) else ""


def is_for_all(table: Mapping[str, Any]) -> bool:
    paths = table.get("path")
    return "**" in paths if isinstance(paths, list) else paths in ("**", "**/*")


def sentence_of(pattern: re.Pattern[str], text: str) -> str:
    """The sentence with the first match, cut to what fits into evidence."""
    for sentence in SENTENCE.split(text[:LOOKED_AT]):
        if found := pattern.search(sentence):
            start = max(0, found.start() - 60) if len(sentence) > 160 else 0
            return sentence[start : start + 160].strip()
    return ""
