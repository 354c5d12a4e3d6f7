"""Patterns of paths as CODEOWNERS files hold them, matched in time that no pattern can make long.

A regular expression of many stars tries every way to share a path among them. Here all ways are walked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MOST_WILD = 12
LONGEST = 400
TOKENS = re.compile(
    r"\\(?P<escaped>.)|(?P<deep>(?:(?<=/)|\A)\*\*/)|(?P<all>(?:(?<=/)|\A)\*\*\Z)|(?P<star>\*+)|(?P<any>\?)"
    r"|(?P<set>\[[!^]?[^\]/]{1,60}\])|(?P<char>.)",
    re.DOTALL,
)
Kind = Literal["char", "set", "any", "star", "deep", "all"]


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a pattern: a character, a set of them, or a wild card."""

    kind: Kind
    text: str = ""

    def takes(self, char: str) -> bool:
        match self.kind:
            case "char":
                return char == self.text
            case "set":
                return char != "/" and in_set(self.text, char)
            case "any" | "star":
                return char != "/"
        return True


def in_set(text: str, char: str) -> bool:
    """Whether a set such as [a-z_] or [!0-9] holds a character."""
    inside = text[1:-1]
    negated = inside[:1] in ("!", "^") and len(inside) > 1
    inside = inside[1:] if negated else inside
    found, at = False, 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found |= inside[at] <= char <= inside[at + 2]
            at += 3
        else:
            found |= inside[at] == char
            at += 1
    return found != negated


@dataclass(frozen=True, slots=True)
class Pattern:
    """`below`: whether a path also matches by a folder that it lies in; `only_below`: by nothing else."""

    tokens: tuple[Token, ...]
    is_anchored: bool
    below: bool
    only_below: bool

    def matches(self, path: str) -> bool:
        """All places in the pattern at which one may stand are kept while the path is walked once."""
        end, states = len(self.tokens), set(self.opened(0))
        for at, char in enumerate(path):
            if self.below and at and char == "/" and end in states:
                return True
            states = {after for state in states for after in self.steps(state, char)}
            if char == "/" and not self.is_anchored:
                states.update(self.opened(0))
            elif not states and self.is_anchored:
                return False
        return end in states and not self.only_below

    def opened(self, state: int) -> Iterator[int]:
        """A place and those behind it that one reaches without a character, past wild cards that match nothing."""
        yield state
        while state < len(self.tokens) and self.tokens[state].kind in ("star", "deep", "all"):
            state += 1
            yield state

    def steps(self, state: int, char: str) -> Iterator[int]:
        """Where a character leads. Negative places are inside of a "**/", which only a slash leaves."""
        if state < 0:
            yield state
            if char == "/":
                yield from self.opened(~state + 1)
        elif state < len(self.tokens):
            yield from self.steps_of(self.tokens[state], state, char)

    def steps_of(self, token: Token, state: int, char: str) -> Iterator[int]:
        if token.kind == "deep":
            yield from self.steps(~state, char)
        elif token.takes(char):
            yield from self.opened(state if token.kind in ("star", "all") else state + 1)


def pattern_of(text: str, *, as_gitlab: bool = False) -> Pattern | None:
    """None for one that is empty, too long, or holds more wild cards than anybody needs."""
    if not text or len(text) > LONGEST or text.count("*") + text.count("?") > MOST_WILD or text == "/":
        return None
    slash = text.find("/")
    folder = text.endswith("/")
    # GitHub follows .gitignore: a slash in the middle ties a pattern to the root; on GitLab only one in front.
    anchored = text.startswith("/") or (not as_gitlab and -1 < slash < len(text) - 1)
    inside = text.strip("/") if not text.endswith("\\/") else text.lstrip("/")
    tokens = tuple(token_of(match) for match in TOKENS.finditer(inside))
    flat = text.endswith("/*") or as_gitlab
    return Pattern(tokens, anchored, below=folder or not flat, only_below=folder)


def token_of(match: re.Match[str]) -> Token:
    if match["escaped"] is not None:
        return Token("char", match["escaped"])
    kind = match.lastgroup
    text = match[0]
    return Token(kind if kind in ("deep", "all", "star", "any", "set") else "char", text)  # type: ignore[arg-type]
