"""Source code with colours: short class names of Pygments inside, no style."""

import html
import time
from collections.abc import Iterator
from io import StringIO

from pygments.formatters.html import HtmlFormatter
from pygments.lexer import DelegatingLexer, Lexer
from pygments.lexers import find_lexer_class_by_name, find_lexer_class_for_filename
from pygments.token import _TokenType
from pygments.util import ClassNotFound

# One block of 2.6 MB took Pygments 25 s, and one of 20 kB that was made for it 40 s: so there is a limit of time.
LONGEST_BLOCK = 20_000
LONGEST_LINE = 1_000
#: Lexers that hand whole texts to others do so before their first token, where no clock is looked at.
LONGEST_DELEGATED = 2_000
#: Seconds for a block while somebody waits.
PATIENCE = 0.25

FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
Token = tuple[_TokenType, str]


class Late(Exception):
    """The time was over before the end of the text."""


def highlight(text: str, language: str, *, seconds: float = PATIENCE) -> str:
    """HTML for the inside of a `<pre><code>`; plain where the language is not known or it would take too long."""
    lexer = lexer_of(language) if fits(text) else None
    try:
        return html.escape(text, quote=False) if lexer is None else coloured(text, lexer, seconds)
    except Late:
        return html.escape(text, quote=False)


def coloured(text: str, lexer: Lexer, seconds: float) -> str:
    """Raises Late."""
    written = StringIO()
    FORMATTER.format(tokens(text, lexer, time.monotonic() + seconds), written)
    return written.getvalue()


def tokens(text: str, lexer: Lexer, deadline: float) -> Iterator[Token]:
    """As the lexer finds them, looking at the clock before each. Raises Late."""
    if isinstance(lexer, DelegatingLexer) and len(text) > LONGEST_DELEGATED:
        raise Late
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        if time.monotonic() > deadline:
            raise Late
        yield kind, value


def fits(text: str) -> bool:
    return len(text) <= LONGEST_BLOCK and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE


def lexer_of(language: str) -> Lexer | None:
    try:
        found = find_lexer_class_by_name(language) if language else None
    except ClassNotFound:
        return None
    # Lexers may not take away what was written, also when it looks like needless space.
    return found(stripnl=False, ensurenl=False) if found else None


def coloured_lines(text: str, path: str, *, seconds: float = PATIENCE) -> tuple[str, ...]:
    """Each line as HTML, in as many lines as the text has; every element ends on the line where it begins.

    Only escaped where nothing knows the language. Raises Late.
    """
    lines = text.split("\n")
    lexer = lexer_for(path)
    if lexer is not None:
        found = coloured(text, lexer, seconds).split("\n")
        # A lexer that takes a line end for something else would shift what stands behind it.
        if len(found) == len(lines) or found[len(lines) :] == [""]:
            return tuple(found[: len(lines)])
    return tuple(html.escape(line, quote=False) for line in lines)


def lexer_for(path: str) -> Lexer | None:
    """By the name alone: a look into the text would cost more, and let strangers choose."""
    found = find_lexer_class_for_filename(path.rpartition("/")[2])
    return found(stripnl=False, ensurenl=False) if found else None
