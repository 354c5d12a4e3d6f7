"""Sphinx's directives for docutils, as far as a page can show them without running anything of the repository.

Without them docutils leaves such a block out with all its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.languages import en

from catalog.guides import dialects

#: What the navigation shows, or what only a build needs.
UNSEEN = (
    "toctree",
    "index",
    "currentmodule",
    "py:currentmodule",
    "module",
    "py:module",
    "highlight",
    "tabularcolumns",
)
VERSIONS = {**dialects.VERSIONS, "deprecated-removed": "Deprecated since version"}
#: What Sphinx writes there it takes from the code, by importing it.
FROM_CODE = """
automodule autoclass autofunction automethod autoattribute autodata autoexception autosummary autoproperty click
program-output literalinclude argparse plot graphviz
"""
#: A signature, and below it what it does.
DESCRIBED = """
function class method attribute data exception property staticmethod classmethod decorator type
"""
DOMAINS = ("", "py:", "c:", "js:", "cpp:")
ALONE = ("option", "envvar", "confval", "describe", "object", "rst:directive", "setting", "django-admin")
CONTAINERS = "tab tab-item group-tab grid-item grid-item-card card dropdown centered margin details"
CODE = (
    "code-block",
    "sourcecode",
    "code",
    "ipython",
    "prompt",
    "doctest",
    "testcode",
    "parsed-literal",
    "productionlist",
)


NAMED = re.compile(r"^[ \t]*\.\. (?:\|[^|\n]{1,60}\| )?([A-Za-z][\w:.-]{0,40})::", re.MULTILINE)


def unknown(text: str) -> tuple[str, ...]:
    """The directives of a text that nobody here knows, each once."""
    known = {*vars(directives)["_directives"], *en.directives}
    return tuple(dict.fromkeys(name for name in NAMED.findall(text) if name.lower() not in known))[:10]


class Anything(dict[str, Callable[[str], Any]]):
    """Options of every name, so that a new one of Sphinx costs no block."""

    def __bool__(self) -> bool:
        return True

    def __missing__(self, name: str) -> Callable[[str], Any]:
        return str

    def __getitem__(self, name: str) -> Callable[[str], Any]:
        return directives.unchanged


class Lenient(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = Anything()

    @property
    def argument(self) -> str:
        return " ".join(self.arguments)

    def inside(self, into: nodes.Element) -> nodes.Element:
        self.state.nested_parse(self.content, self.content_offset, into)
        return into


class Unseen(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        return []


class Container(Lenient):
    """A name, if it has one, and what is inside."""

    def run(self) -> Sequence[nodes.Node]:
        name = [nodes.paragraph("", "", nodes.strong("", self.argument))] if self.argument else []
        return [*name, *self.inside(nodes.container()).children]


class OnlyInside(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        return self.inside(nodes.container()).children


class Version(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        version, _, rest = self.argument.partition(" ")
        note = nodes.admonition(classes=["note"])
        note += nodes.title("", f"{VERSIONS[self.name]} {version}".strip())
        if rest:
            words, _ = self.state.inline_text(rest, self.lineno)
            note += nodes.paragraph("", "", *words)
        return [self.inside(note)]


class SeeAlso(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        note = nodes.admonition(classes=["note"])
        note += nodes.title("", "See also")
        if self.argument:
            words, _ = self.state.inline_text(self.argument, self.lineno)
            note += nodes.paragraph("", "", *words)
        return [self.inside(note)]


class FromCode(Lenient):
    """Nothing is imported here, so its name has to do."""

    def run(self) -> Sequence[nodes.Node]:
        what = f"{self.name} {self.argument}".strip()
        said = nodes.paragraph(
            "", "", nodes.emphasis("", "Drawn from the code by Sphinx: "), nodes.literal("", what)
        )
        return [said]


class Described(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        signatures = [line.strip() for line in self.block_text.split("\n")[0].partition("::")[2:] if line.strip()]
        term = nodes.term("", "", *[nodes.literal("", each) for each in signatures])
        item = nodes.definition_list_item("", term, self.inside(nodes.definition()))
        return [nodes.definition_list("", item)]


class Code(Lenient):
    def run(self) -> Sequence[nodes.Node]:
        language = self.argument.split()[0] if self.argument else ""
        classes = ["code", language] if language and self.name not in ("parsed-literal", "productionlist") else []
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, classes=classes)]


@cache
def register() -> None:
    """Makes them known to docutils, for this process. Its own directives stay where they do the same."""
    kinds: list[tuple[type[Directive], Sequence[str]]] = [
        (Unseen, UNSEEN),
        (Version, tuple(VERSIONS)),
        (SeeAlso, ("seealso",)),
        (FromCode, FROM_CODE.split()),
        (Described, [domain + name for name in DESCRIBED.split() for domain in DOMAINS]),
        (Described, ALONE),
        (OnlyInside, ("only", "rst-class", "hlist", "tab-set", "tabs", "grid", "container", "glossary")),
        (Container, CONTAINERS.split()),
        (Code, CODE),
    ]
    for kind, names in reversed(kinds):
        for name in names:
            directives.register_directive(name, kind)
