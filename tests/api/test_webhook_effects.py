"""What follows from a delivery: at once, in a worker, and on the page of its source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from api import deliveries
from api.models import WebhookDelivery
from catalog.actions import discovery, hearing
from catalog.models import CodeHost, Project, RemoteHost
from contributions.models import Change
from forge.connectors.webhooks import Delivery
from forge.errors import ForgeError
from people.models import User
from tests.api.deliveries import SECRET, create_host, deliver, due, example, listed
from tests.create import create_project, create_request, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hints")]


# ---------------------------------------------------------------- what follows
def test_one_that_was_made_private_is_hidden_in_the_same_moment(client: Client, github: CodeHost) -> None:
    payload = example("repository", "privatized")
    project = listed(github, payload, host_visibility="public")
    assert deliver(client, github, "repository", payload).status_code == 200
    project.refresh_from_db()
    assert (project.visibility, project.listing, project.host_visibility) == ("admins", "discovered", "private")
    assert WebhookDelivery.objects.get().waits


def test_one_that_was_made_public_again_stays_hidden(client: Client, github: CodeHost) -> None:
    payload = example("public")
    project = listed(github, payload, visibility="admins", listing="discovered", host_visibility="private")
    deliver(client, github, "public", payload)
    project.refresh_from_db()
    assert (project.visibility, project.listing) == ("admins", "discovered")


def test_a_source_that_shows_private_ones_goes_on_showing_them(client: Client) -> None:
    host = create_host(private_listings="show")
    payload = example("repository", "privatized")
    project = listed(host, payload)
    deliver(client, host, "repository", payload)
    project.refresh_from_db()
    assert (project.visibility, project.host_visibility) == ("everyone", "private")


def look_in(code_host: CodeHost) -> timedelta:
    code_host.refresh_from_db()
    return code_host.next_look_at - timezone.now()


@pytest.mark.parametrize("action", ["created", "publicized", "transferred", "renamed"])
def test_a_repository_that_is_not_listed_brings_the_next_look_forward(
    client: Client,
    action: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    hints: list[Any],
) -> None:
    host = create_host(next_look_at=timezone.now() + timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver(client, host, "repository", example("repository", action)).status_code == 200
    assert look_in(host) <= timedelta()
    assert hints == [("catalog.tasks.look", host.pk)]


def test_many_new_repositories_make_one_look_a_minute(client: Client) -> None:
    now = timezone.now()
    host = create_host(next_look_at=now + timedelta(days=1), discovered_at=now - timedelta(seconds=20))
    payload = example("repository", "created")
    for number in range(20):
        deliver(client, host, "repository", payload | {"n": number})
    assert timedelta(seconds=30) < look_in(host) <= timedelta(seconds=41)


@pytest.mark.parametrize("action", ["renamed", "transferred", "archived", "deleted", "edited"])
def test_what_became_of_a_listed_one_is_asked(
    client: Client,
    github: CodeHost,
    action: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    hints: list[Any],
) -> None:
    payload = example("repository", "edited") | {"action": action}
    project = listed(github, payload)
    with django_capture_on_commit_callbacks(execute=True):
        deliver(client, github, "repository", payload)
    assert hints == [("api.tasks.heed", project.pk)] and not due()


def test_a_push_to_one_that_was_gone_asks_whether_it_is_back(client: Client, github: CodeHost) -> None:
    payload = example("push")
    listed(github, payload, gone_at=timezone.now())
    deliver(client, github, "push", payload)
    assert WebhookDelivery.objects.get().waits and not due()


# ---------------------------------------------------------------- in a worker
@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """What hosts were asked: project, and whether for its issues and changes."""
    seen: list[tuple[int, bool]] = []

    def answered(project: Project, *, items: bool) -> bool:
        seen.append((project.pk, items))
        return True

    monkeypatch.setattr(hearing, "answered", answered)
    return seen


def test_a_storm_of_issues_asks_the_host_once(
    client: Client, github: CodeHost, asked: list[tuple[int, bool]]
) -> None:
    payload = example("issues", "opened")
    project = listed(github, payload)
    for number in range(50):
        deliver(client, github, "issues", payload | {"n": number})
        deliveries.heed(project.pk)
    assert asked == [(project.pk, True)] and not due()
    Project.objects.update(items_at=timezone.now() - timedelta(minutes=1))
    deliveries.heed(project.pk)
    deliveries.heed(project.pk)
    assert len(asked) == 2 and not WebhookDelivery.objects.filter(waits=True).exists()


def test_talk_about_issues_does_not_put_off_asking_where_a_repository_is(
    client: Client, github: CodeHost, asked: list[tuple[int, bool]]
) -> None:
    payload = example("issues", "opened")
    project = listed(github, payload)
    deliver(client, github, "issues", payload)
    deliveries.heed(project.pk)
    project.refresh_from_db()
    assert project.host_asked_at is None
    deliver(client, github, "repository", example("repository", "renamed") | {"repository": payload["repository"]})
    deliveries.heed(project.pk)
    assert asked == [(project.pk, True), (project.pk, False)]


@pytest.mark.parametrize("read", [None, timedelta(hours=3)])
def test_issues_that_could_not_be_read_are_not_taken_for_fresh(
    client: Client, github: CodeHost, monkeypatch: pytest.MonkeyPatch, read: timedelta | None
) -> None:
    def unreachable(*_: Any) -> None:
        raise ForgeError("unreachable", host="git.corp.example")

    monkeypatch.setattr(hearing, "read_items", unreachable)
    before = read and timezone.now() - read
    payload = example("issues", "opened")
    project = listed(github, payload, items_at=before)
    deliver(client, github, "issues", payload)
    deliveries.heed(project.pk)
    project.refresh_from_db()
    assert project.items_at == before and WebhookDelivery.objects.get().waits


def test_what_the_broker_lost_is_told_again(client: Client, github: CodeHost, hints: list[Any]) -> None:
    payload = example("issues", "opened")
    project = listed(github, payload)
    deliver(client, github, "issues", payload)
    deliver(client, github, "issues", payload | {"n": 1})
    hints.clear()
    deliveries.heed_due()
    assert hints == [("api.tasks.heed", project.pk)]
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(hours=2))
    hints.clear()
    deliveries.heed_due()
    assert hints == []


def waiting_since(project: Project, minutes: int) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    text = f"{project.pk} {minutes}"
    WebhookDelivery.objects.create(
        code_host=project.code_host, project=project, delivery=text, digest=text, what="issue", received_at=at,
        waits=True,
    )  # fmt: skip


def test_who_waits_longest_is_told_again_first(
    github: CodeHost, monkeypatch: pytest.MonkeyPatch, hints: list[Any]
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 2)
    late, early, between = (create_project(code_host=github) for _ in range(3))
    for project, minutes in ((late, 1), (early, 3), (early, 30), (between, 20), (between, 2)):
        waiting_since(project, minutes)
    deliveries.heed_due()
    assert hints == [("api.tasks.heed", early.pk), ("api.tasks.heed", between.pk)]


def test_hosts_that_rest_take_no_turn_from_others(
    github: CodeHost, monkeypatch: pytest.MonkeyPatch, hints: list[Any]
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 1)
    other = create_project(code_host=create_host(hosts=["elsewhere.corp.example"]))
    waiting_since(create_project(code_host=github), 30)
    waiting_since(other, 1)
    RemoteHost.objects.create(name="git.corp.example", paused_until=timezone.now() + timedelta(minutes=1))
    deliveries.heed_due()
    assert hints == [("api.tasks.heed", other.pk)]


def test_a_host_that_rests_is_asked_later(client: Client, github: CodeHost, asked: list[tuple[int, bool]]) -> None:
    payload = example("repository", "renamed")
    project = listed(github, payload)
    deliver(client, github, "repository", payload)
    RemoteHost.objects.create(name="git.corp.example", paused_until=timezone.now() + timedelta(minutes=1))
    deliveries.heed(project.pk)
    assert asked == [] and WebhookDelivery.objects.get().waits
    RemoteHost.objects.update(paused_until=None)
    deliveries.heed(project.pk)
    assert asked == [(project.pk, False)] and not WebhookDelivery.objects.get().waits


def test_a_change_at_the_host_looks_at_the_branches_of_forks(
    github: CodeHost, client: Client, asked: list[Any], hints: list[Any], charlie: User, host_team: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    payload = example("pull_request", "opened")
    project = listed(github, payload, owner_team=host_team)
    request = create_request(project, charlie, state="in_progress")
    for fork in ("https://git.corp.example/fork.git", ""):
        Change.objects.all().delete()
        change = Change.objects.create(
            request=request, fork=fork, branch="fix", offered_by=charlie, checked_at=timezone.now()
        )
        Project.objects.update(items_at=None)
        deliver(client, github, "pull_request", payload | {"fork": fork})
        with django_capture_on_commit_callbacks(execute=True):
            deliveries.heed(project.pk)
        change.refresh_from_db()
        assert (change.checked_at is None) is bool(fork)
    assert hints.count(("contributions.tasks.fetch_revision", change.pk)) == 0
    assert [task for task, *_ in hints].count("contributions.tasks.fetch_revision") == 1


def test_forks_are_fetched_once_however_long_the_host_cannot_be_asked(
    github: CodeHost, client: Client, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[int] = []
    monkeypatch.setattr(deliveries, "fetch_forks_again", fetched.append)
    payload = example("pull_request", "opened")
    project = listed(github, payload)
    deliver(client, github, "pull_request", payload)
    RemoteHost.objects.create(name="git.corp.example", paused_until=timezone.now() + timedelta(minutes=1))
    for _ in range(3):
        deliveries.heed(project.pk)
    assert fetched == []
    RemoteHost.objects.update(paused_until=None)
    for _ in range(3):
        deliveries.heed(project.pk)
    assert fetched == [project.pk]


def test_a_look_that_is_under_way_is_followed_by_another_one(client: Client, monkeypatch: Any) -> None:
    host = create_host()

    def told_meanwhile(telling: Any) -> None:
        hearing.look_soon(host)

    monkeypatch.setattr(discovery, "discover", told_meanwhile)
    discovery.rediscover(host)
    assert look_in(host) <= timedelta()
    monkeypatch.setattr(discovery, "discover", lambda telling: None)
    discovery.rediscover(host)
    assert look_in(host) > timedelta(hours=12)


def test_a_delivery_without_a_repository_is_about_no_project(github: CodeHost) -> None:
    create_project(code_host=github, path="", host_id="")
    assert hearing.must_ask(None, Delivery("1", "2", "issues", "issue")) is False


# ---------------------------------------------------------------- on the page of its source
def test_the_page_of_a_source_says_whether_its_webhook_works(
    client: Client, github: CodeHost, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(create_user("operator", is_staff=True))
    url = github.get_absolute_url()
    assert "Nothing that is signed with this secret" in client.get(url).content.decode()
    deliver(Client(), github, "ping", example("ping"))
    with django_assert_max_num_queries(10):
        page = client.get(url).content.decode()
    assert "Last delivery" in page and ">ping</span>, accepted. 1 within a day" in page
    assert SECRET not in page
