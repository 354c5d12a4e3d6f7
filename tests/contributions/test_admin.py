from __future__ import annotations

import pytest
from django.test import Client

from contributions import actions
from contributions.models import Request
from people.models import User
from tests.create import create_user

pytestmark = pytest.mark.django_db
MODELS = ["request", "change", "revision", "review", "event", "credit"]


@pytest.mark.parametrize("model", MODELS)
def test_an_operator_finds_every_row(client: Client, model: str, request_: Request, alice: User) -> None:
    actions.accept(request_, by=alice)
    client.force_login(create_user("root", is_staff=True, is_superuser=True))
    assert client.get(f"/admin/contributions/{model}/?q=retry").status_code == 200


def test_nobody_edits_what_happened(client: Client, request_: Request, alice: User) -> None:
    event = actions.accept(request_, by=alice)
    client.force_login(create_user("root", is_staff=True, is_superuser=True))
    assert client.post(f"/admin/contributions/event/{event.pk}/delete/").status_code == 403
    assert client.get("/admin/contributions/event/add/").status_code == 403
    assert b'name="note"' not in client.get(f"/admin/contributions/event/{event.pk}/change/").content


def test_a_state_is_not_set_by_hand(client: Client, request_: Request) -> None:
    client.force_login(create_user("root", is_staff=True, is_superuser=True))
    page = client.get(f"/admin/contributions/request/{request_.pk}/change/").content
    assert b'name="title"' in page
    assert b'name="state"' not in page
