"""Markdown, reStructuredText and AsciiDoc to HTML that is not safe yet: catalog.guides.safe has to follow."""

import html
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import comrak

from catalog.guides.dialects import github_dialect

# Deeper nesting than anybody writes takes time that grows with its square.
MARKERS = re.compile(r"^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))){60}", re.MULTILINE)

# Rows of a table are filled up to its columns: ten thousand characters can make two million cells.
MOST_CELLS = 100_000


class TooDeep(ValueError):
    """The text nests deeper, or its tables are wider, than we follow."""


def markdown(text: str) -> str:
    """GitHub's dialect with tables, task lists, footnotes and alerts, and some words of MkDocs and MyST.

    Raises TooDeep.
    """
    text = github_dialect(text)
    if MARKERS.search(text) or cells(text) > MOST_CELLS:
        raise TooDeep
    extensions, options = markdown_options()
    return comrak.render_markdown(text, extensions, None, options)


def cells(text: str) -> int:
    """How many cells the tables of a text have at most: below a line of dashes and bars each line is a row."""
    count = columns = 0
    for line in text.splitlines():
        if not line.strip(" \t>"):
            columns = 0
        elif not line.strip(" \t>|:-"):
            columns = max(columns, line.count("|") + 1)
        count += columns
    return count


@cache
def markdown_options() -> tuple[comrak.ExtensionOptions, comrak.RenderOptions]:
    extensions, options = comrak.ExtensionOptions(), comrak.RenderOptions()
    for name in ("table", "strikethrough", "autolink", "tasklist", "footnotes", "alerts", "shortcodes"):
        setattr(extensions, name, True)
    extensions.front_matter_delimiter = "---"
    # Raw HTML is common in guides (centred titles, details); what is dangerous of it is taken out afterwards.
    options.unsafe_ = True
    return extensions, options


RST_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "doctitle_xform": False,
    "sectsubtitle_xform": False,
    "initial_header_level": 1,
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "smart_quotes": False,
    "toc_backlinks": False,
    "footnote_references": "superscript",
    "auto_id_prefix": "id",
    "line_length_limit": 5_000,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    # Without it docutils ends the whole process where something fails.
    "traceback": True,
}


def restructured_text(text: str) -> str:
    """Files cannot be inserted, raw HTML is off, and complaints of the reader are not shown.

    Raises docutils' errors, RecursionError and what else a parser of that age raises on odd input.
    """
    from docutils.core import publish_parts

    from catalog.guides.directives import register, unknown

    register()
    text = SPHINX_ROLES.sub(r"``\1``", DOCUMENTS.sub(linked_document, text))
    parts = publish_parts(text, writer="html5", settings_overrides=RST_SETTINGS)
    left_out = ", ".join(f"<code>{html.escape(name)}</code>" for name in unknown(text))
    said = f"<p><em>Left out here, because only the project's own build can draw it:</em> {left_out}</p>"
    return CODE_BLOCK.sub(r'<pre class="language-\1">', str(parts["body"])) + (said if left_out else "")


def linked_document(found: re.Match[str]) -> str:
    """:doc:`Use it <use>` leads to use.rst beside it. From Sphinx's own root nobody knows the way here."""
    words, target = (found[1].strip(), found[2]) if found[2] else (found[1], found[1])
    return f"``{words}``" if target.startswith("/") else f"`{words} <{target}.rst>`__"


DOCUMENTS = re.compile(r":doc:`([^`<\n]{1,200})(?:<([^`<>\n]{1,200})>)?`")
CODE_BLOCK = re.compile(r'<pre class="code ([\w+#.-]{1,30}) literal-block">')
# Roles that Sphinx adds are common in READMEs; docutils alone would complain instead of showing them.
SPHINX_ROLES = re.compile(
    r":(?:py:)?(?:class|func|meth|mod|attr|exc|data|const|obj|ref|doc|term|option|file|command|program|envvar)"
    r":`~?([^`<\n]{1,200}?)(?: ?<[^`\n]{0,200}>)?`"
)


def asciidoc(text: str) -> str:
    """AsciiDoc in outline, by way of Markdown: titles, lists, links, code and notes. Raises TooDeep."""
    for pattern, replacement in ASCIIDOC:
        text = pattern.sub(replacement, text)
    return markdown(text)


ASCIIDOC: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"^:[!\w-]+:.*\n", re.MULTILINE), ""),
    (re.compile(r"^//(?!/).*\n", re.MULTILINE), ""),
    (re.compile(r"^={1,6}(?= )", re.MULTILINE), lambda found: "#" * len(found[0])),
    (re.compile(r"^\[source,\s*([\w+-]{1,30})[^\]\n]*\]\n-{4,}\n(.*?)\n-{4,}$", re.M | re.S), r"```\1\n\2\n```"),
    (re.compile(r"^(?:\[[^\]\n]*\]\n)?[-.]{4,}\n(.*?)\n[-.]{4,}$", re.M | re.S), r"```\n\1\n```"),
    (re.compile(r"^\[[^\]\n]{0,200}\]$", re.MULTILINE), ""),
    (
        re.compile(r"^(NOTE|TIP|IMPORTANT|WARNING|CAUTION): (.+)$", re.MULTILINE),
        r"> [!\1]\n> \2\n",
    ),
    (re.compile(r"image::?([^\s\[]{1,500})\[([^\]\n,]{0,200})[^\]\n]{0,200}\]"), r"![\2](\1)"),
    (re.compile(r"(?:link:|xref:)([^\s\[]{1,500})\[([^\]\n]{1,200})\]"), r"[\2](\1)"),
    (re.compile(r"(https?://[^\s\[]{1,500})\[([^\]\n]{1,200})\]"), r"[\2](\1)"),
    (re.compile(r"^(\*{2,5})(?= )", re.MULTILINE), lambda found: "  " * (len(found[0]) - 1) + "*"),
    (re.compile(r"^(\.{1,5})(?= )", re.MULTILINE), lambda found: "   " * (len(found[0]) - 1) + "1."),
    (re.compile(r"^\.(?=[A-Z][^\n]{1,120}$)", re.MULTILINE), ""),
]


def plain(text: str) -> str:
    """A text as it was written."""
    return f'<pre class="plain">{html.escape(text, quote=False)}</pre>'
