"""A project's own page of syncs: what it says, and what somebody who may sync does there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.actions.pausing import pause_source, settle
from catalog.models import Project, RemoteHost, SyncRun
from people.models import Team, User
from tests.create import create_project, create_user

pytestmark = pytest.mark.django_db

PAGE, LOSS = "/projects/widget/syncs/", "/projects/widget/sync/accept-loss/"


@pytest.fixture
def project(host_team: Team) -> Project:
    now = timezone.now()
    return create_project(
        "widget",
        owner_team=host_team,
        sync_state="ok",
        head_commit="a" * 40,
        remote_host="git.corp.example",
        sync_finished_at=now - timedelta(hours=1),
        moved_at=now - timedelta(days=12),
        next_sync_at=now + timedelta(hours=5),
    )


def run(project: Project, **fields: Any) -> SyncRun:
    end = timezone.now() - timedelta(minutes=3)
    fields = {
        "state": "ok",
        "changed": True,
        "started_at": end - timedelta(seconds=7),
        "finished_at": end,
    } | fields
    return SyncRun.objects.create(project=project, **fields)


def text(client: Client, url: str = PAGE) -> str:
    return client.get(url).content.decode()


def test_it_tells_what_each_sync_came_to(client: Client, project: Project, alice: User) -> None:
    run(project, objects_done=1234, bytes_done=5 * 2**20, requested_by=alice, reason=0)
    run(project, changed=False, reason=1)
    run(project, state="failed", code="gone", message="There is nothing.", cure="Look for it.")
    page = text(client)
    for words in ("Something new", "1.2k objects", "5.0", "Alice asked", "7.0 s", "No news"):
        assert words in page
    for words in ("The code host told of a change", "There is nothing.", "Look for it.", "gone"):
        assert words in page


def test_it_tells_when_it_comes_again_and_why(client: Client, project: Project) -> None:
    page = text(client)
    assert "Quiet for 12 days: looked at once a day." in page and "in 4 h" in page
    Project.objects.update(sync_state="parked", sync_failures=10, next_sync_at=None, sync_message="Torn.")
    page = text(client)
    assert "Not by itself" in page and "It failed 10 times in a row" in page and "has stopped trying" in page
    Project.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert "A worker is at it now" in text(client)


def test_it_does_not_come_by_itself_while_its_source_is_paused(client: Client, project: Project) -> None:
    pause_source(project.code_host, by=create_user("olga", is_staff=True), enabled=False)
    settle(project.code_host_id)
    page = text(client)
    assert "Not by itself" in page and "Its source is paused" in page and "in 4 h" not in page
    assert client.get("/api/v1/projects/widget/").json()["sync"]["next_at"] is None


def test_its_host_is_the_reason_where_it_rests(client: Client, project: Project) -> None:
    RemoteHost.objects.create(name="git.corp.example", paused_until=timezone.now() + timedelta(minutes=5))
    assert "git.corp.example is left alone" in text(client)


def test_it_says_so_when_there_is_nothing_to_tell(client: Client, project: Project) -> None:
    assert "No sync to tell of yet" in text(client)


def test_whoever_may_not_see_the_project_sees_no_history(client: Client, project: Project, charlie: User) -> None:
    Project.objects.update(visibility="teams")
    client.force_login(charlie)
    assert client.get(PAGE).status_code == client.post(LOSS).status_code == 404


@pytest.mark.parametrize("count", [1, 60])
def test_it_costs_the_same_however_much_happened(
    client: Client, project: Project, alice: User, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        run(project, requested_by=alice)
    # The project, its host, how many runs, those of this page, the open one.
    with django_assert_num_queries(5):
        client.get(PAGE)


def test_the_overview_leads_there(client: Client, project: Project) -> None:
    assert f'href="{PAGE}"' in text(client, "/projects/widget/")


def test_sync_now_comes_back_to_where_it_was_pressed(client: Client, project: Project, alice: User) -> None:
    client.force_login(alice)
    assert "Sync now" in text(client)
    assert client.post("/projects/widget/sync/", {"from": "syncs"}).url == PAGE
    assert "Sync now" not in text(client)
    assert client.post("/projects/widget/sync/").url == "/projects/widget/"


# ---------------------------------------------------------------- a loss
@pytest.fixture
def lost(project: Project) -> Project:
    Project.objects.update(
        sync_state="failed", sync_code="emptied", sync_message="No branches.", loss={"fingerprint": "x"}
    )
    return project


def test_a_maintainer_accepts_a_loss_after_a_question(client: Client, lost: Project, alice: User) -> None:
    client.force_login(alice)
    assert LOSS in text(client) and LOSS in text(client, "/projects/widget/")
    asked = client.post(LOSS)
    assert "Accept the loss in widget?" in asked.content.decode() and not SyncRun.objects.exists()
    assert client.post(LOSS, {"confirmed": "yes"}).url == PAGE
    run = SyncRun.objects.get()
    assert run.accepts_loss and run.requested_by == alice


def test_others_accept_no_loss(client: Client, lost: Project, bob: User) -> None:
    assert LOSS not in text(client)
    assert client.post(LOSS).url.startswith("/sign-in/")
    client.force_login(bob)
    assert LOSS not in text(client)
    assert client.post(LOSS, {"confirmed": "yes"}).status_code == 403
    assert not SyncRun.objects.exists()


def test_where_nothing_is_lost_there_is_nothing_to_accept(client: Client, project: Project, alice: User) -> None:
    client.force_login(alice)
    assert LOSS not in text(client)
    assert client.post(LOSS, {"confirmed": "yes"}).status_code == 403
