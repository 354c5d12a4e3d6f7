"""Markup of strangers to HTML that is safe inside our pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from catalog.guides import apart, markup
from catalog.guides.finish import LONGEST_PLAIN, Finish, TocEntry
from catalog.guides.links import Place
from catalog.guides.notebook import notebook
from catalog.guides.safe import sanitised

__all__ = ["Rendered", "TocEntry", "render"]

LARGEST = 512 * 1024
# Up to here no input that we found takes more than a second, so it needs no process of its own.
SMALL = 64 * 1024
PREFIX = "guide-"
FALLBACK = "It could not be rendered and is shown as it was written."
CUT = "Only the first 512 kB are shown. The raw file is complete."
#: Half a notebook is none. What makes them long are the pictures inside, of which few are shown.
LARGEST_NOTEBOOK = 8 * 1024 * 1024
TOO_LARGE = "Notebooks above 8 MB are not drawn; this is the beginning of the file."

READERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("md", "markdown", "mdown", "mkd", "mdx"), markup.markdown),
    "rst": markup.restructured_text,
    **dict.fromkeys(("adoc", "asciidoc"), markup.asciidoc),
    "ipynb": notebook,
}
EMPTY_HEADING = re.compile(r"<th([^<>]{0,100})>\s{0,20}</th>")
HEADINGS = re.compile(r"<h([1-6])[ >]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` is sanitised. `plain_text` is for the search, at most 60,000 characters.

    `title` is empty where no heading names the whole. `note` says what was cut or guessed, as a sentence.
    """

    html: str
    title: str
    plain_text: str
    toc: tuple[TocEntry, ...]
    note: str = ""


def render(text: str, *, path: str, link_base: str, image_base: str, prefix: str = PREFIX) -> Rendered:
    """Renders by the ending of `path`: Markdown, reStructuredText, AsciiDoc, notebooks; else it shows the source.

    `link_base` and `image_base` are URLs that end with a slash; paths from the root of the repository are
    appended. Every id in the result begins with `prefix`: give another one when several texts stand on one page.
    It takes about ten seconds at most, whatever the text is: large and risky ones get a process of their own.
    """
    place = Place(path=path, link_base=link_base, image_base=image_base, prefix=prefix)
    note = ""
    if reader_of(path) is notebook and len(text) > LARGEST_NOTEBOOK:
        return as_written(text[:LARGEST], place, TOO_LARGE)
    if reader_of(path) is not notebook and len(text) > LARGEST:
        text, note = text[:LARGEST], CUT
    if needs_limits(text, path):
        return apart.render(text, place, note) or as_written(text[:LARGEST], place, joined(FALLBACK, note))
    return render_here(text, place, note)


def needs_limits(text: str, path: str) -> bool:
    """Docutils is slow, and substitutions inside substitutions let a small text grow without end."""
    if reader_of(path) is markup.restructured_text:
        return len(text) > SMALL // 4 or "replace::" in text
    return len(text) > SMALL


def render_here(text: str, place: Place, note: str = "") -> Rendered:
    """Without a limit of time. Whatever goes wrong, the text is shown as it was written."""
    reader = reader_of(place.path)
    if reader is None:
        return as_written(text, place, note)
    try:
        rendered = finished(reader(text), place, note)
    # Parsers of strangers' text fail in ways that nobody can list; none of them may stop a sync.
    except Exception:
        return as_written(text, place, joined(FALLBACK, note))
    # Docutils answers with nothing at all when a line is too long for it.
    return rendered if rendered.html or not text.strip() else as_written(text, place, joined(FALLBACK, note))


def reader_of(path: str) -> Callable[[str], str] | None:
    return READERS.get(path.rpartition("/")[2].rpartition(".")[2].lower())


def finished(raw: str, place: Place, note: str) -> Rendered:
    # Nobody hears a heading that says nothing: the corner of a table is a cell.
    clean = EMPTY_HEADING.sub(r"<td\1></td>", sanitised(raw, place))
    highest = min((int(level) for level in HEADINGS.findall(clean)), default=1)
    finish = Finish(place, shift=2 - highest)
    finish.feed(clean)
    finish.close()
    return Rendered(
        html="".join(finish.written),
        title=finish.title,
        plain_text=" ".join("".join(finish.words).split())[:LONGEST_PLAIN],
        toc=tuple(finish.toc),
        note=note,
    )


def as_written(text: str, place: Place, note: str) -> Rendered:
    """The source, its first line as the title."""
    shown = finished(markup.plain(text), place, note)
    title = next((line.strip() for line in text[:2000].splitlines() if line.strip(" =-*#~\t")), "")
    return Rendered(html=shown.html, title=title[:300], plain_text=shown.plain_text, toc=(), note=note)


def joined(*notes: str) -> str:
    return " ".join(note for note in notes if note)
