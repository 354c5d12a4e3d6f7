"""What was released when, and what changed, on one page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.guides.render import render
from catalog.models import Guide, Project, Tag
from tests.catalog.pages import page
from tests.create import create_project

URL = "/projects/widget/releases/"
TEXT = """# Changelog

## Unreleased

- Soon <script>alert(1)</script>

## 1.1.0 - 2026-02-01

- Faster.

## 1.0.1 - 2026-01-15

- Never tagged.
"""


@pytest.fixture
def project(db: None) -> Project:
    return create_project("widget", name="Widget", head_commit="a" * 40, default_branch="main", sync_state="ok")


def tag(project: Project, name: str, day: int, *, is_release: bool = True) -> None:
    at = datetime(2026, 1, day, tzinfo=UTC)
    Tag.objects.create(project=project, name=name, commit=f"{day:040d}", tagged_at=at, is_release=is_release)


def with_changelog(project: Project, text: str = TEXT) -> None:
    html = render(text, path="CHANGELOG.md", link_base="/l/", image_base="/i/").html
    Guide.objects.create(project=project, kind="changelog", path="CHANGELOG.md", blob="b" * 40, size=1, html=html)


def read(client: Client, url: str = URL) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return page(answer)


def test_tags_and_notes_are_one_line_with_the_coming_on_top(client: Client, project: Project) -> None:
    tag(project, "v1.0.0", 1)
    tag(project, "v1.1.0", 31)
    tag(project, "nightly", 31, is_release=False)
    with_changelog(project)
    body = read(client)
    places = [
        body.index(words) for words in ("Soon", "Faster.", "Never tagged.", "CHANGELOG.md says nothing of it.")
    ]
    assert places == sorted(places)
    assert "no tag" in body
    assert "nightly" not in body
    assert "<script>alert" not in body
    assert '<a href="/projects/widget/compare/?base=v1.0.0&amp;head=v1.1.0">Changes since v1.0.0</a>' in body
    assert "/projects/widget/compare/?base=v1.1.0&amp;head=main" in body
    assert 'href="/projects/widget/files/?at=v1.1.0"' in body


def test_long_notes_are_cut_and_lead_to_the_rest(client: Client, project: Project) -> None:
    with_changelog(project, "# C\n\n## 1.0\n\n" + "- One **thing**.\n" * 3_000 + "\n## 0.9\n\n- Short.\n")
    body = read(client)
    assert len(body) < 60_000
    assert body.count("There is more of it in") == 1
    assert "Short." in body


def test_without_a_changelog_that_is_said(client: Client, project: Project) -> None:
    tag(project, "v1.0.0", 1)
    assert "keeps no changelog" in read(client)


def test_before_the_first_release_it_says_what_would_be_here(client: Client, project: Project) -> None:
    assert "No releases yet" in read(client)


def test_names_of_strangers_are_escaped(client: Client, project: Project) -> None:
    tag(project, '1.0"><img src=x>', 1)
    with_changelog(project, '# C\n\n## 2.0 "><img src=x>\n\n- x\n')
    assert "<img" not in read(client)


def test_the_overview_leads_there(client: Client, project: Project) -> None:
    tag(project, "v1.0.0", 1)
    assert f'href="{URL}"' in read(client, "/projects/widget/")


def test_pages_and_queries_do_not_grow(
    client: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 29):
        tag(project, f"v1.{number}", number)
    with_changelog(project)
    with django_assert_num_queries(3):
        body = read(client)
    assert "v1.28" in body
    assert "v1.2<" not in body
    assert "v1.2<" in read(client, URL + "?page=2")
    assert "Soon" not in read(client, URL + "?page=2")
