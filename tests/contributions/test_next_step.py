"""What each person is told to do next."""

from __future__ import annotations

import pytest

from catalog.models import Project
from contributions.lifecycle import Role, State
from contributions.models import Change, Request
from contributions.next_step import next_step
from people.models import User
from tests.create import create_project, create_request

pytestmark = pytest.mark.django_db
READER = frozenset({Role.READER})
MAINTAINER = READER | {Role.MAINTAINER}
CONTRIBUTOR = READER | {Role.CONTRIBUTOR, Role.AUTHOR}


@pytest.mark.parametrize(
    ("state", "held", "title", "step"),
    [
        (State.PROPOSED, MAINTAINER, "Your team’s answer is awaited", "accept"),
        (State.PROPOSED, CONTRIBUTOR, "Waiting for Platform", ""),
        (State.ASKED, CONTRIBUTOR, "The host team asks you something", "answer"),
        (State.ASKED, MAINTAINER, "Waiting for Charlie", ""),
        (State.ACCEPTED, CONTRIBUTOR, "Your branch is awaited", "offer"),
        (State.ACCEPTED, MAINTAINER, "Waiting for Charlie", ""),
        (State.IN_REVIEW, MAINTAINER, "Your review is awaited", "review"),
        (State.IN_REVIEW, CONTRIBUTOR, "Waiting for Platform", ""),
        (State.IN_REVIEW, MAINTAINER | CONTRIBUTOR, "Waiting for Platform", ""),
        (State.CHANGES_ASKED, CONTRIBUTOR, "Changes were asked for", "fetch"),
        (State.APPROVED, MAINTAINER, "Approved: ready to merge", "land"),
        (State.APPROVED, CONTRIBUTOR, "Waiting for Platform", ""),
        (State.DECLINED, CONTRIBUTOR, "Declined", "reopen"),
        (State.WITHDRAWN, MAINTAINER, "Withdrawn", ""),
        (State.MERGED, CONTRIBUTOR, "Merged", ""),
    ],
)
def test_each_is_told_their_own_next_step(
    project: Project, charlie: User, state: State, held: frozenset[Role], title: str, step: str
) -> None:
    found = next_step(create_request(project, charlie, state=state), held)
    assert (found.title, found.step) == (title, step)
    assert found.text


def test_a_task_that_nobody_does_wants_a_volunteer(project: Project, charlie: User) -> None:
    request = create_request(project, charlie, state=State.ACCEPTED, contributor=None)
    assert next_step(request, READER).step == "volunteer"
    assert next_step(request, frozenset()).step == ""


def test_without_an_owner_a_curator_answers(charlie: User) -> None:
    request = create_request(create_project(), charlie)
    assert next_step(request, CONTRIBUTOR).title == "Waiting for a curator"


def test_a_branch_on_its_way_is_not_asked_for_again(project: Project, charlie: User) -> None:
    request = create_request(project, charlie, state=State.IN_PROGRESS)
    change = Change.objects.create(request=request, branch="retry", offered_by=charlie)
    assert next_step(request, CONTRIBUTOR).title == "Your branch is being fetched"
    Change.objects.update(error_code="branch_unknown", checked_at=change.offered_at)
    found = next_step(Request.objects.get(), CONTRIBUTOR)
    assert (found.title, found.step) == ("Your branch could not be read", "offer")
