from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from catalog.models import Project
from contributions.lifecycle import State
from contributions.models import Change, Credit, Request, Revision
from people.models import User
from portal.demo import load
from portal.demo.people import PASSWORD, SIGN_IN, TEAMS
from portal.demo.plans import PLANS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def company(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[load.Counts]:
    """Loaded once for all tests of this module, which only look at it."""
    var = tmp_path_factory.mktemp("var")
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        override_settings(VAR=var, MIRRORS=var / "mirrors", INDEX=var / "index", PASSWORD_HASHERS=hashers),
    ):
        yield load.load()
        load.remove()


def story(title: str) -> Request:
    return Request.objects.get(title__startswith=title)


def test_everything_was_synced_and_has_an_owner(company: load.Counts) -> None:
    assert (company.people, company.teams, company.projects) == (40, len(TEAMS), len(PLANS))
    projects = Project.objects.select_related("owner_team")
    assert {(p.sync_state, p.sync_code) for p in projects} == {("ok", "")}
    assert {p.path.removesuffix(".git"): p.owner_team.slug for p in projects if p.owner_team} == {
        plan.path: plan.team for plan in PLANS
    }
    assert Project.objects.get(slug="http-client").license_spdx == "Apache-2.0"


def test_requests_stand_in_every_state(company: load.Counts) -> None:
    assert set(Request.objects.values_list("state", flat=True)) == set(State.values)
    assert set(Credit.objects.values_list("request__change__merged_how", flat=True)) == {
        "merge",
        "squash",
        "rebase",
    }
    assert not Change.objects.exclude(error_code="").exists()


def test_everything_happened_before_now_and_in_order(company: load.Counts) -> None:
    for request in Request.objects.all():
        times = [request.created_at, *request.events.order_by("pk").values_list("at", flat=True), timezone.now()]
        assert times == sorted(times), request


def test_story_of_the_silo_can_be_followed(company: load.Counts) -> None:
    budget = story("A retry budget")
    verbs = list(budget.events.values_list("verb", flat=True))
    assert budget.state == State.MERGED
    assert verbs == [
        *("propose", "ask", "answer", "accept", "volunteer", "offer", "revise", "ask_for_changes"),
        *("revise", "comment", "approve", "merge", "comment"),
    ]
    assert budget.credit.user.username == "bao"
    assert (budget.credit.guest_team.slug, budget.credit.host_team.slug) == ("checkout", "platform")

    variant = story("A circuit breaker").change
    assert variant.request.state == State.IN_REVIEW
    assert variant.latest.merges == Revision.Merges.CONFLICT
    assert story("Go back from the fork").state == State.IN_PROGRESS


def test_somebody_waits_too_long_for_an_answer(company: load.Counts) -> None:
    waiting = story("Say which depot")
    promised = timedelta(days=waiting.host_team.answer_promise_days)
    assert waiting.answered_at is None
    assert timezone.now() - waiting.turn_since > promised


def test_people_who_are_named_can_sign_in(company: load.Counts) -> None:
    for username, _ in SIGN_IN:
        form = {"username": username, "password": PASSWORD}
        assert Client().post("/sign-in/", form).status_code == 302


def test_restricted_projects_are_not_for_everybody(company: load.Counts) -> None:
    outsider, guest = User.objects.get(username="oskar"), User.objects.get(username="dante")
    hidden = {"payments-gateway", "secrets-rotator"}
    assert hidden.isdisjoint(Project.objects.visible_to(outsider).values_list("name", flat=True))
    assert Project.objects.visible_to(guest).filter(name="payments-gateway").exists()
