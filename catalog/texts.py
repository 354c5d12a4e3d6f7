"""The text of a file as a page shows it: rendered, or as lines with colours.

What is small is made at once. What is not is made by a worker, which keeps the result under the id of the blob;
until then a page shows the text as it was written and asks again.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from html import escape
from urllib.parse import urlencode

from catalog import broker, renderings
from catalog.guides import apart
from catalog.guides.code import Late, coloured_lines, fits
from catalog.guides.finish import TocEntry
from catalog.guides.outline import Symbol
from catalog.guides.render import needs_limits, reader_of, render
from catalog.guides.text import decode
from catalog.keys import digest, hexed
from catalog.models import Project
from catalog.revisions import mirror_of
from forge import reading
from forge.types import Blob, shown

#: Raise it when what is made of a text changes: what was kept before is then not found again.
MAKER = 2
LARGEST = 1_000_000  # bytes of a file that is shown as text
LARGEST_NOTEBOOK = 8_000_000  # What makes them large are the pictures inside.
#: Letters of a file whose symbols are looked for.
LARGEST_OUTLINED = 200_000
MOST_LINES = 5_000
MOST_COLUMNS = 2_000
#: Characters of markup that are rendered while somebody waits.
SMALL_MARKUP = 16 * 1024
# Links into the repository are kept without saying from where: the same text stands at many commits.
LINKS, IMAGES = "/-link-/", "/-image-/"
LINK = re.compile(r'(href|src)="/-(link|image)-/([^"#]*)((?:#[^"]*)?)"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markup as HTML that is safe in our pages."""

    html: str
    toc: tuple[TocEntry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Each line as HTML. `note` says what was cut and why; `is_waiting` that a worker is at the colours."""

    lines: tuple[str, ...]
    note: str = ""
    is_waiting: bool = False


# ---------------------------------------------------------------- what is kept
def largest(path: str) -> int:
    """Bytes of a file whose text is shown."""
    return LARGEST_NOTEBOOK if path.lower().endswith(".ipynb") else LARGEST


def is_markup(path: str) -> bool:
    return reader_of(path) is not None


def key_of(blob: str, path: str) -> str:
    """The name decides how a text is read, and its folder where its links lead."""
    return f"{blob}-{MAKER}-{digest(path)}"


def make(kind: str, text: str, path: str) -> renderings.Content | None:
    """In a worker, where it may take a while. None when even that was too long."""
    return {"markup": make_markup, "code": make_code, "outline": make_outline}[kind](text, path)


def make_markup(text: str, path: str) -> renderings.Content:
    made = render(text, path=shown(path), link_base=LINKS, image_base=IMAGES)
    return {"html": made.html, "toc": [asdict(entry) for entry in made.toc], "note": made.note}


def make_code(text: str, path: str) -> renderings.Content | None:
    """In a process of its own: some lexers take a time that grows faster than the text."""
    lines = apart.coloured_lines("\n".join(cut(text)[0]), shown(path))
    return None if lines is None else {"lines": list(lines)}


def make_outline(text: str, path: str) -> renderings.Content | None:
    """The parser is native code, so it never runs in a process that answers others."""
    found = apart.outline(text[:LARGEST_OUTLINED], shown(path))
    if found is None:
        return None
    return {"symbols": [[each.kind, each.name, each.line, each.level] for each in found]}


def make_now(kind: str, text: str, path: str) -> renderings.Content | None:
    """While somebody waits: what is small, and what turns out to be quick."""
    if kind == "markup":
        is_small = len(text) <= SMALL_MARKUP and not needs_limits(text, path)
        return make_markup(text, path) if is_small else None
    kept = "\n".join(cut(text)[0])
    if kind == "outline" or not fits(kept):
        return None
    try:
        return {"lines": list(coloured_lines(kept, shown(path)))}
    except Late:
        return None


def made_or_asked(kind: str, project: Project, blob: Blob, text: str, path: str) -> renderings.Content | None:
    """What was made of it, now if that is quick; None while a worker is at it."""
    return renderings.made_or_asked(
        kind,
        key_of(blob.id, path),
        make=lambda: make_now(kind, text, path),
        ask=lambda: broker.hint("catalog.tasks.make_text", project.pk, blob.id, hexed(path), kind),
    )


def make_for(project: Project, blob_id: str, path: str, kind: str) -> None:
    """The worker's half of `made_or_asked`. Safe to run twice."""
    key = key_of(blob_id, path)
    if renderings.kept(kind, key) is not None:
        return
    blob = reading.blob(mirror_of(project), blob_id, max_size=largest(path))
    decoded = decode(blob.data) if blob.data is not None else None
    made = make(kind, decoded.text, path) if decoded else None
    renderings.keep(kind, key, renderings.failure() if made is None else made)


# ---------------------------------------------------------------- what is shown
def outline(project: Project, blob: Blob, text: str, path: str) -> tuple[Symbol, ...] | None:
    """The symbols of a file; None while a worker looks for them, () also when that would take too long."""
    content = made_or_asked("outline", project, blob, text, path)
    return None if content is None else tuple(Symbol(*words) for words in content.get("symbols", ()))


def rendered(
    project: Project, blob: Blob, text: str, path: str, *, link_base: str, image_base: str, at: str = ""
) -> Rendered | None:
    """The markup of a file; None while a worker renders it.

    `link_base` and `image_base` end with a slash; links into the repository stay `at` the revision.
    """
    content = made_or_asked("markup", project, blob, text, path)
    if content is None:
        return None
    bases = {"link": link_base, "image": image_base}
    query = f"?{escape(urlencode({'at': at}))}" if at else ""

    def placed(link: re.Match[str]) -> str:
        name, kind, way, anchor = link.groups()
        return f'{name}="{bases[kind]}{way}{query if kind == "link" else ""}{anchor}"'

    html = LINK.sub(placed, content.get("html", ""))
    toc = tuple(TocEntry(**entry) for entry in content.get("toc", ()))
    return Rendered(html, toc, content.get("note", ""))


def lines(project: Project, blob: Blob, text: str, path: str) -> Lines:
    """The lines of a file, with colours as soon as they are made."""
    content = made_or_asked("code", project, blob, text, path)
    coloured = (content or {}).get("lines", ())
    shown_plain = plain(text, is_waiting=content is None)
    return replace(shown_plain, lines=tuple(coloured)) if len(coloured) == len(shown_plain.lines) else shown_plain


def plain(text: str, *, is_waiting: bool = False) -> Lines:
    """The lines without colours."""
    kept, note = cut(text)
    return Lines(tuple(escape(line, quote=False) for line in kept), note, is_waiting)


def cut(text: str) -> tuple[list[str], str]:
    """At most MOST_LINES lines of MOST_COLUMNS characters each, and a sentence that says what was cut."""
    all_lines = text.removesuffix("\n").split("\n") if text else []
    kept = [line[:MOST_COLUMNS] for line in all_lines[:MOST_LINES]]
    if len(all_lines) > MOST_LINES:
        return kept, f"Only the first {MOST_LINES:,} of {len(all_lines):,} lines are shown."
    if any(len(line) > MOST_COLUMNS for line in all_lines):
        return kept, f"Lines are cut after {MOST_COLUMNS:,} characters."
    return kept, ""
