"""A source is removed: nothing unasked, nothing that people made."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.actions.discovery import look_if_due
from catalog.actions.removal import finish_removal
from catalog.models import CodeHost, Project, Secret
from forge.mirror import mirror_path
from people.models import User
from tests.catalog.acme import TOKEN, Acme
from tests.catalog.pages import page
from tests.catalog.source_pages.forms import SOURCES, add, connect, gitea
from tests.create import create_project, create_request, create_user
from tests.repos import build_repo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


def filled(source: CodeHost) -> Project:
    project = create_project("ledger", code_host=source, host_id="7")
    create_project("gateway", code_host=source, host_id="8")
    build_repo(mirror_path(project.pk))
    return project


def test_the_page_says_what_removing_does_and_does_nothing_itself(client: Client) -> None:
    source = gitea()
    filled(source)
    answer = page(client.get(f"{SOURCES}{source.pk}/remove/"))
    assert "<strong>2 listings</strong>" in answer
    assert "gateway, ledger" in answer
    Project.objects.filter(slug="ledger").update(visibility="admins")
    answer = page(client.get(f"{SOURCES}{source.pk}/remove/"))
    assert "<strong>2 listings</strong>" in answer
    assert "ledger" not in answer
    assert client.post(f"{SOURCES}{source.pk}/remove/").status_code == 422
    assert CodeHost.objects.get().removal == ""


def test_removed_with_its_listings_kept(client: Client) -> None:
    source = gitea(token=Secret.of(TOKEN))
    project = filled(source)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "keep"})
    finish_removal(source.pk)
    project.refresh_from_db()
    source.refresh_from_db()
    assert project.gone_at is not None
    assert project.next_sync_at is None
    assert (project.listing, mirror_path(project.pk).exists()) == ("listed", True)
    assert not source.token
    assert source.name not in page(client.get(SOURCES)).partition("<main")[2].replace("Acme was removed", "")


def test_removed_with_its_listings(client: Client) -> None:
    source = gitea()
    project = filled(source)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "delete"})
    assert not Project.objects.visible_to(create_user()).exists()
    finish_removal(source.pk)
    finish_removal(source.pk)
    assert not Project.objects.exists()
    assert not CodeHost.objects.exists()
    assert not mirror_path(project.pk).exists()


def test_a_listing_with_contributions_is_never_deleted(client: Client, alice: User) -> None:
    source = gitea()
    project = filled(source)
    create_request(project, alice)
    assert "1 of them has contribution requests" in page(client.get(f"{SOURCES}{source.pk}/remove/"))
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "delete"})
    finish_removal(source.pk)
    assert [each.slug for each in Project.objects.visible_to(alice)] == ["ledger"]
    assert CodeHost.objects.get().removal == "keep"


def test_a_source_that_was_removed_can_be_added_again(client: Client, acme: Acme) -> None:
    add(client, "gitea", connect(client, "gitea", address=acme.address))
    source = CodeHost.objects.get()
    look_if_due(source.pk)
    client.post(f"{SOURCES}{source.pk}/remove/", {"listings": "keep"})
    add(client, "gitea", connect(client, "gitea", address=acme.address))
    look_if_due(source.pk)
    assert CodeHost.objects.get().removal == ""
    assert not Project.objects.exclude(gone_at=None).exists()
    assert Project.objects.count() == 2
