"""Where links and images of a guide lead: into the portal's own pages, to other sites, or nowhere."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Browsers leave these out of addresses before they read them, so that "java\tscript:" would be a script.
IGNORED = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202f]")
ALLOWED = ("http:", "https:", "mailto:")
LONGEST = 2000
#: A picture that a notebook holds. These kinds carry no script.
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a guide lies. `link_base` and `image_base` end with a slash: the root of the repository."""

    path: str
    link_base: str
    image_base: str
    prefix: str

    @property
    def folder(self) -> list[str]:
        return self.path.split("/")[:-1]

    def link(self, url: str) -> str | None:
        """The address for a link, None when it may not be one or leads out of the tree."""
        return self.resolved(url, self.link_base)

    def image(self, url: str) -> str | None:
        """The address for an image. One that has a scheme lies elsewhere; the pages forbid those to load."""
        if self.path.lower().endswith(".ipynb") and PICTURE.fullmatch(url):
            return url
        found = self.resolved(url, self.image_base)
        return None if found is None or found.startswith(("#", "mailto:")) else found

    def resolved(self, url: str, base: str) -> str | None:
        url = IGNORED.sub("", url) if SCHEME.match(IGNORED.sub("", url)) else url.strip()
        if len(url) > LONGEST:
            return None
        if scheme := SCHEME.match(url):
            return url if scheme[0].lower() in ALLOWED else None
        url = url.replace("\\", "/")
        if url.startswith("//"):
            return "https:" + url
        if url.startswith("#"):
            return "#" + self.prefix + quote(unquote(url[1:]), safe="") if url[1:] else None
        return self.inside(url, base)

    def inside(self, url: str, base: str) -> str | None:
        """A path of the tree, from the guide's folder or with a leading slash from the root."""
        path, _, fragment = url.partition("#")
        path = unquote(path.partition("?")[0], errors="surrogateescape")
        steps = [] if path.startswith("/") else self.folder
        for step in path.split("/"):
            if step == "..":
                if not steps:
                    return None
                steps = steps[:-1]
            elif step not in ("", "."):
                steps = [*steps, step]
        way = quote("/".join(steps).encode("utf-8", "surrogateescape"))
        return base + way + ("#" + self.prefix + quote(unquote(fragment), safe="") if fragment else "")
