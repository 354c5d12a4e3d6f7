from __future__ import annotations

from uuid import uuid4

import pytest

from catalog.models import Project
from contributions import actions
from contributions.errors import NotAllowed
from contributions.lifecycle import State
from contributions.models import Change, Request, Review, Revision
from people.models import Team, User
from tests.create import create_request

pytestmark = pytest.mark.django_db


def create_revision(request: Request, number: int = 1) -> Revision:
    change, _ = Change.objects.get_or_create(
        request=request, defaults={"branch": "retry", "offered_by": request.author}
    )
    return Revision.objects.create(change=change, number=number, head=str(number) * 40, base="0" * 40)


@pytest.fixture
def request_(project: Project, charlie: User, guest_team: Team) -> Request:
    return create_request(project, charlie, guest_team=guest_team, state=State.IN_REVIEW)


def test_a_maintainer_asks_for_changes_then_approves(request_: Request, alice: User) -> None:
    revision = create_revision(request_)
    event = actions.review(request_, revision, verdict="changes", body="A test, please.", by=alice)
    assert (request_.state, event.note, event.revision) == ("changes_asked", "A test, please.", revision)
    actions.review(request_, revision, verdict="approve", by=alice)
    assert request_.state == State.APPROVED
    assert [review.verdict for review in revision.reviews.all()] == ["changes", "approve"]


def test_anybody_comments_on_any_revision(request_: Request, bob: User) -> None:
    first = create_revision(request_)
    create_revision(request_, number=2)
    actions.review(request_, first, verdict="comment", body="Nice.", by=bob)
    assert request_.state == State.IN_REVIEW
    assert Review.objects.get().revision == first


def test_an_outsider_does_not_approve(request_: Request, bob: User) -> None:
    with pytest.raises(NotAllowed):
        actions.review(request_, create_revision(request_), verdict="approve", by=bob)
    assert not Review.objects.exists()


def test_nobody_approves_their_own_change(project: Project, alice: User) -> None:
    request = create_request(project, alice, state=State.IN_REVIEW)
    with pytest.raises(NotAllowed) as refused:
        actions.review(request, create_revision(request), verdict="approve", by=alice)
    assert refused.value.message == "Nobody decides on their own change."


def test_a_review_posted_twice_is_one_review(request_: Request, alice: User) -> None:
    revision, key = create_revision(request_), uuid4()
    for _ in range(2):
        actions.review(request_, revision, verdict="comment", body="Hm.", by=alice, form_key=key)
    assert Review.objects.count() == 1


def test_a_revision_of_another_request_is_no_revision_here(request_: Request, alice: User) -> None:
    other = create_request(request_.project, alice, state=State.IN_REVIEW)
    with pytest.raises(ValueError, match="another"):
        actions.review(request_, create_revision(other), verdict="approve", by=alice)
