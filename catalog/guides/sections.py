"""The parts of a guide that a newcomer looks for, found by their headings and by the commands in them."""

import html as entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nh3

from catalog.guides.commands import step_of
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
    "use": "Use it",
    "licence": "Licence",
    "after": "After the merge",
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
        r"\b(look(ing)? for|good first|ideas?|what (we|to) (need|want|contribute|work)|ways to contribute|wanted"
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
        r"|\b(writ|mak)(e|ing) (the |a |your )?changes?\b|\bbefore you (write|start|begin|code)\b"
        r"|\bhow (to|you can) contribute\b|\bworkflow\b|\bpropos(e|ing|als?)\b"
        r"|\bcontribution (process|flow)\b",
    ),
    ("after", r"\bafter (the |a |your )?(merge|merging|release)\b|\bwarrant(y|ies)\b"),
    ("licence", r"\blicen[cs](e|es|ing)\b|\bCLA\b|\bDCO\b|\bcopyright\b|\bsign[- ]?off\b"),
    ("build", r"\b(build(ing)?|compil(e|ing)|run(ning)? (it|the|locally)|usage)\b"),
    (
        "setup",
        r"\b(set(ting)?[- ]?up|install(ing|ation)?|prerequisites?|requirements?|dev(elopment)? environment"
        r"|environment|get(ting)? started|development|developing|quick ?start|local(ly)?)\b",
    ),
)
# What a README answers comes first there: how to use the thing. A contributor's questions follow.
USE = (
    r"^start$"
    r"|\b(usage|install(ing|ation)?|quick ?start|get(ting)? started|how to use|using|examples?|tutorial|synopsis"
    r"|example usage|run(ning)? it)\b"
)
KNOWN = tuple((topic, re.compile(pattern, re.IGNORECASE)) for topic, pattern in PATTERNS)
# Only HTML of catalog.guides.render is cut here, whose headings look exactly like this.
HEADING = re.compile(r'<h([2-6]) id="([^"<>]*)">(.*?)</h\1>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"\S")
CODE = re.compile(r"<(code|pre)\b[^>]*>(.*?)</\1>", re.DOTALL)
BLOCK = re.compile(r"<(p|pre|ul|ol|div)\b[^>]*>(?:(?!<h[2-6]).)*?</\1>", re.DOTALL)
ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>")
LONGEST = 60_000
MOST_HEADINGS = 400
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Section:
    """`topic` is one of TOPICS; `html` is sanitised, begins after the heading and holds its sub-sections.

    One that was found by its commands alone has neither title nor anchor if no heading stands over it.
    """

    topic: str
    title: str
    anchor: str
    html: str

    @property
    def commands(self) -> tuple[str, ...]:
        """What somebody would type who follows it, each line once."""
        return tuple(dict.fromkeys(line for line in lines_of(self.html) if step_of(line)))[:8]


def find_sections(html: str, *, for_users: bool = False) -> tuple[Section, ...]:
    """The sections of a rendered guide that answer a newcomer's question, in their order, at most one a topic.

    `for_users`: of a README, which tells how to use a thing before it tells how to change it.
    """
    headings = list(HEADING.finditer(html))[:MOST_HEADINGS]
    named = list(stretches(html, headings, for_users=for_users))
    answering: dict[str, Stretch] = {}
    for part in named:
        if part.topic and part.body:
            answering.setdefault(part.topic, part)
    every = [section_of(html, part, answering) for part in named]
    found = {topic: section_of(html, part, answering) for topic, part in answering.items()}
    unnamed_first = sorted((section for section in every if section.html), key=lambda each: bool(each.topic))
    for section in by_commands(unnamed_first, html):
        found.setdefault(section.topic, section)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Stretch:
    """A heading and the place of all that stands below it. `body` says whether that is anything."""

    topic: str
    title: str
    anchor: str
    start: int
    begin: int
    end: int
    body: bool


def stretches(html: str, headings: list[re.Match[str]], *, for_users: bool) -> Iterator[Stretch]:
    for index, heading in enumerate(headings):
        title = title_of(heading[3])
        topic = topic_of(title, for_users=for_users)
        # A document's own title says what all of it is about, not what one part answers.
        if (index == 0 and heading[1] == "2" and len(headings) > 1) or is_only_title(headings, heading, topic):
            continue
        following = (later.start() for later in headings[index + 1 :] if later[1] <= heading[1])
        begin, end = heading.end(), next(following, len(html))
        anchor = entities.unescape(heading[2])
        yield Stretch(topic or "", title, anchor, heading.start(), begin, end, has_words(html, begin, end))


def has_words(html: str, begin: int, end: int) -> bool:
    return WORD.search(html, begin, end) is not None


def section_of(html: str, part: Stretch, answering: Mapping[str, Stretch]) -> Section:
    """Without those parts of it that answer a question of their own, so that nothing is shown twice."""
    pieces, at = [], part.begin
    for other in sorted(answering.values(), key=lambda each: each.start):
        if other.topic != part.topic and at <= other.start < part.end:
            pieces.append(html[at : other.start])
            at = other.end
    body = "".join([*pieces, html[at : part.end]])[:LONGEST].strip()
    return Section(part.topic, part.title, part.anchor, closed(body))


def is_only_title(headings: list[re.Match[str]], heading: re.Match[str], topic: str | None) -> bool:
    """Whether a text has no heading but this one, which is about all of it."""
    return len(headings) == 1 and heading[1] == "2" and topic is None


def by_commands(every: list[Section], html: str) -> Iterator[Section]:
    """Sections by what their code does, whatever their heading says, in the given order.

    Of a text without headings its paragraphs; they carry no ids, because such a text is shown whole as well.
    """
    for section in every:
        for step in steps_in(section.html):
            yield Section(step, section.title, section.anchor, section.html)
    for block in list(BLOCK.finditer(html[:LONGEST]))[:MOST_HEADINGS] if not every else ():
        for step in steps_in(block[0]):
            yield Section(step, "", "", closed(re.sub(r' id="[^"]*"', "", block[0])))


def steps_in(html: str) -> dict[str, None]:
    return dict.fromkeys(step for line in lines_of(html) if (step := step_of(line)))


def lines_of(html: str) -> Iterator[str]:
    """The lines of its code, without prompts and remarks."""
    left = MOST_LINES
    for code in CODE.finditer(html):
        for line in entities.unescape(TAG.sub("", code[2])).splitlines():
            left -= 1
            if left < 0:
                return
            plain = re.sub(r"^\s*[$>%]\s+", "", line[:400]).partition(" #")[0].strip()
            if plain:
                yield plain


def topic_of(title: str, *, for_users: bool = False) -> str | None:
    if for_users and re.search(USE, title, re.IGNORECASE):
        return "use"
    return next((topic for topic, pattern in KNOWN if pattern.search(title)), None)


def title_of(inside: str) -> str:
    return " ".join(entities.unescape(TAG.sub("", inside)).split())[:200]


def closed(html: str) -> str:
    """Every element closed. What was allowed before stays allowed: this adds no right and takes none away."""
    if is_whole(html):
        return html
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": {"id", "class", "align", "tabindex", "title", "aria-label"}, **OWN_ATTRIBUTES},
        link_rel=None,
    ).strip()


def is_whole(html: str) -> bool:
    """Whether it tears no element. Parsing costs fifty times as much, and most sections are whole."""
    if html.rfind("<") > html.rfind(">"):
        return False
    still_open: list[str] = []
    for ends, name in ELEMENT.findall(html):
        if name in VOID:
            continue
        if not ends:
            still_open.append(name)
        elif not still_open or still_open.pop() != name:
            return False
    return not still_open


VOID = frozenset({"br", "hr", "img", "input", "col", "wbr"})


OWN_ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "input": {"type", "disabled", "checked"},
    "details": {"open"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
