"""Which licence a project states, as an SPDX id."""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from typing import Any

import ukkonen  # type: ignore[import-untyped]
from identify.vendor.licenses import LICENSES

from catalog.guides.text import decode
from forge.types import TreeEntry

TEXTS = re.compile(
    # license.py is a module.
    r"^(?!.*\.(py|[jt]sx?|go|rs|rb|java|kt|cs?|h|json|ya?ml|png|svg)$)"
    r"(?:(un)?licen[cs]e([._-].*)?$|copying([._-].*)?$|mit-licen[cs]e.*$)",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+-]+(?:[ \t]+(?:AND|OR|WITH)[ \t]+[A-Za-z0-9.+()-]+)*)"
)
# A wrapped sentence of the terms may begin a line with "copyright holders", which must stay.
COPYRIGHT = re.compile(
    r"^\s*(copyright\b(?=.*(\(c\)|©|\d{4}|\[year\]|<year>))|copyright by\b|\(c\)|©|all rights reserved"
    r"|portions copyright).*$",
    re.IGNORECASE | re.MULTILINE,
)
TOLERANCE = 0.05
# Many leave the title out or write another one, so blocks of few words before the terms are not compared.
TITLE_WORDS = 12
# So many characters of the terms tell where they begin in a longer text.
OPENING = 60
# The notice that the Apache License asks for stands in for its text at times.
APACHE_NOTICE = "licensed under the apache license, version 2.0"
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
    roots = [entry for entry in entries if is_root_file(entry)]
    return (*licence_texts(roots), *(entry for entry in roots if entry.path in MANIFESTS))


def licence_texts(entries: Iterable[TreeEntry]) -> tuple[TreeEntry, ...]:
    """The files at the root that are named like the text of a licence, the main one first; twelve at most."""
    texts = [entry for entry in entries if is_root_file(entry) and TEXTS.match(entry.path)]
    return tuple(sorted(texts, key=lambda entry: text_rank(entry.path))[:MOST_FILES])


def is_licence_path(path: str) -> bool:
    """Whether a file of this path can be one of `licence_entries`."""
    return "/" not in path and (path in MANIFESTS or TEXTS.match(path) is not None)


def is_root_file(entry: TreeEntry) -> bool:
    return entry.type == "blob" and not entry.is_link and "/" not in entry.path


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
    """The known licence whose terms stand first in a text, else the one within a twentieth of edits."""
    whole = [(text.find(known), spdx) for spdx, known in known_texts() if known in text]
    if whole:
        return min(whole, key=lambda pair: pair[0])[1]
    best, least = "", TOLERANCE
    for spdx, known in known_texts():
        share = difference(text, known, least)
        if share < least:
            best, least = spdx, share
    return best or ("Apache-2.0" if APACHE_NOTICE in text else "")


def difference(text: str, known: str, limit: float) -> float:
    """Edits as a share of the known terms: of the whole text, or of the part that begins like the terms do."""
    most = math.ceil(limit * len(known))
    start = text.find(known[:OPENING])
    parts = {text, text[start : start + len(known)] if start >= 0 else ""}
    near = (part for part in parts if abs(len(part) - len(known)) <= most)
    return min((ukkonen.distance(part, known, most) for part in near), default=most) / len(known)


@cache
def known_texts() -> tuple[tuple[str, str], ...]:
    """Longest first, so that a licence which contains another one is not taken for it."""
    texts = [(spdx, normalised(text)) for spdx, text in LICENSES]
    return tuple(sorted(texts, key=lambda pair: -len(pair[1])))


def normalised(text: str) -> str:
    """The terms in lower case, without title, copyright lines, advice after them and needless space."""
    plain = COPYRIGHT.sub("", text.replace("\r\n", "\n")).lower()
    blocks = [block.split() for block in re.split(r"\n[ \t]*\n", plain)]
    terms = dropwhile(lambda block: len(block) <= TITLE_WORDS, blocks)
    words = " ".join(word for block in terms for word in block)
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
