"""Open issues and changes of a code host."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.actions.items import waiting
from catalog.models import CodeHost, HostItem, Project
from tests.catalog.acme import Acme
from tests.catalog.code_hosts.looks import look, project

pytestmark = pytest.mark.django_db


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


def test_what_moved_comes_before_what_was_read_long_ago(acme: Acme, source: CodeHost) -> None:
    now = timezone.now()
    Project.objects.filter(host_id="7").update(items_at=now, open_issues=1)
    Project.objects.filter(host_id="8").update(items_at=now - timedelta(days=9), open_issues=1)
    assert waiting(source, [project(7).pk]) == [project(7), project(8)]
    assert waiting(source, []) == [project(8)]
