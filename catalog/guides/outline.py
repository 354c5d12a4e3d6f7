"""The symbols that a file of source defines, by the queries for tags that grammars of tree-sitter bring along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tree_sitter import Language, Node, Parser, Query, QueryCursor

MOST_SYMBOLS = 2_000
LONGEST_NAME = 120
# These grammars bring no query for tags.
C_SHARP = """
(class_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(struct_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(enum_declaration name: (identifier) @name) @definition.enum
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.method
(property_declaration name: (identifier) @name) @definition.property
"""
KOTLIN = """
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(function_declaration name: (identifier) @name) @definition.function
"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """`line` is from 1; `level` says in how many other symbols it stands. `kind` is class, function, method …"""

    kind: str
    name: str
    line: int
    level: int


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where a language comes from, and the modules whose queries for tags hold for it."""

    module: str
    language: str = "language"
    queries: tuple[str, ...] = ()
    own_query: str = ""


TYPESCRIPT = ("tree_sitter_typescript", "tree_sitter_javascript")
GRAMMARS = {
    **dict.fromkeys(("py", "pyi"), Grammar("tree_sitter_python")),
    **dict.fromkeys(("js", "mjs", "cjs", "jsx"), Grammar("tree_sitter_javascript")),
    **dict.fromkeys(
        ("ts", "mts", "cts"), Grammar("tree_sitter_typescript", "language_typescript", queries=TYPESCRIPT)
    ),
    "tsx": Grammar("tree_sitter_typescript", "language_tsx", queries=TYPESCRIPT),
    "go": Grammar("tree_sitter_go"),
    "rs": Grammar("tree_sitter_rust"),
    "java": Grammar("tree_sitter_java"),
    **dict.fromkeys(("c", "h"), Grammar("tree_sitter_c")),
    **dict.fromkeys(("cc", "cpp", "cxx", "hh", "hpp", "hxx"), Grammar("tree_sitter_cpp")),
    "rb": Grammar("tree_sitter_ruby"),
    "php": Grammar("tree_sitter_php", "language_php"),
    "cs": Grammar("tree_sitter_c_sharp", own_query=C_SHARP),
    **dict.fromkeys(("kt", "kts"), Grammar("tree_sitter_kotlin", own_query=KOTLIN)),
}


def has_outline(path: str) -> bool:
    """Whether there is a grammar for a file of this name."""
    return ending(path) in GRAMMARS


def ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def outline(text: str, path: str) -> tuple[Symbol, ...]:
    """In the order of the file, at most 2,000; () for a language that nothing here knows.

    The parser is native code: what comes from strangers is parsed in a process of its own, see `apart.outline`.
    """
    if not has_outline(path):
        return ()
    parser, query = reader_of(GRAMMARS[ending(path)])
    tree = parser.parse(text.encode("utf-8", "replace"))
    return tuple(levelled(sorted(definitions(query, tree.root_node), key=lambda each: each[0].start_byte)))


@cache
def reader_of(grammar: Grammar) -> tuple[Parser, Query]:
    made: Callable[[], object] = getattr(import_module(grammar.module), grammar.language)
    language = Language(made())
    modules = () if grammar.own_query else grammar.queries or (grammar.module,)
    queries = [import_module(name).TAGS_QUERY for name in modules]
    return Parser(language), Query(language, "\n".join(queries) or grammar.own_query)


def definitions(query: Query, root: Node) -> Iterator[tuple[Node, str, str]]:
    """Each with its kind and name. Queries find calls and other references as well, which are left out."""
    seen: set[int] = set()
    for _, found in QueryCursor(query, match_limit=10_000).matches(root):
        kind = next((word.removeprefix("definition.") for word in found if word.startswith("definition.")), "")
        if not kind or "name" not in found or len(seen) >= MOST_SYMBOLS:
            continue
        node, name = found[f"definition.{kind}"][0], found["name"][0]
        if name.start_byte not in seen and name.text is not None:
            seen.add(name.start_byte)
            yield node, kind, name.text.decode("utf-8", "replace")[:LONGEST_NAME]


def levelled(found: list[tuple[Node, str, str]]) -> Iterator[Symbol]:
    """A definition inside another one stands a level below it."""
    open_until: list[int] = []
    for node, kind, name in found:
        while open_until and node.start_byte >= open_until[-1]:
            open_until.pop()
        yield Symbol(kind, name, node.start_point.row + 1, len(open_until))
        open_until.append(node.end_byte)
