from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.test import Client

import search.index
from catalog.models import CodeHost, Project, Topic
from forge.mirror import mirror_path
from people.models import Team, User
from portal.demo import load
from portal.demo.people import PASSWORD, SIGN_IN
from search.models import PendingDocument
from tests.create import create_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def charlie() -> User:
    return create_user("charlie", email="charlie@example.org")


def test_beside_real_people_nobody_has_a_known_password_and_removing_leaves_what_was_there(charlie: User) -> None:
    team, topic = Team.objects.create(name="Bakery", slug="bakery"), Topic.objects.create(name="bread")
    counts = load.load()
    assert counts.password == ""
    assert Client().post("/sign-in/", {"username": "ines", "password": PASSWORD}).status_code == 200

    mirrors = [mirror_path(pk) for pk in Project.objects.values_list("pk", flat=True)]
    assert search.index.match("guide", "contributing")
    assert load.remove().people == counts.people

    assert list(User.objects.all()) == [charlie]
    assert list(Team.objects.all()) == [team]
    assert list(Topic.objects.all()) == [topic]
    assert not CodeHost.objects.exists()
    assert not Project.objects.exists()
    assert not any(path.exists() for path in mirrors)
    assert not search.index.match("guide", "contributing")
    assert not PendingDocument.objects.exists()
    assert not (Path(live.VAR) / "demo").exists()


def test_teams_of_the_same_name_stop_the_demo_before_it_begins() -> None:
    Team.objects.create(name="Platform", slug="platform")
    with pytest.raises(CommandError, match="platform"):
        call_command("demo")
    assert not User.objects.exists()


def test_command_says_who_can_sign_in_and_removes_again() -> None:
    out = StringIO()
    call_command("demo", stdout=out)
    assert PASSWORD in out.getvalue()
    assert all(username in out.getvalue() for username, _ in SIGN_IN)

    call_command("demo", "--remove", stdout=out)
    assert not User.objects.exists()
    call_command("demo", "--remove", stdout=out)
    assert "no demo company" in out.getvalue()
