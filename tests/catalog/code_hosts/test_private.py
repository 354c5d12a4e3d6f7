"""Private repositories: for curators, hidden at once, opened by a person only."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from catalog.actions import discovery
from catalog.models import CodeHost, Project
from search.models import PendingDocument
from tests.catalog.acme import Acme
from tests.catalog.code_hosts.looks import look, project

pytestmark = pytest.mark.django_db


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
