"""What a project's page says of its code host."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import HostItem, Project
from people.models import User
from tests.catalog.pages import page
from tests.create import create_project

pytestmark = pytest.mark.django_db


def item(project: Project, number: int, title: str, *, kind: str = "issue", **more: Any) -> HostItem:
    url = f"https://git.corp.example/i/{number}"
    return HostItem.objects.create(
        project=project, kind=kind, number=number, title=title, web_url=url, updated_at=timezone.now(), **more
    )


def test_a_project_shows_what_its_host_counts_and_what_waits_there(client: Client) -> None:
    project = create_project(
        "ledger", host_id="7", stars=1234, forks=1, open_issues=2, open_changes=0, items_at=timezone.now()
    )
    item(project, 1, "Round down", is_first=True)
    item(project, 2, "Round up", is_wanted=True)
    item(project, 3, "A bug of ours")
    item(project, 4, "Rounding", kind="change")
    shown = page(client.get("/projects/ledger/"))
    for words in ("1,234 stars", "1 fork<", "2 open issues", "0 open changes", "Opportunities at its host"):
        assert words in shown
    assert shown.index("Round down") < shown.index("Round up") < shown.index("Rounding")
    assert "A bug of ours" not in shown
    assert 'href="https://git.corp.example/i/1" rel="noreferrer"' in shown


def test_a_project_that_is_gone_says_so_and_offers_no_sync(client: Client, alice: User) -> None:
    create_project(
        "ledger", host_id="7", gone_at=timezone.now(), owner_team=alice.teams.get(), head_commit="0" * 40
    )
    client.force_login(alice)
    shown = page(client.get("/projects/ledger/"))
    assert "Gone at its host since" in shown
    assert "Sync now" not in shown
    assert "git clone" not in shown
    assert client.post("/projects/ledger/sync/").status_code == 403
