"""The contribution guide of a project, put together from what its documents and files say. Pure.

The order is that of the pattern “Standard Base Documentation” of InnerSource Commons: first what a README tells
a user, then what CONTRIBUTING tells a contributor on the way from the code to the merge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from catalog.guides.commands import Command, step_of
from catalog.guides.render import PREFIX
from catalog.guides.sections import Section, find_sections

#: Longer ones stand folded, so that the page can be looked over.
LONG = 4_000

TITLES = {
    "use": "How to use it",
    "wanted": "What they look for",
    "setup": "Set up",
    "build": "Build and run",
    "test": "Test",
    "style": "Style",
    "submit": "Submit a change",
    "review": "What to expect of the review",
    "licence": "Licence",
    "talk": "Where to talk",
    "report": "Report a problem",
    "after": "After the merge",
}
#: Documents that answer one question as a whole where no section of a guide does.
WHOLE = {"communication": "talk", "support": "talk", "governance": "decide"}


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered guide. `kind` is that of catalog.guides.find."""

    kind: str
    path: str
    html: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one document says to one question."""

    section: Section
    path: str
    kind: str = ""

    @property
    def file_anchor(self) -> str:
        """Where it stands on the page of the file, whose ids are as they were rendered."""
        anchor = self.section.anchor
        return anchor.replace(f"{self.kind}-", PREFIX, 1) if anchor.startswith(f"{self.kind}-") else anchor

    @property
    def is_long(self) -> bool:
        return len(self.section.html) > LONG


@dataclass(frozen=True, slots=True)
class Part:
    """One question with what is known. `command` is what the project's own files say, where its words do not.

    `same_as` is an earlier part whose answer holds this one too; that one `covers` it. `fact` is known without
    any document, in a few words.
    """

    topic: str
    title: str
    answer: Answer | None = None
    command: Command | None = None
    same_as: Part | None = None
    fact: str = ""
    covers: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        return f"part-{self.topic}"

    @property
    def is_empty(self) -> bool:
        return self.answer is None and self.command is None and self.same_as is None and not self.fact

    @property
    def heading(self) -> str:
        """“Set up, test and style” for an answer that holds three."""
        more = [TITLES[topic].lower() for topic in self.covers]
        if not more:
            return self.title
        return f"{', '.join([self.title, *more[:-1]])} and {more[-1]}"


def answers(documents: Iterable[Document]) -> dict[str, Answer]:
    """The best answer to each topic: of CONTRIBUTING, else of a document about it, else of the README."""
    by_kind = {document.kind: document for document in documents if document.html}
    found: dict[str, Answer] = {}
    for kind in ("contributing", *WHOLE, "readme"):
        if kind in by_kind:
            for topic, answer in said_in(by_kind[kind]):
                found.setdefault(topic, answer)
    return found


def said_in(document: Document) -> Iterable[tuple[str, Answer]]:
    html = own_ids(document)
    if document.kind in WHOLE:
        # Its sections are what it says about its one question.
        return [
            (
                WHOLE[document.kind],
                Answer(Section(WHOLE[document.kind], "", "", html), document.path, document.kind),
            )
        ]
    sections = find_sections(html, for_users=document.kind == "readme")
    return [(section.topic, Answer(section, document.path, document.kind)) for section in sections]


def own_ids(document: Document) -> str:
    """Parts of several documents stand on one page, so that their ids must not meet."""
    if document.kind == "contributing":
        return document.html
    return re.sub(rf'(id="|href="#){PREFIX}', rf"\g<1>{document.kind}-", document.html)


def compose(
    found: Mapping[str, Answer],
    commands: Sequence[Command],
    *,
    facts: Mapping[str, str] = MappingProxyType({}),
    whole: str = "",
) -> tuple[Part, ...]:
    """Every part in its order, also those about which nothing is known.

    `facts` are words by topic. Of the document `whole`, which the page shows as it is, only commands are taken.
    """
    by_step = {command.step: command for command in commands}
    parts: list[Part] = []
    for topic, title in TITLES.items():
        part = Part(topic, title, found.get(topic), by_step.get(topic), fact=facts.get(topic, ""))
        parts.append(without_repetition(only_command(part, whole=whole), parts))
    return tuple(replace(part, covers=covered(part, parts)) for part in parts)


def only_command(part: Part, *, whole: str) -> Part:
    if part.answer is None or part.answer.path != whole:
        return part
    line = line_for(part)
    return replace(part, answer=None, command=Command(part.topic, line, whole) if line else part.command)


def covered(part: Part, parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(each.topic for each in parts if each.same_as and each.same_as.topic == part.topic)


def without_repetition(part: Part, earlier: Iterable[Part]) -> Part:
    """A section that answers two questions is shown once; where it names a command, no file need do."""
    if part.answer is None:
        return part
    text = part.answer.section.html
    same = next((each for each in earlier if each.answer and text in each.answer.section.html), None)
    if same is not None:
        return replace(part, answer=None, command=None, same_as=same)
    named = any(step_of(line) == part.topic for line in part.answer.section.commands)
    return replace(part, command=None) if named else part


def first_commands(parts: Iterable[Part]) -> tuple[str, ...]:
    """What a stranger types to get it running: one line for setting up and one for testing, as far as known."""
    by_topic = {part.topic: part for part in parts}
    return tuple(line for topic in ("setup", "test") if (line := line_for(by_topic[topic])))


def line_for(part: Part) -> str:
    """What its words say, else what its files do."""
    shown_by = part.answer or (part.same_as.answer if part.same_as else None)
    lines = shown_by.section.commands if shown_by else ()
    own = (line for line in lines if step_of(line) == part.topic and not line.startswith("git clone"))
    return next(own, part.command.line if part.command else "")
