"""Whatever somebody types into a search box is answered."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.create import create_project
from tests.hostile.corpus.inputs import QUERIES

pytestmark = pytest.mark.django_db

PLACES = [
    "search:search",
    "search:suggest",
    "api:search",
    "catalog:list",
    "portal:home",
    "contributions:queue",
]
#: A search that means nothing may be called so; only a fault of ours may not happen.
ANSWERS = {200, 400}


@pytest.fixture
def listings(search_index: None) -> None:
    for number in range(3):
        create_project(f"widget-{number}", summary="Turns gears into widgets.")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: repr(query[:12]))
def test_query_is_answered(client: Client, alice: User, listings: None, place: str, query: str) -> None:
    client.force_login(alice)
    asked = quote(query.encode("utf-8", "surrogatepass"), safe="")
    response = client.get(f"{reverse(place)}?q={asked}")
    assert response.status_code in ANSWERS
    assert len(response.content) < 1_000_000


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: repr(query[:12]))
def test_query_is_answered_as_a_fragment(client: Client, listings: None, query: str) -> None:
    asked = quote(query.encode("utf-8", "surrogatepass"), safe="")
    response = client.get(f"{reverse('search:search')}?q={asked}&kind=project", headers={"HX-Request": "true"})
    assert response.status_code in ANSWERS
