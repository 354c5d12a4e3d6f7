from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import Project
from contributions import actions
from contributions.errors import NotAllowed, NotNow
from contributions.lifecycle import State, Verb
from contributions.models import Event, Request
from contributions.welcome import count_again
from people.models import Team, User
from tests.contributions.conftest import A_DAY
from tests.create import create_curator, create_project, create_request, create_user, join

pytestmark = pytest.mark.django_db


def test_anybody_who_sees_a_project_may_propose(
    project: Project, charlie: User, guest_team: Team, host_team: Team
) -> None:
    request = actions.propose(project, " Retry ", what="Budget", why="Storms", kind="fix", by=charlie, at=A_DAY)
    assert (request.title, request.state, request.kind) == ("Retry", State.PROPOSED, "fix")
    assert (request.guest_team, request.host_team) == (guest_team, host_team)
    assert request.contributor == charlie
    assert request.is_guest
    event = request.events.get()
    assert (event.verb, event.actor, event.after, event.at) == (Verb.PROPOSE, charlie, "proposed", A_DAY)
    project.refresh_from_db()
    assert project.open_requests == 1


def test_an_idea_without_hands_has_no_contributor(project: Project, charlie: User) -> None:
    assert actions.propose(project, "Idea", what="x", does_it_myself=False, by=charlie).contributor is None


def test_a_teammate_is_no_guest(project: Project, bob: User, guest_team: Team, host_team: Team) -> None:
    join(bob, guest_team)
    request = actions.propose(project, "Inside", what="x", by=bob)
    assert request.guest_team == host_team
    assert not request.is_guest


def test_a_form_posted_twice_makes_one_request(project: Project, charlie: User) -> None:
    key = uuid4()
    first = actions.propose(project, "Once", what="x", by=charlie, form_key=key)
    assert actions.propose(project, "Once", what="x", by=charlie, form_key=key) == first
    assert Request.objects.count() == 1


def test_an_unseen_project_takes_no_proposal(charlie: User) -> None:
    with pytest.raises(NotAllowed):
        actions.propose(create_project(visibility="admins"), "x", what="x", by=charlie)


def test_an_archived_project_takes_no_proposal(charlie: User) -> None:
    with pytest.raises(NotNow) as refused:
        actions.propose(create_project(lifecycle="archived"), "x", what="x", by=charlie)
    assert refused.value.code == "project_archived"


def test_the_first_word_of_a_maintainer_is_the_answer(request_: Request, alice: User) -> None:
    actions.ask(request_, "Which client?", by=alice, at=A_DAY)
    assert (request_.state, request_.answered_at) == (State.ASKED, A_DAY)
    actions.answer(request_, "The HTTP one.", by=request_.author, at=A_DAY + timedelta(days=1))
    actions.accept(request_, by=alice, at=A_DAY + timedelta(days=2))
    assert (request_.state, request_.answered_at) == (State.ACCEPTED, A_DAY)
    assert [event.note for event in request_.events.all()] == ["Which client?", "The HTTP one.", ""]


def test_a_comment_of_a_maintainer_is_an_answer_too(request_: Request, alice: User, bob: User) -> None:
    actions.comment(request_, "Nice.", by=bob)
    assert request_.answered_at is None
    actions.comment(request_, "We will look at it.", by=alice, at=A_DAY)
    assert request_.answered_at == A_DAY
    assert request_.state == State.PROPOSED


def test_a_maintainer_does_not_answer_themselves(project: Project, alice: User) -> None:
    request = create_request(project, alice)
    actions.accept(request, by=alice)
    assert request.answered_at is None


def test_the_clock_starts_again_when_the_turn_passes_on(request_: Request, alice: User) -> None:
    actions.comment(request_, "Hm.", by=alice, at=A_DAY)
    assert request_.turn_since != A_DAY
    actions.accept(request_, by=alice, at=A_DAY)
    assert request_.turn_since == A_DAY
    actions.volunteer(request_, by=request_.author, at=A_DAY + timedelta(days=1))
    assert request_.turn_since == A_DAY  # It was Charlie's turn all the time.


def test_declining_needs_a_reason(request_: Request, alice: User) -> None:
    with pytest.raises(ValueError, match="reason"):
        actions.decline(request_, " ", by=alice)
    actions.decline(request_, "Out of scope.", by=alice, at=A_DAY)
    assert (request_.state, request_.reason, request_.closed_at) == ("declined", "Out of scope.", A_DAY)
    assert not request_.is_open


def test_what_was_declined_can_be_asked_again(request_: Request, alice: User) -> None:
    actions.decline(request_, "Too big.", by=alice)
    actions.reopen(request_, "Smaller now.", by=request_.author, at=A_DAY)
    assert (request_.state, request_.reason, request_.closed_at) == ("proposed", "", None)
    assert request_.turn_since == A_DAY


def test_the_author_withdraws(request_: Request, project: Project) -> None:
    actions.withdraw(request_, "Solved elsewhere.", by=request_.author)
    assert request_.state == State.WITHDRAWN
    project.refresh_from_db()
    assert project.open_requests == 0


@pytest.mark.parametrize("verb", [actions.accept, actions.ask, actions.decline])
def test_only_maintainers_decide(request_: Request, bob: User, charlie: User, verb: Callable[..., Event]) -> None:
    for person in (bob, charlie):
        with pytest.raises(NotAllowed) as refused:
            verb(request_, "note", by=person)
        assert refused.value.code == "not_yours"
    assert not request_.events.exists()


def test_only_the_author_answers_withdraws_and_reopens(request_: Request, alice: User) -> None:
    request_.state = State.ASKED
    request_.save()
    for verb in (actions.answer, actions.withdraw):
        with pytest.raises(NotAllowed):
            verb(request_, "note", by=alice)


def test_a_trusted_committer_decides(request_: Request, bob: User) -> None:
    request_.project.trusted_committers.create(user=bob)
    assert actions.accept(request_, by=bob).actor == bob


def test_a_past_maintainer_decides_no_more(request_: Request, alice: User) -> None:
    alice.memberships.update(until=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(NotAllowed):
        actions.accept(request_, by=User.objects.get(pk=alice.pk))


def test_curators_answer_for_a_project_without_maintainers_only(
    request_: Request, charlie: User, alice: User
) -> None:
    curator = create_curator()
    with pytest.raises(NotAllowed):
        actions.accept(request_, by=curator)
    orphan = create_request(create_project(), charlie)
    assert actions.accept(orphan, by=curator).after == State.ACCEPTED


def test_somebody_who_cannot_see_the_project_cannot_even_comment(request_: Request) -> None:
    request_.project.visibility = "teams"
    request_.project.save()
    with pytest.raises(NotAllowed):
        actions.comment(request_, "Hello", by=create_user("dora"))


def test_two_decisions_at_once_one_wins(request_: Request, alice: User, host_team: Team) -> None:
    erin = create_user("erin")
    join(erin, host_team, maintainer=True)
    hers = Request.objects.get(pk=request_.pk)
    actions.accept(request_, by=alice)
    with pytest.raises(NotNow) as refused:
        actions.decline(hers, "No.", by=erin)
    assert refused.value.code == "overtaken"
    assert "Alice accepted this" in refused.value.message
    request_.refresh_from_db()
    assert request_.state == State.ACCEPTED
    assert request_.events.count() == 1


def test_a_step_that_is_too_late_says_so(request_: Request, alice: User) -> None:
    actions.accept(request_, by=alice)
    with pytest.raises(NotNow) as refused:
        actions.accept(request_, by=alice)
    assert "accepted" in refused.value.message


def test_a_step_posted_twice_is_one_step(request_: Request, alice: User) -> None:
    key = uuid4()
    first = actions.accept(request_, by=alice, form_key=key)
    again = Request.objects.get(pk=request_.pk)
    assert actions.accept(again, by=alice, form_key=key) == first
    assert actions.comment(request_, "Hi", by=alice, form_key=uuid4()) != first
    assert request_.events.count() == 2


def test_a_forms_key_counts_for_its_own_step_only(request_: Request, alice: User, project: Project) -> None:
    key, other = uuid4(), create_request(project, alice)
    actions.comment(request_, "Hi", by=alice, form_key=key)
    elsewhere: list[Callable[[], object]] = [
        lambda: actions.comment(other, "Hi", by=alice, form_key=key),
        lambda: actions.accept(request_, by=alice, form_key=key),
        lambda: actions.propose(project, "Once", what="x", by=alice, form_key=key),
    ]
    for step in elsewhere:
        with pytest.raises(NotNow) as refused:
            step()
        assert refused.value.code == "form_used"
    assert Event.objects.count() == 1
    assert Request.objects.get(pk=request_.pk).state == State.PROPOSED


def test_two_people_may_post_the_same_key(request_: Request, alice: User, charlie: User) -> None:
    key = uuid4()
    first = actions.comment(request_, "Hi", by=alice, form_key=key)
    assert actions.comment(request_, "Hi", by=charlie, form_key=key) != first


def test_the_listing_counts_answers_and_guests(request_: Request, alice: User, project: Project) -> None:
    request_.created_at = A_DAY
    request_.save()
    actions.accept(request_, by=alice, at=A_DAY + timedelta(hours=30))
    project.refresh_from_db()
    assert (project.answer_hours, project.open_requests, project.guests_welcomed) == (30, 1, 0)


def test_nine_of_ten_answers_are_measured_beside_the_median(project: Project, charlie: User) -> None:
    now = timezone.now()
    for hours in range(1, 11):
        create_request(project, charlie, created_at=now - timedelta(hours=hours), answered_at=now)
    count_again(project.pk)
    project.refresh_from_db()
    assert (project.answer_hours, project.answer_p90_hours) == (6, 9)
