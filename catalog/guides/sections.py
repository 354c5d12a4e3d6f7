"""The parts of a guide that a newcomer looks for, found by their headings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`topic` is one of TOPICS; `html` is sanitised and begins after the heading."""

    topic: str
    title: str
    anchor: str
    html: str


def find_sections(html: str) -> tuple[Section, ...]:
    """The sections of a rendered guide that answer a newcomer's question, in their order, at most one a topic."""
    raise NotImplementedError
