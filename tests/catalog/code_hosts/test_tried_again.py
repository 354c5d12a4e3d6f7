"""A new token has tried again what the old one could not read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog.actions.sources import add_source, edit_source
from catalog.models import CodeHost, Project, Secret
from tests.catalog.acme import Acme
from tests.catalog.code_hosts.looks import project
from tests.create import create_user

pytestmark = pytest.mark.django_db


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
