"""What comes in from a code host: what an operator chose, with what the host says, private ones for few."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.actions import sources
from catalog.actions.looking import look_through
from catalog.actions.sources import add_source
from catalog.models import CodeHost, Project, Secret
from forge.errors import ForgeError
from tests.catalog.acme import TOKEN, Acme
from tests.catalog.code_hosts.looks import look, project
from tests.create import create_code_host, create_project, create_team
from tests.forge.connectors.code_host import Reply

pytestmark = pytest.mark.django_db


def test_every_repository_of_a_group_comes_in_with_what_its_host_says(acme: Acme, source: CodeHost) -> None:
    acme.add(9, "web", topics=["Inner Source"], stars_count=12, forks_count=3, archived=True)
    look(source)
    web = project(9)
    assert (web.name, web.path, web.summary, web.slug) == ("web", "acme/web", "About web", "web")
    assert (web.stars, web.forks, web.host_visibility, web.lifecycle) == (12, 3, "public", "archived")
    assert [topic.name for topic in web.topics.all()] == ["inner-source"]
    assert web.remote == f"{acme.server.origin}/acme/web.git"
    assert web.remote_host == acme.server.name
    assert acme.server.asked[-1].headers["authorization"] == f"token {TOKEN}"


def test_all_pages_are_read(acme: Acme) -> None:
    for number in range(20, 30):
        acme.add(number, f"p{number}")
    assert len(add_source(acme.address, kind="gitea").new) == 12


@pytest.mark.parametrize(
    ("choice", "more", "comes_in"),
    [
        ({}, {"archived": True}, True),
        ({"take_archived": False}, {"archived": True}, False),
        ({}, {"fork": True}, False),
        ({"take_forks": True}, {"fork": True}, True),
        ({"topic": "inner-source"}, {}, False),
        ({"topic": "inner-source"}, {"topics": ["inner-source"]}, True),
        ({"private_listings": "leave_out"}, {"private": True}, False),
    ],
)
def test_an_operator_chooses_what_comes_in(
    acme: Acme, source: CodeHost, choice: dict[str, Any], more: dict[str, Any], comes_in: bool
) -> None:
    CodeHost.objects.update(**choice)
    acme.add(9, "web", **more)
    look(source)
    assert Project.objects.filter(host_id="9").exists() is comes_in


def test_what_a_filter_keeps_out_is_not_gone(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(topic="inner-source", take_forks=False)
    acme.change(8, fork=True)
    look(source)
    assert not Project.objects.exclude(gone_at=None).exists()


def test_a_project_that_came_by_its_address_is_known_and_gets_its_number(acme: Acme) -> None:
    old = create_project("ledger", remote=f"{acme.server.origin}/acme/ledger")
    intake = add_source(acme.address, kind="gitea")
    assert list(intake.known) == [old.pk]
    old.refresh_from_db()
    assert (old.host_id, old.code_host) == ("7", intake.code_host)


def test_two_sources_of_one_host_list_a_repository_once(acme: Acme, source: CodeHost) -> None:
    intake = add_source(acme.server.origin, kind="gitea")
    assert (len(intake.new), len(intake.known)) == (0, 2)


def test_a_host_that_was_not_registered_gets_no_repository_in(acme: Acme, source: CodeHost) -> None:
    acme.add(9, "evil", clone_url="http://10.0.0.9/acme/evil.git")
    look(source)
    assert [problem["code"] for problem in source.problems] == ["host_not_registered"]


def test_the_team_of_the_source_owns_what_comes_in(acme: Acme) -> None:
    team = create_team("Payments")
    add_source(acme.address, kind="gitea", team=team)
    assert {each.owner_team for each in Project.objects.select_related("owner_team")} == {team}


def test_a_wrong_token_is_said_with_nothing_written(acme: Acme) -> None:
    acme.trouble = Reply({}, status=401)
    with pytest.raises(ForgeError) as caught:
        add_source(acme.address, kind="gitea", token=Secret.of("wrong"))
    assert caught.value.code == "token_refused"
    assert not CodeHost.objects.exists()


def test_a_directory_is_no_code_host(acme: Acme) -> None:
    assert not create_code_host().has_api


def test_writing_much_says_that_it_lives(acme: Acme, source: CodeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BATCH", 1)
    heard: list[int] = []
    sources.take_in(source, look_through(source), tell=heard.append)
    assert heard == [1, 2]
