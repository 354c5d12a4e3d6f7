"""What files tell of how safely a project is built, for the checks of OpenSSF Scorecard that need no code host.

Workflows are read by lines and never parsed: a parser of YAML in Python takes a second for what this takes a
millisecond, and a stranger decides how much there is of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog.facts.signs import WORKFLOW, is_recipe
from catalog.guides.text import decode

#: Programs and libraries that nobody can read, by the ending of their names. Source: Scorecard's Binary-Artifacts.
BINARIES = frozenset(
    (
        *("crx", "deb", "dex", "dey", "elf", "o", "a", "so", "macho", "iso", "class", "jar", "bundle", "dylib"),
        *("lib", "msi", "dll", "drv", "efi", "exe", "ocx", "pyc", "pyo", "par", "rpm", "wasm", "whl"),
    )
)
#: Build systems bring this one along, and it is verified by them.
WRAPPER = "gradle-wrapper.jar"
UPDATERS = (
    ("Dependabot", re.compile(r"\.github/dependabot\.ya?ml")),
    (
        "Renovate",
        re.compile(r"(?:\.(?:github|gitlab|forgejo|gitea)/)?renovate\.json5?|\.renovaterc(?:\.json5?)?"),
    ),
    ("PyUp", re.compile(r"\.pyup\.ya?ml")),
    ("Scala Steward", re.compile(r"(?:\.github/)?\.scala-steward\.conf")),
)
LINES = 5_000

USES = re.compile(r"\s*(?:-\s+)?uses:\s*['\"]?([^'\"\s#]+)")
FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
BY_COMMIT = re.compile(r".+@[0-9a-f]{40}")
BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
RUN = re.compile(r"(\s*)(?:-\s+)?run:\s*(.*)")
PERMISSIONS = re.compile(r"permissions:\s*([\w-]*)")
# What a stranger writes, put into a script before the shell reads it.
INJECTED = re.compile(
    r"\$\{\{[^}]{0,200}\bgithub\.(?:head_ref|event\.(?:issue|pull_request|comment|review|discussion|head_commit"
    r"|commits|pages|workflow_run)\b[^}]{0,100}\.(?:title|body|message|ref|label|name|email|page_name|head_branch))"
)
OF_A_STRANGER = re.compile(r"ref:\s*['\"]?\$\{\{\s*github\.(?:event\.pull_request\.head\.|head_ref)")
SECURITY_WORDS = re.compile(r"\b(?:vulnerabilit(?:y|ies)|disclos(?:e|ure)|\d+\s*(?:hours?|days?|weeks?))\b", re.I)
CONTACT = re.compile(r"https?://|[\w.+-]+@[\w-]+\.\w+")


@dataclass(frozen=True, slots=True)
class Supply:
    """`binary`, `dangerous` and `open_token` are paths of a first example, "" where there is none.

    `pinned` of `used` actions and base images are named by a commit or digest. `workflows` counts those of the
    kind that GitHub has. `security` is what a security policy holds, of contact, length and terms, each once.
    """

    binary_count: int = 0
    binary: str = ""
    updater: str = ""
    workflows: int = 0
    used: int = 0
    pinned: int = 0
    dangerous: str = ""
    open_token: str = ""
    security: tuple[str, ...] = ()


def is_supply(path: str) -> bool:
    """Whether it matters here that a file of this path is there; what is read is of catalog.facts.signs."""
    return is_binary(path) or updater_of([path]) != ""


def is_binary(path: str) -> bool:
    _, dot, ending = path.rpartition(".")
    return ending.lower() in BINARIES and bool(dot) and not path.endswith(WRAPPER)


def updater_of(paths: Iterable[str]) -> str:
    return next((name for path in paths for name, pattern in UPDATERS if pattern.fullmatch(path)), "")


def read_supply(paths: Iterable[str], files: Mapping[str, bytes]) -> Supply:
    """From all paths, and the contents of workflows and container recipes; all but `security`."""
    paths = list(paths)
    lines = {path: list(lines_of(data)) for path, data in files.items()}
    workflows = {path: text for path, text in lines.items() if WORKFLOW.fullmatch(path)}
    recipes = [text for path, text in lines.items() if is_recipe(path)]
    named = [pin for text in workflows.values() for pin in actions_of(text)]
    named += [pin for text in recipes for pin in images_of(text)]
    binaries = [path for path in paths if is_binary(path)]
    return Supply(
        binary_count=len(binaries),
        binary=binaries[0] if binaries else "",
        updater=updater_of(path for path in paths if path[:1] in ".r"),
        workflows=len(workflows),
        used=len(named),
        pinned=sum(named),
        dangerous=next((path for path, text in workflows.items() if is_dangerous(text)), ""),
        open_token=next((path for path, text in workflows.items() if not limits_its_token(text)), ""),
    )


def lines_of(data: bytes) -> Iterator[str]:
    decoded = decode(data)
    return (line[:1000] for line in (decoded.text.split("\n")[:LINES] if decoded else ()))


def actions_of(lines: Iterable[str]) -> Iterator[bool]:
    """Whether each action that is used is pinned; those of the same repository are."""
    for line in lines:
        if (found := USES.match(line)) and not found[1].startswith("./"):
            yield bool(BY_COMMIT.fullmatch(found[1]) or BY_DIGEST.fullmatch(found[1]))


def images_of(lines: Iterable[str]) -> Iterator[bool]:
    """Whether each base image is pinned; an earlier stage of the same recipe is none."""
    stages = {"scratch"}
    for line in lines:
        if found := FROM.match(line):
            if found[1].lower() not in stages:
                yield bool(BY_DIGEST.fullmatch(found[1]))
            stages.add((found[2] or "").lower())


def is_dangerous(lines: list[str]) -> bool:
    """Whether it runs what a stranger wrote: put into a script, or checked out with the rights of the project."""
    if any(INJECTED.search(line) for line in scripts(lines)):
        return True
    return any("pull_request_target" in line for line in lines) and any(
        OF_A_STRANGER.search(line) for line in lines
    )


def scripts(lines: Iterable[str]) -> Iterator[str]:
    """The lines that a shell gets."""
    inside: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        if inside is not None:
            yield line
        elif found := RUN.match(line):
            inside = len(found[1])
            yield found[2]


def limits_its_token(lines: list[str]) -> bool:
    """Whether it says for all jobs, or for each of them, what its token may do, and lets not all of them write."""
    top = next((number for number, line in enumerate(lines) if PERMISSIONS.match(line)), None)
    if top is None:
        return limits_each_job(lines)
    stated = PERMISSIONS.match(lines[top])
    if stated and stated[1] == "write-all":
        return False
    for line in lines[top + 1 :]:
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            return True
        if re.match(r"\s+[\w-]+:\s*write\b", line):
            return False
    return True


def limits_each_job(lines: list[str]) -> bool:
    """Whether every job, which is what stands indented least below `jobs:`, has permissions of its own."""
    start = next((number for number, line in enumerate(lines) if re.match(r"jobs:\s*(#.*)?$", line)), None)
    if start is None:
        return False
    depth, limited = 0, list[bool]()
    for line in lines[start + 1 :]:
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not indent:
            break
        depth = depth or indent
        if indent <= depth:
            limited.append(False)
        elif re.match(r"\s+permissions:", line) and limited:
            limited[-1] = True
    return bool(limited) and all(limited)


def policy_holds(text: str, *, links: str) -> Iterator[str]:
    """Source: Scorecard's Security-Policy: somewhere to turn to, some words, and what happens then."""
    if CONTACT.search(text) or CONTACT.search(links):
        yield "contact"
    if len(text.split()) >= 20:
        yield "length"
    if SECURITY_WORDS.search(text):
        yield "terms"
