"""Words of MkDocs and of MyST inside Markdown, written in the words of GitHub's dialect.

Both are common in `docs/`, and without this a note would read as code. What is not known stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MOST_NESTED = 8
#: Without one of these there is nothing to do.
MARKS = ("!!!", "???", "```{", "~~~{", ":::", '=== "', "{#", "{ #", "{.", "{ .", ")=", "}`")
NOTES = """
note info abstract summary todo question faq help example quote cite seealso admonition dropdown topic details
"""
ALERTS = {
    **dict.fromkeys(("tip", "hint", "success", "check", "done"), "TIP"),
    "important": "IMPORTANT",
    **dict.fromkeys(("warning", "attention", "versionchanged", "deprecated"), "WARNING"),
    **dict.fromkeys(("danger", "error", "bug", "caution", "failure", "fail"), "CAUTION"),
    **dict.fromkeys(NOTES.split(), "NOTE"),
}
ADMONITION = re.compile(
    r"([ \t]{0,12})(?:!!!|\?\?\?\+?)[ \t]+([\w-]{1,30})[^\"\n]{0,80}(?:\"([^\"\n]{0,200})\")?[ \t]*"
)
TAB = re.compile(r"([ \t]{0,12})===[!+]?[ \t]+\"([^\"\n]{1,200})\"[ \t]*")
DIRECTIVE = re.compile(r"([ \t]{0,12})(`{3,}|~{3,}|:{3,})[ \t]*\{?([\w-]{1,30})\}?[ \t]*(.{0,300})")
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
OPTION = re.compile(r"[ \t]*:[\w-]{1,40}:.*")
CODE = frozenset(("code", "code-block", "sourcecode", "code-cell"))
PICTURES = frozenset(("image", "figure"))
VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}
#: What the navigation shows, or what only a build needs.
UNSEEN = frozenset(("toctree", "index", "currentmodule", "contents", "highlight"))
ATTRIBUTES = re.compile(r"\{:?[ \t]*(?:#([\w.:-]{1,100}))?[^{}]{0,200}\}[ \t]*$")
LABEL = re.compile(r"\([\w:. -]{1,100}\)=[ \t]*")
ROLE = re.compile(r"\{[\w:.+-]{1,40}\}(`{1,2})~?([^`\n<]{1,300}?)(?:[ \t]*<[^`\n>]{1,300}>)?\1")
LONGEST_LINE = 2_000


def github_dialect(text: str) -> str:
    if not any(mark in text for mark in MARKS):
        return text
    return "\n".join(translated(text.split("\n"), nested=0))


def translated(lines: Sequence[str], *, nested: int) -> Iterator[str]:
    """Blocks are taken out with all that is inside them, which is translated first."""
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if len(line) > LONGEST_LINE or nested > MOST_NESTED:
            yield line
        elif found := ADMONITION.fullmatch(line):
            end = end_of_indented(lines, at, len(found[1]))
            yield from alert(found[1], found[2], found[3], dedented(lines[at + 1 : end]), nested=nested)
        elif found := TAB.fullmatch(line):
            end = end_of_indented(lines, at, len(found[1]))
            yield from (f"{found[1]}**{found[2]}**", "")
            yield from (found[1] + each for each in translated(dedented(lines[at + 1 : end]), nested=nested + 1))
        elif (found := DIRECTIVE.fullmatch(line)) and is_directive(line, found):
            end = end_of_fenced(lines, at, found[2])
            yield from directive(found, lines[at + 1 : end - 1], nested=nested)
        elif found := FENCE.fullmatch(line):
            end = end_of_fenced(lines, at, found[1])
            yield from lines[at:end]
        else:
            yield from in_words(line)
        at = end


def is_directive(line: str, found: re.Match[str]) -> bool:
    """ "```{note}", ":::{note}" and Docusaurus' ":::note"; a plain fence of code is none."""
    return "{" in line[: found.end(3) + 1] or (found[2].startswith(":") and found[3] in ALERTS)


def end_of_indented(lines: Sequence[str], at: int, indent: int) -> int:
    end = at + 1
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if line.strip():
            if len(line) - len(line.lstrip()) < indent + 2:
                break
            end = number + 1
    return end


def end_of_fenced(lines: Sequence[str], at: int, fence: str) -> int:
    """Behind the closing fence; what is never closed goes on to the end."""
    for number in range(at + 1, len(lines)):
        bare = lines[number].strip()
        if bare.startswith(fence) and not bare.strip(fence[0]):
            return number + 1
    return len(lines) + 1


def dedented(lines: Sequence[str]) -> list[str]:
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[indent:] for line in lines]


def alert(indent: str, kind: str, title: str | None, inside: Sequence[str], *, nested: int) -> Iterator[str]:
    """A quote with GitHub's mark. An unknown word is a note of that name, as MkDocs has it."""
    name = ALERTS.get(kind.lower(), "NOTE")
    words = title if title is not None else "" if kind.upper() == name else kind.replace("-", " ").capitalize()
    yield ""
    yield f"{indent}> [!{name}] {words}".rstrip()
    for line in translated(inside, nested=nested + 1):
        yield f"{indent}> {line}".rstrip()
    yield ""


def directive(found: re.Match[str], inside: Sequence[str], *, nested: int) -> Iterator[str]:
    indent, fence, name, argument = found[1], found[2], found[3].lower(), found[4].strip()
    body = list(inside)
    while body and OPTION.fullmatch(body[0][:LONGEST_LINE]):
        body.pop(0)
    if name in UNSEEN:
        return
    if name in CODE:
        yield from (f"{indent}{fence}{argument}", *body, f"{indent}{fence}")
    elif name in PICTURES:
        yield f"{indent}![]({argument})"
        yield from body
    elif name in VERSIONS:
        version, _, rest = argument.partition(" ")
        yield from alert(indent, name, f"{VERSIONS[name]} {version}", [rest, "", *dedented(body)], nested=nested)
    elif name in ALERTS:
        title = argument if name in ("admonition", "dropdown", "topic", "details") or fence[0] == ":" else None
        before = [argument, ""] if argument and title is None else []
        yield from alert(indent, name, title or None, dedented([*before, *body]), nested=nested)
    elif fence[0] == ":":
        yield from translated(dedented(body), nested=nested + 1)
    else:
        yield from (f"{indent}{fence}{{{name}}} {argument}".rstrip(), *inside, f"{indent}{fence}")


def in_words(line: str) -> Iterator[str]:
    """Labels go, roles leave their words, and a heading's own id becomes an anchor."""
    if LABEL.fullmatch(line):
        return
    if line.endswith(("}", "} ")) and (found := ATTRIBUTES.search(line)):
        if line.startswith("#"):
            anchor = f' <a name="{found[1]}"></a>' if found[1] else ""
            yield line[: found.start()].rstrip() + anchor
            return
        if not line[: found.start()].strip():
            return
    yield ROLE.sub(r"\1\2\1", line) if "}`" in line else line
