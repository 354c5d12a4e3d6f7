"""Differences and code search in a real browser: what loads as it comes into view, and travel by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from catalog import code_sweep
from catalog.models import Project
from forge.mirror import mirror_path
from tests.browser.conftest import OpenAs
from tests.create import create_project
from tests.repos import add_commit, build_repo, tip

TEXT = "".join(f"    line {number} = 'needle'\n" for number in range(150))
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def commit(site: str) -> str:
    """Six files: the first one comes along, the last one is generated."""
    return planted("widget")


def planted(slug: str) -> str:
    project = create_project(slug, default_branch="main", sync_state="ok")
    path = mirror_path(project.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    build_repo(path, files={f"{name}.py": TEXT for name in "abcde"})
    files = {f"{name}.py": TEXT.replace("needle", "thread") for name in "abcde"}
    made = add_commit(path, files={**files, "package-lock.json": "{}\n"})
    Project.objects.filter(pk=project.pk).update(head_commit=tip(path))
    return made


def serious(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def test_lines_load_as_their_file_comes_into_view(open_as: OpenAs, commit: str) -> None:
    page = open_as()
    page.goto(f"/projects/widget/commits/{commit}/")
    expect(page.locator("#f1 table")).to_be_visible()
    assert page.locator("#f5 table").count() == 0
    page.locator("#f5").scroll_into_view_if_needed()
    expect(page.locator("#f5 table mark").first).to_be_visible()
    assert page.locator("#f6 table").count() == 0
    page.locator("#f6").get_by_role("link", name="Show the changes").click()
    expect(page.locator("#f6 table")).to_be_visible()


def test_n_and_p_travel_from_file_to_file(open_as: OpenAs, commit: str) -> None:
    page = open_as()
    page.goto(f"/projects/widget/commits/{commit}/")
    for key, file in (("n", "#f1"), ("n", "#f2"), ("]", "#f3"), ("p", "#f2"), ("[", "#f1")):
        page.keyboard.press(key)
        expect(page.locator(f"{file} > summary")).to_be_focused()


def test_a_narrow_screen_shows_one_side_below_the_other(open_as: OpenAs, commit: str) -> None:
    page = open_as(viewport=PHONE)
    page.goto(f"/projects/widget/commits/{commit}/?view=split")
    old, new = (page.locator(f"#f1{side}1 ~ .text").first for side in "LR")
    above, below = old.bounding_box(), new.bounding_box()
    assert above and below and below["y"] > above["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["split", "unified"])
def test_differences_are_accessible(open_as: OpenAs, commit: str, scheme: str, view: str) -> None:
    page = open_as(color_scheme=scheme)
    page.goto(f"/projects/widget/commits/{commit}/?view={view}")
    expect(page.locator("#f1 table")).to_be_visible()
    assert serious(page) == []


def test_the_search_across_projects_goes_on_by_itself(
    open_as: OpenAs, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_sweep, "STEP", 1)
    for slug in ("gear", "lever"):
        planted(slug)
    page = open_as()
    page.goto("/search/code/?q=thread")
    expect(page.get_by_text("All 3 projects searched: 3 have it.")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_count(3)
    assert serious(page) == []


def test_the_search_across_projects_works_without_script(
    open_as: OpenAs, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_sweep, "STEP", 1)
    planted("gear")
    page = open_as(java_script_enabled=False)
    page.goto("/search/code/?q=thread")
    expect(page.get_by_text("Searched 1 of 2 projects.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("All 2 projects searched: 2 have it.")).to_be_visible()
