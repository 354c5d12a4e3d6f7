"""The whole main job, walked once by three people in real browsers on a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.actions.sources import add_source
from catalog.actions.syncing import request_sync
from catalog.models import Project
from forge.fast_import import Author
from people.models import Team, User
from tests.browser.conftest import OpenAs
from tests.browser.watch import Watch
from tests.create import PASSWORD, create_curator
from tests.repos import add_commit, build_repo, squash_branch

CHARLIE = Author("Charlie", "charlie@corp.example")
README = "# Parcel client\n\nTalks to the parcel service, politely.\n"
CONTRIBUTING = "# Contributing\n\n## Set up\n\n`make test`\n\n## What we look for\n\nA test for every change.\n"
CLIENT = "def fetch(url):\n    return get(url)\n"
RETRYING = "def fetch(url, budget=3):\n    return get(url, retries=budget)\n"
TITLE = "Retry with a budget"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING, "client.py": CLIENT}
    return build_repo(tmp_path / "git" / "parcel-client.git", files=files, commits=3)


@pytest.fixture
def project(repository: Path, transactional_db: None, search_index: None, host_team: Team) -> Project:
    project = add_source(str(repository), team=host_team).new[0]
    request_sync(project)
    return project


def sign_in(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(f"Your menu: {user}")).to_be_attached()
    page.wait_for_load_state()


def open_from_queue(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Review queue").click()
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def expect_state(page: Page, state: str) -> None:
    expect(page.get_by_role("main").locator(".project-marks")).to_contain_text(state)


def test_from_a_search_to_the_credit(
    open_as: OpenAs,
    watch: Watch,
    project: Project,
    repository: Path,
    alice: User,
    charlie: User,
) -> None:
    his, hers = open_as(), open_as(alice)

    find_by_keyboard(his, charlie)
    read_the_guide(his)
    propose(his)

    ask(hers)
    answer(his)
    accept(hers)

    push(repository, RETRYING)
    offer_the_branch(his)
    ask_for_changes(hers)
    push(repository, RETRYING + "\n\nfetch.tested = True\n")
    fetch_again(his)
    approve(hers)

    squash_branch(repository, "retry-budget")
    sync(hers, project)
    see_the_credit(his, hers, charlie)

    curator = open_as(create_curator())
    hide_and_undo(curator, his, watch, project)


def find_by_keyboard(page: Page, user: User) -> None:
    sign_in(page, user)
    page.keyboard.press("/")
    page.keyboard.type("parc")
    expect(page.get_by_role("combobox", name="Search projects, guides and people")).to_be_focused()
    expect(page.get_by_role("option", name="parcel-client Platform")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("parcel-client")
    expect(page.get_by_text("Talks to the parcel service, politely.").first).to_be_visible()


def read_the_guide(page: Page) -> None:
    page.get_by_role("link", name="Contribution guide").click()
    expect(page.get_by_text("A test for every change.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Alice")).to_be_visible()


def propose(page: Page) -> None:
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("What should change?").fill("`fetch` should try **again** a few times.")
    page.get_by_label("Why do you need it?").fill("Our nightly job fails once a week.")
    page.get_by_role("button", name="Send to Platform").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect_state(page, "Proposed")


def ask(page: Page) -> None:
    page.goto("/")
    open_from_queue(page)
    page.get_by_role("complementary").get_by_text("Ask a question").first.click()
    page.get_by_label("Your question").fill("How many times?")
    page.get_by_role("button", name="Ask a question").click()
    expect_state(page, "Question asked")


def answer(page: Page) -> None:
    open_from_queue(page)
    expect(page.get_by_text("How many times?")).to_be_visible()
    page.get_by_label("Your answer").fill("Three, by default.")
    page.get_by_role("button", name="Answer").click()
    expect_state(page, "Proposed")


def accept(page: Page) -> None:
    open_from_queue(page)
    page.get_by_label("A word to the contributor").fill("Gladly.")
    page.get_by_role("button", name="Accept").click()
    expect_state(page, "Accepted")


def push(repository: Path, client: str) -> str:
    files = {"client.py": client}
    return add_commit(repository, branch="retry-budget", files=files, author=CHARLIE, message="Retry")


def offer_the_branch(page: Page) -> None:
    open_from_queue(page)
    page.get_by_role("textbox", name="Branch").fill("retry-budgte")
    page.get_by_role("button", name="Offer the branch").click()
    expect(page.get_by_text("There is no branch retry-budgte")).to_be_visible()
    open_from_queue(page)
    page.get_by_role("textbox", name="Branch").fill("retry-budget")
    page.get_by_role("button", name="Offer the branch").click()
    expect_state(page, "In review")
    expect(page.get_by_text("Merges cleanly")).to_be_visible()


def ask_for_changes(page: Page) -> None:
    open_from_queue(page)
    changes = page.get_by_role("region", name="Changes in client.py")
    expect(changes).to_contain_text("def fetch(url, budget=3):")
    page.get_by_label("Ask for changes").check()
    page.get_by_label("What you found").fill("Where is the test?")
    page.get_by_role("button", name="Send the review").click()
    expect_state(page, "Changes asked for")


def fetch_again(page: Page) -> None:
    open_from_queue(page)
    expect(page.get_by_text("Where is the test?").first).to_be_visible()
    page.get_by_role("button", name="Fetch retry-budget now").click()
    expect_state(page, "In review")
    expect(page.get_by_role("navigation", name="Revisions").get_by_role("link", name="Revision 2")).to_be_visible()


def approve(page: Page) -> None:
    open_from_queue(page)
    expect(page.get_by_role("region", name="Changes in client.py")).to_contain_text("fetch.tested = True")
    page.get_by_label("Approve").check()
    page.get_by_role("button", name="Send the review").click()
    expect_state(page, "Approved")


def sync(page: Page, project: Project) -> None:
    page.goto(project.get_absolute_url())
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("The sync is queued.")).to_be_visible()


def see_the_credit(his: Page, hers: Page, charlie: User) -> None:
    his.reload()
    expect_state(his, "Merged")
    expect(his.get_by_text("squashed into one commit")).to_be_visible()
    his.goto(charlie.get_absolute_url())
    expect(his.get_by_role("main").get_by_role("link", name=TITLE)).to_be_visible()
    hers.get_by_role("navigation", name="Main").get_by_role("link", name="Review queue").click()
    expect(hers.get_by_role("heading", name="Your queue is empty")).to_be_visible()


def hide_and_undo(curator: Page, his: Page, watch: Watch, project: Project) -> None:
    curator.goto("/")
    curator.get_by_role("navigation", name="Main").get_by_role("link", name="Curation").click()
    curator.get_by_role("checkbox", name=f"Select {project.name}").check()
    curator.get_by_role("combobox", name="With the selected").select_option("Hide")
    curator.get_by_label("Why").fill("It moves to another house.")
    curator.get_by_role("button", name="Apply").click()
    expect(curator.get_by_text("Hide: 1 listing changed.")).to_be_visible()

    watch.expected = {404}
    assert his.goto(project.get_absolute_url()).status == 404
    watch.expected = set()

    curator.get_by_role("navigation", name="Curation").get_by_role("link", name="History").click()
    curator.wait_for_load_state()
    curator.get_by_role("button", name="Undo the change of Listing").click()
    curator.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(curator.get_by_text("Undone: 1 listing as before.")).to_be_visible()
    assert his.goto(project.get_absolute_url()).status == 200
