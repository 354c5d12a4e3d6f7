"""How a project is set up, built and tested is found where it says so."""

import pytest

from catalog.guides.commands import Command, find_commands, step_of


def lines(files=None, present=(), ci=()):
    return {each.step: each.line for each in find_commands(files or {}, present, ci)}


def test_a_makefile_says_it_best():
    files = {
        "Makefile": b"VERSION := 1\nsetup:\n\tx\ntest: setup\n\tpytest\nlint:\n\truff check\n.PHONY: test\n",
        "package.json": b'{"scripts": {"test": "jest", "build": "tsc"}}',
    }
    assert lines(files) == {
        "setup": "make setup",
        "build": "npm run build",
        "test": "make test",
        "style": "make lint",
    }


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("justfile", b"default:\n  x\ntest arg='1':\n  y\n", {"test": "just test"}),
        ("tox.ini", b"[tox]\nenvlist=py\n", {"test": "tox"}),
        ("tox.ini", b"nothing", {}),
        (
            "pyproject.toml",
            b"[tool.pytest.ini_options]\n[tool.poetry]\n",
            {"setup": "poetry install", "test": "pytest"},
        ),
        (
            "pyproject.toml",
            b'[project]\nname="x"\n[project.optional-dependencies]\ndev=[]\n[tool.ruff]\n',
            {"setup": "pip install -e '.[dev]'", "style": "ruff check"},
        ),
        (
            "package.json",
            b'{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}',
            {"setup": "npm install"},
        ),
        ("package.json", b'{"scripts": []}', {"setup": "npm install"}),
        ("package.json", b"[1", {}),
        ("pyproject.toml", b"tool = 3", {}),
        ("pyproject.toml", b"=", {}),
        ("Makefile", b"\xff\xfe\x00", {}),
    ],
)
def test_other_files_say_it_too(path, text, found):
    assert lines({path: text}) == found


def test_some_files_say_it_by_being_there():
    assert lines(present=["gradlew", "build.gradle"]) == {"build": "./gradlew build", "test": "./gradlew test"}
    assert lines(present=["go.mod"])["test"] == "go test ./..."


def test_a_build_service_is_asked_last():
    workflow = (
        b"jobs:\n  x:\n    steps:\n      - run: npm ci\n      - run: |\n          ctest --output-on-failure\n"
    )
    path = ".github/workflows/ci.yml"
    assert lines({path: workflow}, ci=[path]) == {"setup": "npm ci", "test": "ctest --output-on-failure"}
    assert find_commands({path: workflow}, ["go.mod"], [path])[-1] == Command("test", "go test ./...", "go.mod")


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("$ pytest -q", "test"),
        ("./gradlew clean check", "test"),
        ("mvn -B verify", "test"),
        ("pip install -r requirements.txt", "setup"),
        ("docker build .", "build"),
        ("git push origin me", "submit"),
        ("pytesting", ""),
        ("echo make test", ""),
        ("", ""),
    ],
)
def test_a_line_tells_its_step(line, step):
    assert step_of(line) == step
