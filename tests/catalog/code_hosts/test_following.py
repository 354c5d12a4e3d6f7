"""Listings follow their repositories: renamed, transferred, described anew, gone and back."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from catalog.actions import following
from catalog.ending import free
from catalog.leases import claim_one
from catalog.models import CodeHost, FormerSlug, Project, Topic
from search.models import PendingDocument
from tests.catalog.acme import Acme
from tests.catalog.code_hosts.looks import look, project
from tests.forge.connectors.code_host import Reply

pytestmark = pytest.mark.django_db


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


def test_asking_about_one_project_does_not_read_all_names(acme: Acme, source: CodeHost) -> None:
    with patch.object(following, "taken_slugs", wraps=following.taken_slugs) as names:
        assert not following.follow_at_host(project(8))
        assert not names.called
        acme.move(7, "acme/books")
        assert following.follow_at_host(project(7))
        assert names.called


def test_a_sync_that_runs_while_its_repository_moves_is_followed_by_another(acme: Acme, source: CodeHost) -> None:
    lease = claim_one(project(7), owner="somebody")
    assert lease is not None
    acme.move(7, "acme/general-ledger")
    look(source)
    free(lease, next_at=timezone.now() + timedelta(days=1), now=timezone.now())
    soon = project(7).next_sync_at
    assert soon is not None
    assert soon < timezone.now() + timedelta(minutes=5)


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
