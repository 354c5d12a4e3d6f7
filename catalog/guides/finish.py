"""The last step of rendering: sanitised HTML becomes part of a page of ours.

Headings move down so that the page's own stays the first, and get anchors; code gets colours; alerts get the
portal's classes; images of other sites become links, because the pages forbid those to load.
"""

import html
import re
import time
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote

from catalog.guides.code import highlight
from catalog.guides.links import Place

HEADING = re.compile(r"h[1-6]")
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
LONGEST_PLAIN = 60_000
MERMAID = "A Mermaid diagram, shown as its text."
MOST_CODE = 100_000
#: Seconds for the colours of all blocks of a text; those behind stay plain.
PATIENCE = 1.0
MOST_HEADINGS = 500
ALERTS = {
    "note": "info",
    "hint": "info",
    "important": "info",
    "tip": "good",
    "warning": "caution",
    "attention": "caution",
    "caution": "bad",
    "danger": "bad",
    "error": "bad",
}
# They arrive and stay under one name.
OWN = frozenset(("footnotes", "cell", "cell-mark", "cell-output", "cell-error"))
# Sections only lend their ids to headings: without them each part of a guide can be cut out at its heading.
UNWRITTEN = frozenset(("br", "hr", "img", "input", "section"))
# A word ends where one of these begins or ends.
BLOCK_NAMES = """
aside blockquote br caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary
table td th tr ul
"""
BLOCKS = frozenset(BLOCK_NAMES.split())
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading. `level` is 2 to 6 as shown; `anchor` is the id of the heading."""

    level: int
    title: str
    anchor: str


class Finish(HTMLParser):
    """Reads sanitised HTML and writes it anew. After `close`, `written`, `words` and `toc` hold the result."""

    def __init__(self, place: Place, *, shift: int) -> None:
        super().__init__(convert_charrefs=True)
        self.place = place
        self.shift = shift
        self.written: list[str] = []
        self.words: list[str] = []
        self.word_count = 0
        self.toc: list[TocEntry] = []
        self.begins_with_heading = False
        self.anchors: set[str] = set()
        self.repeats: Counter[str] = Counter()
        self.given_id = ""
        self.heading_at: int | None = None
        self.heading: list[str] = []
        self.pictured = ""
        self.code: list[str] | None = None
        self.language = ""
        self.code_size = 0
        self.patience = PATIENCE
        self.links = 0
        self.spans: list[str] = []

    def updatepos(self, i: int, j: int) -> int:
        """Lines are not counted: nobody asks for them, and it takes a tenth of the time."""
        return j

    # ---------------------------------------------------------------- events
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.say(" ")
        if HEADING.fullmatch(tag):
            self.begin_heading(given)
        elif tag == "img":
            self.image(given)
        elif tag == "input":
            self.checkbox(given)
        elif tag == "section":
            self.given_id = given.get("id", "")
        elif tag == "pre":
            self.begin_code(given)
        elif self.code is not None:
            self.language = self.language or language_of(given)
        else:
            self.element(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if HEADING.fullmatch(tag):
            self.end_heading(int(tag[1]))
        elif tag == "pre":
            self.end_code()
        elif self.code is None and tag not in UNWRITTEN:
            tag = self.spans.pop() if tag == "span" and self.spans else tag
            self.links -= tag == "a"
            self.written.append(f"</{tag}>")
        if tag in BLOCKS:
            self.say(" ")

    def handle_data(self, data: str) -> None:
        self.say(data)
        if self.code is not None:
            self.code.append(data)
            return
        if self.heading_at is not None:
            self.heading.append(data)
        self.written.append(html.escape(data, quote=False))

    def say(self, data: str) -> None:
        """Plain text for the search, as far as that is bounded."""
        if self.word_count < LONGEST_PLAIN:
            self.words.append(data)
            self.word_count += len(data)

    # ---------------------------------------------------------------- elements
    def element(self, tag: str, given: Attributes) -> None:
        kept = {name: value for name, value in given.items() if name not in ("class", "id", "name")}
        if anchor := self.anchor(given.get("id") or given.get("name", "")):
            kept["id"] = anchor
        if tag == "a":
            self.links += 1
            if "://" in given.get("href", "")[:10]:
                kept["rel"] = "nofollow noopener"
        if tag == "span":
            # reStructuredText marks code in a line by a class only.
            tag = "code" if "literal" in given.get("class", "").split() else "span"
            self.spans.append(tag)
        if words := own_classes(given.get("class", "").split()):
            kept["class"] = words
        self.open(tag, kept)

    def open(self, tag: str, attributes: Attributes) -> None:
        inside = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        self.written.append(f"<{tag}{inside}>")

    def anchor(self, given: str) -> str:
        """An id that no page of ours uses and that is still free; empty without a wish or when it is taken."""
        anchor = self.place.prefix + re.sub(r"\s+", "-", given.strip())
        if not given.strip() or anchor in self.anchors:
            return ""
        self.anchors.add(anchor)
        return anchor

    def image(self, given: Attributes) -> None:
        source, alt = given.get("src", ""), given.get("alt", "").strip()
        # Without words of an author, reStructuredText gives the address.
        alt = alt.rpartition("/")[2] if alt == source or "://" in alt[:10] else alt
        self.say(alt)
        self.pictured = self.pictured or alt
        if not source or self.code is not None:
            self.written.append(html.escape(alt))
        elif "://" not in source[:10]:
            kept = {name: value for name, value in given.items() if name not in ("alt", "class", "id")}
            self.open("img", {**kept, "alt": alt, "loading": "lazy"})
        elif self.links:
            self.written.append(html.escape(alt or "image"))
        else:
            self.open("a", {"href": source, "rel": "nofollow noopener", "class": "elsewhere"})
            self.written.append(html.escape(f"image: {alt}" if alt else "image") + "</a>")

    def checkbox(self, given: Attributes) -> None:
        """Only those of task lists stay, and nobody can tick them here."""
        if given.get("type") != "checkbox":
            return
        state = 'checked aria-label="done"' if "checked" in given else 'aria-label="to do"'
        self.written.append(f'<input type="checkbox" disabled {state}>')

    # ---------------------------------------------------------------- headings
    def begin_heading(self, given: Attributes) -> None:
        self.given_id = given.get("id", "") or self.given_id
        if not self.anchors and not "".join(self.words).strip():
            self.begins_with_heading = True
        self.heading_at, self.heading, self.pictured = len(self.written), [], ""
        self.written.append("")

    def end_heading(self, level: int) -> None:
        """The start tag is written last, because its anchor is made of the words inside."""
        if self.heading_at is None:
            return
        # Badges beside a name are no part of it; a picture alone is.
        title = " ".join("".join(self.heading).split())[:300] or self.pictured[:300]
        shown = min(6, max(2, level + self.shift))
        anchor = self.heading_anchor(title)
        self.written[self.heading_at] = f'<h{shown} id="{html.escape(anchor)}">'
        # It has no text of its own, so that whoever takes the words of a heading gets no more than those.
        if title and not self.links:
            self.open("a", {"class": "anchor", "href": f"#{quote(anchor)}", "aria-label": f"Link to {title}"})
            self.written.append("</a>")
        self.written.append(f"</h{shown}>")
        if title and len(self.toc) < MOST_HEADINGS:
            self.toc.append(TocEntry(level=shown, title=title, anchor=anchor))
        self.heading_at, self.given_id = None, ""

    def heading_anchor(self, title: str) -> str:
        """As code hosts make it, so that links inside a guide find their target: "Set up!" becomes "set-up"."""
        slug = self.given_id or NOT_IN_ANCHOR.sub("", title.lower()).strip().replace(" ", "-") or "section"
        wish = slug
        while not (anchor := self.anchor(wish)):
            # Counted on from the last one: a thousand equal headings would else take a million attempts.
            self.repeats[slug] += 1
            wish = f"{slug}-{self.repeats[slug]}"
        return anchor

    @property
    def title(self) -> str:
        """The name of the whole: the highest heading, where it is the only one of its level or begins the text."""
        top = min((entry.level for entry in self.toc), default=0)
        highest = [entry.title for entry in self.toc if entry.level == top]
        if not highest or (len(highest) > 1 and not (self.begins_with_heading and self.toc[0].level == top)):
            return ""
        return highest[0]

    # ---------------------------------------------------------------- code
    def begin_code(self, given: Attributes) -> None:
        if "plain" in given.get("class", "").split():
            self.language = "text"
        else:
            self.language = language_of(given)
        self.code = []

    def end_code(self) -> None:
        text = "".join(self.code or []).removesuffix("\n")
        self.code = None
        self.code_size += len(text)
        started = time.monotonic()
        inside = highlight(text, self.language if self.code_size <= MOST_CODE else "", seconds=self.patience)
        self.patience = max(0.0, self.patience - (time.monotonic() - started))
        # It can be scrolled sideways, so it has to be reachable by keyboard.
        self.written.append(f'<pre class="code-block" tabindex="0"><code>{inside}</code></pre>')
        if self.language == "mermaid":
            self.written.append(f'<p class="below-code">{MERMAID}</p>')


def language_of(given: Attributes) -> str:
    """The word that fences of Markdown are marked with; empty without one."""
    for word in given.get("class", "").split():
        if word.startswith("language-"):
            return word.removeprefix("language-")
    return ""


def own_classes(words: list[str]) -> str:
    """The portal's words for alerts, footnotes and the cells of notebooks; all others are dropped."""
    if {"markdown-alert-title", "admonition-title"} & set(words):
        return "notice-title"
    if {"markdown-alert", "admonition"} & set(words):
        kinds = (word.removeprefix("markdown-alert-") for word in words)
        return "notice " + next((ALERTS[kind] for kind in kinds if kind in ALERTS), "info")
    return next((word for word in words if word in OWN), "")
