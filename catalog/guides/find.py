"""Which files of a tree are guides, and which blobs a sync has to fetch."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from catalog.facts.licences import is_licence_path, licence_entries, licence_texts
from catalog.facts.packages import is_package_path
from catalog.facts.signs import LIMIT as SIGN_LIMIT
from catalog.facts.signs import is_sign, sign_entries
from catalog.facts.supply import is_supply
from catalog.guides.commands import COMMAND_FILES, MOST_CI_FILES, READ
from catalog.guides.metadata import METADATA_FILES
from forge.types import TreeEntry

KB = 1024
GUIDE_LIMIT = 2048 * KB
METADATA_LIMIT = 256 * KB
MOST_MANIFESTS = 20
COMMANDS_LIMIT = 64 * KB
MAILMAP = ".mailmap"

ENDINGS = (
    "md",
    "markdown",
    "mkd",
    "mdown",
    "rst",
    "adoc",
    "asciidoc",
    "txt",
    "",
    "org",
    "rdoc",
    "textile",
    "html",
)
FOLDERS = ("", ".github", ".gitlab", "docs", "doc")

STEMS = {
    "readme": "readme",
    "contributing": "contributing",
    "contribute": "contributing",
    "hacking": "contributing",
    "code_of_conduct": "code_of_conduct",
    "governance": "governance",
    "security": "security",
    "support": "support",
    "getting_help": "support",
    "communication": "communication",
    "changelog": "changelog",
    "changes": "changelog",
    "history": "changelog",
    "news": "changelog",
    "releases": "changelog",
    "maintainers": "maintainers",
    "owners": "maintainers",
    "codeowners": "codeowners",
    "license": "license",
    "licence": "license",
    "copying": "license",
    "unlicense": "license",
    "citation": "citation",
    "issue_template": "issue_template",
    "pull_request_template": "pull_request_template",
    "merge_request_template": "pull_request_template",
}
# Documentation at large, and decisions on record: shown by their entry page, if there is one.
PLACES = (
    ("adr", re.compile(r"^(docs?/)?(adrs?|decisions|architecture/decisions)/[^/]+\.(md|rst|adoc|txt)$")),
    ("issue_template", re.compile(r"^\.(github|gitlab)/(issue_template|issue_templates)/[^/]+\.(md|ya?ml)$")),
    (
        "pull_request_template",
        re.compile(r"^\.(github/pull_request_template|gitlab/merge_request_templates)/[^/]+\.md$"),
    ),
    (
        "docs",
        re.compile(r"^(docs?|documentation)/([^/]+/)?(readme|index|overview|introduction)\.(md|rst|adoc|txt)$"),
    ),
)
SHOWN = frozenset(
    {
        "readme",
        "contributing",
        "code_of_conduct",
        "governance",
        "security",
        "support",
        "communication",
        "changelog",
        "maintainers",
        "docs",
        "pull_request_template",
    }
)
CI_FILES = re.compile(
    r"^(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.ya?ml|\.travis\.ya?ml|appveyor\.ya?ml"
    r"|\.appveyor\.ya?ml|azure-pipelines[^/]*\.ya?ml|\.azure-pipelines/.+\.ya?ml|jenkinsfile[^/]*|bitbucket-pipelines\.ya?ml"
    r"|\.drone\.(ya?ml|star)|\.woodpecker(/[^/]+)?\.ya?ml|\.forgejo/workflows/[^/]+\.ya?ml|\.gitea/workflows/[^/]+\.ya?ml"
    r"|\.buildkite/.+\.ya?ml|\.cirrus\.(ya?ml|star)|\.teamcity/.+|\.builds/[^/]+\.ya?ml|\.build\.ya?ml|\.ci/[^/]+"
    r"|cloudbuild\.ya?ml|\.semaphore/.+\.ya?ml|\.tekton/.+\.ya?ml|\.zuul\.ya?ml|zuul\.d/.+\.ya?ml)$"
)
TEST_FILES = re.compile(
    r"(?i:(^|/)(tests?|__tests__|specs?|testing|unittests?)/.*[^/]+\.[a-z+]+$)"
    r"|(?i:(^|/)(test_[^/]+\.py|tests?\.py|[^/]+_test\.(py|go|cc|cpp|c|rb|exs|dart|ts|js)|[^/]+[._-](test|spec)\.[cm]?[jt]sx?"
    r"|[^/]+_spec\.rb|[^/]+\.(bats|t))$)"
    # ContestTest.java is one, contest.java is none.
    r"|[a-z0-9]Tests?\.(java|kt|cs|swift|scala|php)$"
)


@dataclass(frozen=True, slots=True)
class FoundGuide:
    """The best file of its kind. `path` keeps git's bytes by surrogateescape; `size` is bytes.

    Kinds: readme, contributing, code_of_conduct, governance, security, support, communication, changelog,
    maintainers, codeowners, license, citation, docs, adr, issue_template, pull_request_template.
    """

    kind: str
    path: str
    blob: str
    size: int


Purpose = Literal["guide", "licence", "metadata", "owners", "sign", "package", "mailmap", "commands"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A blob to fetch. More than `limit` bytes are not worth fetching. One path can be wanted for two purposes."""

    purpose: Purpose
    path: str
    blob: str
    limit: int


def find_guides(entries: Iterable[TreeEntry]) -> tuple[FoundGuide, ...]:
    """At most one guide of each kind from a whole tree, readme first. Symbolic links are not followed."""
    files = [entry for entry in entries if is_file(entry)]
    best: dict[str, tuple[tuple[int, ...], str, TreeEntry]] = {}
    for entry in files:
        found = guide_rank(entry.path.lower())
        if found is None:
            continue
        kind, rank = found
        key = (rank, entry.path, entry)
        if kind not in best or key[:2] < best[kind][:2]:
            best[kind] = key
    # Licences have more names than other guides: LICENSE-MIT, MIT-LICENSE.
    for entry in licence_texts(files)[:1]:
        best["license"] = ((), entry.path, entry)
    order = [*dict.fromkeys(STEMS.values()), "docs", "adr"]
    return tuple(
        FoundGuide(kind, entry.path, entry.id, entry.size or 0)
        for kind, (_, _, entry) in sorted(best.items(), key=lambda item: order.index(item[0]))
    )


def is_file(entry: TreeEntry) -> bool:
    return entry.type == "blob" and not entry.is_link


def guide_rank(path: str) -> tuple[str, tuple[int, ...]] | None:
    """The kind of a lowered path and how good a place it has, the smallest the best; None when it is no guide."""
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.partition(".")
    if folder in FOLDERS and (kind := STEMS.get(stem.replace("-", "_").replace(" ", "_"))):
        return named_rank(kind, folder, ending)
    if "/" in path:
        for kind, pattern in PLACES:
            if pattern.match(path):
                return kind, (9, path.count("/"), 0 if stem in ("readme", "index", "0000", "default") else 1)
    return None


def named_rank(kind: str, folder: str, ending: str) -> tuple[str, tuple[int, ...]] | None:
    if kind == "citation" and ending == "cff":
        ending = "md"
    if kind == "readme" and folder in ("docs", "doc"):
        kind, folder = "docs", ""
    if ending in ENDINGS:
        return kind, (FOLDERS.index(folder), ENDINGS.index(ending))
    # README.de.md is a README, too, when there is no other one.
    language, dot, last = ending.partition(".")
    if dot and last in ENDINGS and re.fullmatch(r"[a-z]{2}([_-][a-z]{2,4})?", language):
        return kind, (FOLDERS.index(folder), len(ENDINGS) + ENDINGS.index(last))
    return None


def wanted(entries: Iterable[TreeEntry]) -> tuple[Wanted, ...]:
    """What a sync fetches of a tree: shown guides, texts of licences and manifests, metadata, owners, commands."""
    files = [entry for entry in entries if is_file(entry)]
    guides = find_guides(files)
    found = [Wanted("guide", g.path, g.blob, GUIDE_LIMIT) for g in guides if g.kind in SHOWN]
    found += [
        Wanted("owners", g.path, g.blob, METADATA_LIMIT) for g in guides if g.kind in ("codeowners", "maintainers")
    ]
    found += [Wanted("licence", e.path, e.id, METADATA_LIMIT) for e in licence_entries(files)]
    found += [Wanted("metadata", e.path, e.id, METADATA_LIMIT) for e in files if e.path in METADATA_FILES]
    found += [Wanted("sign", e.path, e.id, SIGN_LIMIT) for e in sign_entries(files)]
    found += [Wanted("package", e.path, e.id, METADATA_LIMIT) for e in files if is_package_path(e.path)][
        :MOST_MANIFESTS
    ]
    found += [Wanted("mailmap", e.path, e.id, METADATA_LIMIT) for e in files if e.path == MAILMAP]
    found += [Wanted("commands", e.path, e.id, COMMANDS_LIMIT) for e in files if e.path in READ]
    services = sorted((e for e in files if CI_FILES.match(e.path.lower())), key=lambda e: e.path)
    found += [Wanted("commands", e.path, e.id, COMMANDS_LIMIT) for e in services[:MOST_CI_FILES]]
    return tuple(found)


def may_be_wanted(path: str) -> bool:
    """Whether a file of this path can be a guide or anything else whose content a sync reads."""
    if path in METADATA_FILES or path in COMMAND_FILES or path == MAILMAP or is_licence_path(path):
        return True
    if is_sign(path) or is_supply(path) or is_package_path(path):
        return True
    return guide_rank(path.lower()) is not None or CI_FILES.match(path.lower()) is not None


def has_ci(paths: Iterable[str]) -> bool:
    """Whether one of these is the configuration of a build service."""
    return any(CI_FILES.match(path.lower()) for path in paths)


def ci_files(paths: Iterable[str]) -> list[str]:
    """Those of them that are the configuration of a build service."""
    return [path for path in paths if CI_FILES.match(path.lower())]


def has_tests(paths: Iterable[str]) -> bool:
    """Whether one of these is an automated test, by the habits of the usual languages."""
    return any(TEST_FILES.search(path) for path in paths)
