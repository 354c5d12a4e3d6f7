"""The parts of a guide that a newcomer looks for, found by their headings."""

import html as entities
import re
from dataclasses import dataclass

import nh3

from catalog.guides.safe import TAGS

TOPICS = {
    "setup": "Set up",
    "build": "Build and run",
    "test": "Test",
    "style": "Style",
    "submit": "Submit a change",
    "review": "How a review goes",
    "wanted": "What they look for",
    "report": "Report a problem",
    "talk": "Where to talk",
    "decide": "Who decides",
}
# The first pattern that a heading matches decides; a topic is answered by the first heading that matches it.
PATTERNS = (
    ("test", r"\b(run(ning)?|writ(e|ing)|unit|how to)\b.*\btests?\b|^tests?$|^testing\b|\btest suite\b"),
    (
        "review",
        r"\breview(s|ing|ers?)?\b|\bwhat happens (next|after)|\bresponse times?\b|\bhow fast\b|\bwhen .*answer",
    ),
    (
        "decide",
        r"\b(governance|maintainers?|trusted committers?|who (decides|maintains|owns)|ownership|owners?|roles"
        r"|decisions?|decision[- ]making)\b",
    ),
    (
        "talk",
        r"\b(communicat(e|ing|ion)|chat|slack|discord|matrix|contact|get(ting)? (help|in touch)|questions?"
        r"|mailing lists?|where to (talk|ask)|(need|ask for) help)\b|^(community|(community )?support|help)$",
    ),
    (
        "wanted",
        r"\b(looking for|good first|ideas?|what (we|to) (need|want|contribute|work)|ways to contribute|wanted"
        r"|roadmap|contributions? (we|are)|where to start|help wanted)\b",
    ),
    ("report", r"\b(report(ing)?|bugs?|issues?)\b"),
    (
        "style",
        r"^style\b|\b(style ?guides?|cod(e|ing) (style|standards?|guidelines?|conventions?)|lint(ing)?"
        r"|formatting|conventions?|commit messages?)\b",
    ),
    (
        "submit",
        r"\b(pull|merge) requests?\b|\bsubmit(ting)?\b|\b(a|&|and) patch(es)?\b"
        r"|\bsend(ing)? (a |your )?(change|patch)"
        r"|\bhow (to|you can) contribute\b|\bworkflow\b|\bpropos(e|ing|als?)\b"
        r"|\bcontribution (process|flow)\b",
    ),
    ("build", r"\b(build(ing)?|compil(e|ing)|run(ning)? (it|the|locally)|usage)\b"),
    (
        "setup",
        r"\b(set(ting)?[- ]?up|install(ing|ation)?|prerequisites?|requirements?|dev(elopment)? environment"
        r"|environment|get(ting)? started|development|developing|quick ?start|local(ly)?)\b",
    ),
)
KNOWN = tuple((topic, re.compile(pattern, re.IGNORECASE)) for topic, pattern in PATTERNS)
# Only HTML of catalog.guides.render is cut here, whose headings look exactly like this.
HEADING = re.compile(r'<h([2-6]) id="([^"<>]*)">(.*?)</h\1>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
LONGEST = 60_000


@dataclass(frozen=True, slots=True)
class Section:
    """`topic` is one of TOPICS; `html` is sanitised, begins after the heading and holds its sub-sections."""

    topic: str
    title: str
    anchor: str
    html: str


def find_sections(html: str) -> tuple[Section, ...]:
    """The sections of a rendered guide that answer a newcomer's question, in their order, at most one a topic."""
    headings = list(HEADING.finditer(html))
    found: dict[str, Section] = {}
    for index, heading in enumerate(headings):
        title = title_of(heading[3])
        topic = topic_of(title)
        # A document's own title says what all of it is about, not what one part answers.
        if topic is None or topic in found or (index == 0 and heading[1] == "2" and len(headings) > 1):
            continue
        body = body_of(html, headings, index)
        if body:
            found[topic] = Section(topic, title, entities.unescape(heading[2]), body)
    return tuple(found.values())


def topic_of(title: str) -> str | None:
    return next((topic for topic, pattern in KNOWN if pattern.search(title)), None)


def title_of(inside: str) -> str:
    return " ".join(entities.unescape(TAG.sub("", inside)).split())[:200]


def body_of(html: str, headings: list[re.Match[str]], index: int) -> str:
    """From a heading to the next one of its level or above. Elements that the cut tears are closed again."""
    level = headings[index][1]
    following = (later.start() for later in headings[index + 1 :] if later[1] <= level)
    body = html[headings[index].end() : next(following, len(html))][:LONGEST].strip()
    return closed(body)


def closed(html: str) -> str:
    """Every element closed. What was allowed before stays allowed: this adds no right and takes none away."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": {"id", "class", "align", "tabindex", "title", "aria-label"}, **OWN_ATTRIBUTES},
        link_rel=None,
    ).strip()


OWN_ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "input": {"type", "disabled", "checked"},
    "details": {"open"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
