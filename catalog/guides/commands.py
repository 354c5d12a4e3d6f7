"""By which commands a project is set up, built, tested and checked, as its own files say. Pure, bounded."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog.guides.text import decode

LARGEST = 64 * 1024
LONGEST = 120
MOST_CI_FILES = 4


@dataclass(frozen=True, slots=True)
class Command:
    """`step` is setup, build, test or style; `path` is the file that says so."""

    step: str
    line: str
    path: str


#: What targets of make, scripts of npm and recipes of just are called, the best name first.
TARGETS = {
    "setup": ("setup", "bootstrap", "install-dev", "dev-install", "develop", "deps", "install", "init", "venv"),
    "build": ("build", "compile", "all", "dist"),
    "test": ("test", "tests", "check", "unit", "test-unit", "unittest", "verify"),
    "style": ("lint", "style", "format-check", "fmt", "format"),
}
#: Lines of build services and of documents that do a step, whatever they are called.
LINES = {
    "test": r"(?:\./)?(?:mvnw?|gradlew?) (?:\S+ )*(?:test|verify|check)|make (?:test|tests|check)|just test|"
    r"pytest|"
    r"(?:python3?|uv run|poetry run|hatch run|pdm run) (?:-m )?(?:pytest|unittest|test)|tox|nox|"
    r"(?:npm|pnpm|yarn|bun) (?:run )?test(?::\w+)?|go test|cargo (?:test|nextest)|"
    r"(?:bundle exec )?(?:rspec|rake(?: test)?)|dotnet test|ctest|bazel test|mix test|swift test|composer test|"
    r"(?:vendor/bin/)?phpunit|manage\.py test|python3? manage\.py test|\./manage\.py test",
    "style": r"make (?:lint|style|fmt|format)|(?:npm|pnpm|yarn) (?:run )?(?:lint|format)|ruff(?: check| format)?|"
    r"black|"
    r"flake8|eslint|prettier|gofmt|golangci-lint|cargo (?:fmt|clippy)|pre-commit run|mypy|rubocop|shellcheck",
    "build": r"make(?: build| all)?$|(?:npm|pnpm|yarn) (?:run )?build|cargo build|go build|docker build|"
    r"(?:\./)?mvnw? (?:\S+ )*(?:package|install|compile)|(?:\./)?gradlew? (?:\S+ )*(?:build|assemble)|"
    r"cmake|bazel build|dotnet build|python3? -m build|swift build|docker compose up|"
    r"make (?:run|serve|start)|(?:npm|pnpm|yarn) (?:run )?(?:start|dev|serve)|cargo run",
    "setup": r"make (?:setup|install|bootstrap|dev|init|deps)|(?:python3? -m )?pip3? install|"
    r"npm (?:ci|install|i)\b|"
    r"(?:pnpm|yarn|bun) install|poetry install|uv sync|pdm install|bundle install|go mod download|"
    r"composer install|cargo fetch|dotnet restore|pre-commit install|conda env create|git clone|"
    r"python3? -m venv|uv venv|brew install|apt(?:-get)? install",
    "submit": r"git push|gh pr create|glab mr create|git send-email|git checkout -b|git switch -c",
}
KNOWN = {step: re.compile(rf"^(?:{pattern})(?:\s|$)") for step, pattern in LINES.items()}
#: Files that alone say how such projects are built everywhere.
BY_PRESENCE: dict[str, dict[str, str]] = {
    "gradlew": {"build": "./gradlew build", "test": "./gradlew test"},
    "mvnw": {"build": "./mvnw package", "test": "./mvnw verify"},
    "pom.xml": {"build": "mvn package", "test": "mvn verify"},
    "build.gradle": {"build": "gradle build", "test": "gradle test"},
    "build.gradle.kts": {"build": "gradle build", "test": "gradle test"},
    "go.mod": {"setup": "go mod download", "build": "go build ./...", "test": "go test ./..."},
    "Cargo.toml": {"build": "cargo build", "test": "cargo test"},
    "noxfile.py": {"test": "nox"},
    "mix.exs": {"setup": "mix deps.get", "test": "mix test"},
    "Gemfile": {"setup": "bundle install"},
    "poetry.lock": {"setup": "poetry install"},
    "uv.lock": {"setup": "uv sync"},
    "requirements.txt": {"setup": "pip install -r requirements.txt"},
}
MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
JUSTFILES = ("justfile", "Justfile", ".justfile")
READ = (*MAKEFILES, *JUSTFILES, "package.json", "tox.ini", "pyproject.toml")
COMMAND_FILES = frozenset({*READ, *BY_PRESENCE})


def find_commands(files: Mapping[str, bytes], present: Iterable[str], ci: Iterable[str]) -> tuple[Command, ...]:
    """One command for each step, of the file that says it best: Makefile, manifest, convention, build service.

    `files` are contents by path, `present` all paths at the root, `ci` the paths in `files` of build services.
    """
    texts = {path: text_of(data) for path, data in files.items()}
    here = set(present)
    best: dict[str, Command] = {}
    for command in (*from_files(texts), *from_presence(here), *from_build_services(texts, ci)):
        best.setdefault(command.step, command)
    return tuple(best[step] for step in ("setup", "build", "test", "style") if step in best)


def text_of(data: bytes) -> str:
    decoded = decode(data[:LARGEST])
    return decoded.text if decoded else ""


def from_files(texts: Mapping[str, str]) -> Iterator[Command]:
    for path in READ:
        if path in texts:
            yield from READERS[path](path, texts[path])


def from_presence(here: set[str]) -> Iterator[Command]:
    for path, steps in BY_PRESENCE.items():
        if path in here:
            yield from (Command(step, line, path) for step, line in steps.items())


def from_build_services(texts: Mapping[str, str], ci: Iterable[str]) -> Iterator[Command]:
    """Lines of their scripts that we know. They may need what only that service has, so they come last."""
    for path in sorted(ci)[:MOST_CI_FILES]:
        for line in texts.get(path, "").splitlines()[:2_000]:
            told = re.sub(r"^\s*(?:-\s+)?(?:run:|script:|sh\s+['\"])?\s*", "", line[:400]).strip(" '\"")
            if step := step_of(told):
                yield Command(step, told[:LONGEST], path)


def step_of(line: str) -> str:
    """Which step a shell command does; empty for one that we do not know."""
    plain = line.strip().removeprefix("$ ").removeprefix("> ").strip()
    return next((step for step, pattern in KNOWN.items() if pattern.match(plain)), "")


# ---------------------------------------------------------------- one reader for each kind of file
def from_makefile(path: str, text: str) -> Iterator[Command]:
    yield from named("make", path, re.findall(r"^([A-Za-z][\w.-]*)\s*:(?!=)", text, re.MULTILINE))


def from_justfile(path: str, text: str) -> Iterator[Command]:
    yield from named("just", path, re.findall(r"^@?([A-Za-z][\w-]*)(?: [^:\n]{0,200})?:(?!=)", text, re.MULTILINE))


def named(tool: str, path: str, targets: Iterable[str]) -> Iterator[Command]:
    there = set(targets)
    for step, names in TARGETS.items():
        if name := next((each for each in names if each in there), None):
            yield Command(step, f"{tool} {name}", path)


def from_package(path: str, text: str) -> Iterator[Command]:
    try:
        scripts = json.loads(text).get("scripts")
    except (ValueError, RecursionError, AttributeError):
        return
    there = (
        {name for name, line in scripts.items() if isinstance(line, str)} if isinstance(scripts, dict) else set()
    )
    # What `npm init` writes says that there is no test.
    if isinstance(scripts, dict) and "no test specified" in str(scripts.get("test", ""))[:200]:
        there.discard("test")
    yield Command("setup", "npm install", path)
    for step in ("build", "test", "style"):
        if name := next((each for each in TARGETS[step] if each in there), None):
            yield Command(step, "npm test" if name == "test" else f"npm run {name}", path)


def from_tox(path: str, text: str) -> Iterator[Command]:
    if "[tox" in text or "[testenv" in text:
        yield Command("test", "tox", path)


def from_pyproject(path: str, text: str) -> Iterator[Command]:
    try:
        stated = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    tools = stated.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    project = stated.get("project")
    extras = project.get("optional-dependencies") if isinstance(project, dict) else None
    extra = next((name for name in ("dev", "test", "tests") if isinstance(extras, dict) and name in extras), "")
    if "poetry" in tools:
        yield Command("setup", "poetry install", path)
    elif isinstance(project, dict) and "name" in project:
        yield Command("setup", f"pip install -e '.[{extra}]'" if extra else "pip install -e .", path)
    if "pytest" in tools or "pytest" in text:
        yield Command("test", "pytest", path)
    if "ruff" in tools:
        yield Command("style", "ruff check", path)


READERS: dict[str, Callable[[str, str], Iterator[Command]]] = {
    **dict.fromkeys(MAKEFILES, from_makefile),
    **dict.fromkeys(JUSTFILES, from_justfile),
    "package.json": from_package,
    "tox.ini": from_tox,
    "pyproject.toml": from_pyproject,
}
