"""What a repository states about itself: innersource.json and catalog-info.yaml. Neither is ever required."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import yaml

from catalog.guides.text import cleaned, decode

METADATA_FILES = ("innersource.json", "catalog-info.yaml", "catalog-info.yml")
# Pure Python reads about 100 kB of YAML in a second, and C readers die of deep nesting.
LARGEST = {"json": 256 * 1024, "yaml": 64 * 1024}
DEEPEST = 40
MOST_ALIASES = 20
MOST_PROBLEMS = 20
MOST_ITEMS = 20

KINDS = {
    "library": "library",
    "package": "library",
    "service": "service",
    "api": "service",
    "website": "website",
    "site": "website",
    "documentation": "website",
    "tool": "tool",
    "cli": "tool",
    "plugin": "tool",
}
LIFECYCLES = {
    "experimental": "experiment",
    "experiment": "experiment",
    "development": "experiment",
    "alpha": "experiment",
    "beta": "experiment",
    "production": "production",
    "stable": "production",
    "maintenance": "maintenance",
    "deprecated": "deprecated",
    "end-of-life": "archived",
    "retired": "archived",
    "archived": "archived",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be understood. `line` counts from 1; None when it concerns the whole file."""

    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Empty means: not stated. Where both files state a field, innersource.json wins.

    `kind` and `lifecycle` are values of Project.Kind and Project.Lifecycle. `owner` is the text of the file and
    `owner_slugs` are slugs of teams that it may mean, the most exact first. URLs are http or https; `logo`
    may also be a path of the repository.
    """

    title: str = ""
    summary: str = ""
    motivation: str = ""
    kind: str = ""
    lifecycle: str = ""
    owner: str = ""
    owner_slugs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    language: str = ""
    docs_url: str = ""
    logo: str = ""
    problems: tuple[Problem, ...] = ()


def read_metadata(files: Mapping[str, bytes]) -> Metadata:
    """Reads the metadata files among `files`, path to content. Never raises: what is wrong becomes a problem."""
    result = Metadata()
    for path in METADATA_FILES:
        if path in files:
            read = read_innersource if path.endswith(".json") else read_backstage
            result = completed(result, read(path, files[path]))
    return result


def completed(first: Metadata, second: Metadata) -> Metadata:
    """The first one, with what only the second one states."""
    missing = {
        field.name: getattr(second, field.name)
        for field in fields(Metadata)
        if field.name != "problems" and not getattr(first, field.name)
    }
    problems = (first.problems + second.problems)[:MOST_PROBLEMS]
    return replace(first, **missing, problems=problems)


class Reader:
    """Takes typed values out of a parsed mapping and writes down what is wrong with them."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.problems: list[Problem] = []

    def problem(self, message: str, *, key: str = "", line: int | None = None) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.path, line or self.line_of(key), message))

    def line_of(self, key: str) -> int | None:
        """Where a key stands first. A guess for people, good enough to find the place."""
        found = re.search(rf"(?<!\w){re.escape(key)}[\"']?\s*:", self.text) if key else None
        if found is None:
            return None
        return self.text.count("\n", 0, found.end()) + 1

    def mapping(self, values: object, key: str) -> dict[Any, Any]:
        found = values.get(key) if isinstance(values, dict) else None
        if found is not None and not isinstance(found, dict):
            self.problem(f"{key} has to be a mapping of names to values.", key=key)
        return found if isinstance(found, dict) else {}

    def text_at(self, values: dict[Any, Any], key: str, limit: int = 200) -> str:
        """One line of text. Numbers are taken as text; null counts as not stated."""
        value = values.get(key)
        if value is None or isinstance(value, bool):
            return ""
        if not isinstance(value, (str, int, float)):
            self.problem(f"{key} has to be text.", key=key)
            return ""
        line = one_line(str(value))
        if len(line) > limit:
            self.problem(f"{key} is longer than {limit:,} characters and was cut.", key=key)
        return line[:limit]

    def list_at(self, values: dict[Any, Any], key: str, limit: int = 100) -> tuple[str, ...]:
        """A list of short texts, each once; a text alone is taken as a list separated by commas."""
        value = values.get(key)
        if value is None or value == "":
            return ()
        if isinstance(value, str):
            value = value[: limit * MOST_ITEMS].split(",")
        if not isinstance(value, list):
            self.problem(f"{key} has to be a list of texts.", key=key)
            return ()
        items = [one_line(item)[:limit] for item in value[: MOST_ITEMS * 5] if isinstance(item, str)]
        if len(items) < len(value) and len(value) <= MOST_ITEMS * 5:
            self.problem(f"{key} holds something that is not text; it was left out.", key=key)
        if len(value) > MOST_ITEMS:
            self.problem(f"Only the first {MOST_ITEMS} of {key} are taken.", key=key)
        return tuple(dict.fromkeys(item for item in items if item))[:MOST_ITEMS]

    def url_at(self, values: dict[Any, Any], key: str, *, or_path: bool = False) -> str:
        url = self.text_at(values, key, 1000)
        if not url or re.fullmatch(r"https?://[^\s<>\"'\\]+", url):
            return url
        if or_path and re.fullmatch(r"(?!/|\.\.)[\w@./ -]+", url):
            return url
        self.problem(f"{key} has to be an address that begins with http:// or https://.", key=key)
        return ""


def one_line(text: str) -> str:
    """Without control characters and lone surrogates, which escapes inside JSON and YAML can bring back."""
    if text in ("~", "null"):
        return ""
    return " ".join(cleaned(text[:20_000], "").text.split())


def topics_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """In lower case, spaces as dashes, as topics are written."""
    slugs = (re.sub(r"[^\w+#.:-]+", "-", word.lower()).strip("-")[:50] for word in words)
    return tuple(dict.fromkeys(slug for slug in slugs if slug))


def opened(path: str, data: bytes, limit: int) -> tuple[Reader, str]:
    """A reader and the text, empty with a problem when there is none to be read."""
    decoded = decode(data[: limit + 1])
    if len(data) > limit:
        return failed(path, f"The file is larger than {limit // 1024} kB and was not read.")
    if decoded is None:
        return failed(path, "The file is no text.")
    return Reader(path, decoded.text), decoded.text


def failed(path: str, message: str) -> tuple[Reader, str]:
    reader = Reader(path, "")
    reader.problem(message)
    return reader, ""


# ---------------------------------------------------------------- innersource.json
def read_innersource(path: str, data: bytes) -> Metadata:
    reader, text = opened(path, data, LARGEST["json"])
    values = parsed_json(reader, text) if text.strip() else {}
    return Metadata(
        title=reader.text_at(values, "title"),
        summary=reader.text_at(values, "description", 500),
        motivation=reader.text_at(values, "motivation", 5000),
        topics=topics_of(reader.list_at(values, "topics")),
        contributions=reader.list_at(values, "contributions"),
        skills=reader.list_at(values, "skills"),
        language=reader.text_at(values, "language", 50),
        docs_url=reader.url_at(values, "docs"),
        logo=reader.url_at(values, "logo", or_path=True),
        problems=tuple(reader.problems),
    )


def parsed_json(reader: Reader, text: str) -> dict[Any, Any]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        reader.problem(f"This is not JSON: {error.msg}.", line=error.lineno)
        return {}
    except (ValueError, RecursionError):
        reader.problem("This JSON nests too deep or holds a number that is too long.")
        return {}
    if not isinstance(values, dict):
        reader.problem("The file has to hold one JSON object.")
        return {}
    return values


# ---------------------------------------------------------------- catalog-info.yaml
def read_backstage(path: str, data: bytes) -> Metadata:
    """The first Component among the documents of the file, else its first entity of another kind."""
    reader, values = first_entity(path, data)
    about, spec = reader.mapping(values, "metadata"), reader.mapping(values, "spec")
    owner = reader.text_at(spec, "owner")
    stated = reader.text_at(spec, "type").lower()
    return Metadata(
        title=reader.text_at(about, "title"),
        summary=reader.text_at(about, "description", 500),
        kind=KINDS.get(stated, "other" if stated else ""),
        lifecycle=lifecycle_of(reader, spec),
        owner=owner,
        owner_slugs=owner_slugs(owner),
        topics=topics_of(reader.list_at(about, "tags")),
        docs_url=docs_link(reader, about),
        problems=tuple(reader.problems),
    )


def first_entity(path: str, data: bytes) -> tuple[Reader, dict[Any, Any]]:
    """Only one document is parsed: others may hold whole API definitions, which would take long."""
    reader, text = opened(path, data, LARGEST["json"])
    documents = re.split(r"^---(?=\s)[^\n]*$", text, flags=re.MULTILINE)
    kinds = [re.search(r"^[\"']?kind[\"']?:\s*[\"']?(\w+)", document, re.MULTILINE) for document in documents]
    names = [kind[1] if kind else "" for kind in kinds]
    chosen = (
        names.index("Component") if "Component" in names else next((i for i, name in enumerate(names) if name), 0)
    )
    if len(documents[chosen]) > LARGEST["yaml"]:
        reader.problem(f"The document is larger than {LARGEST['yaml'] // 1024} kB and was not read.")
        return reader, {}
    before = sum(document.count("\n") for document in documents[:chosen])
    return reader, parsed_yaml(reader, documents[chosen], before)


class Loader(yaml.BaseLoader):
    """The pure loader, which makes text of every scalar, with limits for nesting and aliases."""

    aliases = 0
    level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.aliases += self.check_event(yaml.AliasEvent)
        self.level += 1
        if self.aliases > MOST_ALIASES or self.level > DEEPEST:
            what = "it has too many aliases" if self.aliases > MOST_ALIASES else "it nests too deep"
            raise yaml.MarkedYAMLError(problem=what, problem_mark=self.get_mark())
        node = super().compose_node(parent, index)
        self.level -= 1
        return node


def parsed_yaml(reader: Reader, text: str, before: int) -> dict[Any, Any]:
    """`before` counts the lines of the file above this document."""
    try:
        values = yaml.load(text, Loader)  # noqa: S506 - it makes nothing but text, lists and mappings.
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = before + mark.line + 1 if mark else None
        reader.problem(f"This YAML cannot be read: {error.problem or 'it is broken'}."[:300], line=line)
        return {}
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError):
        reader.problem("This YAML cannot be read.")
        return {}
    if values and not isinstance(values, dict):
        reader.problem("The file has to hold a mapping of names to values.")
    return values if isinstance(values, dict) else {}


def lifecycle_of(reader: Reader, spec: dict[Any, Any]) -> str:
    stated = reader.text_at(spec, "lifecycle").lower()
    if stated and stated not in LIFECYCLES:
        reader.problem(f"The portal does not know the lifecycle {stated[:50]}.", key="lifecycle")
    return LIFECYCLES.get(stated, "")


def owner_slugs(owner: str) -> tuple[str, ...]:
    """`group:default/payments/core` may mean the team payments-core or the team core. A user is no team."""
    kind, colon, rest = owner.lower().rpartition(":")
    if colon and kind.strip() != "group":
        return ()
    name = rest.removeprefix("default/").lstrip("@")
    candidates = (re.sub(r"[^a-z0-9_]+", "-", part).strip("-") for part in (name, name.rpartition("/")[2]))
    return tuple(dict.fromkeys(slug for slug in candidates if slug))


def docs_link(reader: Reader, about: dict[Any, Any]) -> str:
    """The first link that calls itself documentation."""
    links: object = about.get("links")
    if not isinstance(links, list):
        return ""
    for link in (each for each in links[:MOST_ITEMS] if isinstance(each, dict)):
        if any("doc" in str(link.get(word, ""))[:100].lower() for word in ("title", "type", "icon")):
            return reader.url_at(link, "url")
    return ""
