"""Source code with colours: short class names of Pygments inside, no style."""

import html

from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name, find_lexer_class_for_filename
from pygments.util import ClassNotFound

# One block of 2.6 MB took Pygments 25 s. Within these limits it is milliseconds.
LONGEST_BLOCK = 20_000
LONGEST_LINE = 1_000

FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def highlight(text: str, language: str) -> str:
    """HTML for the inside of a `<pre><code>`; plain where the language is not known or the text is too long."""
    lexer = lexer_of(language) if fits(text) else None
    if lexer is None:
        return html.escape(text, quote=False)
    return pygments_highlight(text, lexer, FORMATTER)


def fits(text: str) -> bool:
    return len(text) <= LONGEST_BLOCK and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE


def lexer_of(language: str) -> Lexer | None:
    try:
        found = find_lexer_class_by_name(language) if language else None
    except ClassNotFound:
        return None
    # Lexers may not take away what was written, also when it looks like needless space.
    return found(stripnl=False, ensurenl=False) if found else None


def coloured_lines(text: str, path: str) -> tuple[str, ...]:
    """Each line as HTML, in as many lines as the text has; every element ends on the line where it begins.

    Only escaped where nothing knows the language. It takes as long as the lexer does: see `fits`.
    """
    lines = text.split("\n")
    lexer = lexer_for(path)
    if lexer is not None:
        coloured = pygments_highlight(text, lexer, FORMATTER).split("\n")
        # A lexer that takes a line end for something else would shift what stands behind it.
        if len(coloured) == len(lines) or coloured[len(lines) :] == [""]:
            return tuple(coloured[: len(lines)])
    return tuple(html.escape(line, quote=False) for line in lines)


def lexer_for(path: str) -> Lexer | None:
    """By the name alone: a look into the text would cost more, and let strangers choose."""
    found = find_lexer_class_for_filename(path.rpartition("/")[2])
    return found(stripnl=False, ensurenl=False) if found else None
