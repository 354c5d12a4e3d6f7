"""Specifications and examples of the real APIs, read from the packages that `make test` installs."""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parents[2] / "node_modules"
Json = Any


def package(path: str) -> Path:
    """A file of an installed package. Without them nothing can be said about the real APIs."""
    if not PACKAGES.is_dir():
        pytest.skip(
            "The specifications are not installed: `make tests/node_modules/.ready` fetches them with npm."
        )
    return PACKAGES / path


@dataclass(frozen=True)
class GitHubApi:
    """GitHub's OpenAPI description: which questions exist, and an example of every answer."""

    document: Json

    def example(self, name: str) -> Json:
        return json.loads(json.dumps(self.document["components"]["examples"][name]["value"]))

    def allows(self, path: str, names: set[str]) -> bool:
        """Whether there is such a question, with such parameters."""
        for template, methods in self.document["paths"].items():
            if "get" in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                return names <= self._parameters(methods["get"])
        return False

    def _parameters(self, method: Json) -> set[str]:
        found = (
            self.document["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each
            for each in method.get("parameters", [])
        )
        return {each["name"] for each in found if each["in"] == "query"}


@functools.cache
def github(product: str) -> GitHubApi:
    return GitHubApi(json.loads(package(f"@octokit/openapi/generated/{product}.json").read_bytes()))


@functools.cache
def github_deliveries(product: str = "api.github.com") -> dict[str, list[Json]]:
    """Recorded webhooks: event to payloads."""
    events = json.loads(package(f"@octokit/webhooks-examples/{product}/index.json").read_bytes())
    return {event["name"]: event["examples"] for event in events}


@functools.cache
def paths_of(client: str) -> tuple[re.Pattern[str], ...]:
    """The questions that a generated client can ask: its templates as patterns."""
    text = package(client).read_text("utf-8")
    templates = re.findall(r"(?:path: |endpoint|[\s(])`/?([a-z_]+(?:/[^`\s]*)?)`", text)
    templates += re.findall(r'RequestHelper\.get\(\)\(\s*this,\s*"([a-z_/]+)"', text)
    # Some of GitLab's are put together from a variable whose every value is written out above it.
    return tuple(re.compile(re.sub(r"\$\{[^}]*\}", "[^/]+", template)) for template in set(templates))


def knows(client: str, path: str) -> bool:
    return any(pattern.fullmatch(path) for pattern in paths_of(client))
