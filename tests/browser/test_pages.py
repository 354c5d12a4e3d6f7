"""Every page in a real browser: accessible, in both colour schemes, on a phone, by keyboard, without script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import CodeHost, Project, RemoteHost, SyncRun
from people.models import User
from tests.browser.conftest import OpenAs
from tests.browser.watch import Watch
from tests.create import PASSWORD, create_curator, create_project, create_user
from tests.portal.planted import SLUG, Planted
from tests.portal.routes import OBJECTS, OPEN

HOUR = timedelta(hours=1)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Swagger draws the inside of the API's page; we cannot mend it.
AXE = "axe.run({exclude: ['#swagger-ui']}, {resultTypes: ['violations']})"
SERIOUS = {"serious", "critical"}
EVERY_SCREEN = [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)]
#: What is the same for everybody is looked at on every screen as a maintainer.
TWO_SCREENS = [("light", DESKTOP), ("dark", PHONE)]
SCREENS = {
    "visitor": TWO_SCREENS,
    "contributor": TWO_SCREENS,
    "maintainer": EVERY_SCREEN,
    "curator": TWO_SCREENS,
    "operator": TWO_SCREENS,
}


#: Pages of code are the same for everybody who may see them, so one role looks at them on every screen.
SAME = {
    *("catalog:file", "catalog:files", "catalog:history", "catalog:history-of", "catalog:blame", "catalog:refs"),
    *(
        "catalog:refs-of",
        "catalog:find",
        "catalog:outline",
        "catalog:commit",
        "catalog:compare",
        "catalog:document",
    ),
    *("catalog:search-in", "catalog:releases"),
}
#: What pages of code show beyond what every route is asked for.
CODE = (
    *("files/innersource.json", "blame/innersource.json", "files/README.md?source=1", "history/README.md"),
    *("find/?q=read", "search/?q=quokka", "refs/?kind=tags", "files/?at=nowhere"),
    *("docs/?q=quokka", "docs/?q=nothing-is-called-so", "docs/?at=nowhere"),
)


@pytest.fixture
def portal(planted: Planted, site: str) -> Planted:
    """Everything that the pages can show, for everybody to see; one source has a problem."""
    Project.objects.update(visibility=Project.Visibility.EVERYONE)
    problem = {
        "line": 3,
        "text": "ext::sh",
        "code": "scheme_forbidden",
        "message": "Not read here.",
        "cure": "Use https.",
    }
    CodeHost.objects.update(problems=[problem])
    in_trouble()
    return planted


def in_trouble() -> None:
    """Syncs in each state, of a host that is down."""
    now, host = timezone.now(), "git.corp.example"
    what = {"code": "unreachable", "message": f"{host} did not answer.", "cure": "Check that the host is up."}
    RemoteHost.objects.create(name=host, failures=4, paused_until=now + timedelta(hours=1), failed_at=now, **what)
    said = {"sync_code": "gone", "sync_message": "There is no repository.", "sync_cure": "Change its address."}
    create_project("torn", sync_state="failed", remote_host=host, sync_failures=2, **said)
    create_project("hopeless", sync_state="parked", remote_host=host, next_sync_at=None, **said)
    busy = create_project("busy", remote_host=host, lease_owner="box:7:x", leased_at=now, lease_until=now + HOUR)
    SyncRun.objects.create(project=busy, state="running", phase="receiving", percent=40, started_at=now)


def person(role: str) -> User | None:
    if role == "curator":
        return create_curator()
    if role == "operator":
        return create_user("operator", is_staff=True, is_superuser=True)
    return User.objects.filter(username={"contributor": "charlie", "maintainer": "alice"}.get(role)).first()


def urls_for(viewer: User | None, planted: Planted, *, without: set[str]) -> list[str]:
    """The pages that this person gets, by asking for all; with them one that is missing."""
    client = Client()
    if viewer:
        client.force_login(viewer)
    return [url for url in every_url(planted, without=without) if is_page(client, url)]


def every_url(planted: Planted, *, without: set[str]) -> Iterator[str]:
    for name, places in OPEN.items():
        yield from (reverse(name, kwargs=arguments) for arguments in places)
    for name, of in OBJECTS.items():
        yield from (reverse(name, kwargs=there) for there, _ in of(planted) if name not in without)
    yield from (
        "/search/?q=quokka",
        "/search/?q=nothing-is-called-so",
        "/projects/?q=quokka&view=cards",
        *(f"/curation/syncs/?show={show}" for show in ("waiting", "failed", "parked", "recent")),
        *(f"/projects/{SLUG}/{place}" for place in CODE if not without),
        "/no/such/page/",
    )


def is_page(client: Client, url: str) -> bool:
    response = client.get(url)
    is_html = response["Content-Type"].startswith("text/html") and b"<html" in response.content
    return is_html and response.status_code in (200, 404)


def problems(page: Page) -> list[str]:
    found = page.evaluate(AXE)["violations"]
    return [
        f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']][:3])}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("role", SCREENS)
def test_every_page_is_accessible_on_any_screen(open_as: OpenAs, watch: Watch, portal: Planted, role: str) -> None:
    viewer = person(role)
    page = open_as(viewer)
    watch.expected = {404}
    wrong, urls = [], urls_for(viewer, portal, without=set() if role == "maintainer" else SAME)
    assert len(urls) > 15
    for url in urls:
        page.goto(url)
        page.evaluate(AXE_SCRIPT)
        for scheme, size in SCREENS[role]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size(size)
            wrong += [f"{url} ({scheme}, {size['width']}): {problem}" for problem in problems(page)]
            if too_wide(page):
                wrong.append(f"{url} ({scheme}, {size['width']}): scrolls sideways")
    assert not wrong, "\n".join(wrong)


def test_the_page_of_the_api_is_drawn_under_the_strict_policy(open_as: OpenAs, site: str) -> None:
    page = open_as()
    page.goto("/api/")
    expect(page.get_by_role("button", name="GET /api/v1/projects/", exact=True)).to_be_visible()


# ---------------------------------------------------------------- keyboard
def test_the_keyboard_reaches_everything(open_as: OpenAs, portal: Planted) -> None:
    page = open_as()
    page.goto("/", wait_until="load")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search projects, guides and people")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()

    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()

    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/projects/", wait_until="load")
    page.keyboard.press("j")
    expect(page.locator("[data-item].marked")).to_have_count(1)
    page.keyboard.press("o")
    expect(page.get_by_role("navigation", name="Pages of")).to_be_visible()


def test_the_scheme_that_somebody_chose_is_remembered(open_as: OpenAs, site: str) -> None:
    page = open_as(color_scheme="light")
    page.goto("/")
    switch = page.get_by_role("button", name="Colours")
    switch.click()
    switch.click()
    expect(switch).to_contain_text("dark")
    page.goto("/about/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


# ---------------------------------------------------------------- without script
def test_the_main_job_needs_no_script(open_as: OpenAs, portal: Planted, alice: User, charlie: User) -> None:
    his, hers = (open_as(java_script_enabled=False) for _ in range(2))
    for page, user in ((his, charlie), (hers, alice)):
        sign_in(page, user)
    find_and_filter(his)
    propose(his)
    hers.goto("/queue/")
    hers.get_by_role("link", name="Turn left as well").click()
    hers.get_by_role("button", name="Accept", exact=True).click()
    expect(hers.locator(".project-marks")).to_contain_text("Accepted")
    sign_out(hers)


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def find_and_filter(page: Page) -> None:
    search = page.get_by_role("search", name="Search the portal").get_by_role("searchbox")
    search.fill("quokka")
    search.press("Enter")
    expect(page.get_by_role("link", name="Open quokka")).to_be_visible()
    page.goto("/projects/")
    page.get_by_role("main").get_by_role("link", name="xyzzymark").first.click()
    page.goto("/projects/")
    page.get_by_role("region", name="Lifecycle").get_by_role("link", name="Production").click()
    expect(page.get_by_role("list", name="Filters that are on")).to_contain_text("Production")
    expect(page.get_by_role("link", name="Open quokka")).to_have_count(0)


def propose(page: Page) -> None:
    page.goto("/projects/open-one/")
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Title").fill("Turn left as well")
    page.get_by_role("button", name="Send to Platform").click()
    page.get_by_label("What should change?").fill("It turns right only.")
    page.get_by_role("button", name="Send to Platform").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Turn left as well")


def sign_out(page: Page) -> None:
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


# ---------------------------------------------------------------- what changes by itself
def test_the_page_of_syncs_follows_what_happens_and_keeps_what_is_typed(open_as: OpenAs, portal: Planted) -> None:
    page = open_as(person("operator"))
    page.goto("/curation/syncs/")
    field = page.get_by_role("searchbox", name="Project")
    field.fill("half a wo")
    expect(page.get_by_role("cell", name="40 %")).to_be_visible()
    SyncRun.objects.filter(state="running").update(percent=70)
    page.wait_for_timeout(2500)
    expect(page.get_by_role("cell", name="40 %")).to_be_visible()  # Somebody is typing.
    field.blur()
    expect(page.get_by_role("cell", name="70 %")).to_be_visible()
    expect(field).to_have_value("half a wo")


def test_on_a_phone_the_open_tab_is_in_sight(open_as: OpenAs, portal: Planted) -> None:
    page = open_as(create_user("operator", is_staff=True))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/curation/syncs/")
    expect(page.get_by_label("Curation").locator("[aria-current]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0


def test_all_that_failed_are_tried_again_after_a_question(open_as: OpenAs, portal: Planted) -> None:
    page = open_as(person("operator"))
    page.goto("/curation/syncs/")
    page.get_by_role("navigation", name="Syncs").get_by_role("link", name="Failed").click()
    page.get_by_role("button", name="Try all").click()
    page.get_by_role("dialog").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_contain_text("tried again")
    assert SyncRun.objects.filter(project__slug="torn").count() == 1


def test_without_script_a_page_asks_before_all_are_tried_again(open_as: OpenAs, portal: Planted) -> None:
    page = open_as(person("operator"), java_script_enabled=False)
    page.goto("/curation/syncs/?show=failed")
    page.get_by_role("button", name="Try all").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Try all of them again?")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_contain_text("tried again")
