"""What can be set, go wrong or be called is documented, and nothing else is."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from api.errors import CURES
from catalog.badges import BADGES
from catalog.health import checks, scorecard
from catalog.sync import GIVEN_UP, INTERNAL
from forge.errors import ERRORS
from search.engines.base import Busy, Unavailable

ROOT: Path = settings.BASE_DIR
APPS = ("api", "catalog", "contributions", "forge", "insights", "people", "portal", "search")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def rows(page: str) -> Iterator[list[str]]:
    """The cells of all tables of a page, without their heads."""
    for line in read(page).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not set(cells[0]) <= {"-", " "}:
            yield cells


def first_words(page: str) -> set[str]:
    """What stands as code in the first column."""
    return {word for cells in rows(page) for word in re.findall(r"`([^`]+)`", cells[0])}


def calls() -> Iterator[ast.Call]:
    """Every call in our own code."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            yield from (
                node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
            )


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def codes_of(*classes: str) -> set[str]:
    """The codes that are given to these classes where they are made."""
    made = (call.args[0] for call in calls() if name_of(call) in classes and call.args)
    return {code.value for code in made if isinstance(code, ast.Constant) and isinstance(code.value, str)}


# ---------------------------------------------------------------- settings
def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    tree = ast.parse(read("portal/settings.py"))
    reads = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = {
        call.args[0].value
        for call in reads
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "environment"
    }
    assert names == first_words("docs/settings.md")


# ---------------------------------------------------------------- errors
def plain(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "…", sentence)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_of_a_repository_is_explained(code: str) -> None:
    message, cure = map(plain, ERRORS[code])
    shown = "fsck_…" if code == "fsck" else code
    assert f"| `{shown}` | {message} | {cure} |" in read("docs/errors.md")


def test_every_error_code_is_listed_and_every_listed_one_exists() -> None:
    made = codes_of("NotAllowed", "NotNow", "BadBranch", "Notice")
    middleware = {"sign_in_needed"}
    demo = {"team_names_taken"}
    known = {"fsck_…" if code == "fsck" else code for code in ERRORS}
    known |= made | middleware | demo | set(CURES) | {GIVEN_UP.code, INTERNAL.code}
    known |= {Unavailable.code, Busy.code}
    assert known == {cells[0].strip("`") for cells in rows("docs/errors.md")} - {"code"}


def test_only_codes_of_the_catalogue_are_raised() -> None:
    assert codes_of("ForgeError") <= set(ERRORS)


# ---------------------------------------------------------------- dependencies
def requirement(line: str) -> str:
    return re.split(r"[\[<>=~! ]", line)[0].lower()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = {requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]}
    named = {word for cells in rows("docs/dependencies.md") for word in re.split(r"[ ,]+", cells[0].lower())}
    families = ("types-",)
    assert {name for name in wanted - named if not name.startswith(families)} == set()


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    for page, names in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        text = read(page)
        locked = {match.lower() for match in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)}
        assert {requirement(name) for name in names} <= locked
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "://" not in text.replace("# via", "")


# ---------------------------------------------------------------- commands and pages
def test_make_alone_prints_every_command() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^\.PHONY: (\S+)", read("Makefile"), re.MULTILINE)) - {"help", "chromium"}
    assert targets == set(re.findall(r"^  make (\S+)", shown, re.MULTILINE))


def test_every_command_of_manage_is_named_in_the_documentation() -> None:
    pages = "\n".join(path.read_text("utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    commands = {
        path.stem
        for app in APPS
        for path in (ROOT / app / "management" / "commands").glob("[a-z]*.py")
        if path.stem != "__init__"
    }
    assert {name for name in commands if f"manage.py {name}" not in pages} == set()


def test_the_changelog_says_what_is_new() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## (Unreleased|{re.escape(version)})", read("CHANGELOG.md"), re.MULTILINE)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


# ---------------------------------------------------------------- health
def test_every_health_check_is_documented_with_its_weight_and_cure() -> None:
    documented = [cells for cells in rows("docs/health.md") if len(cells) == 4 and cells[0] != "key"]
    known = [[f"`{each.key}`", each.label, str(each.weight), each.cure] for each, _ in checks.CHECKS]
    assert documented == known


def test_every_check_of_the_scorecard_and_every_badge_is_documented() -> None:
    page = read("docs/health.md")
    words = {
        word for cells in rows("docs/health.md") if len(cells) == 2 for word in re.findall(r"`([^`]+)`", cells[0])
    }
    assert words == {name for name, _, _ in scorecard.CHECKS}
    assert all(f"`{name}`" in page for name in BADGES)


@pytest.mark.parametrize("name", ["innersource", "publiccode"])
def test_every_field_of_metadata_is_documented(name: str) -> None:
    source = read(f"catalog/guides/metadata/{name}.py")
    fields = set(re.findall(r"(?:reader\.\w+_at|\w+_of|long_text|mapping)\((?:reader, )?\w+, \"(\w+)\"", source))
    assert len(fields) > 10
    documented = " ".join(cell for cells in rows("docs/metadata.md") for cell in cells)
    assert {field for field in fields if field not in documented} == set()
