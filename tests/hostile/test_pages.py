"""Whatever a repository holds, its pages answer, and nothing in them acts."""

from __future__ import annotations

import pytest

from tests.hostile.conftest import GOOD, Corpus, Report
from tests.hostile.corpus.readmes import XSS
from tests.hostile.corpus.writer import CASES
from tests.hostile.markup import active
from tests.hostile.words import NEVER

pytestmark = pytest.mark.xdist_group("hostile")

LARGEST_PAGE = 1_000_000
#: Pages that show what stands in a file as it stands there; that none of it acts is another test.
SOURCES = ("/raw/", "/commits/", "/search/")


@pytest.mark.parametrize("name", [*CASES, *GOOD])
def test_every_page_of_a_repository_answers(report: Report, name: str) -> None:
    pages = report.pages_of(name)
    assert len(pages) >= 5
    for page in pages:
        assert page["status"] in (200, 404, 413), page["url"]
    for page in pages[:3]:
        assert page["status"] == 200, page["url"]


@pytest.mark.parametrize("name", [*CASES, *GOOD])
def test_no_page_of_a_repository_holds_anything_that_acts(report: Report, name: str) -> None:
    assert [(page["url"], page["active"]) for page in report.pages_of(name) if page["active"]] == []


@pytest.mark.parametrize("name", CASES)
def test_no_page_is_too_large_to_be_read(report: Report, name: str) -> None:
    for page in report.pages_of(name):
        assert "/raw/" in page["url"] or page["bytes"] < LARGEST_PAGE


@pytest.mark.parametrize("name", CASES)
def test_no_page_shows_anything_of_this_machine_or_forms_of_strangers(report: Report, name: str) -> None:
    for page in report.pages_of(name):
        assert not set(NEVER) & set(page["says"]) or any(part in page["url"] for part in SOURCES)
        assert not page["has_key"]


@pytest.mark.parametrize("name", CASES)
def test_raw_files_never_run_in_our_origin(report: Report, name: str) -> None:
    for page in report.pages_of(name):
        if "/raw/" not in page["url"] or page["status"] == 404:
            continue
        assert page["policy"].endswith("sandbox")
        assert page["sniff"] == "nosniff"
        plain = page["type"].startswith(("text/plain", "application/octet-stream"))
        assert plain or page["type"].startswith("image/")
        if page["type"] == "image/svg+xml":
            assert page["disposition"].startswith("attachment")


def test_every_odd_path_leads_to_its_file(corpus: Corpus, report: Report) -> None:
    pages = [page for page in report.pages_of("odd-paths") if page["path"]]
    assert len(pages) > 80
    assert {page["status"] for page in pages if "/files/" in page["url"]} == {200}


@pytest.mark.parametrize("number", range(len(XSS)))
def test_each_markup_vector_alone_is_inert(report: Report, number: int) -> None:
    """One may hide another, so each stands in a file of its own."""
    [page] = [
        page
        for page in report.pages_of("readme-xss")
        if page["path"] == f"xss/{number:02}.md" and "/files/" in page["url"]
    ]
    assert page["status"] == 200
    assert page["active"] == []


def test_what_acts_would_be_found() -> None:
    """Else the tests above would pass because nothing is ever found."""
    seen = {vector for vector in XSS if vector.startswith("<") and active(vector)}
    quiet = {vector for vector in XSS if vector.startswith(("<form", "<input", "<details><", "<link"))}
    assert seen >= {vector for vector in XSS if vector.startswith("<")} - quiet
    assert active("<a href=' java\tscript:x'>x</a><img src=//evil.example/x>") != []
