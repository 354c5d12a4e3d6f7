"""What in a page of ours could act: scripts, frames, handlers, forms and addresses that nobody of us wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser

FORBIDDEN = {
    "noscript",
    "template",
    "math",
    "iframe",
    "frame",
    "object",
    "embed",
    "base",
    "applet",
    "style",
    "portal",
    "fencedframe",
    "foreignobject",
}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcset", "background", "ping"}
#: What the frame of every page says to the browser.
OWN_META = {"charset", "viewport", "color-scheme", "htmx-config", "description", "robots"}
#: What the pages of a project say to whoever draws a preview of a link: words only, they ask for nothing.
PREVIEW = {"og:title", "og:description", "og:type", "og:site_name", "og:url"}
OWN = re.compile(r"(/(?!/)|#|\?|\Z)")
LINK = re.compile(r"(https?://|mailto:|/(?!/)|#|\?|\Z)", re.IGNORECASE)


class Look(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.in_script = tag == "script"
        if tag in FORBIDDEN or (tag == "script" and not OWN.match(given.get("src", "x:"))):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "meta" and not is_own_meta(given):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            if acts(tag, name, value):
                self.found.append(f"{tag} {name}={value[:80]!r}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.in_script = self.in_script and tag != "script"

    def handle_comment(self, data: str) -> None:
        """Browsers disagree with others about where a comment ends, so none may come through."""
        self.found.append(f"comment {data[:80]!r}")

    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.found.append(f"script {data[:80]!r}")


def is_own_meta(given: dict[str, str]) -> bool:
    if given.keys() == {"property", "content"}:
        return given["property"] in PREVIEW
    return given.get("name", next(iter(given), "")) in OWN_META


def acts(tag: str, name: str, value: str) -> bool:
    """Whether an attribute runs something or makes the browser ask somebody else."""
    if name.startswith("on") or name in ("style", "srcdoc"):
        return True
    if name not in ADDRESSES:
        return False
    return not (LINK if tag == "a" else OWN).match("".join(value.split()))


def active(page: str) -> list[str]:
    look = Look()
    look.feed(page)
    look.close()
    return look.found
