"""Which licence a project states, as an SPDX id."""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import ukkonen  # type: ignore[import-untyped]
from identify.vendor.licenses import LICENSES

from catalog.guides.text import decode
from forge.types import TreeEntry

TEXTS = re.compile(r"^(un)?licen[cs]e([._-].*)?$|^copying([._-].*)?$|^mit-licen[cs]e.*$", re.IGNORECASE)
HEADER = re.compile(
    r"SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+-]+(?:[ \t]+(?:AND|OR|WITH)[ \t]+[A-Za-z0-9.+()-]+)*)"
)
COPYRIGHT = re.compile(
    r"^\s*(copyright|\(c\)|©|all rights reserved|portions copyright)\b.*$", re.IGNORECASE | re.MULTILINE
)
TOLERANCE = 0.05
MOST_FILES = 12
LONGEST_TEXT = 64 * 1024

# Words that manifests of old used before SPDX, as "license = ..." or as trove classifiers.
WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "gplv3": "GPL-3.0",
    "gplv2": "GPL-2.0",
    "lgplv3": "LGPL-3.0",
    "isc license (iscl)": "ISC",
    "the unlicense (unlicense)": "Unlicense",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """`spdx` is an SPDX id or expression. `path` is the file that says so."""

    spdx: str
    path: str


def licence_entries(entries: Iterable[TreeEntry]) -> tuple[TreeEntry, ...]:
    """The files to fetch for `detect_licence`: texts of licences first, then manifests that may name one."""
    roots = [e for e in entries if e.type == "blob" and not e.is_link and "/" not in e.path]
    texts = sorted((e for e in roots if TEXTS.match(e.path)), key=lambda e: text_rank(e.path))
    manifests = [e for e in roots if e.path in MANIFESTS]
    return tuple(texts[:MOST_FILES] + manifests)


def text_rank(path: str) -> tuple[int, str]:
    """LICENSE before LICENSE-MIT and COPYING, so that the main text speaks first."""
    stem = path.lower().partition(".")[0]
    names = ("license", "licence", "copying")
    return (names.index(stem) if stem in names else len(names), path)


def detect_licence(files: Mapping[str, bytes]) -> Licence | None:
    """The licence of the whole project from its root files, path to content; None when none is recognised.

    A text that is recognised wins over what a manifest claims. Two texts offered for choice (LICENSE-MIT beside
    LICENSE-APACHE) become an OR.
    """
    known = [
        Licence(spdx, path)
        for path in sorted((p for p in files if TEXTS.match(p)), key=text_rank)
        if (spdx := text_licence(files[path]))
    ]
    if known:
        return chosen(known)
    for path, read in MANIFESTS.items():
        if path in files and (spdx := manifest_licence(files[path], read)):
            return Licence(spdx, path)
    return None


def chosen(known: list[Licence]) -> Licence:
    """The main text alone, or an OR when every text is named for its licence."""
    first = known[0]
    if text_rank(first.path)[0] < 3:
        return first
    ids = sorted({licence.spdx for licence in known})
    return Licence(" OR ".join(ids)[:100], first.path)


def text_licence(data: bytes) -> str:
    """The SPDX id of a licence text, empty when it is none that we know: by a header, else by likeness."""
    decoded = decode(data[:LONGEST_TEXT])
    if decoded is None:
        return ""
    if header := HEADER.search(decoded.text[:4096]):
        return header[1].strip()[:100]
    return nearest(normalised(decoded.text))


def nearest(text: str) -> str:
    """The known licence within a twentieth of edits. A text that goes on after a licence is that licence, too."""
    best, fewest = "", math.ceil(TOLERANCE * len(text)) if text else 0
    for spdx, known in known_texts():
        if known in text:
            return spdx
        if abs(len(text) - len(known)) > fewest:
            continue
        edits = ukkonen.distance(text, known, fewest)
        if edits < fewest:
            best, fewest = spdx, edits
    return best


@cache
def known_texts() -> tuple[tuple[str, str], ...]:
    """Longest first, so that a licence which contains another one is not taken for it."""
    texts = [(spdx, normalised(text)) for spdx, text in LICENSES]
    return tuple(sorted(texts, key=lambda pair: -len(pair[1])))


def normalised(text: str) -> str:
    """Without copyright lines, advice after the terms and needless space, in lower case: what is compared."""
    words = " ".join(COPYRIGHT.sub("", text).lower().split())
    return words.partition("end of terms and conditions")[0].strip()


def manifest_licence(data: bytes, read: Callable[[str], object]) -> str:
    """What a manifest claims, when that is an SPDX expression or one of the words of old."""
    decoded = decode(data)
    if decoded is None:
        return ""
    try:
        claimed = read(decoded.text)
    except (ValueError, RecursionError, AttributeError, TypeError):
        return ""
    return as_spdx(claimed) if isinstance(claimed, str) else ""


def as_spdx(claimed: str) -> str:
    claimed = claimed.strip()
    if spdx := WORDS.get(claimed.lower()):
        return spdx
    known = {spdx.lower(): spdx for spdx, _ in LICENSES}
    if spdx := known.get(claimed.lower()):
        return spdx
    parts = re.split(r"\s+(?:AND|OR|WITH)\s+", claimed.replace("(", "").replace(")", ""))
    ids = all(
        re.fullmatch(r"[A-Za-z0-9+]+(?:[.-][A-Za-z0-9.+-]+)", part) or part.lower() in known for part in parts
    )
    return claimed[:100] if ids and len(claimed) <= 100 else ""


def from_pyproject(text: str) -> object:
    project = tomllib.loads(text)
    stated = project.get("project", {}).get("license") or project.get("tool", {}).get("poetry", {}).get("license")
    return stated.get("text") if isinstance(stated, dict) else stated


def from_cargo(text: str) -> object:
    """Cargo's old slash means OR."""
    stated: Any = tomllib.loads(text).get("package", {}).get("license")
    return stated.replace("/", " OR ") if isinstance(stated, str) else None


def from_json(text: str) -> object:
    """package.json and composer.json; a list or an object is how npm stated it long ago."""
    stated: Any = json.loads(text).get("license")
    if isinstance(stated, list) and all(isinstance(one, str) for one in stated):
        return " OR ".join(stated)
    return stated.get("type") if isinstance(stated, dict) else stated


def from_setup_cfg(text: str) -> object:
    found = re.search(r"^license\s*=\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else None


def from_pom(text: str) -> object:
    """A pattern rather than an XML parser: one name is wanted, and entities would have to be guarded."""
    found = re.search(r"<licenses>\s*<license>\s*<name>([^<]{1,100})</name>", text)
    return found[1] if found else None


MANIFESTS: dict[str, Callable[[str], object]] = {
    "pyproject.toml": from_pyproject,
    "Cargo.toml": from_cargo,
    "package.json": from_json,
    "composer.json": from_json,
    "setup.cfg": from_setup_cfg,
    "pom.xml": from_pom,
}
