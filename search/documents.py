"""What an app hands over to be found: plain text under a kind and a key."""

from dataclasses import dataclass

# Words beyond this many characters rarely decide whether somebody looks for a document, and a README of
# many megabytes must not fill the index.
BODY_LIMIT = 65_536
LINE_LIMIT = 2_000
NAMES_LIMIT = 200


@dataclass(frozen=True)
class Document:
    """One findable thing; (kind, key) names it.

    The key is the primary key of the row as text. Nothing in here decides who may see it: the engine only
    returns keys, and the app that declared the kind chooses the visible rows among them.
    """

    kind: str
    key: str
    title: str
    summary: str = ""
    names: tuple[str, ...] = ()  # other names people type: slug, package names, user name
    topics: tuple[str, ...] = ()
    body: str = ""
    boost: float = 1.0  # multiplies the score; 1.0 is neutral

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title[:LINE_LIMIT])
        object.__setattr__(self, "summary", self.summary[:LINE_LIMIT])
        object.__setattr__(self, "names", tuple(name[:LINE_LIMIT] for name in self.names[:NAMES_LIMIT]))
        object.__setattr__(self, "topics", tuple(topic[:LINE_LIMIT] for topic in self.topics[:NAMES_LIMIT]))
        object.__setattr__(self, "body", self.body[:BODY_LIMIT])
