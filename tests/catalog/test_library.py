"""The documentation of a commit is read out of its mirror, bounded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog import library
from catalog.docs.outline import Outline
from catalog.models import Rendering
from forge.mirror import Mirror
from tests.repos import build_repo, git, tip

pytestmark = pytest.mark.django_db
MKDOCS = "nav:\n- Home: index.md\n- use.md\n- Gone: gone.md\n"
FILES = {
    "README.md": "# Widget\n",
    "docs/index.md": "# Welcome\n",
    "docs/use.md": "# Use it\n\nTurn the gear.\n",
    "docs/draft.md": "# Draft\n",
    "docs/gear.png": b"\x89PNG",
    "docs/adr/0001-gears.md": "# 1. Gears\n\n## Status\n\nAccepted\n",
    "src/docs/no.md": "# No\n",
}


def mirror_with(tmp_path: Path, files: dict[str, str | bytes]) -> tuple[Mirror, str]:
    path = build_repo(tmp_path / "mirror.git", files=files)
    return Mirror(path), tip(path)


def read(tmp_path: Path, files: dict[str, str | bytes]) -> Outline:
    return library.read_outline(*mirror_with(tmp_path, files))


def lines(outline: Outline) -> list[tuple[str, str]]:
    return [(entry.title, entry.path) for entry in outline.entries]


def test_folders_are_an_order_too(tmp_path: Path) -> None:
    outline = read(tmp_path, FILES)
    assert lines(outline) == [
        ("Welcome", "docs/index.md"),
        ("Draft", "docs/draft.md"),
        ("Use it", "docs/use.md"),
    ]
    assert outline.home == "docs/index.md"
    assert [each.title for each in outline.decisions] == ["Gears"]
    assert not outline.unlisted


def test_mkdocs_decides_and_what_it_leaves_out_is_told(tmp_path: Path) -> None:
    outline = read(tmp_path, {**FILES, "mkdocs.yml": MKDOCS})
    assert outline.source == "mkdocs.yml"
    assert lines(outline)[:2] == [("Home", "docs/index.md"), ("Use it", "docs/use.md")]
    assert outline.entries[2].is_broken
    assert [entry.path for entry in outline.unlisted] == ["docs/draft.md"]


def test_mkdocs_may_have_its_own_folder(tmp_path: Path) -> None:
    outline = read(tmp_path, {"mkdocs.yml": "docs_dir: site\nnav: [a.md]\n", "site/a.md": "# A\n"})
    assert lines(outline) == [("A", "site/a.md")]


def test_sphinx_decides_from_its_index_on(tmp_path: Path) -> None:
    files = {
        "docs/source/conf.py": "",
        "docs/source/index.rst": "Widget\n======\n\n.. toctree::\n\n   use\n",
        "docs/source/use.rst": "Use\n===\n",
        "docs/README.md": "# How to build these\n",
    }
    outline = read(tmp_path, files)
    assert outline.source == outline.home == "docs/source/index.rst"
    assert lines(outline) == [("Widget", "docs/source/index.rst"), ("Use", "docs/source/use.rst")]
    assert [entry.title for entry in outline.unlisted] == ["How to build these"]


def test_several_folders_stand_side_by_side(tmp_path: Path) -> None:
    outline = read(tmp_path, {"docs/a.md": "# A\n", "Documentation/b.md": "# B\n"})
    assert [entry.title for entry in outline.entries] == ["Docs", "A", "Documentation", "B"] or [
        entry.title for entry in outline.entries
    ] == ["Documentation", "B", "Docs", "A"]


def test_what_it_made_is_kept_and_comes_back_equal(tmp_path: Path) -> None:
    mirror, commit = mirror_with(tmp_path, {**FILES, "mkdocs.yml": MKDOCS})
    made = library.outline_of(mirror, commit)
    assert library.outline_of(mirror, commit) == made == library.read_outline(mirror, commit)
    assert Rendering.objects.filter(kind="documents").count() == 1


def test_a_repository_without_documents_has_none(tmp_path: Path) -> None:
    assert read(tmp_path, {"README.md": "# Widget\n"}) == Outline()


def test_odd_names_and_links_are_left_out(tmp_path: Path) -> None:
    path = build_repo(tmp_path / "mirror.git", files={"docs/a.md": "# A\n", os.fsdecode(b"docs/\xff.md"): "# B\n"})
    link = git(path, "hash-object", "-w", "--stdin", stdin="/etc/passwd")
    index = {"GIT_INDEX_FILE": str(path / "odd.index")}
    git(path, "read-tree", tip(path), extra=index)
    git(path, "update-index", "--add", "--cacheinfo", f"120000,{link},docs/link.md", extra=index)
    commit = git(path, "commit-tree", git(path, "write-tree", extra=index), "-m", "odd")
    outline = library.read_outline(Mirror(path), commit)
    assert [document.path for document in outline.documents] == ["docs/a.md"]


def test_many_and_large_documents_are_cut_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST", 3)
    monkeypatch.setattr(library, "LARGEST", 50)
    outline = read(tmp_path, {f"docs/{n}.md": "# A\n" + "x" * (100 if n == 0 else 1) for n in range(5)})
    assert outline.notes == (
        "Only the first 3 of 5 documents are listed.",
        "1 large documents are listed by the names of their files.",
    )
    assert [document.title for document in outline.documents] == ["0", "A", "A"]


def test_what_lies_high_is_kept_where_many_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST", 2)
    outline = read(tmp_path, {"docs/a/deep.md": "# D\n", "docs/use.md": "# U\n", "docs/index.md": "# I\n"})
    assert [document.path for document in outline.documents] == ["docs/index.md", "docs/use.md"]


def test_a_search_says_what_it_did_not_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror, commit = mirror_with(tmp_path, {**FILES, "docs/large.md": "gear " * 100_000})
    documents = library.read_outline(mirror, commit).documents
    found = library.search(mirror, documents, ("gear",))
    assert {each.path for each in found.found} == {"docs/use.md", "docs/adr/0001-gears.md"}
    assert (found.count, found.searched, found.left_out, found.is_cut) == (2, 4, 1, False)
    monkeypatch.setattr(library, "PATIENCE", -1)
    late = library.search(mirror, documents, ("gear",))
    assert late.is_cut
    assert not late.found
