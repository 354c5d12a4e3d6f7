"""Files of a mirror and their raw bytes: everything in a repository is hostile until shown otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import current_app
from django.test import Client

from catalog import broker, texts
from catalog.models import Project
from catalog.views.code import files
from catalog.views.code import raw as raw_bytes
from forge.mirror import mirror_path
from people.models import User
from tests.create import create_project
from tests.repos import add_commit, build_repo, git, tip

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ODD = os.fsdecode(b"caf\xe9 %41.txt")
FILES = {
    "README.md": "# Widget\n\nSee [usage](docs/usage.txt).\n",
    "docs/usage.txt": "one\ntwo <script>alert(1)</script>\n",
    "docs/page.html": "<script>alert(1)</script>",
    "logo.png": PNG,
    "logo.svg": SVG,
    "data.bin": bytes(range(256)) * 4,
    "a b/ü.txt": "umlaut",
    ODD: "odd",
    "line\nbreak.txt": "broken",
    "empty.txt": "",
}


@pytest.fixture
def project(db: None) -> Project:
    project = create_project("widget", default_branch="main", sync_state="ok")
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True)
    build_repo(path, files=FILES)
    project.head_commit = tip(path)
    project.save()
    return project


def mirror(project: Project) -> Path:
    return mirror_path(project.pk)


def raw(client: Client, project: Project, path: str, **extra: Any) -> Any:
    url = f"/projects/widget/raw/{project.head_commit}/{quote(os.fsencode(path))}"
    return client.get(url, **extra)


def file(client: Client, path: str) -> Any:
    return client.get(f"/projects/widget/files/{quote(os.fsencode(path))}")


def test_the_root_lists_folders_first_and_every_link_leads_somewhere(client: Client, project: Project) -> None:
    answer = file(client, "")
    rows = answer.context["rows"]
    assert [row.kind for row in rows][:2] == ["tree", "tree"]
    assert len(rows) == 9
    for row in rows:
        assert client.get(row.url).status_code == 200


def test_text_is_escaped_and_its_lines_are_numbered(client: Client, project: Project) -> None:
    body = file(client, "docs/usage.txt").content.decode()
    assert "two &lt;script&gt;" in body
    assert 'id="L2"' in body
    assert "docs" in body


@pytest.mark.parametrize(
    ("path", "content"), [(ODD, "odd"), ("a b/ü.txt", "umlaut"), ("line\nbreak.txt", "broken")]
)
def test_odd_names_lead_back_to_their_file(client: Client, project: Project, path: str, content: str) -> None:
    assert file(client, path).context["shown"].lines == (content,)
    assert raw(client, project, path).content == content.encode()


@pytest.mark.parametrize(
    ("path", "content_type", "attached"),
    [
        ("logo.png", "image/png", False),
        ("logo.svg", "image/svg+xml", True),
        ("docs/page.html", "text/plain; charset=utf-8", False),
        ("docs/usage.txt", "text/plain; charset=utf-8", False),
        ("data.bin", "application/octet-stream", True),
        ("empty.txt", "text/plain; charset=utf-8", False),
    ],
)
def test_raw_bytes_never_run(
    client: Client, project: Project, path: str, content_type: str, attached: bool
) -> None:
    answer = raw(client, project, path)
    content = FILES[path]
    assert answer.content == (content.encode() if isinstance(content, str) else content)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers.get("Content-Disposition", "").startswith("attachment") is attached


@pytest.mark.parametrize(
    "path",
    [
        "../../../../../../../../etc/passwd",
        "..%2f..%2f..%2fetc/passwd",
        "docs/../README.md",
        "./README.md",
        "/etc/passwd",
        "//README.md",
        "HEAD",
        "config",
        "refs/heads/main",
        ":(glob)**",
        ":/",
        "*.md",
        "--output=x",
        "README.md\0.png",
        "docs/",
        "README.md/",
        "x" * 5000,
    ],
)
def test_only_paths_of_the_tree_are_found(client: Client, project: Project, path: str) -> None:
    quoted = quote(path, safe="/%")
    assert client.get(f"/projects/widget/raw/{project.head_commit}/{quoted}").status_code == 404
    shown = client.get(f"/projects/widget/files/{quoted}")
    # A slash at the end is forgiven to a reader, so these two are the folder and the file.
    assert shown.status_code == (200 if path in ("docs/", "README.md/") else 404)
    assert b"root:" not in shown.content


def test_only_what_a_branch_or_tag_leads_to_is_read(client: Client, project: Project) -> None:
    path, before = mirror(project), project.head_commit
    project.head_commit = add_commit(path, files={"new.txt": "new"})
    project.save()
    aside = add_commit(path, branch="aside", files={"secret.txt": "pushed away"})
    assert client.get(f"/projects/widget/raw/{aside}/secret.txt").status_code == 200
    git(path, "update-ref", "-d", "refs/heads/aside")
    git(path, "update-ref", "refs/changes/1/1", aside)
    Project.objects.update(refs_digest="moved")
    assert client.get(f"/projects/widget/raw/{before}/README.md").status_code == 200
    assert client.get(f"/projects/widget/raw/{aside}/secret.txt").status_code == 404
    assert client.get(f"/projects/widget/raw/{'0' * 40}/README.md").status_code == 404
    tree = git(path, "rev-parse", "main^{tree}")
    assert client.get(f"/projects/widget/raw/{tree}/README.md").status_code == 404
    for name in ("main", "HEAD", before[:10], before.upper()):
        assert client.get(f"/projects/widget/raw/{name}/README.md").status_code == 404


def test_an_outsider_reads_no_byte_of_a_restricted_listing(
    client: Client, charlie: User, project: Project
) -> None:
    Project.objects.update(visibility="admins")
    client.force_login(charlie)
    assert file(client, "").status_code == 404
    assert raw(client, project, "README.md").status_code == 404


def test_a_browser_may_keep_bytes_that_did_not_change(client: Client, project: Project) -> None:
    first = raw(client, project, "logo.png")
    assert first.headers["Cache-Control"].startswith("private")
    again = raw(client, project, "logo.png", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "sandbox" in again.headers["Content-Security-Policy"]


def test_large_files_are_not_shown_but_named(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "LARGEST", 5)
    monkeypatch.setattr(raw_bytes, "RAW_SIZE", 5)
    assert "too large" in file(client, "docs/usage.txt").context["shown"].note
    assert raw(client, project, "docs/usage.txt").status_code == 413


def test_long_markup_is_rendered_by_a_worker_and_shown_as_source_until_then(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(broker, "hint", lambda *words: bool(asked.append(words)) or True)
    text = "*word* [usage](docs/usage.txt)\n" * 2_000
    for name, size in (("short.md", texts.SMALL_MARKUP), ("long.md", texts.SMALL_MARKUP + 1)):
        add_commit(mirror(project), files={name: text[:size]})
    Project.objects.update(head_commit=tip(mirror(project)))
    assert "<em>word</em>" in file(client, "short.md").content.decode()
    for _ in range(2):
        page = file(client, "long.md").content.decode()
        assert "<em>word</em>" not in page
        assert "It is being rendered" in page
    [(task, *arguments)] = asked
    current_app.tasks[task](*arguments)
    page = client.get("/projects/widget/files/long.md?at=main").content.decode()
    assert '<em>word</em> <a href="/projects/widget/files/docs/usage.txt">' in page
    assert "hx-trigger" not in page.partition('id="contents"')[2].partition("</p>")[0]


def test_links_of_rendered_markup_stay_at_their_revision(client: Client, project: Project) -> None:
    git(mirror(project), "tag", "v1 0".replace(" ", "+"))
    page = client.get("/projects/widget/files/README.md?at=v1%2B0").content.decode()
    assert 'href="/projects/widget/files/docs/usage.txt?at=v1%2B0"' in page


def test_long_files_and_long_lines_are_cut() -> None:
    kept, note = texts.cut("x\n" * 9000)
    assert len(kept) == 5000
    assert "5,000 of 9,000" in note
    assert len(texts.cut("y" * 9000)[0][0]) == 2000


def test_binary_and_empty_files_say_so(client: Client, project: Project) -> None:
    assert "no text" in file(client, "data.bin").content.decode()
    assert "This file is empty." in file(client, "empty.txt").content.decode()
    assert "<img" in file(client, "logo.png").content.decode()


def test_a_folder_with_very_many_files_is_cut(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SHOWN_ENTRIES", 3)
    answer = file(client, "")
    assert len(answer.context["rows"]) == 3
    assert "first 3 entries" in answer.content.decode()


def test_what_was_not_read_yet_says_so_in_plain_words(client: Client, charlie: User) -> None:
    create_project("widget")
    answer = file(client, "README.md")
    assert answer.status_code == 404
    assert "has not been read yet" in answer.content.decode()
    assert client.get(f"/projects/widget/raw/{'a' * 40}/README.md").status_code == 404


def test_a_missing_file_says_so_in_plain_words(client: Client, project: Project) -> None:
    answer = file(client, "gone.txt")
    assert answer.status_code == 404
    assert "There is no such file here" in answer.content.decode()


def test_a_project_called_files_has_files(project: Project, client: Client) -> None:
    Project.objects.filter(pk=project.pk).update(slug="files")
    assert "umlaut" in client.get(f"/projects/files/files/{quote('a b/ü.txt')}").content.decode()
    assert "page.html" in client.get("/projects/files/files/docs/").content.decode()
