from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Project
from contributions.lifecycle import State
from contributions.models import Request
from people.models import User
from tests.create import create_project, create_request

pytestmark = pytest.mark.django_db
URL = "/projects/widget/contributions/"


def form(**fields: object) -> dict[str, object]:
    return {"title": "Retry", "kind": "fix", "what": "A budget", "why": "", "form_key": str(uuid4()), **fields}


def test_an_empty_place_teaches_what_will_be_there(client: Client, project: Project) -> None:
    page = client.get(URL)
    assert page.status_code == 200
    assert "Nobody has asked yet" in page.content.decode()
    assert f"{URL}new/" in page.content.decode()


def test_a_projects_contributions_are_part_of_the_catalog(client: Client, project: Project, charlie: User) -> None:
    client.force_login(charlie)
    for url, current in ((URL, ">Catalog"), ("/queue/", ">Review queue")):
        links = client.get(url).content.decode().split('aria-label="Main"')[1].split("</ul>")[0].split("<li>")
        assert [current in link for link in links if "aria-current" in link] == [True]


def test_open_ones_come_first_the_longest_waiting_at_the_top(
    client: Client, project: Project, charlie: User
) -> None:
    now = timezone.now()
    create_request(project, charlie, title="Young", turn_since=now)
    create_request(project, charlie, title="Old", turn_since=now - timedelta(days=9))
    create_request(project, charlie, title="Done", state=State.MERGED, closed_at=now)
    assert titles(client, URL) == ["Old", "Young"]
    assert titles(client, f"{URL}?state=closed") == ["Done"]
    assert len(titles(client, f"{URL}?state=all")) == 3
    assert titles(client, f"{URL}?state=all&kind=docs") == []
    assert titles(client, f"{URL}?state=nonsense&kind=nonsense&page=nonsense") == ["Old", "Young"]


def titles(client: Client, url: str) -> list[str]:
    return [request.title for request in client.get(url).context["page"]]


def test_the_number_of_queries_does_not_grow(
    client: Client, project: Project, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        create_request(project, charlie, title=str(number), guest_team=charlie.teams.get())
    with django_assert_num_queries(5):  # The project; open, all, the page's count and its rows.
        page = client.get(URL)
    assert "1–25 of 30 requests" in page.content.decode()


def test_an_outsider_sees_404(client: Client, charlie: User) -> None:
    create_project("secret", visibility="admins")
    client.force_login(charlie)
    for part in ("", "new/"):
        unseen = client.get(f"/projects/secret/contributions/{part}")
        absent = client.get(f"/projects/absent/contributions/{part}")
        assert unseen.status_code == absent.status_code == 404
        assert b"secret" not in unseen.content.replace(b"/projects/secret/", b"")


def test_a_stranger_signs_in_to_propose(client: Client, project: Project) -> None:
    answer = client.get(f"{URL}new/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={URL}new/")


def test_a_request_is_proposed(client: Client, project: Project, charlie: User) -> None:
    client.force_login(charlie)
    answer = client.post(f"{URL}new/", form(does_it_myself="on"))
    request = Request.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, request.get_absolute_url())
    assert (request.title, request.kind, request.author, request.contributor) == ("Retry", "fix", charlie, charlie)


def test_a_form_posted_twice_makes_one_request(client: Client, project: Project, charlie: User) -> None:
    client.force_login(charlie)
    given = form()
    first, second = client.post(f"{URL}new/", given), client.post(f"{URL}new/", given)
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1


def test_errors_are_tied_to_their_fields(client: Client, project: Project, charlie: User) -> None:
    client.force_login(charlie)
    page = client.post(f"{URL}new/", form(title="", what="  "))
    assert page.status_code == 422
    text = page.content.decode()
    assert 'aria-invalid="true"' in text
    assert "id_title_error" in text
    assert "id_what_error" in text
    assert not Request.objects.exists()


def test_an_archived_project_says_no(client: Client, charlie: User) -> None:
    create_project("attic", lifecycle="archived")
    client.force_login(charlie)
    page = client.post("/projects/attic/contributions/new/", form())
    assert page.status_code == 422
    assert "archived and takes no contributions" in page.content.decode()


def test_similar_requests_are_shown_before_one_asks(client: Client, project: Project, charlie: User) -> None:
    create_request(project, charlie, title="Retry with a budget")
    client.force_login(charlie)
    assert "Retry with a budget" in client.get(f"{URL}new/").content.decode()
