"""Reading of JSON and YAML that strangers wrote: capped, and what is wrong in it is said with its line."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from catalog.guides.metadata.stated import MOST_PROBLEMS, Problem
from catalog.guides.text import cleaned, decode

# Pure Python reads about 100 kB of YAML in a second, and C readers die of deep nesting.
LARGEST = {"json": 256 * 1024, "yaml": 64 * 1024}
DEEPEST = 40
MOST_ALIASES = 20
MOST_ITEMS = 20


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
