"""What the overview tells at a glance, gives to copy, and lets other sites preview."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Guide, Package, Project
from catalog.views.getting import clone_lines
from people.models import Team, User
from tests.create import create_project


@pytest.fixture
def project(host_team: Team) -> Project:
    return create_project(
        "widget",
        name="Widget & Co",
        summary='Turns "gears" into widgets.',
        owner_team=host_team,
        host_says={"ssh": "ssh://git@git.corp.example/widget.git"},
    )


def overview(client: Client) -> str:
    answer = client.get("/projects/widget/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_cloned_over_each_protocol_that_its_host_tells(client: Client, project: Project) -> None:
    body = overview(client)
    assert 'data-copy="git clone https://git.corp.example/widget.git"' in body
    assert 'data-copy="git clone ssh://git@git.corp.example/widget.git"' in body


def test_an_address_that_another_repository_has_taken_is_not_offered(project: Project) -> None:
    project.remote = f"{Project.DISPLACED}1"
    assert clone_lines(project) == []


def test_the_line_to_depend_on_it_names_the_file_that_it_comes_from(client: Client, project: Project) -> None:
    Package.objects.create(project=project, ecosystem="npm", name="@acme/widget", path="package.json")
    Package.objects.create(project=project, ecosystem="bower", name="old", path="bower.json")
    body = overview(client)
    assert 'data-copy="npm install @acme/widget"' in body
    assert 'href="/projects/widget/files/package.json"' in body
    assert "bower" not in body


def test_a_readme_with_parts_has_a_table_of_contents(client: Client, project: Project) -> None:
    html = "".join(f'<h2 id="user-{word}">{word}</h2><p>x</p>' for word in ("one", "two", "a&amp;b"))
    guide = Guide.objects.create(
        project=project, kind="readme", path="README.md", blob="b" * 40, size=1, html=html
    )
    body = overview(client)
    assert '<a href="#user-one">one</a>' in body
    assert ">a&amp;b</a>" in body
    Guide.objects.filter(pk=guide.pk).update(html="<p>x</p>")
    assert "Contents of the README" not in overview(client)


def test_links_have_a_preview(client: Client, project: Project) -> None:
    body = overview(client)
    assert '<meta property="og:title" content="Widget &amp; Co">' in body
    assert '<meta property="og:description" content="Turns &quot;gears&quot; into widgets.">' in body
    assert '<meta property="og:url" content="http://testserver/projects/widget/">' in body
    assert "og:title" in client.get("/projects/widget/health/").content.decode()


def test_a_link_to_what_is_unseen_has_none(client: Client, charlie: User, project: Project) -> None:
    Project.objects.update(visibility="admins")
    client.force_login(charlie)
    assert b"og:" not in client.get("/projects/widget/").content


def test_who_sees_it_for_the_first_time_gets_four_answers(client: Client, project: Project) -> None:
    body = overview(client)
    for question in ("What is it?", "Whose is it?", "Is it alive?", "May I join?"):
        assert question in body
    assert "no guests yet this year" in body
