"""Search in the code of one project and of all that a viewer may see."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog import code_search, code_sweep
from catalog.code_sweep import Cursor
from catalog.models import Project
from catalog.views.code import search as pages
from forge.fast_import import Content
from forge.mirror import mirror_path
from people.models import User
from tests.create import create_project
from tests.repos import add_branch, build_repo, tip

THEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ODD = os.fsdecode(b"odd \xe9 <b>.txt")
FILES: dict[str, Content | None] = {
    "src/app.py": "import os\n\n\ndef retry(budget):\n    return Retry(budget)\n",
    "docs/evil.md": "<script>alert(1)</script> retry \u202e\n",
    ODD: "retry & more\n",
}


def create(slug: str, files: Mapping[str, Content | None] = FILES, **fields: Any) -> Project:
    project = create_project(slug, default_branch="main", sync_state="ok", **fields)
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    build_repo(path, files=files)
    project.head_commit = tip(path)
    project.save()
    return project


@pytest.fixture
def project(db: None) -> Project:
    return create("widget")


def search(client: Client, text: str, **more: str) -> Any:
    return client.get("/projects/widget/search/", {"q": text, **more})


def everywhere(client: Client, text: str, **more: str) -> Any:
    return client.get("/search/code/", {"q": text, **more})


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def paths(answer: Any) -> list[str]:
    return [found.file.path for found in answer.context["files"]]


def slugs(answer: Any) -> list[str]:
    return [each.project.slug for each in answer.context["found"]]


# ---------------------------------------------------------------- one project
def test_matches_are_grouped_by_file_and_lead_to_their_lines(client: Client, project: Project) -> None:
    answer = search(client, "retry(")
    body = text(answer)
    assert paths(answer) == ["src/app.py"]
    assert 'href="/projects/widget/files/src/app.py#L4"' in body
    assert "def <mark>retry(</mark>budget):" in body
    assert "    return <mark>Retry(</mark>budget)" in body


def test_case_expressions_and_files_are_a_choice(client: Client, project: Project) -> None:
    assert "<mark>Retry(</mark>" not in text(search(client, "retry(", case="1"))
    assert paths(search(client, "^def [a-z]+", regex="1")) == ["src/app.py"]
    assert paths(search(client, "retry", path="*.md")) == ["docs/evil.md"]
    assert paths(search(client, "retry", path="!*.md !src/")) == [ODD]
    assert "No file of these holds that" in text(search(client, "retry", path="*.go"))


def test_lines_and_names_of_strangers_are_text(client: Client, project: Project) -> None:
    body = text(search(client, "retry"))
    assert "<script>alert" not in body and "\u202e" not in body and "<b>" not in body
    assert "odd%20%E9%20%3Cb%3E.txt#L1" in body
    body = text(search(client, '"><script>alert(2)</script>'))
    assert "<script>alert" not in body


def test_another_revision_is_searched_and_the_links_stay_there(client: Client, project: Project) -> None:
    add_branch(mirror_path(project.pk), "work", commits=1)
    body = text(search(client, "Line one", at="work"))
    assert "/files/work-1.txt?at=work#L1" in body
    assert search(client, "Line one", at="nothing").status_code == 404
    assert paths(search(client, "Line one")) == []


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "\\"])
def test_a_nonsense_expression_gets_a_sentence_and_a_cure(client: Client, project: Project, pattern: str) -> None:
    body = text(search(client, pattern, regex="1"), 422)
    assert "pattern_invalid" in body and "backslash" in body
    assert "backslash" in text(everywhere(client, pattern, regex="1"), 422)


def test_a_filter_that_could_do_harm_is_refused(client: Client, project: Project) -> None:
    assert "filter_invalid" in text(search(client, "x", path="../../etc"), 422)
    assert "filter_invalid" in text(everywhere(client, "x", path="a b c d e f"), 422)


@pytest.mark.parametrize(
    "query", ["?", "?q=", "?q=%20", "?q=" + "x" * 201, "?q=x&page=-1", "?q=x&page=99999999999"]
)
def test_odd_questions_get_a_page(client: Client, project: Project, query: str) -> None:
    assert client.get(f"/projects/widget/search/{query}").status_code in (200, 422)
    assert client.get(f"/search/code/{query}&after=9-9-9&hits=x").status_code in (200, 422)


def test_many_files_come_in_pages_at_a_fixed_number_of_queries(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    create("widget", {f"f{number:02}": "needle\n" * 9 for number in range(45)})
    with django_assert_num_queries(1):
        first = search(client, "needle")
    assert (len(paths(first)), first.context["stopped"]) == (20, "files")
    assert "There are more matches in this file" in text(first)
    second = client.get("/projects/widget/search/" + first.context["next"])
    third = client.get("/projects/widget/search/" + second.context["next"])
    assert paths(second)[0] == "f20" and len(paths(third)) == 5
    assert not third.context["next"] and "Files 41–45 of 45" in text(third)


def test_time_that_is_over_is_said(client: Client, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SECONDS", 0)
    assert "stopped after 0 seconds" in text(search(client, "retry"))


def test_too_many_at_once_are_told_to_come_back(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_search, "PATIENCE", 0)
    with code_search.places(code_search.AT_ONCE):
        for answer in (search(client, "retry"), everywhere(client, "retry")):
            assert "Others are searching" in text(answer, 503)
            assert answer["Retry-After"] == "5"
    assert search(client, "retry").status_code == 200
    with code_search.places(code_search.AT_ONCE - 1):
        assert everywhere(client, "retry").status_code == 503
    with code_search.places(code_search.AT_ONCE):
        pass


def test_an_outsider_searches_nothing_of_it(client: Client, project: Project, charlie: User) -> None:
    Project.objects.update(visibility="admins")
    client.force_login(charlie)
    assert search(client, "retry").status_code == 404
    body = text(everywhere(client, "retry"))
    assert "widget" not in body.lower() and "None of 0 projects" in body


# ---------------------------------------------------------------- all of them
def test_projects_with_the_newest_activity_come_first(client: Client, db: None) -> None:
    for day, slug in enumerate(("old", "newer", "newest")):
        create(slug, last_activity=THEN + timedelta(days=day))
    create("unknown-age")
    create("other", {"a": "nothing\n"}, last_activity=THEN)
    answer = everywhere(client, "retry")
    assert slugs(answer) == ["newest", "newer", "old", "unknown-age"]
    assert "All 5 projects searched: 4 have it." in text(answer)
    assert "/projects/newest/files/src/app.py#L4" in text(answer)


def test_part_of_a_name_narrows_it(client: Client, db: None) -> None:
    create("ledger")
    create("gateway")
    assert slugs(everywhere(client, "retry", project="LEDG")) == ["ledger"]


def test_steps_lead_through_all_projects_without_script(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_sweep, "STEP", 2)
    wanted = [f"p{number}" for number in range(5)]
    for number, slug in enumerate(wanted):
        # Some were active at the same moment, and of some nothing is known.
        create(slug, last_activity=THEN if number < 3 else None)
    url, seen, steps = "?q=retry", [], 0
    while url:
        answer = client.get(f"/search/code/{url}")
        steps += 1
        seen += slugs(answer)
        url = answer.context["onward"]
        if url:
            assert f"Searched {len(seen)} of 5 projects" in text(answer)
    assert (seen, steps) == (wanted, 3)
    assert "All 5 projects searched: 5 have it." in text(answer)


def test_htmx_gets_the_next_step_alone(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_sweep, "STEP", 1)
    create("one")
    create("two")
    onward = everywhere(client, "retry").context["onward"]
    body = text(client.get(f"/search/code/{onward}", headers={"HX-Request": "true"}))
    assert "<html" not in body and "/projects/two/" in body and "/projects/one/" not in body


def test_what_was_not_searched_is_said(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    create_project("fresh", name="Fresh")
    create_project("torn", name="Torn", head_commit="a" * 40)
    answer = everywhere(client, "retry")
    assert {miss.project.slug for miss in answer.context["swept"].misses} == {"fresh", "torn"}
    assert "2 projects not searched" in text(answer)
    create("slow")
    monkeypatch.setattr(code_sweep, "SECONDS_EACH", 0)
    assert "too large to be searched to its end" in text(everywhere(client, "retry"))


def test_a_step_ends_with_its_time(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        create(f"p{number}")
    monkeypatch.setattr(code_sweep, "SECONDS", 0)
    answer = everywhere(client, "retry")
    assert answer.context["swept"].done == 1
    assert "Searched 1 of 3 projects" in text(answer)


def test_queries_do_not_grow_with_the_projects(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        create(f"p{number}")
    with django_assert_num_queries(2):
        assert len(slugs(everywhere(client, "retry"))) == 6


@pytest.mark.parametrize("word", ["", "x", "1-2", "1-2-3-4", "-1-2-3", "1-99999999999999999-1", "٣-1-1"])
def test_a_cursor_that_nobody_made_begins_anew(word: str) -> None:
    found = Cursor.read(word)
    assert found is None or found.moment.year < 9999


def test_a_cursor_reads_what_it_wrote() -> None:
    cursor = Cursor(40, THEN + timedelta(microseconds=7), 12)
    assert Cursor.read(str(cursor)) == cursor
