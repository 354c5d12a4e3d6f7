"""What a document calls itself, read from its source: a navigation of hundreds needs no renderer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

from catalog.docs.places import ending, folder_of, is_index, stem, words_of
from catalog.guides.text import cleaned

LONGEST = 120
#: A title stands at the beginning of a text.
LOOKED_AT = 20_000
#: Patterns look at lines of this length at most, so that no line can make one slow.
LONGEST_LINE = 400
FIELD = re.compile(r"([A-Za-z][\w-]{0,40}):[ \t]*(.*)")
FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,}|:{3,})(.*)")
HEADING = re.compile(r"#{1,2}[ \t]+(.+)")
UNDERLINE = re.compile(r"(?:={2,}|-{3,})[ \t]*")
ADORNMENT = re.compile(r"([=\-`:'\"~^_*+#<>.])\1{2,}[ \t]*")
FIRST = re.compile(r"<h1[^>]{0,200}>(.{1,300}?)</h1>", re.DOTALL | re.IGNORECASE)
ASCIIDOC = re.compile(r"={1,2}[ \t]+(.+)")
#: Links, pictures, roles, tags and marks of emphasis, and the words that stay of them.
PLAINER = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"(?::[\w:-]+:)?`~?([^`<]*)(?:<[^`>]*>)?`_{0,2}"), r"\1"),
    (re.compile(r"<[^>]*>"), ""),
    (re.compile(r"\{[#.:][^}]*\}"), ""),
    (re.compile(r"\*\*|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)"), ""),
    (re.compile(r"\\(?=[^\w\s])"), ""),
)


def title_of(path: str, text: str) -> str:
    """What the text calls itself, else its file's name for people, of an index its folder's."""
    return (stated_title(path, text) or named(path))[:LONGEST]


def named(path: str) -> str:
    if is_index(path) and "/" in path:
        return words_of(folder_of(path).rstrip("/").rpartition("/")[2])
    return words_of(stem(path))


def stated_title(path: str, text: str) -> str:
    kind = ending(path)
    if kind == "ipynb":
        return title_of_notebook(text)
    lines = head_of(text)
    if kind == "rst":
        return title_of_restructured_text(lines)
    if kind in ("adoc", "asciidoc"):
        return plain(next((found[1] for line in lines if (found := ASCIIDOC.fullmatch(line))), ""))
    fields, body = front_matter(lines)
    return plain(fields.get("title", "")) or title_of_markdown(body)


def head_of(text: str) -> list[str]:
    return [line[:LONGEST_LINE] for line in text[:LOOKED_AT].split("\n")]


def front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Its plain fields by their lowered names, nested ones are not looked at, and the lines behind it."""
    if not lines or lines[0].rstrip() != "---":
        return {}, lines
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        return {}, lines
    found = (FIELD.fullmatch(line) for line in lines[1:end])
    return {each[1].lower(): each[2].strip().strip("\"'") for each in found if each}, lines[end + 1 :]


def title_of_markdown(lines: list[str]) -> str:
    """The first heading of one of the two highest levels, or of HTML."""
    before = ""
    body = list(unfenced(lines))
    for line in body:
        if found := HEADING.fullmatch(line):
            return plain(found[1].rstrip(" \t#") or found[1])
        if before.strip() and UNDERLINE.fullmatch(line):
            return plain(before)
        if "<h1" in line.lower() and (found := FIRST.search("\n".join(body))):
            return plain(found[1])
        before = line
    return ""


def unfenced(lines: list[str]) -> Iterator[str]:
    """The lines outside of code and comments."""
    fence, is_comment = "", False
    for line in lines:
        found = FENCE.fullmatch(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif is_comment or line.lstrip().startswith("<!--"):
            is_comment = "-->" not in line
        elif found:
            fence = found[1]
        else:
            yield line


def title_of_restructured_text(lines: list[str]) -> str:
    for title, below in pairwise(lines):
        words = title.strip()
        if words and ADORNMENT.fullmatch(below) and not ADORNMENT.fullmatch(title) and not words.startswith(".. "):
            return plain(words)
    return ""


def title_of_notebook(text: str) -> str:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    cells = values.get("cells") if isinstance(values, dict) else None
    for cell in cells[:5] if isinstance(cells, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            source = cell.get("source")
            lines = source if isinstance(source, list) else [source]
            return title_of_markdown(head_of("".join(line for line in lines if isinstance(line, str))))
    return ""


def plain(text: str) -> str:
    """The words of a line, without what marks them up."""
    # Escapes of JSON can bring back what no database takes.
    text = cleaned(text[:LONGEST_LINE], "").text
    for pattern, words in PLAINER:
        text = pattern.sub(words, text)
    return " ".join(text.split())[:LONGEST]
