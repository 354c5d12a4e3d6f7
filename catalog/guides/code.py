"""Source code with colours: short class names of Pygments inside, no style."""

import html

from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
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
