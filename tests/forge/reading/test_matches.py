"""Text in the files of a commit: what is found, and that nobody's pattern or file does harm."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from forge import reading
from forge.mirror import Mirror
from forge.reading.matches import Wanted
from forge.types import Grep
from tests.forge.calls import Sync, code_of, error_of
from tests.repos import add_commit

ODD = os.fsdecode(b"odd \xe9\n--\n:name.txt")
FILES = {
    "README.md": "# Widget\n\nTurns gears into widgets.\n",
    "src/app.py": "import os\n\n\ndef retry(budget):\n    return Retry(budget)\n",
    "src/deep/retry.py": "retry = 1\n" * 30,
    "web/app.min.js": "x" * 5_000 + "retry" + "y" * 5_000 + "\n",
    "data.bin": b"retry\0\1\2" * 50,
    ODD: "a\nretry --\n--\nb\n",
}


@pytest.fixture
def commit(source: Path, sync: Sync) -> str:
    made = add_commit(source, files=FILES)
    sync(source)
    return made


def found(mirror: Mirror, commit: str, pattern: str, *filters: str, **options: object) -> dict[str, list[str]]:
    """The lines by path, what matched in brackets."""
    how = {name: options.pop(name) for name in ("is_regex", "ignores_case", "context") if name in options}
    wanted = Wanted(pattern, filters=filters, **how)  # type: ignore[arg-type]
    result: Grep = reading.grep(mirror, commit, wanted, **options)  # type: ignore[arg-type]
    return {
        file.path: ["".join(f"[{text}]" if marked else text for text, marked in line.parts) for line in file.lines]
        for file in result.files
    }


def test_text_is_found_with_its_place(mirror: Mirror, commit: str) -> None:
    result = reading.grep(mirror, commit, Wanted("Retry("))
    (file,) = result.files
    assert (file.path, result.stopped, file.has_more) == ("src/app.py", "", False)
    (line,) = file.lines
    assert (line.number, line.parts) == (5, (("    return ", False), ("Retry(", True), ("budget)", False)))


def test_case_and_expressions_are_a_choice(mirror: Mirror, commit: str) -> None:
    assert "src/app.py" in found(mirror, commit, "RETRY", ignores_case=True)
    assert found(mirror, commit, "RETRY") == {}
    assert found(mirror, commit, "^def [a-z]+\\(", is_regex=True) == {"src/app.py": ["[def retry(]budget):"]}
    assert found(mirror, commit, "g.ars") == {}


def test_binary_files_are_left_out_and_odd_names_lead_back(mirror: Mirror, commit: str) -> None:
    paths = found(mirror, commit, "retry")
    assert "data.bin" not in paths
    assert paths[ODD] == ["[retry] --"]


def test_a_long_line_is_shown_around_its_match(mirror: Mirror, commit: str) -> None:
    (line,) = found(mirror, commit, "retry", "*.js")["web/app.min.js"]
    assert line.startswith("…xxx") and "x[retry]y" in line and line.endswith("y…")
    assert len(line) < 350


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (["*.py"], {"src/app.py", "src/deep/retry.py"}),
        (["src/"], {"src/app.py", "src/deep/retry.py"}),
        (["/src/*.py"], {"src/app.py"}),
        (["deep"], {"src/deep/retry.py"}),
        (["app.py"], {"src/app.py"}),
        (["src/deep"], {"src/deep/retry.py"}),
        (["*.py", "!deep/"], {"src/app.py", "src/deep/retry.py"}),
        (["*.py", "!src/deep/"], {"src/app.py"}),
        (["!*.py", "!*.js"], {ODD}),
        ([":(top)src"], set()),
        ([":!src"], set()),
        (["nothing.py"], set()),
    ],
)
def test_globs_choose_files(mirror: Mirror, commit: str, filters: list[str], paths: set[str]) -> None:
    assert set(found(mirror, commit, "retry", *filters)) == paths


@pytest.mark.parametrize("glob", ["", "..", "../x", "a/./b", "a//b", "*" * 7, "x" * 101, "a\nb", "!", "/"])
def test_a_filter_that_could_do_harm_is_refused(mirror: Mirror, commit: str, glob: str) -> None:
    assert code_of(lambda: found(mirror, commit, "retry", glob)) == "filter_invalid"


@pytest.mark.parametrize("pattern", ["(", "[a-", "*corrupt(", "a{2,1}", "\\", "(shallow", "x{1,99999}"])
def test_a_nonsense_expression_is_a_sentence_with_a_cure(mirror: Mirror, commit: str, pattern: str) -> None:
    error = error_of(lambda: found(mirror, commit, pattern, is_regex=True))
    assert error.code == "pattern_invalid"
    assert "backslash" in error.cure and "-e option" not in error.message


@pytest.mark.parametrize("pattern", ["", "x" * 201, "a\nb"])
def test_patterns_have_a_size(mirror: Mirror, commit: str, pattern: str) -> None:
    assert code_of(lambda: found(mirror, commit, pattern)) == "pattern_invalid"


@pytest.mark.parametrize("pattern", ["--open-files-in-pager=touch x", "-O", "-f/etc/passwd", "--help", "\\Q"])
def test_a_pattern_is_never_an_option(mirror: Mirror, commit: str, pattern: str) -> None:
    assert found(mirror, commit, pattern) == {}


def test_many_matches_of_a_file_are_cut_and_said(mirror: Mirror, commit: str) -> None:
    result = reading.grep(mirror, commit, Wanted("retry", filters=("src/deep/",)), per_file=3)
    assert [line.number for line in result.files[0].lines] == [1, 2, 3]
    assert result.files[0].has_more


def test_files_come_in_portions(source: Path, sync: Sync, mirror: Mirror) -> None:
    made = add_commit(source, files={f"f{number}": "needle\nneedle\n" for number in range(5)})
    sync(source)
    pages = [reading.grep(mirror, made, Wanted("needle"), skip=skip, max_files=2) for skip in (0, 2, 4, 6)]
    assert [[file.path for file in page.files] for page in pages] == [["f0", "f1"], ["f2", "f3"], ["f4"], []]
    assert [page.stopped for page in pages] == ["files", "files", "", ""]


def test_lines_around_a_match_come_along(mirror: Mirror, commit: str) -> None:
    result = reading.grep(mirror, commit, Wanted("def retry", context=1))
    assert [(line.number, line.is_match) for line in result.files[0].lines] == [(3, False), (4, True), (5, False)]
    assert found(mirror, commit, "retry --", context=1) == {ODD: ["a", "[retry --]", "--"]}


@pytest.mark.parametrize("pattern", ["(a*)*b", "((a+)+)+$", "(.*)(.*)(.*)\\1\\2\\3z", "((a{1,99}){1,99}){1,99}"])
def test_no_expression_runs_longer_than_it_may(source: Path, sync: Sync, mirror: Mirror, pattern: str) -> None:
    made = add_commit(source, files={"a": ("a" * 5_000 + "\n") * 50})
    sync(source)
    started = time.monotonic()
    try:
        result = reading.grep(mirror, made, Wanted(pattern, is_regex=True), seconds=1)
    except Exception as error:
        assert getattr(error, "code", "") == "pattern_invalid"
    else:
        assert result.stopped in ("", "time")
    assert time.monotonic() - started < 5


def test_too_much_output_ends_it_and_is_said(mirror: Mirror, commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forge.reading.matches.OUTPUT", 2_000)
    result = reading.grep(mirror, commit, Wanted("e"), per_file=50)
    assert result.stopped == "size"


def test_colours_of_strangers_are_text(source: Path, sync: Sync, mirror: Mirror) -> None:
    made = add_commit(source, files={"a": "\x1b[31mneedle\x1b[m end \x1b[38;2;18;52;86mx\n"})
    sync(source)
    (line,) = reading.grep(mirror, made, Wanted("needle")).files[0].lines
    assert "".join(text for text, _ in line.parts) == "\x1b[31mneedle\x1b[m end x"
