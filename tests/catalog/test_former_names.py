"""What a project was called before leads to what it is called now."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.models import Project
from people.models import User
from tests.catalog.pages import page
from tests.create import create_curator, create_project, create_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed() -> Project:
    project = create_project("books", owner_team=None)
    project.former_slugs.create(slug="ledger")
    return project


@pytest.mark.parametrize("rest", ["", "guide/", "health/", "files/", "files/a/b.md", "contributions/"])
def test_old_addresses_lead_to_the_same_page_under_the_new_name(
    client: Client, renamed: Project, rest: str
) -> None:
    answer = client.get(f"/projects/ledger/{rest}?a=1&b=%20x")
    assert answer.status_code == 301
    assert answer["Location"] == f"/projects/books/{rest}?a=1&b=%20x"
    assert answer["Cache-Control"] == "no-cache"


def test_an_old_address_of_a_request_leads_on(client: Client, renamed: Project, alice: User) -> None:
    request = create_request(renamed, alice)
    answer = client.get(f"/projects/ledger/contributions/{request.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/projects/books/contributions/{request.pk}/")


def test_what_is_posted_to_an_old_address_is_posted_to_the_new_one(
    client: Client, renamed: Project, alice: User
) -> None:
    client.force_login(alice)
    assert client.post("/projects/ledger/sync/").status_code == 308


def test_a_former_name_tells_nobody_of_what_they_may_not_see(client: Client, renamed: Project) -> None:
    Project.objects.update(visibility="admins")
    answers = [client.get(f"/projects/{slug}/") for slug in ("ledger", "books", "never-was")]
    pages = {re.sub(r"/projects/[\w-]+/|[0-9a-f]{32}", "", page(answer)) for answer in answers}
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({len(text) for text in pages}) == 1
    client.force_login(create_curator())
    assert client.get("/projects/ledger/").status_code == 301
