"""A strict Content-Security-Policy, and pages that need nothing of what it forbids."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Project
from people.models import User
from tests.create import create_user
from tests.portal.planted import Planted
from tests.portal.routes import OBJECTS, OPEN

pytestmark = pytest.mark.django_db


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, and addresses of other origins."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(f"<{tag}> without a file")
        for name, value in attributes:
            if name == "style" or name.startswith(("on", "hx-on")) or (value or "").startswith("javascript:"):
                self.found.append(f"{name} of <{tag}>")
        fetched = given.get("src") or (given.get("href") if tag == "link" else "") or ""
        if "//" in fetched:
            self.found.append(f"<{tag}> of another origin")


def policy(response: Any) -> dict[str, set[str]]:
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: set(values) for name, *values in parts}


def everything(planted: Planted) -> list[str]:
    urls = [reverse(name, kwargs=arguments) for name, places in OPEN.items() for arguments in places]
    objects = [(name, there) for name, places in OBJECTS.items() for there, _ in places(planted)]
    return [*urls, *(reverse(name, kwargs=there) for name, there in objects), "/no/such/page/", "/admin/login/"]


@pytest.fixture(params=["visitor", "maintainer", "operator"])
def viewer(request: pytest.FixtureRequest, client: Client, planted: Planted, alice: User) -> Client:
    Project.objects.update(visibility=Project.Visibility.EVERYONE)
    if request.param == "maintainer":
        client.force_login(alice)
    if request.param == "operator":
        client.force_login(create_user("operator", is_staff=True, is_superuser=True))
    return client


def test_every_answer_forbids_what_is_inline_and_of_other_origins(viewer: Client, planted: Planted) -> None:
    for url in everything(planted):
        allowed = policy(viewer.get(url))
        assert allowed["default-src"] == {"'none'"}, url
        for values in allowed.values():
            assert not values & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}, url


def test_no_page_needs_anything_inline(viewer: Client, planted: Planted) -> None:
    found = {}
    for url in everything(planted):
        response = viewer.get(url)
        if response["Content-Type"].startswith("text/html") and not url.startswith("/admin/"):
            page = Inline()
            page.feed(response.content.decode())
            found[url] = page.found
    assert len(found) > 20
    assert {url: problems for url, problems in found.items() if problems} == {}


def test_pages_cannot_be_framed_sniffed_or_told_where_a_visitor_came_from(client: Client) -> None:
    response = client.get("/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_every_answer_has_a_number_that_can_be_quoted(client: Client) -> None:
    first, second = client.get("/about/"), client.get("/about/")
    assert len(first["X-Request-Id"]) == 32
    assert first["X-Request-Id"] != second["X-Request-Id"]
    given = client.get("/about/", headers={"X-Request-Id": "from-the-proxy-1"})
    assert given["X-Request-Id"] == "from-the-proxy-1"
    forged = client.get("/about/", headers={"X-Request-Id": "<script>alert(1)</script>"})
    assert forged["X-Request-Id"].isalnum()
