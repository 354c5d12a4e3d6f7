"""Markup of strangers to HTML that is safe inside our pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading. `level` is 2 to 6 as shown; `anchor` is the id of the heading."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` is sanitised. `plain_text` is for the search, bounded. `note` says what was cut, as a sentence."""

    html: str
    title: str
    plain_text: str
    toc: tuple[TocEntry, ...]
    note: str = ""


def render(text: str, *, path: str, link_base: str, image_base: str) -> Rendered:
    """Renders by the ending of `path`; whatever is no Markdown or reStructuredText is shown as its source.

    `link_base` and `image_base` are URLs that end with a slash; paths from the root of the repository are appended.
    """
    raise NotImplementedError
