"""Jupyter notebooks to HTML that is not safe yet: prose, code, and what its last run left behind.

Only the file's own JSON is read. Outputs are words, pictures that carry no script, and plain HTML such as tables.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from catalog.guides.markup import TooDeep, markdown
from catalog.guides.safe import self_contained
from catalog.guides.text import cleaned

MOST_CELLS = 1_000
MOST_OUTPUTS = 50
LONGEST_SOURCE = 100_000
LONGEST_OUTPUT = 20_000
LONGEST_HTML = 200_000
#: Characters of Base64 that one notebook may show in all its pictures.
MOST_PICTURED = 2_000_000
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
#: Colours and cursor movements of terminals.
ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])")
LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
ATTACHED = re.compile(r"\(attachment:([^)\s]{1,200})\)")

Cell = dict[str, Any]


def notebook(text: str) -> str:
    """Raises ValueError for what is no notebook, TooDeep and RecursionError for what hides in one."""
    values = json.loads(text)
    if not isinstance(values, dict) or not isinstance(cells_of(values), list):
        raise ValueError("This is no notebook.")
    return "\n".join(Drawn(language_of(values)).all(cells_of(values)))


def cells_of(values: Cell) -> Any:
    """nbformat 4 has cells, nbformat 3 has them inside of worksheets."""
    sheets = values.get("worksheets")
    if "cells" not in values and isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in list_at(sheet, "cells")]
    return values.get("cells")


def language_of(values: Cell) -> str:
    about = mapping_at(values, "metadata")
    stated = mapping_at(about, "language_info").get("name") or mapping_at(about, "kernelspec").get("language")
    return stated if isinstance(stated, str) and LANGUAGE.fullmatch(stated) else "python"


class Drawn:
    """One notebook while it is drawn: what it may still spend on pictures."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.pictured = 0

    def all(self, cells: list[Any]) -> Iterator[str]:
        for cell in cells[:MOST_CELLS]:
            if isinstance(cell, dict):
                yield from self.cell(cell)
        if len(cells) > MOST_CELLS:
            yield left_out(f"Only the first {MOST_CELLS:,} of {len(cells):,} cells are shown.")

    def cell(self, cell: Cell) -> Iterator[str]:
        kind = cell.get("cell_type")
        if kind == "code":
            yield from self.code(cell)
        elif kind == "markdown":
            yield self.prose(cell)
        elif kind == "heading":
            level = cell.get("level")
            level = level if isinstance(level, int) and 1 <= level <= 6 else 2
            yield f"<h{level}>{escaped(source_of(cell)[:300])}</h{level}>"
        elif kind in ("raw", "html"):
            yield plain(source_of(cell))

    def prose(self, cell: Cell) -> str:
        """Pictures may lie in the cell itself."""
        attached = mapping_at(cell, "attachments")
        pictures: dict[str, str] = {}

        def marked(found: re.Match[str]) -> str:
            name = found[1]
            pictures[name] = self.picture(mapping_at(attached, name), alt=name)
            return f"(attachment-{list(pictures).index(name)})"

        text = ATTACHED.sub(marked, source_of(cell))
        drawn = kept_apart(markdown(text))
        for number, shown in enumerate(pictures.values()):
            before, mark, after = drawn.partition(f'<img src="attachment-{number}"')
            drawn = before + shown + after.partition(">")[2] if mark else drawn
        return drawn

    def code(self, cell: Cell) -> Iterator[str]:
        source = source_of(cell, "input" if "input" in cell else "source")
        number = cell.get("execution_count", cell.get("prompt_number"))
        mark = f"In [{number}]" if isinstance(number, int) else "In [ ]"
        language = cell.get("language")
        language = language if isinstance(language, str) and LANGUAGE.fullmatch(language) else self.language
        code = f'<pre><code class="language-{language}">{escaped(source)}</code></pre>' if source.strip() else ""
        outputs = list(self.outputs(list_at(cell, "outputs")))
        if code or outputs:
            yield f'<div class="cell"><p class="cell-mark">{mark}</p>{code}{"".join(outputs)}</div>'

    def outputs(self, outputs: list[Any]) -> Iterator[str]:
        for output in outputs[:MOST_OUTPUTS]:
            if isinstance(output, dict) and (inside := self.output(output)):
                kind = "cell-error" if output.get("output_type") in ("error", "pyerr") else "cell-output"
                yield f'<div class="{kind}">{inside}</div>'
        if len(outputs) > MOST_OUTPUTS:
            yield left_out(f"Only the first {MOST_OUTPUTS} of {len(outputs):,} outputs are shown.")

    def output(self, output: Cell) -> str:
        kind = output.get("output_type")
        if kind == "stream":
            return terminal(text_at(output, "text"))
        if kind in ("error", "pyerr"):
            trace = words_of("\n".join(line for line in list_at(output, "traceback") if isinstance(line, str)))
            return terminal(trace or f"{text_at(output, 'ename')}: {text_at(output, 'evalue')}")
        return self.shown(mapping_at(output, "data") or of_version_3(output))

    def shown(self, said: Cell) -> str:
        """The best of the ways in which an output says the same."""
        if any(kind in said for kind in PICTURES):
            return self.picture(said, alt=text_at(said, "text/plain")[:200] or "A picture that the code made")
        if markup := text_at(said, "text/html"):
            return hypertext(markup, fallback=text_at(said, "text/plain"))
        if prose := text_at(said, "text/markdown"):
            return kept_apart(markdown(prose[:LONGEST_OUTPUT]))
        if words := text_at(said, "text/plain") or text_at(said, "text/latex"):
            return terminal(words)
        kinds = escaped(", ".join(map(str, said))[:100])
        return left_out(f"An output of the kind {kinds} is not shown.") if kinds else ""

    def picture(self, said: Cell, *, alt: str) -> str:
        kind = next((kind for kind in PICTURES if kind in said), "")
        data = "".join(text_at(said, kind).split()) if kind else ""
        if not BASE64.fullmatch(data):
            return left_out("A picture that could not be read is left out.")
        self.pictured += len(data)
        if self.pictured > MOST_PICTURED:
            return left_out(
                "A picture is left out here, because this notebook holds many. The raw file is complete."
            )
        return f'<img src="data:{kind};base64,{data}" alt="{html.escape(" ".join(alt.split()))}">'


# ---------------------------------------------------------------- words
def source_of(cell: Cell, name: str = "source") -> str:
    source = text_at(cell, name)
    return source[:LONGEST_SOURCE]


def text_at(values: Cell, name: str) -> str:
    """A text, or a list of its lines. JSON's escapes can bring back what was cleaned from the file."""
    value = values.get(name)
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return words_of(value) if isinstance(value, str) else ""


def words_of(text: str) -> str:
    """Without colours, control characters and halves of characters."""
    return cleaned(ANSI.sub("", text), "").text


def mapping_at(values: Cell, name: str) -> Cell:
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def list_at(values: Cell, name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def of_version_3(output: Cell) -> Cell:
    """nbformat 3 names its kinds shortly and keeps them beside everything else."""
    names = {"png": "image/png", "jpeg": "image/jpeg", "html": "text/html", "text": "text/plain"}
    return {kind: output[name] for name, kind in names.items() if name in output}


def escaped(text: str) -> str:
    return html.escape(cleaned(text, "").text, quote=False)


def plain(text: str) -> str:
    return f'<pre class="plain">{escaped(text).rstrip()}</pre>' if text.strip() else ""


def terminal(text: str) -> str:
    """The end of a long output is what its reader looks for."""
    if len(text) <= LONGEST_OUTPUT:
        return plain(text)
    return left_out("The beginning of a long output is left out.") + plain(text[-LONGEST_OUTPUT:])


def hypertext(markup: str, *, fallback: str) -> str:
    """Tables and the like. What lives by script is dead here, and that is said."""
    if len(markup) > LONGEST_HTML:
        return left_out("An output of more than 200 kB of HTML is not shown.") + terminal(fallback)
    shown = kept_apart(markup)
    if shown.strip():
        return shown
    return left_out("An output that needs a script is not shown.") + terminal(fallback)


def kept_apart(markup: str) -> str:
    try:
        return self_contained(cleaned(markup, "").text)
    except TooDeep:
        return left_out("Something that nests too deep is left out.")


def left_out(why: str) -> str:
    return f"<p><em>{why}</em></p>"
