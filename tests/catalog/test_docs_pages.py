"""The documentation of a project is read in the portal, whatever its author built it with."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Project
from forge.mirror import mirror_path
from tests.catalog.pages import page
from tests.create import create_project
from tests.repos import add_commit, build_repo, git, tip

DOCS = "/projects/widget/docs/"
FILES: dict[str, Any] = {
    "mkdocs.yml": "nav:\n- Home: index.md\n- Guide:\n  - use.md\n  - Gone: gone.md\n  - Site: https://corp.example/\n",
    "docs/index.md": "# Welcome\n\n[Use](use.md#turn) [code](../src/a.py) ![gear](gear.png)\n",
    "docs/use.md": "# Use it\n\n## Turn\n\nTurn the gear.\n\n## Oil\n\n## Stop\n\n## Clean\n",
    "docs/draft.md": "# Draft <script>\n",
    "docs/gear.png": b"\x89PNG",
    "docs/sub/README.md": "# Sub\n",
    "docs/adr/0001-gears.md": "# 1. Gears\n\nDate: 2026-01-31\n\n## Status\n\nSuperseded by [2](0002-belts.md)\n",
    "docs/adr/0002-belts.md": "# 2. Belts\n\n## Status\n\nAccepted\n",
    "src/a.py": "x = 1\n",
}


@pytest.fixture
def project(db: None) -> Project:
    return with_files(FILES)


def with_files(files: dict[str, Any]) -> Project:
    project = create_project("widget", name="Widget", default_branch="main", sync_state="ok", document_count=5)
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True)
    build_repo(path, files=files)
    project.head_commit = tip(path)
    project.save()
    return project


def mirror(project: Project) -> Path:
    return mirror_path(project.pk)


def read(client: Client, url: str = DOCS, **extra: Any) -> str:
    answer = client.get(url, **extra)
    assert answer.status_code == 200
    return page(answer)


def test_it_begins_with_the_first_page_of_its_order(client: Client, project: Project) -> None:
    body = read(client)
    assert '<a href="/projects/widget/docs/docs/index.md" aria-current="page">Home</a>' in body
    assert "Welcome" in body
    assert '<span class="group">Guide</span>' in body
    assert 'href="/projects/widget/docs/docs/use.md">Use it</a>' in body
    assert "missing" in body
    assert "docs/gone.md" in body
    assert 'href="https://corp.example/" rel="nofollow noreferrer"' in body
    assert 'In the order of <a class="mono" href="/projects/widget/files/mkdocs.yml">mkdocs.yml</a>' in body


def test_links_lead_to_pages_and_pictures_are_shown(client: Client, project: Project) -> None:
    body = read(client)
    assert 'href="/projects/widget/docs/docs/use.md#guide-turn"' in body
    assert f'src="/projects/widget/raw/{project.head_commit}/docs/gear.png"' in body
    assert 'href="/projects/widget/docs/src/a.py"' in body
    assert client.get(f"{DOCS}src/a.py").url == "/projects/widget/files/src/a.py"


def test_a_page_has_contents_neighbours_source_and_a_way_to_change_it(client: Client, project: Project) -> None:
    body = read(client, f"{DOCS}docs/use.md")
    assert '<li class="depth-1"><a href="#guide-turn">Turn</a></li>' in body
    assert 'rel="prev" href="/projects/widget/docs/docs/index.md"' in body
    assert 'rel="next" href="/projects/widget/docs/docs/draft.md"' in body
    assert 'href="/projects/widget/files/docs/use.md?source=1"' in body
    assert 'href="/projects/widget/contributions/new/"' in body


def test_names_of_strangers_are_escaped(client: Client, project: Project) -> None:
    for url in (DOCS, f"{DOCS}docs/draft.md", f"{DOCS}?q=draft", "/projects/widget/decisions/"):
        assert "Draft <script>" not in read(client, url)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("docs/use", "docs/use.md"),
        ("docs/use.html", "docs/use.md"),
        ("docs/use.rst", "docs/use.md"),
        ("docs/sub", "docs/sub/README.md"),
        ("docs/sub/", "docs/sub/README.md"),
        ("docs/sub.html", "docs/sub/README.md"),
    ],
)
def test_other_names_of_a_page_lead_to_it(client: Client, project: Project, asked: str, meant: str) -> None:
    assert client.get(DOCS + asked).url == DOCS + meant


@pytest.mark.parametrize(
    "asked", ["../../etc/passwd", "//corp.example/x", "docs/%FF.md", "docs/nothing.md", "%0A"]
)
def test_what_is_no_document_is_a_question_for_the_files(client: Client, project: Project, asked: str) -> None:
    answer = client.get(DOCS + asked)
    assert answer.status_code in (302, 404)
    assert answer.status_code == 404 or answer.url.startswith("/projects/widget/files/")


def test_a_revision_is_kept_by_every_link(client: Client, project: Project) -> None:
    git(mirror(project), "tag", "v1")
    add_commit(mirror(project), files={"docs/use.md": None, "mkdocs.yml": None})
    Project.objects.update(head_commit=tip(mirror(project)))
    body = read(client, f"{DOCS}docs/index.md?at=v1")
    assert 'href="/projects/widget/docs/docs/use.md?at=v1#guide-turn"' in body
    assert 'href="/projects/widget/docs/docs/use.md?at=v1">Use it</a>' in body
    assert '<input type="hidden" name="at" value="v1">' in body
    assert "As of" in body
    assert "Use it" not in read(client)
    assert client.get(f"{DOCS}?at=nowhere").status_code == 404


def test_a_search_shows_where_and_says_what_it_left_out(client: Client, project: Project) -> None:
    body = read(client, f"{DOCS}?q=gear")
    assert "3 documents with “gear”" in body
    assert "Turn the <mark>gear</mark>." in body
    assert '<a href="/projects/widget/docs/docs/use.md#guide-turn">Turn</a> · Turn the' in body
    assert "6 of 6 documents searched." in body
    assert "No document holds “nowhere”" in read(client, f"{DOCS}?q=nowhere")
    assert "Search these documents" in read(client, f"{DOCS}?q=")
    assert "&lt;b&gt;" in read(client, f"{DOCS}?q={quote('<b>')}")


def test_decisions_are_listed_with_their_state(client: Client, project: Project) -> None:
    body = read(client, "/projects/widget/decisions/")
    assert body.index("Belts") < body.index("Gears</a>")
    assert "Accepted</span>" in body
    assert "Superseded</span>" in body
    assert '<a href="/projects/widget/docs/docs/adr/0002-belts.md">ADR 0002</a>' in body
    assert '<time datetime="2026-01-31">' in body
    assert "Decisions on record" in read(client)
    assert 'rel="next" href="/projects/widget/docs/docs/adr/0002-belts.md"' in read(
        client, f"{DOCS}docs/adr/0001-gears.md"
    )


def test_only_decisions_are_documents_too(client: Client, db: None) -> None:
    with_files({"adr/0001-x.md": "# X\n"})
    assert client.get(DOCS).url == "/projects/widget/decisions/"


def test_a_project_without_documents_says_what_would_be_here(client: Client, db: None) -> None:
    project = with_files({"README.md": "# Widget\n"})
    assert "No documentation yet" in read(client)
    assert "No decisions on record" in read(client, "/projects/widget/decisions/")
    Project.objects.update(document_count=0)
    assert ">Docs</a>" not in read(client, "/projects/widget/health/")
    Project.objects.update(document_count=1)
    assert ">Docs</a>" in read(client, "/projects/widget/health/")
    Project.objects.filter(pk=project.pk).update(head_commit="")
    assert client.get(DOCS).status_code == 404


def test_a_large_text_is_rendered_by_a_worker(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("catalog.broker.hint", lambda *args, **_: asked.append(args))
    project = with_files({"docs/index.md": "# Large\n\n" + "Words <b>of</b> it.\n\n" * 20_000})
    body = read(client)
    assert 'hx-trigger="every 2s"' in body
    assert "&lt;b&gt;of&lt;/b&gt;" in body
    part = read(client, DOCS, headers={"HX-Request": "true"})
    assert "<html" not in part
    assert len(asked) == 1
    from catalog import texts

    texts.make_for(project, asked[0][2], "docs/index.md", "markup")
    part = read(client, DOCS, headers={"HX-Request": "true"})
    assert "hx-trigger" not in part
    assert "<b>of</b>" in part


def test_queries_do_not_grow(client: Client, django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with_files({f"docs/{number}.md": "# A\n" for number in range(60)})
    for url in (DOCS, f"{DOCS}?q=a", "/projects/widget/decisions/"):
        client.get(url)
    with django_assert_num_queries(3):  # The project, its outline, its text.
        client.get(DOCS)
    with django_assert_num_queries(2):
        client.get(f"{DOCS}?q=a")
    with django_assert_num_queries(2):
        client.get("/projects/widget/decisions/")
