"""One sentence that says what a project is, for those that state none: from its README, else from a manifest."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from catalog.guides.text import decode

LIMIT = 200
LOOKED_AT = 50_000  # characters of a README
CANDIDATES = 12

_BLOCK = re.compile(
    r"<(?P<end>/?)(?P<aside>ul|ol|dl|table|details|pre)\b[^>]*>|<(?P<tag>p|h[1-6])(?:\s[^>]*)?>(?P<inner>.*?)</(?P=tag)>",
    re.DOTALL,
)
_LINK = re.compile(r"<a\s.*?</a>", re.DOTALL)
_MARK = re.compile(r"<[^>]*>")
_LITERAL = re.compile(r"(?<!\w)(\*{1,3}|`{1,2})(\S(?:[^*`]*[^\s*`])?)\1(?!\w)")
# Paragraphs that speak of the README, of its author or of news, and not of the project.
_POOR = re.compile(
    r"(this (readme|document|page|file)\b|video\b|table of contents|translations?\b|read (this|it) in\b|see\b"
    r"|please\b|note\b|warning\b|important\b|tip\b|new in\b|breaking\b|we('re| are)\b|i('m| am)?\s|english\b"
    r"|welcome\b|thank|for questions)",
    re.IGNORECASE,
)
# Sections that never say what a project is.
_AWAY = re.compile(
    r"\b(donat|sponsor|backer|support|install|getting started|contents|licen[cs]e|news|badges|enterprise)",
    re.IGNORECASE,
)


def summarise(markup: str, *, described: str = "") -> str:
    """The first sentence of a README's HTML. `described` is what a manifest says, which beats a poor beginning."""
    found = list(islice(sentences(markup), CANDIDATES))
    if found and not found[0][1]:
        return shortened(found[0][0])
    title = next((words for tag, words in headings(markup) if tag in ("h1", "h2")), "")
    if described or (len(title.split()) > 4 and ":" not in title):
        return shortened(described or title)
    return shortened(next((sentence for sentence, is_poor in found if not is_poor), ""))


def sentences(markup: str) -> Iterator[tuple[str, bool]]:
    """The first sentence of each paragraph that has words of its own, and whether it is a poor one."""
    away = ""  # The heading under which nothing is looked for, until one of its level or above comes.
    for tag, inner in blocks(markup):
        if tag != "p":
            if not away or tag <= away:
                away = tag if _AWAY.search(words_of(inner)) else ""
            continue
        own, words = words_of(_LINK.sub(" ", inner)), words_of(inner)
        if away or len(own.split()) < 3 or "<sup" in inner:
            continue
        sentence = re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]
        yield sentence, bool(_POOR.match(words)) or 2 * len(own) < len(words) > 40


def headings(markup: str) -> Iterator[tuple[str, str]]:
    """Without links, which are badges there."""
    return ((tag, words_of(_LINK.sub(" ", inner))) for tag, inner in blocks(markup) if tag != "p")


def blocks(markup: str) -> Iterator[tuple[str, str]]:
    """Headings and paragraphs in their order, without those inside of lists, tables and the like."""
    depth = 0
    for match in _BLOCK.finditer(markup[:LOOKED_AT]):
        if match["aside"]:
            depth += -1 if match["end"] else 1
        elif depth <= 0:
            yield match["tag"], match["inner"]


def words_of(markup: str) -> str:
    """Plain words, also without the marks of another markup that were quoted in this one."""
    words = " ".join(html.unescape(_MARK.sub("", markup.replace("<br>", " "))).split())
    return _LITERAL.sub(r"\2", words)


def shortened(text: str) -> str:
    return text if len(text) <= LIMIT else text[:LIMIT].rpartition(" ")[0] + " …"


# ---------------------------------------------------------------- manifests
def description(files: Mapping[str, bytes]) -> str:
    """What the first manifest that has a description says; empty when none does."""
    said = (described(files[path], read) for path, read in MANIFESTS.items() if path in files)
    return next(filter(None, said), "")


def described(data: bytes, read: Callable[[str], Any]) -> str:
    decoded = decode(data)
    try:
        said = read(decoded.text) if decoded else ""
    except (ValueError, RecursionError, AttributeError, TypeError):
        return ""
    return " ".join(said.split()) if isinstance(said, str) else ""


def from_pyproject(text: str) -> Any:
    stated: Any = tomllib.loads(text)
    poetry = stated.get("tool", {}).get("poetry", {})
    return stated.get("project", {}).get("description") or poetry.get("description")


def from_cargo(text: str) -> Any:
    return tomllib.loads(text).get("package", {}).get("description")


def from_json(text: str) -> Any:
    return json.loads(text).get("description")


MANIFESTS: dict[str, Callable[[str], Any]] = {
    "pyproject.toml": from_pyproject,
    "Cargo.toml": from_cargo,
    "package.json": from_json,
    "composer.json": from_json,
}
