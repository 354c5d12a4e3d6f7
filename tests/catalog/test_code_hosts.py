"""A code host with an API: what comes in, and how listings follow their repositories there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actions import discovery, following, sources
from catalog.actions.discovery import rediscover
from catalog.actions.items import waiting
from catalog.actions.looking import look_through
from catalog.actions.sources import add_source, edit_source
from catalog.ending import free
from catalog.leases import claim_one
from catalog.models import ApiAnswer, CodeHost, FormerSlug, HostItem, Project, RemoteHost, Secret, Topic
from forge.errors import ForgeError
from search.models import PendingDocument
from tests.catalog.acme import TOKEN, Acme
from tests.create import create_code_host, create_project, create_team, create_user
from tests.forge.connectors.code_host import Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(acme: Acme) -> CodeHost:
    """Acme, looked through once."""
    return add_source(acme.address, kind="gitea", token=Secret.of(TOKEN)).code_host


def look(source: CodeHost) -> CodeHost:
    CodeHost.objects.filter(pk=source.pk).update(next_look_at=timezone.now())
    rediscover(CodeHost.objects.get(pk=source.pk))
    source.refresh_from_db()
    return source


def project(host_id: int) -> Project:
    return Project.objects.get(host_id=str(host_id))


# ---------------------------------------------------------------- what comes in
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


# ---------------------------------------------------------------- renamed, transferred
def test_a_rename_moves_address_name_and_slug_and_keeps_everything_else(acme: Acme, source: CodeHost) -> None:
    before = project(7)
    topic = Topic.objects.create(name="books")
    before.topics.add(topic)
    Project.objects.filter(pk=before.pk).update(commit_count=12, curated_fields=["topics"])
    acme.move(7, "acme/general-ledger")
    look(source)
    after = project(7)
    assert after.pk == before.pk
    assert (after.name, after.slug, after.path) == ("general-ledger", "general-ledger", "acme/general-ledger")
    assert after.remote == f"{acme.server.origin}/acme/general-ledger.git"
    assert after.web_url == f"{acme.server.origin}/acme/general-ledger"
    assert (after.commit_count, list(after.topics.all())) == (12, [topic])
    assert FormerSlug.objects.get().slug == "ledger"
    assert PendingDocument.objects.filter(kind="project", key=str(after.pk)).exists()


def test_a_name_that_a_curator_gave_outlives_a_rename(acme: Acme, source: CodeHost) -> None:
    Project.objects.filter(host_id="7").update(name="The books", curated_fields=["name"])
    acme.move(7, "acme/general-ledger")
    look(source)
    assert project(7).name == "The books"


def test_a_name_that_the_repository_gives_itself_outlives_a_rename(acme: Acme, source: CodeHost) -> None:
    Project.objects.filter(host_id="7").update(name="Ledger, the")
    acme.move(7, "acme/general-ledger")
    look(source)
    assert (project(7).name, project(7).slug) == ("Ledger, the", "general-ledger")


def test_two_that_swap_their_names_keep_their_histories(acme: Acme, source: CodeHost) -> None:
    ledger, gateway = project(7), project(8)
    acme.move(7, "acme/gateway")
    acme.move(8, "acme/ledger")
    look(source)
    assert project(7).pk == ledger.pk
    assert project(7).remote.endswith("/acme/gateway.git")
    assert project(8).pk == gateway.pk
    assert project(8).remote.endswith("/acme/ledger.git")


def test_a_new_repository_at_an_old_address_is_a_new_project(acme: Acme, source: CodeHost) -> None:
    acme.move(7, "acme/general-ledger")
    acme.add(10, "ledger")
    look(source)
    assert project(10).pk != project(7).pk
    assert project(10).remote.endswith("/acme/ledger.git")
    # The old name leads to the project that had it.
    assert (project(7).slug, project(10).slug) == ("general-ledger", "acme-ledger")


def test_one_that_was_deleted_and_made_anew_is_another_one(acme: Acme, source: CodeHost) -> None:
    del acme.there[7]
    acme.add(11, "ledger")
    look(source)
    assert project(7).gone_at is not None
    assert project(11).gone_at is None
    assert project(11).remote.endswith("/acme/ledger.git")


def test_a_name_that_comes_back_leads_in_no_circle(acme: Acme, source: CodeHost) -> None:
    for name in ("books", "ledger", "books"):
        acme.move(7, f"acme/{name}")
        look(source)
    assert project(7).slug == "books"
    assert [former.slug for former in FormerSlug.objects.all()] == ["ledger"]


def test_a_transfer_out_of_the_group_is_followed(acme: Acme, source: CodeHost) -> None:
    acme.move(7, "payments/ledger")
    acme.unlisted.add(7)
    look(source)
    ledger = project(7)
    assert (ledger.path, ledger.gone_at) == ("payments/ledger", None)
    assert ledger.remote.endswith("/payments/ledger.git")


def test_a_sync_that_lost_its_repository_finds_it_by_its_number(acme: Acme, source: CodeHost) -> None:
    acme.move(7, "payments/ledger")
    assert following.follow_at_host(project(7))
    assert project(7).path == "payments/ledger"
    # Not with every failure: the host is asked again after a while only.
    acme.move(7, "payments/books")
    assert not following.follow_at_host(project(7))


def test_a_host_that_cannot_be_asked_is_no_failure_of_a_worker(acme: Acme, source: CodeHost) -> None:
    acme.trouble = Reply({}, status=503)
    following.follow_if_lost(project(7).pk)
    following.follow_if_lost(99_999)
    assert project(7).gone_at is None


# ---------------------------------------------------------------- what the host says
def test_words_of_the_host_follow_where_they_stood(acme: Acme, source: CodeHost) -> None:
    acme.change(7, description="Books of the company", topics=["books"], archived=True)
    Project.objects.filter(host_id="8").update(summary="Said by its README", curated_fields=["topics"])
    acme.change(8, description="Something else", topics=["doors"])
    look(source)
    ledger, gateway = project(7), project(8)
    assert (ledger.summary, ledger.lifecycle) == ("Books of the company", "archived")
    assert [topic.name for topic in ledger.topics.all()] == ["books"]
    assert gateway.summary == "Said by its README"
    assert not gateway.topics.exists()
    acme.change(7, archived=False)
    look(source)
    assert project(7).lifecycle == ""


def test_stars_forks_and_issues_count_in_the_activity_score(acme: Acme, source: CodeHost) -> None:
    now = timezone.now()
    old = now - timedelta(days=1400)
    Project.objects.filter(host_id="7").update(
        first_activity=old, last_activity=now, activity_score=0, summary="", host_says={}
    )
    acme.change(7, stars_count=136, forks_count=331, open_issues_count=98)
    look(source)
    assert project(7).activity_score > 3000


def test_nothing_new_writes_nothing(acme: Acme, source: CodeHost) -> None:
    look(source)
    PendingDocument.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        look(source)
    written = [each["sql"] for each in queries if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert all('"catalog_codehost"' in sql for sql in written)
    assert not PendingDocument.objects.exists()


def test_the_number_of_queries_does_not_grow_with_what_is_known(acme: Acme, source: CodeHost) -> None:
    def queries() -> int:
        look(source)
        with CaptureQueriesContext(connection) as found:
            look(source)
        return len([each for each in found if "apianswer" not in each["sql"]])

    before = queries()
    for number in range(20, 40):
        acme.add(number, f"p{number}")
    look(source)
    assert queries() == before


def test_an_answer_that_did_not_change_is_asked_for_by_its_mark(acme: Acme, source: CodeHost) -> None:
    look(source)
    asked = len(acme.server.asked)
    look(source)
    assert all("if-none-match" in each.headers for each in acme.server.asked[asked:])
    assert ApiAnswer.objects.count() >= 1


def test_answers_given_to_one_token_are_forgotten_with_it(acme: Acme, source: CodeHost) -> None:
    look(source)
    add_source(acme.address, kind="gitea", token=Secret.of("another"))
    assert not ApiAnswer.objects.exists()


# ---------------------------------------------------------------- private
def test_a_private_repository_comes_in_for_curators_only(acme: Acme, source: CodeHost) -> None:
    acme.add(9, "secret-plans", private=True)
    look(source)
    assert (project(9).listing, project(9).visibility) == ("discovered", "admins")


def test_one_that_becomes_private_is_hidden_at_once_and_never_opened_by_itself(
    acme: Acme, source: CodeHost
) -> None:
    acme.change(7, private=True)
    look(source)
    assert (project(7).listing, project(7).visibility) == ("discovered", "admins")
    acme.change(7, private=False)
    look(source)
    assert (project(7).listing, project(7).visibility) == ("discovered", "admins")


def test_one_that_becomes_private_is_hidden_though_private_ones_are_left_out(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(private_listings="leave_out")
    acme.change(7, private=True)
    # More may be missing than one look asks about.
    with patch.object(discovery, "MAX_ASKED", 0):
        look(source)
    assert (project(7).listing, project(7).visibility, project(7).gone_at) == ("discovered", "admins", None)
    assert PendingDocument.objects.filter(kind="project", key=str(project(7).pk)).exists()
    Project.objects.filter(host_id="7").update(listing="listed", visibility="everyone")
    look(source)
    assert project(7).visibility == "everyone"


def test_what_a_rule_keeps_out_now_is_followed_while_it_is_listed(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(take_archived=False, take_forks=False)
    acme.change(7, archived=True)
    acme.change(8, fork=True)
    acme.move(8, "acme/door")
    look(source)
    assert (project(7).lifecycle, project(8).path) == ("archived", "acme/door")


def test_what_a_curator_opened_stays_open_while_it_stays_private(acme: Acme, source: CodeHost) -> None:
    acme.change(7, private=True)
    look(source)
    Project.objects.filter(host_id="7").update(listing="listed", visibility="everyone")
    look(source)
    assert project(7).visibility == "everyone"


def test_an_operator_may_decide_that_private_ones_are_for_all(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(private_listings="show")
    acme.add(9, "plans", private=True)
    acme.change(7, private=True)
    look(source)
    assert {project(9).visibility, project(7).visibility} == {"everyone"}


# ---------------------------------------------------------------- gone, and back
def test_a_deleted_repository_becomes_a_tombstone_and_keeps_everything(acme: Acme, source: CodeHost) -> None:
    Project.objects.filter(host_id="7").update(commit_count=3, lifecycle="production")
    del acme.there[7]
    look(source)
    ledger = project(7)
    assert ledger.gone_at is not None
    assert ledger.next_sync_at is None
    assert (ledger.commit_count, ledger.lifecycle, ledger.slug) == (3, "production", "ledger")


def test_one_that_comes_back_lives_again(acme: Acme, source: CodeHost) -> None:
    row = acme.there.pop(7)
    look(source)
    acme.there[7] = row
    look(source)
    assert project(7).gone_at is None
    assert project(7).next_sync_at is not None


@pytest.mark.parametrize("status", [500, 401])
def test_a_look_that_failed_buries_nothing(acme: Acme, source: CodeHost, status: int) -> None:
    acme.trouble = Reply({}, status=status)
    look(source)
    assert source.error_code in ("unreachable", "token_refused")
    assert source.look_failures == 1
    assert not Project.objects.exclude(gone_at=None).exists()


def test_a_look_that_broke_off_takes_what_came_and_buries_nothing(acme: Acme, source: CodeHost) -> None:
    for number in range(20, 26):
        acme.add(number, f"p{number}")
    del acme.there[7]
    acme.trouble, acme.trouble_on_page = Reply({}, status=500), 2
    look(source)
    assert Project.objects.count() == 4
    assert source.error_code == "unreachable"
    assert not Project.objects.exclude(gone_at=None).exists()


# ---------------------------------------------------------------- limits
def limited(until: datetime) -> Reply:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000"}
    return Reply({}, status=429, headers={**headers, "X-RateLimit-Reset": str(int(until.timestamp()))})


def test_a_host_that_limits_us_is_left_alone_until_it_says(acme: Acme, source: CodeHost) -> None:
    until = (timezone.now() + timedelta(minutes=20)).replace(microsecond=0).astimezone(UTC)
    acme.trouble = limited(until)
    look(source)
    assert source.error_code == "rate_limited"
    assert source.next_look_at >= until
    assert RemoteHost.objects.get(name=acme.server.name).paused_until == until
    assert (source.api_remaining, source.look_failures) == (0, 0)
    asked = len(acme.server.asked)
    look(source)
    assert len(acme.server.asked) == asked
    assert source.next_look_at == until


def test_what_is_left_of_the_limit_is_known(acme: Acme, source: CodeHost) -> None:
    assert look(source).api_remaining == 4000


# ---------------------------------------------------------------- issues and changes
def test_open_issues_and_changes_are_read_with_their_labels(acme: Acme, source: CodeHost) -> None:
    acme.issue(7, 1, "Round down", "good first issue")
    acme.issue(7, 2, "Round up", "Help-Wanted")
    acme.issue(7, 3, "Round", "bug")
    acme.offer(7, 4, "Rounding")
    look(source)
    rows = HostItem.objects.filter(project=project(7)).order_by("number")
    assert [(row.kind, row.title, row.is_first, row.is_wanted) for row in rows] == [
        ("issue", "Round down", True, False),
        ("issue", "Round up", False, True),
        ("issue", "Round", False, False),
        ("change", "Rounding", False, False),
    ]
    assert (project(7).open_issues, project(7).open_changes) == (3, 1)


def test_a_closed_issue_goes(acme: Acme, source: CodeHost) -> None:
    acme.issue(7, 1, "Round down")
    acme.issue(7, 2, "Round up")
    look(source)
    acme.items[7]["issues"].pop()
    acme.change(7, open_issues_count=1)
    look(source)
    assert [row.number for row in HostItem.objects.all()] == [1]
    acme.items[7]["issues"].clear()
    acme.change(7, open_issues_count=0)
    look(source)
    assert not HostItem.objects.exists()


def test_items_of_what_did_not_move_are_not_read_again(acme: Acme, source: CodeHost) -> None:
    acme.issue(7, 1, "Round down")
    look(source)
    asked = len(acme.server.asked)
    look(source)
    assert not [path for path in acme.server.paths()[asked:] if path.endswith("/issues")]


# ---------------------------------------------------------------- when, and by whom
def test_two_workers_never_look_at_once(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(looking_until=timezone.now() + timedelta(minutes=5))
    asked = len(acme.server.asked)
    look(source)
    assert len(acme.server.asked) == asked


def test_a_look_whose_worker_died_is_taken_up_again(acme: Acme, source: CodeHost) -> None:
    past = timezone.now() - timedelta(minutes=1)
    CodeHost.objects.update(looking_since=past, looking_until=past)
    acme.add(9, "web")
    discovery.look_if_due(look(source).pk)
    assert project(9)


def test_a_paused_source_is_not_looked_through(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(enabled=False, next_look_at=timezone.now())
    asked = len(acme.server.asked)
    discovery.discover_due()
    discovery.look_if_due(source.pk)
    assert len(acme.server.asked) == asked


def test_a_source_comes_again_after_its_own_interval(acme: Acme, source: CodeHost) -> None:
    CodeHost.objects.update(interval=600)
    look(source)
    assert timedelta(minutes=8) < source.next_look_at - timezone.now() < timedelta(minutes=12)


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


# ---------------------------------------------------------------- tried again
@pytest.mark.parametrize("code", ["auth_required", "credential_unreadable", "token_refused", "gone"])
def test_a_new_token_tries_again_what_the_old_one_could_not_read(acme: Acme, source: CodeHost, code: str) -> None:
    parked = {"sync_state": "parked", "next_sync_at": None, "sync_failures": 10}
    Project.objects.filter(host_id="7").update(**parked, sync_code=code)
    Project.objects.filter(host_id="8").update(**parked, sync_code="too_big")
    edit_source(source, by=create_user("operator", is_staff=True), token=None, name="Acme")
    assert project(7).next_sync_at is None
    edit_source(source, by=create_user("other", is_staff=True), token=Secret.of("fresh"))
    assert (project(7).sync_state, project(7).sync_failures) == ("failed", 0)
    assert project(7) in Project.objects.due()
    assert project(8).next_sync_at is None


def test_a_source_that_is_added_again_with_a_new_token_tries_again(acme: Acme, source: CodeHost) -> None:
    Project.objects.update(sync_state="parked", next_sync_at=None, sync_code="token_refused", gone_at=None)
    add_source(acme.address, kind="gitea", token=Secret.of("fresh"))
    assert Project.objects.due().count() == 2


def test_what_is_gone_stays_so_whatever_the_token(acme: Acme, source: CodeHost) -> None:
    Project.objects.update(next_sync_at=None, sync_code="gone", gone_at=timezone.now())
    edit_source(source, by=create_user("operator", is_staff=True), token=Secret.of("fresh"))
    assert not Project.objects.due().exists()


def test_a_sync_that_runs_while_its_repository_moves_is_followed_by_another(acme: Acme, source: CodeHost) -> None:
    lease = claim_one(project(7), owner="somebody")
    assert lease is not None
    acme.move(7, "acme/general-ledger")
    look(source)
    free(lease, next_at=timezone.now() + timedelta(days=1), now=timezone.now())
    soon = project(7).next_sync_at
    assert soon is not None
    assert soon < timezone.now() + timedelta(minutes=5)


# ---------------------------------------------------------------- huge sources
def test_writing_much_says_that_it_lives(acme: Acme, source: CodeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BATCH", 1)
    heard: list[int] = []
    sources.take_in(source, look_through(source), tell=heard.append)
    assert heard == [1, 2]


def test_what_moved_comes_before_what_was_read_long_ago(acme: Acme, source: CodeHost) -> None:
    now = timezone.now()
    Project.objects.filter(host_id="7").update(items_at=now, open_issues=1)
    Project.objects.filter(host_id="8").update(items_at=now - timedelta(days=9), open_issues=1)
    assert waiting(source, [project(7).pk]) == [project(7), project(8)]
    assert waiting(source, []) == [project(8)]


def test_asking_about_one_project_does_not_read_all_names(acme: Acme, source: CodeHost) -> None:
    with patch.object(following, "taken_slugs", wraps=following.taken_slugs) as names:
        assert not following.follow_at_host(project(8))
        assert not names.called
        acme.move(7, "acme/books")
        assert following.follow_at_host(project(7))
        assert names.called
