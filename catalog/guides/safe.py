"""HTML of strangers to HTML without script, style, forms, frames, foreign classes and bare ids.

The sanitiser's output is well formed: every element is closed, every attribute quoted. What follows relies on it.
"""

import re
from collections import Counter

import nh3

from catalog.guides.links import Place
from catalog.guides.markup import TooDeep

KEPT = """
a abbr aside b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4
h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp section small span strike strong sub summary
sup table tbody td tfoot th thead tr tt u ul var
"""
TAGS = set(KEPT.split())
# These go with everything inside them; of other unknown elements the text stays.
DROPPED = "script style svg math template iframe noscript title textarea select object applet audio video"
GONE = set(DROPPED.split())
ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href", "title", "name"},
    "img": {"src", "alt", "title", "width", "height", "align"},
    "input": {"type", "checked"},
    "details": {"open"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "p": {"align"},
    "div": {"align"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "abbr": {"title"},
}
# The only words that survive in a class: they tell the next step what an element is, and none is one of ours.
CLASSES = re.compile(
    r"language-[\w+#.-]{1,30}|markdown-alert(?:-\w{1,12})?|admonition(?:-title)?|note|tip|hint|important|warning"
    r"|caution|attention|danger|error|literal|footnotes|plain|cell(?:-mark|-output|-error)?"
)
NUMBER = re.compile(r"\d{1,4}%?")
# nh3 needs seconds for a thousand levels, because its work grows with the square of the depth.
DEEPEST = 250
LARGEST = 3_000_000
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Elements that HTML closes by itself or that hold nothing cannot pile up on their own.
ALONE = """
area base br col embed hr img input link meta param source track wbr p li dt dd td th tr tbody thead tfoot option
"""
FLAT = frozenset(ALONE.split())


def sanitised(html: str, place: Place) -> str:
    """Safe HTML with resolved links. Raises TooDeep for what would take too long."""
    if len(html) > LARGEST or depth(html) > DEEPEST:
        raise TooDeep
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=Attributes(place),
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
        strip_comments=True,
    )


def self_contained(html: str) -> str:
    """A piece of HTML that cannot reach beyond itself: every element closed, no open comment, nothing that hides.

    Its links are left as they are, and what holds it has to be `sanitised` as a whole. Raises TooDeep.
    """
    if len(html) > LARGEST or depth(html) > DEEPEST:
        raise TooDeep
    return nh3.clean(html, tags=TAGS, clean_content_tags=GONE, attributes=ATTRIBUTES, link_rel=None)


def depth(html: str) -> int:
    """At least how deep elements nest: what is opened and not closed by its own name, at its worst place."""
    still_open: Counter[str] = Counter()
    level = deepest = 0
    for closes, name in TAG.findall(html):
        tag = name.lower()
        if tag in FLAT:
            continue
        if not closes:
            still_open[tag] += 1
            level += 1
            deepest = max(deepest, level)
        elif still_open[tag]:
            still_open[tag] -= 1
            level -= 1
    return deepest


class Attributes:
    """Decides about one attribute after the other: the value to keep, or None."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        # Addresses that hold their data pass the sanitiser for the pictures of notebooks, and end here elsewhere.
        match name:
            case "href":
                return self.place.link(value)
            case "src":
                return self.place.image(value)
            case "class":
                return " ".join(word for word in value.split()[:20] if CLASSES.fullmatch(word)) or None
            case "width" | "height" | "colspan" | "rowspan" | "start":
                return value if NUMBER.fullmatch(value) else None
            case "align":
                return value.lower() if value.lower() in ("left", "center", "right") else None
            case "type":
                return value if value == "checkbox" else None
            case "id" | "name":
                return value[:200] or None
        return value[:500]
