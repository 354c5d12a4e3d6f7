"""The operators' page of hosts and syncs: who gets in, what it shows to whom, and what is done there."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import CodeHost, Project, RemoteHost, SyncRun
from catalog.watching import hosts_at_work, numbers
from people.models import User
from tests.catalog.pages import said
from tests.create import create_curator, create_project, create_user

pytestmark = pytest.mark.django_db

PAGE, TRY, CONNECTIONS = "/curation/syncs/", "/curation/syncs/try-host/", "/curation/syncs/connections/"
HOST = "git.corp.example"


@pytest.fixture
def operator(client: Client) -> User:
    """Signed in; sees every listing."""
    user = create_user("operator", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def plain_operator(client: Client) -> User:
    """Signed in; no curator, so that some listings are none of their business."""
    user = create_user("olga", is_staff=True)
    client.force_login(user)
    return user


def later(**amount: float) -> Any:
    return timezone.now() + timedelta(**amount)


def rest(slug: str = "", **fields: Any) -> Project:
    """A project that nobody is to look at for hours."""
    fields = {"remote_host": HOST, "sync_state": "ok", "next_sync_at": later(hours=5)} | fields
    return create_project(slug, **fields)


def running(slug: str, **run: Any) -> Project:
    lease = {"lease_owner": "box-1:77:abcd", "leased_at": later(seconds=-70), "lease_until": later(minutes=1)}
    project = rest(slug, **lease)
    if run:
        SyncRun.objects.create(project=project, state="running", started_at=later(seconds=-70), **run)
    return project


def failed(slug: str = "", **fields: Any) -> Project:
    what = {
        "sync_state": "failed",
        "sync_code": "gone",
        "sync_message": "It is gone.",
        "sync_cure": "Look for it.",
    }
    return rest(slug, **(what | {"sync_failures": 2, "sync_finished_at": later(hours=-1)} | fields))


def parked(slug: str = "", **fields: Any) -> Project:
    return failed(slug, **({"sync_state": "parked", "sync_failures": 10, "next_sync_at": None} | fields))


def text(client: Client, query: str = "", **headers: str) -> str:
    return client.get(PAGE + query, headers=headers).content.decode()


def listed(client: Client, query: str) -> list[str]:
    """The slugs of the list that the page shows."""
    return [row.project.slug for row in client.get(PAGE + query).context["page"]]


# ---------------------------------------------------------------- who gets in
@pytest.mark.parametrize("url", [PAGE, TRY, CONNECTIONS])
def test_it_is_for_operators(client: Client, alice: User, url: str) -> None:
    assert client.post(url).url.startswith("/sign-in/")
    for user in (alice, create_curator()):
        client.force_login(user)
        assert client.post(url).status_code == 403
    assert client.get(PAGE).status_code == 403


def test_operators_find_it_beside_the_sources(client: Client, plain_operator: User) -> None:
    assert f'href="{PAGE}"' in client.get("/curation/sources/").content.decode()


# ---------------------------------------------------------------- hosts
def test_each_host_shows_how_its_projects_fare(db: None) -> None:
    running("busy"), failed(), parked(), rest()
    rest("due", next_sync_at=later(minutes=-1))
    rest("folder", remote_host="")
    here, there = sorted(hosts_at_work(), key=lambda each: each.key)
    assert (there.key, there.projects, there.running, there.waiting, there.failed, there.parked) == (
        HOST,
        5,
        1,
        1,
        1,
        1,
    )
    assert (here.key, here.is_local, here.projects, str(here.host)) == ("-", True, 1, "Folders of this machine")


def test_hosts_in_trouble_come_first_with_their_reason(client: Client, operator: User) -> None:
    for name in ("a.example", "b.example", "c.example", "d.example"):
        rest(remote_host=name)
    why = {
        "code": "unreachable",
        "message": "No answer.",
        "cure": "Look at the wall.",
        "failed_at": later(minutes=-1),
    }
    RemoteHost.objects.create(name="b.example", failures=4, paused_until=later(minutes=9), **why)
    RemoteHost.objects.create(name="c.example", failures=3, **why)
    RemoteHost.objects.create(name="d.example", code="rate_limited", paused_until=later(minutes=9))
    response = client.get(PAGE)
    found = {each.key: each.condition.value for each in response.context["hosts"]}
    assert found == {"a.example": "answers", "b.example": "rests", "c.example": "probed", "d.example": "limited"}
    assert response.context["hosts"][-1].key == "a.example"
    page = response.content.decode()
    assert "No answer." in page and "Look at the wall." in page and "unreachable" in page


def test_an_operator_asks_a_resting_host_again(client: Client, plain_operator: User) -> None:
    rest()
    host = RemoteHost.objects.create(name=HOST, failures=5, paused_until=later(minutes=9))
    response = client.post(TRY, {"host": HOST}, follow=True)
    host.refresh_from_db()
    assert host.paused_until is None and host.is_down
    assert f"{HOST} is asked again now." in said(response)
    assert client.post(TRY, {"host": "unknown.example"}).status_code == 404


def test_an_operator_sets_how_many_connections_a_host_gets(client: Client, plain_operator: User) -> None:
    rest()
    client.post(CONNECTIONS, {"host": HOST, "connections": "9"})
    assert "0 of 9" in text(client)
    client.post(CONNECTIONS, {"host": HOST, "connections": ""}, follow=True)
    assert RemoteHost.objects.get(name=HOST).connections is None
    for wrong in ({"host": HOST, "connections": "0"}, {"host": "unknown.example", "connections": "3"}):
        assert "gets" not in said(client.post(CONNECTIONS, wrong, follow=True))
    assert RemoteHost.objects.filter(connections__isnull=False).count() == 0


def test_many_hosts_are_folded_into_a_link(client: Client, operator: User) -> None:
    for number in range(12):
        rest(remote_host=f"h{number}.example")
    assert "4 more" in text(client) and len(client.get(PAGE).context["hosts"]) == 8
    assert len(client.get(PAGE + "?hosts=all").context["hosts"]) == 12


# ---------------------------------------------------------------- the lists
def test_what_runs_shows_how_far_it_is_and_who_is_at_it(client: Client, operator: User, alice: User) -> None:
    running(
        "busy", phase="receiving", percent=40, objects_done=1234, bytes_done=2**21, requested_by=alice, reason=0
    )
    running("looking")
    page = text(client)
    for words in ("Receiving", "40 %", 'value="40"', "1.2k objects", "1 min 10 s", "Alice asked", "box-1:77"):
        assert words in page
    assert "Looking for news" in page and "abcd" not in page


def test_what_a_dead_worker_left_is_no_longer_running(client: Client, operator: User) -> None:
    running("busy", phase="receiving")
    Project.objects.update(lease_until=later(seconds=-1))
    assert listed(client, "") == []
    assert listed(client, "?show=waiting") == ["busy"]


def test_what_waits_stands_in_order_of_urgency(client: Client, operator: User) -> None:
    rest("scheduled", next_sync_at=later(hours=-2))
    rest("pushed", next_sync_at=later(minutes=-2), sync_reason=1)
    asked = rest("asked", next_sync_at=later(minutes=-1), sync_reason=0)
    SyncRun.objects.create(project=asked, requested_by=operator, reason=0)
    rest("later")
    assert listed(client, "?show=waiting") == ["asked", "pushed", "scheduled"]
    assert "Operator asked" in text(client, "?show=waiting")


def test_what_failed_comes_with_code_cure_and_next_time(client: Client, operator: User) -> None:
    failed("torn"), parked("hopeless")
    page = text(client, "?show=failed")
    for words in ("torn", "It is gone.", "Look for it.", "gone", "in 4 h", "1 h ago"):
        assert words in page
    assert "hopeless" not in page and "hopeless" in text(client, "?show=parked")


def test_what_ended_says_what_it_came_to(client: Client, operator: User) -> None:
    ended = {"started_at": later(seconds=-9), "finished_at": later(seconds=-4)}
    SyncRun.objects.create(project=rest("moved"), state="ok", changed=True, bytes_done=2**20, **ended)
    SyncRun.objects.create(project=rest("torn"), state="failed", code="gone", message="It is gone.", **ended)
    page = text(client, "?show=recent")
    for words in ("Something new", "5.0 s", "1.0", "It is gone."):
        assert words in page
    found = client.get(PAGE + "?show=recent&code=gone").context["page"]
    assert [run.project.slug for run in found] == ["torn", "moved"], "A code that nothing has now filters nothing."
    failed("gone-now")
    assert [run.project.slug for run in client.get(PAGE + "?show=recent&code=gone").context["page"]] == ["torn"]


def test_filters_narrow_the_list_and_stand_as_chips(client: Client, operator: User) -> None:
    failed("here", remote_host=""), failed("there"), failed("torn", sync_code="corrupt")
    rest("other")
    assert listed(client, "?show=failed&host=-") == ["here"]
    assert listed(client, "?show=failed&code=corrupt") == ["torn"]
    assert listed(client, "?show=failed&q=THER") == ["there"]
    assert sorted(listed(client, "?show=failed&host=nowhere")) == ["here", "there", "torn"]
    chips = client.get(PAGE + "?show=failed&host=-&page=2").context["chips"]
    assert chips == [
        {"name": "Code host", "value": "Folders of this machine", "url": PAGE + "?show=failed"},
    ]
    running("slow")
    Project.objects.filter(slug="slow").update(sync_lane="long")
    assert listed(client, "?lane=long") == ["slow"] and listed(client, "?lane=quick") == []


@pytest.mark.parametrize("show", ["running", "waiting", "failed", "parked", "recent"])
def test_every_empty_list_says_what_will_be_there(client: Client, operator: User, show: str) -> None:
    assert "Nothing to sync yet" in text(client, f"?show={show}")
    rest()
    assert 'class="empty"' in text(client, f"?show={show}")
    assert "Nothing is like that" in text(client, f"?show={show}&q=nothing")


def test_the_numbers_of_the_moment(db: None) -> None:
    running("busy"), failed(), parked()
    rest("soon", next_sync_at=later(minutes=10)), rest("due", next_sync_at=later(minutes=-1))
    for hours in (0.5, 3):
        SyncRun.objects.create(project=rest(), state="ok", finished_at=later(hours=-hours))
    found = numbers(hosts_at_work())
    assert (found.running, found.waiting, found.failed, found.parked, found.ended, found.coming) == (
        1,
        1,
        1,
        1,
        1,
        1,
    )


def test_a_full_disk_is_told(client: Client, operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nearly full" not in text(client)
    monkeypatch.setattr("catalog.views.syncs.has_room_on_disk", lambda: False)
    assert "nearly full" in text(client)


def test_it_asks_for_itself_again_sooner_while_something_happens(
    client: Client, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.views.syncs.time.perf_counter", lambda: 0.0)
    rest()
    assert 'hx-trigger="every 15s"' in text(client)
    running("busy")
    fragment = text(client, "?show=running", **{"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in fragment and "<html" not in fragment
    assert f'hx-get="{PAGE}?show=running"' in fragment


@pytest.mark.parametrize(
    ("show", "cost"), [("running", 17), ("waiting", 17), ("failed", 17), ("parked", 17), ("recent", 16)]
)
@pytest.mark.parametrize("count", [1, 60])
def test_it_costs_the_same_however_much_there_is(
    client: Client, operator: User, django_assert_num_queries: Any, show: str, cost: int, count: int
) -> None:
    for number in range(count):
        running(f"busy-{number}", phase="receiving", requested_by=operator)
        rest(next_sync_at=later(minutes=-1), remote_host=f"h{number}.example")
        failed(), parked()
        SyncRun.objects.create(project=rest(), state="ok", finished_at=later(hours=-1), requested_by=operator)
    # Session and user; hosts, their projects, those at work, due, followed and in trouble; codes;
    # how many and which rows with their runs; the last hour and the next quarter; newly discovered, and her queue.
    with django_assert_num_queries(cost):
        client.get(PAGE, {"show": show})


# ---------------------------------------------------------------- whose names are shown
def test_operators_count_what_they_may_not_know_by_name(client: Client, plain_operator: User) -> None:
    failed("open-one"), failed("restricted-one", visibility="teams")
    parked("restricted-two", visibility="teams")
    SyncRun.objects.create(
        project=running("restricted-three"), state="failed", finished_at=later(hours=-1), message="A word."
    )
    Project.objects.filter(slug="restricted-three").update(visibility="admins")
    for show in ("running", "waiting", "failed", "parked", "recent"):
        page = text(client, f"?show={show}")
        assert "restricted" not in page and "A word." not in page
    response = client.get(PAGE + "?show=failed")
    assert response.context["numbers"].failed == 2 and response.context["unseen"] == 1
    assert "1 more is counted" in response.content.decode()
    assert client.get(PAGE + "?show=failed&q=restricted").context["unseen"] == 0


def test_what_an_operator_may_not_know_is_not_tried_by_name(client: Client, plain_operator: User) -> None:
    failed("restricted-one", visibility="teams")
    told = [
        said(client.post(PAGE + "?show=failed", {"project": slug}, follow=True))
        for slug in ("restricted-one", "no-such-thing")
    ]
    assert told[0] == told[1] and not SyncRun.objects.exists()
    client.post(PAGE + "?show=failed&q=restricted", {"confirmed": "yes"})
    assert not SyncRun.objects.exists()
    client.post(PAGE + "?show=failed", {"confirmed": "yes"})
    assert SyncRun.objects.count() == 1, "All that failed are more than those with a name."


# ---------------------------------------------------------------- trying again
def test_one_that_failed_is_tried_again(client: Client, operator: User) -> None:
    project = failed("torn")
    response = client.post(PAGE + "?show=failed", {"project": "torn"}, follow=True)
    assert "1 project is tried again" in said(response)
    assert "Waits for a worker" in response.content.decode()
    run = SyncRun.objects.get()
    assert (run.project, run.requested_by, run.state) == (project, operator, "queued")


def test_one_that_is_parked_is_tried_again(client: Client, operator: User) -> None:
    project = parked("hopeless")
    client.post(PAGE + "?show=parked", {"project": "hopeless"})
    project.refresh_from_db()
    assert project.next_sync_at and project.sync_failures == 0


def test_all_that_match_are_tried_again_after_a_question(client: Client, operator: User) -> None:
    (
        failed("a"),
        failed("b"),
        failed("c", sync_code="corrupt"),
        failed("d", remote_host="other.example"),
        parked("e"),
    )
    url = PAGE + f"?show=failed&host={HOST}&code=gone"
    assert "2 projects are tried again" in client.post(url).content.decode()
    assert not SyncRun.objects.exists()
    response = client.post(url, {"confirmed": "yes"}, follow=True)
    assert "2 projects are tried again" in said(response) and response.redirect_chain[0][0] == url
    assert {run.project.slug for run in SyncRun.objects.all()} == {"a", "b"}


def test_what_a_paused_source_holds_is_left(client: Client, operator: User) -> None:
    failed("torn")
    CodeHost.objects.update(enabled=False)
    response = client.post(PAGE + "?show=failed", {"project": "torn"}, follow=True)
    assert "nothing to try again" in said(response) and not SyncRun.objects.exists()


def test_a_costly_page_asks_less_often(client: Client, operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    running("busy")
    clock = itertools.count()
    monkeypatch.setattr("catalog.views.syncs.time.perf_counter", lambda: next(clock))
    assert client.get(PAGE).context["poll"] == 10


def test_what_is_followed_and_due_is_counted_once(db: None) -> None:
    SyncRun.objects.create(project=rest("due", next_sync_at=later(minutes=-1)))
    SyncRun.objects.create(project=rest("put-off"))
    assert [each.waiting for each in hosts_at_work()] == [2]
