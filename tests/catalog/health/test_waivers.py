"""Who decides excuses a project from a check: for a reason and a time, for everybody to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from catalog.actions.curation import undo
from catalog.actions.waivers import LONGEST, end_waiver, may_waive, waive
from catalog.models import HealthResult, ListingChange, Project, TrustedCommitter, Waiver
from catalog.scoring import stored_findings
from people.models import Team, User
from tests.catalog.pages import said
from tests.create import create_curator, create_project, create_user

pytestmark = pytest.mark.django_db

WAIVE = "/projects/widget/health/waive/"
PAGE = "/projects/widget/health/"


@pytest.fixture
def project(host_team: Team) -> Project:
    """Of two checks, one fails: 7 of 13 points."""
    project = create_project("widget", owner_team=host_team, health_score=54)
    HealthResult.objects.create(project=project, check_key="tests", result="pass")
    HealthResult.objects.create(project=project, check_key="ci", result="fail", evidence="No build service.")
    return project


def tomorrow() -> Any:
    return timezone.localdate() + timedelta(days=1)


def waived_by(project: Project, user: User, **changes: Any) -> Waiver:
    given = {"reason": "It is a text.", "until": tomorrow(), **changes}
    return waive(project, given.pop("check", "ci"), by=user, **given)


def score(project: Project) -> int | None:
    project.refresh_from_db()
    return project.health_score


# ---------------------------------------------------------------- the verb
def test_a_waived_check_counts_neither_way_until_it_is_ended(project: Project, alice: User) -> None:
    waiver = waived_by(project, alice)
    assert score(project) == 100
    end_waiver(waiver, by=alice)
    end_waiver(waiver, by=alice)
    assert score(project) == 54
    waiver.refresh_from_db()
    assert waiver.ended_by == alice
    assert ListingChange.objects.filter(field="waivers").count() == 2


def test_an_end_that_came_ends_it_by_itself(project: Project, alice: User) -> None:
    waived_by(project, alice)
    assert {each.result for each in stored_findings(project)} == {"pass", "waived"}
    Waiver.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert {each.result for each in stored_findings(project)} == {"pass", "fail"}
    waived_by(project, alice, reason="Still a text.")
    assert Waiver.objects.current().get().reason == "Still a text."


def test_it_counts_on_its_last_day(project: Project, alice: User) -> None:
    waived_by(project, alice, until=timezone.localdate())
    assert score(project) == 100


def test_two_clicks_make_one_waiver(project: Project, alice: User) -> None:
    first, second = waived_by(project, alice), waived_by(project, alice)
    assert first == second
    assert ListingChange.objects.count() == 1


def test_another_reason_takes_the_place_of_the_first(project: Project, alice: User) -> None:
    first, second = waived_by(project, alice), waived_by(project, create_curator(), reason="Because.")
    first.refresh_from_db()
    assert first.ended_at is not None
    assert Waiver.objects.current().get() == second


@pytest.mark.parametrize(
    "change",
    [
        {"check": "no-such-check"},
        {"reason": "  "},
        {"until": timezone.localdate() - timedelta(days=1)},
        {"until": timezone.localdate() + LONGEST + timedelta(days=1)},
    ],
)
def test_a_waiver_needs_a_check_a_reason_and_an_end(project: Project, alice: User, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs a check, a reason and an end"):
        waived_by(project, alice, **change)


def test_those_who_decide_waive_and_nobody_else(project: Project, alice: User, bob: User, charlie: User) -> None:
    trusted, former = create_user("trudy"), create_user("fred")
    TrustedCommitter.objects.create(project=project, user=trusted)
    TrustedCommitter.objects.create(project=project, user=former, until=timezone.localdate())
    may = {user.username for user in User.objects.all() if may_waive(project, by=user)}
    assert may == {"alice", "trudy"}
    assert may_waive(project, by=create_curator())
    assert not may_waive(project, by=AnonymousUser())
    for user in (bob, charlie, former):
        with pytest.raises(PermissionDenied):
            waived_by(project, user)
    waiver = waived_by(project, alice)
    with pytest.raises(PermissionDenied):
        end_waiver(waiver, by=bob)


def test_a_curator_undoes_it_in_the_history(project: Project, alice: User, client: Client) -> None:
    waived_by(project, alice)
    curator = create_curator()
    client.force_login(curator)
    page = client.get("/curation/history/").content.decode()
    assert "Waived health checks" in page
    assert "Build service until" in page
    change = ListingChange.objects.get()
    assert (change.actor, change.note) == (alice, "It is a text.")
    outcome = undo(change.batch, by=curator)
    assert (outcome.changed, outcome.left) == (1, 0)
    assert not Waiver.objects.current().exists()
    assert score(project) == 54
    undo(ListingChange.objects.order_by("-pk")[0].batch, by=curator)
    again = Waiver.objects.current().get()
    assert (again.author, again.reason, again.until) == (alice, "It is a text.", tomorrow())
    assert score(project) == 100


# ---------------------------------------------------------------- the page
def form(**changes: Any) -> dict[str, Any]:
    return {"check": "ci", "reason": "It is a text.", "until": tomorrow().isoformat(), **changes}


def test_the_page_asks_before_it_waives(client: Client, project: Project, alice: User) -> None:
    client.force_login(alice)
    assert f'action="{WAIVE}"' in client.get(PAGE).content.decode()
    asked = client.post(WAIVE, form(reason='"><script>')).content.decode()
    assert "Waive “Build service” for" in asked
    assert "<script>" not in asked.replace("<script src", "").replace('<script type="module" src', "")
    assert not Waiver.objects.exists()
    answer = client.post(WAIVE, form(confirmed="yes"), follow=True)
    assert "waived until" in said(answer)
    page = answer.content.decode()
    assert "It is a text." in page
    assert "End the waiver" in page
    assert '<span class="score">100</span>' in page


def test_everybody_reads_who_waived_it_and_why(client: Client, project: Project, alice: User) -> None:
    waived_by(project, alice, reason="<b>It is a text.</b>")
    page = client.get(PAGE).content.decode()
    assert "&lt;b&gt;It is a text.&lt;/b&gt;" in page
    assert "Alice" in page
    assert "End the waiver" not in page
    assert WAIVE not in page


@pytest.mark.parametrize(
    "change", [{"check": "tests"}, {"check": ""}, {"reason": ""}, {"until": "2020-01-01"}, {"until": "soon"}]
)
def test_a_wrong_form_says_what_is_wrong(
    client: Client, project: Project, alice: User, change: dict[str, str]
) -> None:
    client.force_login(alice)
    answer = client.post(WAIVE, form(confirmed="yes", **change))
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert not Waiver.objects.exists()


def test_outsiders_are_refused_and_strangers_asked_to_sign_in(
    client: Client, project: Project, charlie: User, alice: User
) -> None:
    waiver = waived_by(project, alice)
    end = f"{PAGE}waivers/{waiver.pk}/end/"
    for url in (WAIVE, end):
        assert client.post(url, form()).headers["Location"].startswith("/sign-in/")
    client.force_login(charlie)
    for url in (WAIVE, end):
        assert client.post(url, form(confirmed="yes")).status_code == 403
        assert client.get(url).status_code == 405


def test_a_waiver_is_ended_on_the_page(client: Client, project: Project, alice: User) -> None:
    waiver = waived_by(project, alice)
    end = f"{PAGE}waivers/{waiver.pk}/end/"
    client.force_login(alice)
    assert "End this waiver?" in client.post(end).content.decode()
    assert Waiver.objects.current().exists()
    assert "counts again" in said(client.post(end, {"confirmed": "yes"}, follow=True))
    assert not Waiver.objects.current().exists()
    create_project("other", owner_team=project.owner_team)
    assert client.post(f"/projects/other/health/waivers/{waiver.pk}/end/").status_code == 404
