"""Languages are counted by bytes, as people know them from their code host."""

import pytest

from catalog.facts.languages import count_languages, language_of
from forge.types import TreeEntry


def entry(path, size=100, mode="100644", kind="blob"):
    return TreeEntry(path=path, mode=mode, type=kind, id="a" * 40, size=size)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("ledger/app.py", "Python"),
        ("src/Main.TSX", "TypeScript"),
        ("main.go", "Go"),
        ("lib.rs", "Rust"),
        ("a.c", "C"),
        ("a.h", "C"),
        ("a.cpp", "C++"),
        ("Ledger.java", "Java"),
        ("Ledger.kt", "Kotlin"),
        ("run.sh", "Shell"),
        ("Dockerfile", "Dockerfile"),
        ("build/Dockerfile.dev", "Dockerfile"),
        ("Makefile", "Makefile"),
        ("a.cob", "COBOL"),
        ("README.md", ""),
        ("data.json", ""),
        ("ci.yml", ""),
        ("LICENSE", ""),
        (".gitignore", ""),
        ("picture.png", ""),
        ("a.\udcff", ""),
        ("a.<script>", ""),
        ("", ""),
    ],
)
def test_names_tell_the_language(path, language):
    assert language_of(path) == language


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/left-pad/index.js",
        "vendor/github.com/x/y.go",
        "third_party/zlib/a.c",
        "web/dist/app.js",
        "static/app.min.js",
        "api/ledger_pb2.py",
        "api/ledger.pb.go",
        "docs/conf.py",
        "gradlew.bat",
    ],
)
def test_what_others_or_machines_wrote_is_not_counted(path):
    assert count_languages([entry(path)]) == {}


def test_the_largest_comes_first_and_links_and_submodules_do_not_count():
    entries = [
        entry("a.py", 10),
        entry("b.py", 20),
        entry("c.go", 40),
        entry("d.rs", 99, mode="120000"),
        entry("e", None, mode="160000", kind="commit"),
        entry("empty.java", 0),
    ]
    assert list(count_languages(entries).items()) == [("Go", 40), ("Python", 30)]


@pytest.mark.parametrize(
    ("sources", "counted"),
    [
        ([("a.h", 30)], {"C": 30}),
        ([("a.c", 10), ("a.h", 30)], {"C": 40}),
        ([("a.cpp", 10), ("A.H", 30)], {"C++": 40}),
        ([("a.m", 10), ("a.h", 30)], {"Objective-C": 40}),
        ([("a.cpp", 20), ("b.c", 10), ("a.h", 30)], {"C++": 50, "C": 10}),
        ([("a.cpp", 10), ("b.c", 20), ("a.h", 30)], {"C": 50, "C++": 10}),
    ],
)
def test_headers_follow_the_sources_beside_them(sources, counted):
    assert count_languages([entry(path, size) for path, size in sources]) == counted
