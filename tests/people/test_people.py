from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from people.models import Identity, Membership, Team, User
from tests.create import PASSWORD, create_team, create_user, join


def test_a_membership_holds_from_its_first_day_until_the_day_before_its_end(host_team: Team) -> None:
    user, today = create_user(), timezone.localdate()
    past = join(user, host_team, since=today - timedelta(days=9))
    past.until = today
    past.save()
    assert not user.team_ids
    join(user, host_team, since=today)
    assert User.objects.get(pk=user.pk).team_ids == {host_team.pk}


def test_somebody_belongs_to_the_departments_above(db: None) -> None:
    unit = create_team("Unit", kind=Team.Kind.UNIT)
    department = create_team("Department", kind=Team.Kind.DEPARTMENT, parent=unit)
    team, user = create_team("Team", parent=department), create_user()
    join(user, team)
    assert user.team_ids == {team.pk}
    assert user.team_line_ids == {team.pk, department.pk, unit.pk}


def test_a_tree_has_no_circle_and_four_levels_at_most(db: None) -> None:
    first = create_team("1")
    last = first
    for level in (2, 3, 4):
        last = create_team(str(level), parent=last)
    with pytest.raises(ValidationError, match="levels deep"):
        Team(name="5", slug="5", parent=last).full_clean()
    first.parent = last
    with pytest.raises(ValidationError, match="below itself"):
        first.full_clean()


def test_only_a_verified_address_names_a_person(alice: User) -> None:
    Identity.objects.create(user=alice, email="Alice@Home.example")
    assert not User.objects.with_verified_email(["alice@home.example"])
    Identity.objects.get(email="alice@home.example").verify()
    assert User.objects.with_verified_email(["ALICE@home.example"]).get() == alice


@pytest.mark.parametrize("count", [2, 40])
def test_the_tree_of_teams_costs_one_query(
    client: Client, alice: User, host_team: Team, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        create_team(f"Team of {number}", parent=host_team)
    with django_assert_num_queries(1):
        html = client.get("/teams/").content.decode()
    assert "1 person" in html
    assert html.count('class="chip ') == count + 1


def test_a_team_page_shows_maintainers_first(client: Client, alice: User, bob: User, host_team: Team) -> None:
    User.objects.filter(pk=alice.pk).update(name="Zoe")
    html = client.get(host_team.get_absolute_url()).content.decode()
    assert html.index("Zoe") < html.index("Bob")
    assert "5 days" in html


def test_somebody_who_left_has_no_page(client: Client, alice: User) -> None:
    assert client.get("/people/alice/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/people/alice/").status_code == 404


def test_names_that_are_markup_stay_text(client: Client, db: None) -> None:
    user = create_user("mallory", name="<script>alert(1)</script>")
    html = client.get(user.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_signing_in_leads_back_and_never_elsewhere(client: Client, alice: User) -> None:
    form = {"username": "alice", "password": PASSWORD}
    assert client.post("/sign-in/", {**form, "next": "/teams/"})["Location"] == "/teams/"
    client.logout()
    assert client.post("/sign-in/", {**form, "next": "https://evil.example/"})["Location"] == "/"


def test_a_wrong_password_is_said_without_telling_which_half(client: Client, alice: User) -> None:
    wrong = client.post("/sign-in/", {"username": "alice", "password": "x"}).content.decode()
    assert "correct username and password" in wrong


def test_the_profile_changes_name_and_zone(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post("/profile/", {"name": "Alice A.", "time_zone": "Europe/Berlin"})
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone) == ("Alice A.", "Europe/Berlin")
    response = client.post("/profile/", {"name": "Alice", "time_zone": "Mars/Base"})
    assert "Select a valid choice" in response.content.decode()


def test_an_address_earns_nothing_until_it_is_confirmed(client: Client, alice: User, bob: User) -> None:
    client.force_login(alice)
    client.post("/profile/addresses/", {"email": "Alice@Private.example"})
    assert alice.identities.get(email="alice@private.example").verified_at is None


def test_claiming_an_address_takes_it_from_nobody(client: Client, alice: User, bob: User) -> None:
    """Nor does the answer tell whether it is known."""
    client.force_login(alice)
    client.post("/profile/addresses/", {"email": "BOB@corp.example"})
    claimed = alice.identities.get(email="bob@corp.example")
    assert claimed.verified_at is None
    assert not claimed.verify()
    assert bob.identities.get().verified_at
    assert User.objects.with_verified_email(["bob@corp.example"]).get() == bob


def test_the_address_of_the_account_is_ones_own_although_somebody_claimed_it(client: Client, alice: User) -> None:
    bob = User.objects.create_user("bob", email="bob@corp.example")
    Identity.objects.create(user=alice, email="bob@corp.example")
    client.force_login(bob)
    client.post("/profile/addresses/", {"email": "bob@corp.example"})
    assert bob.identities.get().verified_at


def test_guessing_a_password_has_to_wait(client: Client, alice: User, settings: LazySettings) -> None:
    wrong = {"username": "alice", "password": "x"}
    answers = [client.post("/sign-in/", wrong) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert "Too many attempts" in answers[-1].content.decode()
    locked = client.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert locked.status_code == 429
    assert client.get("/profile/").status_code == 302
    assert client.post("/admin/login/", {**wrong, "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("url", ["/people/%00/", "/api/v1/projects/%00/", "/teams/%00/"])
def test_a_nul_in_an_address_leads_nowhere(client: Client, db: None, url: str) -> None:
    assert client.get(url).status_code == 404
    assert client.get("/api/v1/contributions/?project=%00").status_code == 400


def test_nobody_removes_the_address_of_another(client: Client, alice: User, bob: User) -> None:
    client.force_login(alice)
    assert client.post(f"/profile/addresses/{bob.identities.get().pk}/remove/").status_code == 404
    own = alice.identities.get()
    client.post(f"/profile/addresses/{own.pk}/remove/")
    assert not alice.identities.exists()


def test_the_profile_needs_a_sign_in(client: Client, db: None) -> None:
    assert client.get("/profile/")["Location"].startswith("/sign-in/")


def test_one_open_membership_for_a_team(alice: User, host_team: Team) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        join(alice, host_team)
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("url", ["/", "/projects/", "/teams/", "/queue/", "/search/?q=x", "/people/alice/"])
def test_a_closed_portal_sends_strangers_to_sign_in(
    client: Client, alice: User, settings: LazySettings, search_index: None, url: str
) -> None:
    settings.READING_NEEDS_SIGN_IN = True
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")
    client.force_login(alice)
    assert client.get(url).status_code == 200
