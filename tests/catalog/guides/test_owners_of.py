"""Who owns a path: as GitHub reads CODEOWNERS, and as GitLab does."""

import random
import re
import time

import pytest

from catalog.guides.codeowners import Owner, Ownership, mistakes, owners_of
from catalog.guides.patterns import pattern_of

GITHUB = """\
*            @all
*.js         @js # inline
/build/logs/ @logs
docs/*       docs@corp.example
apps/        @octo
/scripts/**  @deep
**/logs      @any
a\\ b.txt     @spaced
/apps/free
"""


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("README", "all"),
        ("src/x.js", "js"),
        ("build/logs/a/b", "any"),
        ("x/build/logs2/a", "all"),
        ("docs/start.md", "docs@corp.example"),
        ("docs/deep/start.md", "all"),
        ("x/docs/start.md", "all"),
        ("x/apps/y", "octo"),
        ("apps", "all"),
        ("scripts/a/b/c", "deep"),
        ("x/y/logs/z", "any"),
        ("a b.txt", "spaced"),
        ("apps/free", None),
    ],
)
def test_on_github_the_last_rule_that_matches_decides(path, owner):
    found = [each.name for ownership in owners_of(GITHUB, path) for each in ownership.owners]
    assert found == ([owner] if owner else [])


GITLAB = """\
* @everybody
internal/README.md @writers

[Documentation][2] @docs-team
docs/
/handbook @hand
README.md

^[Database] @dba @@maintainer
model/db/
config/db/setup.rb @config
!model/db/seeds.rb

[documentation]
ee/docs/ @ee
"""


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("x.py", {"": ["everybody"]}),
        ("deep/internal/README.md", {"": ["writers"], "Documentation": ["docs-team"]}),
        ("a/docs/b/c.md", {"": ["everybody"], "Documentation": ["docs-team"]}),
        ("handbook", {"": ["everybody"], "Documentation": ["hand"]}),
        ("handbook/a", {"": ["everybody"]}),
        ("model/db/x", {"": ["everybody"], "Database": ["dba", "maintainer"]}),
        ("model/db/seeds.rb", {"": ["everybody"]}),
        ("lib/config/db/setup.rb", {"": ["everybody"], "Database": ["config"]}),
        ("ee/docs/x", {"": ["everybody"], "Documentation": ["ee"]}),
    ],
)
def test_on_gitlab_each_section_speaks_for_itself(path, owned):
    found = {each.section: [owner.name for owner in each.owners] for each in owners_of(GITLAB, path)}
    assert found == owned


def test_sections_say_how_many_must_approve():
    found = {each.section: each for each in owners_of(GITLAB, "model/db/README.md")}
    assert found["Documentation"].approvals == 2
    assert not found["Documentation"].is_optional
    assert found["Database"] == Ownership(
        (Owner("user", "dba"), Owner("role", "maintainer")), 10, "Database", is_optional=True, approvals=0
    )


def test_the_dialect_can_be_told():
    text = "docs/* @a\n"
    assert not owners_of(text, "x/docs/y")
    assert owners_of(text, "x/docs/y", dialect="gitlab")
    assert owners_of("[a-c]x @s\n", "bx", dialect="github")[0].owners == (Owner("user", "s"),)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[!a]b", "xb", True),
        ("[!a]b", "ab", False),
        ("[a-c]", "b", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/bz", False),
        ("**", "a/b", True),
        ("x**y", "xaay", True),
        ("x**y", "x/y", False),
        (r"\#a", "#a", True),
        ("a[", "a[", True),
    ],
)
def test_patterns(pattern, path, matches):
    found = pattern_of(pattern)
    assert found is not None
    assert found.matches(path) is matches


def slow_but_sure(pattern: str) -> re.Pattern[str]:
    """The same rules as a regular expression, for letters, slashes, question marks and single stars."""
    anchored = "/" in pattern.rstrip("/")
    wild = {"*": "[^/]*", "?": "[^/]"}
    inside = "".join(wild.get(char, re.escape(char)) for char in pattern.strip("/"))
    end = "/" if pattern.endswith("/") else r"\Z" if pattern.endswith("/*") else r"(?:\Z|/)"
    return re.compile((r"\A" if anchored else r"(?:\A|/)") + inside + end)


def test_walking_finds_what_a_regular_expression_finds():
    rng = random.Random(7)
    compared = 0
    while compared < 3_000:
        pattern = "".join(rng.choice(["a", "b", "/", "*", "?", "a", "/*"]) for _ in range(rng.randint(1, 6)))
        path = "/".join("".join(rng.choice("ab") for _ in range(rng.randint(1, 3))) for _ in range(3))
        found = pattern_of(pattern)
        if found is None or "//" in pattern or "**" in pattern or not pattern.strip("/"):
            continue
        compared += 1
        assert found.matches(path) is bool(slow_but_sure(pattern).search(path)), (pattern, path)


@pytest.mark.parametrize("pattern", ["*a" * 6 + "b", "**/" * 6 + "b", "a*" * 6, "?*" * 6, "/**/a*a*a*a*a*b"])
def test_no_pattern_takes_long(pattern):
    start = time.process_time()
    owners_of(f"{pattern} @a\n" * 50, "a/" * 100 + "a" * 700)
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    "text", ["[" * 999, "[]\n* @a", "^[x][999999] @a\n*", "!\n! @a\n[s]\n!", "\\ \n\\", "@a @b"]
)
def test_odd_files_do_no_harm(text):
    for path in ("a", "", "/" * 900, "\udcff", "x" * 5_000):
        owners_of(text, path)
        owners_of(text, path, dialect="gitlab")


def test_what_is_left_out_is_named_with_its_line():
    text = f"# ok\n* @a\n{'*' * 20} @a\n/docs alice @b\n[Docs][2] team\n{'x' * 2_000}\n"
    assert [line for line, _ in mistakes(text)] == [6, 3, 4, 5]
    assert "“alice” is no owner" in dict(mistakes(text))[4]
    assert list(mistakes(GITHUB)) == list(mistakes(GITLAB)) == []
