"""What a README and a contribution guide tell, by their headings: cheap enough for every sync."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from catalog.guides.sections import HEADING, title_of, topic_of
from catalog.guides.summary import summarise

#: Topics of catalog.guides.sections that a contributor needs before a first change.
CONTRIBUTING = ("setup", "build", "test", "submit", "review")
#: A first sentence of fewer letters says nothing.
SENTENCE = 20
#: Headings that are looked at; nobody reads more.
MOST = 2_000

README = {
    "what": r"^(about|overview|introduction|purpose|features?|description|why|what)\b|\bwhat (is|it does)\b",
    "use": r"\b(usage|using|use|examples?|quick ?start|get(ting)? started|install(ation|ing)?|tutorials?|how to"
    r"|running|run|commands?|configur(e|ation|ing)|documentation|docs|api)\b",
    "help": r"\b(get(ting)?|need|seek(ing)?|find(ing)?|ask(ing)?( for)?) help\b"
    r"|^(help|support|contact|community)\b|\b(support|contact( us)?|questions?|community|chat|slack|discord|matrix"
    r"|mailing lists?|where to ask|feedback|report(ing)?|issue tracker|bugs?|communication)\W*$",
}
PATTERNS = {topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in README.items()}

OF_TESTS = re.compile(r"\btest(s|ing)?$", re.IGNORECASE)

# What a guide without headings says all the same: the command, or what becomes of a change.
MENTIONS = {
    "setup": r"\b(pip install|npm (ci|i|install)|(pnpm|yarn|poetry|bundle|composer) install|uv sync|cargo build"
    r"|go build|go mod download|make (build|install|setup|dev\w*)|docker[ -]compose|mvn \w+|gradlew? \w+"
    r"|virtualenv|venv)\b",
    "test": r"\b(pytest|tox|nox|cargo test|go test|(npm|yarn|pnpm) (run )?test|make (check|test)|mvn (test|verify)"
    r"|gradlew? (test|check)|rspec|rake test|ctest|phpunit|dotnet test|bazel test|run (the|all|our) tests)\b",
    "submit": r"\b(pull requests?|merge requests?|PRs?|MRs?|patch(es)?)\b",
    "review": r"\breview(s|ed|ers?|ing)?\b",
}
MENTIONED = {topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in MENTIONS.items()}

#: Topics to the heading under which they are told; "" where it is told before any heading.
Told = dict[str, str]


def readme_tells(html: str) -> Told:
    """What it is, how to use it, how to get help, and what a contribution guide would tell as well.

    A first sentence of substance says what it is without a heading.
    """
    told = headings_of(html, topics_of_readme)
    if "what" not in told and len(summarise(html)) >= SENTENCE:
        told["what"] = ""
    return told


def contributing_tells(html: str) -> Told:
    return headings_of(html, topics_of_guide)


def topics_of_readme(title: str) -> list[str]:
    return [*(topic for topic, pattern in PATTERNS.items() if pattern.search(title)), *topics_of_guide(title)]


def topics_of_guide(title: str) -> list[str]:
    topic = topic_of(title) or ("test" if OF_TESTS.search(title) else None)
    return [topic] if topic in CONTRIBUTING else []


def headings_of(html: str, topics: Callable[[str], list[str]]) -> Told:
    """The first heading of each topic that has a text below it; the title of the whole document is none."""
    headings = list(islice(HEADING.finditer(html), MOST + 1))
    told: Told = {}
    for index, heading in enumerate(headings[:MOST]):
        if index == 0 and heading[1] == "2" and len(headings) > 1:
            continue
        title = title_of(heading[3])
        fresh = [topic for topic in topics(title) if topic not in told]
        if fresh and has_text(html, headings, index):
            told |= dict.fromkeys(fresh, title[:80])
    return told


def has_text(html: str, headings: list[re.Match[str]], index: int) -> bool:
    """Whether there is anything up to the next heading of its level or above."""
    level = headings[index][1]
    end = next((later.start() for later in headings[index + 1 :] if later[1] <= level), len(html))
    return bool(html[headings[index].end() : end].strip())


def mentioned(text: str) -> tuple[str, ...]:
    """The topics that the plain text of a contribution guide touches, in a part of its own or not."""
    return tuple(topic for topic, pattern in MENTIONED.items() if pattern.search(text))
