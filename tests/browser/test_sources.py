"""An operator brings in a code host, in a real browser and without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import CodeHost, Project
from tests.browser.conftest import OpenAs
from tests.browser.test_pages import EVERY_SCREEN, problems, sign_in, too_wide
from tests.browser.watch import Watch
from tests.catalog.acme import TOKEN, Acme
from tests.catalog.conftest import acme
from tests.create import create_user

__all__ = ["acme"]  # A fixture of the neighbours: the code host that is brought in.


@pytest.fixture
def busy(acme: Acme) -> Acme:
    """With something of every kind to show."""
    acme.add(9, "plans", private=True, description="Plans " * 30)
    acme.add(10, "an-experiment-with-a-name-that-is-much-longer-than-most-names-are", archived=True)
    acme.add(11, "fork-of-gateway", fork=True)
    acme.add(12, "evil", clone_url="http://10.0.0.9/acme/evil.git")
    acme.issue(7, 1, "Round to even numbers, as the accountants asked for since last spring", "good first issue")
    acme.issue(7, 2, "Say which account is meant", "help wanted")
    acme.offer(7, 3, "Faster rounding")
    acme.change(7, stars_count=1234, forks_count=7)
    return acme


def looks_right(page: Page) -> list[str]:
    """What is wrong with the page that is open, on every screen and in both colours."""
    page.evaluate(AXE_SCRIPT)
    wrong = []
    for scheme, size in EVERY_SCREEN:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += [f"{page.url} ({scheme}, {size['width']}): {problem}" for problem in problems(page)]
        if too_wide(page):
            wrong.append(f"{page.url} ({scheme}, {size['width']}): scrolls sideways")
    return wrong


def test_every_step_of_bringing_in_a_code_host_looks_right(open_as: OpenAs, site: str, busy: Acme) -> None:
    page = open_as(create_user("operator", is_staff=True))
    wrong = []
    page.goto("/curation/sources/")
    page.get_by_role("link", name="Add a source").first.click()
    page.get_by_role("link", name="Gitea or Forgejo").click()
    page.get_by_label("Address").fill(busy.address)
    page.get_by_label("Access token").fill(TOKEN)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", name="answers")).to_be_visible()
    assert TOKEN not in page.content()
    wrong += looks_right(page)
    page.get_by_role("button", name="Add acme").click()
    expect(page.get_by_text("4 projects")).to_be_visible()
    CodeHost.objects.update(looking_until=timezone.now() + timedelta(minutes=5), look_count=1234)
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    wrong += looks_right(page)
    # The row asks for itself again until nothing goes on any more.
    CodeHost.objects.update(looking_until=None)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.get_by_role("link", name="acme", exact=True).click()
    page.get_by_role("button", name="Make a secret").click()
    expect(page.get_by_text("shown this once")).to_be_visible()
    wrong += looks_right(page)
    page.goto("/projects/ledger/")
    expect(page.get_by_role("heading", name="Opportunities at its host")).to_be_visible()
    wrong += looks_right(page)
    Project.objects.filter(slug="ledger").update(gone_at=timezone.now() - timedelta(days=3))
    page.reload()
    expect(page.get_by_text("Gone at its host since")).to_be_visible()
    wrong += looks_right(page)
    page.goto(f"/curation/sources/{CodeHost.objects.get().pk}/remove/")
    wrong += looks_right(page)
    assert not wrong, "\n".join(wrong)


def test_a_code_host_is_brought_in_and_removed_without_script(
    open_as: OpenAs, site: str, acme: Acme, watch: Watch
) -> None:
    page = open_as(java_script_enabled=False)
    sign_in(page, create_user("operator", is_staff=True))
    page.goto("/curation/sources/add/gitea/")
    page.get_by_label("Address").fill(acme.address)
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name="Add acme").click()
    source = CodeHost.objects.get()
    page.goto(source.get_absolute_url())
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove the source").click()
    expect(page.get_by_text("was removed")).to_be_visible()
    assert Project.objects.exclude(gone_at=None).count() == 2
