"""Feeds tell what happened, each entry once and for ever by the same name, to those who may know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.actions.curation import curate, value
from catalog.feeds import MOST
from catalog.models import ListingChange, Project, Tag
from contributions.models import Credit
from people.models import Team, User
from tests.create import create_curator, create_project, create_request

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FEED, ALL = "/projects/widget/feed.atom", "/feed.atom"


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project(
        "widget", name="Widget", summary="Turns gears.", owner_team=host_team, discovered_at=THEN
    )


def release(project: Project, name: str, at: datetime | None = THEN) -> None:
    Tag.objects.create(project=project, name=name, commit="c" * 40, is_release=True, tagged_at=at)


def entries(client: Client, url: str) -> list[Any]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314


def titles(client: Client, url: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(client, url)]


def merge(project: Project, user: User, at: datetime, title: str = "Retry") -> Credit:
    request = create_request(project, user, title=title, state="merged")
    return Credit.objects.create(
        request=request, project=project, user=user, host_team=project.owner_team, commit="d" * 40, merged_at=at
    )


def test_a_projects_feed_tells_releases_merges_and_its_lifecycle(
    client: Client, project: Project, charlie: User
) -> None:
    release(project, "v1.0.0")
    Tag.objects.create(project=project, name="nightly", commit="c" * 40, tagged_at=THEN)
    merge(project, charlie, THEN + timedelta(days=1))
    projects = Project.objects.filter(pk=project.pk)
    curate(projects, {"lifecycle": value("deprecated")}, by=create_curator("ines"), note="Between us.")
    assert titles(client, FEED) == ["Widget: Deprecated", "Merged: Retry", "Widget v1.0.0"]
    text = client.get(FEED).content.decode()
    assert "Between us" not in text
    assert "Ines" not in text
    assert "A contribution by Charlie." in text
    assert 'href="http://127.0.0.1:8000/projects/widget/contributions/' in text


def test_an_entry_keeps_its_name_when_the_project_gets_another(client: Client, project: Project) -> None:
    release(project, "v1.0.0")
    before = [entry.findtext(f"{ATOM}id") for entry in entries(client, FEED)]
    Project.objects.update(slug="gadget", name="Gadget")
    assert [entry.findtext(f"{ATOM}id") for entry in entries(client, "/projects/gadget/feed.atom")] == before
    assert before[0].startswith("tag:127.0.0.1,2026:project/")


def test_the_catalogs_feed_tells_what_is_new_and_released(client: Client, project: Project) -> None:
    release(project, "v1.0.0", THEN + timedelta(days=1))
    create_project("later", name="Later", listing="hidden", discovered_at=THEN - timedelta(days=400))
    assert titles(client, ALL) == ["Widget v1.0.0", "New: Widget"]
    curate(Project.objects.filter(slug="later"), {"listing": value("listed")}, by=create_curator())
    assert titles(client, ALL) == ["New: Later", "Widget v1.0.0", "New: Widget"]


def test_feeds_go_by_who_asks(client: Client, project: Project, alice: User, charlie: User) -> None:
    release(project, "v1.0.0")
    Project.objects.update(visibility="teams")
    for outsider in (None, charlie):
        if outsider:
            client.force_login(outsider)
        assert client.get(FEED).status_code == 404
        assert titles(client, ALL) == []
    client.force_login(alice)
    assert titles(client, FEED) == ["Widget v1.0.0"]
    assert set(titles(client, ALL)) == {"Widget v1.0.0", "New: Widget"}
    assert client.get(ALL)["Cache-Control"] == "private, no-cache"


def test_a_reader_that_has_it_is_told_so(client: Client, project: Project) -> None:
    release(project, "v1.0.0")
    for url in (FEED, ALL):
        etag = client.get(url)["ETag"]
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    release(project, "v1.1.0")
    assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 200


def test_names_of_strangers_stay_text(client: Client, project: Project) -> None:
    Project.objects.update(name="<b>\x01 & \u202ename", summary="\x0b<script>")
    release(project, 'v1"<i>')
    (entry,) = entries(client, FEED)
    assert entry.findtext(f"{ATOM}title") == '<b>� & �name v1"<i>'
    assert len(entries(client, ALL)) == 2


def test_a_clock_ahead_of_ours_tops_nothing_and_no_date_is_no_news(client: Client, project: Project) -> None:
    release(project, "v9.0.0", timezone.now() + timedelta(days=3000))
    release(project, "v8.0.0", None)
    assert titles(client, FEED) == []


def test_feeds_are_bounded_and_cost_the_same(
    client: Client, project: Project, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            at = THEN - timedelta(days=number)
            release(project, f"v{count}.{number}", at)
            merge(project, charlie, at)
            ListingChange.objects.create(
                project=project,
                batch=uuid4(),
                field="lifecycle",
                before="",
                after="production",
                actor=charlie,
                at=at,
            )
            create_project(discovered_at=at)

    for count in (1, MOST):
        fill(count)
        with django_assert_num_queries(4):
            client.get(FEED)
        with django_assert_num_queries(3):
            client.get(ALL)
    assert len(entries(client, FEED)) == len(entries(client, ALL)) == MOST


def test_pages_name_their_feeds(client: Client, project: Project) -> None:
    page = client.get("/projects/widget/syncs/").content.decode()
    for url in (FEED, ALL):
        assert 'type="application/atom+xml" title="' in page
        assert f'href="{url}"' in page
