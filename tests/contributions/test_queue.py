from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Project
from contributions import queue
from contributions.lifecycle import State, Turn, turn
from contributions.models import Change
from contributions.queue import Section, Standing, may_act, place, standing_of
from people.models import Team, User
from tests.create import create_curator, create_project, create_request, create_user

STANDINGS = [Standing(*flags) for flags in itertools.product((True, False), repeat=4)]


def standing(**flags: bool) -> Standing:
    return Standing(**{"is_author": False, "is_contributor": False, "decides": False, "in_team": False, **flags})


@pytest.mark.parametrize(
    ("whose", "flags", "section"),
    [
        (Turn.ANSWER, {"decides": True}, Section.TEAM),
        (Turn.ANSWER, {"in_team": True}, Section.TEAM),
        (Turn.ANSWER, {"is_author": True}, Section.OTHERS),
        (Turn.EXPLAIN, {"is_author": True}, Section.ME),
        (Turn.EXPLAIN, {"decides": True}, Section.OTHERS),
        (Turn.VOLUNTEER, {"is_author": True}, Section.OTHERS),
        (Turn.WORK, {"is_contributor": True}, Section.ME),
        (Turn.WORK, {"is_author": True}, Section.OTHERS),
        (Turn.REVIEW, {"decides": True}, Section.ME),
        (Turn.REVIEW, {"decides": True, "is_contributor": True}, Section.TEAM),
        (Turn.REVIEW, {"in_team": True}, Section.TEAM),
        (Turn.REVIEW, {"is_contributor": True}, Section.OTHERS),
        (Turn.REVISE, {"is_contributor": True}, Section.ME),
        (Turn.LAND, {"decides": True}, Section.ME),
        (Turn.LAND, {"is_contributor": True}, Section.OTHERS),
    ],
)
def test_each_request_is_in_the_section_where_it_belongs(
    whose: Turn, flags: dict[str, bool], section: Section
) -> None:
    placed = place(whose, standing(**flags))
    assert placed is not None
    assert placed[0] is section
    assert placed[1]


@pytest.mark.parametrize("whose", list(Turn))
def test_what_is_nobodys_concern_is_in_no_section(whose: Turn) -> None:
    assert place(whose, standing()) is None
    assert place(Turn.NOBODY, standing(is_author=True, decides=True)) is None


def test_a_teammate_does_not_see_what_waits_for_the_guest() -> None:
    assert place(Turn.REVISE, standing(in_team=True)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("taken_by", ["charlie", "alice", None])
def test_the_badge_counts_the_steps_that_one_can_take(
    state: State, taken_by: str | None, project: Project, alice: User, bob: User, charlie: User
) -> None:
    contributor = {"charlie": charlie, "alice": alice}.get(taken_by or "")
    create_request(project, charlie, state=state, contributor=contributor)
    for user in (alice, bob, charlie):
        rows = [row for _, rows in queue.for_user(user).sections for row in rows]
        mine = [row for row in rows if row.section is Section.ME]
        answers = [row for row in rows if row.section is Section.TEAM and row.request.turn is Turn.ANSWER]
        assert queue.count_for(user) == len(mine) + (len(answers) if user == alice else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_badge_and_home_are_what_the_queue_shows_as_ones_next_steps(
    seed: int, project: Project, alice: User, bob: User, charlie: User
) -> None:
    chance = random.Random(seed)
    people, projects = (alice, bob, charlie, create_curator()), (project, create_project("orphan"))
    for _ in range(40):
        contributor, state = chance.choice([None, *people]), chance.choice(list(State))
        create_request(chance.choice(projects), chance.choice(people), contributor=contributor, state=state)
    for user in people:
        rows = [row for _, rows in queue.for_user(user).sections for row in rows]
        mine = {row.request for row in rows if may_act(row.request.turn, standing_of(row.request, user))}
        home = queue.next_steps(user)
        assert {row.request for row in home} == mine
        assert queue.count_for(user) == len(home) == len(mine)


@pytest.mark.django_db
def test_a_maintainers_own_change_in_review_waits_for_others(project: Project, alice: User) -> None:
    create_request(project, alice, state=State.IN_REVIEW)
    assert (queue.next_steps(alice), queue.count_for(alice)) == ([], 0)


@pytest.mark.django_db
def test_a_long_queue_is_cut_and_says_so(
    project: Project, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LIMIT", 5)
    for state in [State.IN_PROGRESS] * 6 + [State.PROPOSED] * 5:
        create_request(project, charlie, state=state)
    found = queue.for_user(bob)
    # What Charlie works on is no concern of Bob's, and takes nobody's place.
    assert (found.count, found.is_cut) == (5, False)
    create_request(project, charlie)
    found = queue.for_user(bob)
    assert (found.count, found.is_cut) == (5, True)


@pytest.mark.django_db
def test_sections_are_disjoint_and_oldest_first(project: Project, alice: User, charlie: User) -> None:
    now = timezone.now()
    for days, state in enumerate((State.IN_REVIEW, State.PROPOSED, State.IN_REVIEW, State.ASKED, State.MERGED)):
        create_request(project, charlie, title=str(days), state=state, turn_since=now - timedelta(days=days))
    found = queue.for_user(alice)
    titles = {section: [row.request.title for row in rows] for section, rows in found.sections}
    assert titles == {Section.ME: ["2", "0"], Section.TEAM: ["1"], Section.OTHERS: ["3"]}
    assert found.count == 4


@pytest.mark.django_db
def test_a_broken_promise_is_late(project: Project, alice: User, charlie: User) -> None:
    now = timezone.now()
    create_request(project, charlie, turn_since=now - timedelta(days=8))
    create_request(project, charlie, turn_since=now - timedelta(days=2))
    first, second = dict(queue.for_user(alice, now=now).sections)[Section.TEAM]
    assert (first.late, second.late) == (timedelta(days=3), None)
    assert second.due == now + timedelta(days=3)


@pytest.mark.django_db
def test_a_branch_that_could_not_be_read_is_the_contributors_turn(project: Project, charlie: User) -> None:
    request = create_request(project, charlie, state=State.IN_PROGRESS)
    Change.objects.create(request=request, branch="typo", offered_by=charlie, error_code="branch_unknown")
    (row,) = dict(queue.for_user(charlie).sections)[Section.ME]
    assert row.why == "Your branch: the one offered could not be read"


@pytest.mark.django_db
def test_filters_by_team_and_project(
    project: Project, alice: User, charlie: User, host_team: Team, guest_team: Team
) -> None:
    other = create_project("other", owner_team=host_team)
    create_request(project, charlie, title="guest", guest_team=guest_team)
    create_request(other, alice, title="inside", guest_team=host_team)

    def titles(**filters: Any) -> list[str]:
        return [row.request.title for _, rows in queue.for_user(alice, **filters).sections for row in rows]

    assert titles() == ["guest", "inside"]
    assert titles(team=guest_team.slug) == ["guest"]
    assert titles(project="other") == ["inside"]
    assert titles(project="widget", team=host_team.slug) == ["guest"]
    found = queue.for_user(alice, project="other")
    assert [team.name for team in found.teams] == ["Checkout", "Platform"]
    assert [listing.name for listing in found.projects] == ["Widget", "other"]


@pytest.mark.django_db
def test_curators_have_what_nobody_maintains(charlie: User, project: Project, alice: User) -> None:
    create_request(create_project(), charlie, title="orphan")
    create_request(project, charlie, title="kept")
    curator = create_curator()
    rows = dict(queue.for_user(curator).sections)[Section.TEAM]
    assert [row.request.title for row in rows] == ["orphan"]
    assert queue.count_for(curator) == 1


@pytest.mark.django_db
def test_a_listing_that_was_hidden_leaves_the_queue(project: Project, charlie: User) -> None:
    create_request(project, charlie, state=State.ASKED)
    assert queue.count_for(charlie) == 1
    Project.objects.update(visibility="admins")
    assert queue.count_for(charlie) == 0
    assert queue.for_user(charlie).count == 0


@pytest.mark.django_db
def test_an_outsiders_queue_is_empty(project: Project, charlie: User) -> None:
    create_request(project, charlie)
    assert queue.for_user(create_user("dora")).count == 0


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(
    project: Project,
    alice: User,
    charlie: User,
    guest_team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for state in State:
        request = create_request(project, charlie, state=state, guest_team=guest_team)
        Change.objects.create(request=request, branch="b", offered_by=charlie)
    alice = User.objects.get(pk=alice.pk)
    with django_assert_num_queries(4):  # Teams, teams above, maintained teams; then the rows.
        rows = [row for _, rows in queue.for_user(alice).sections for row in rows]
        assert {str(row.request.guest_team) for row in rows} == {"Checkout"}
    with django_assert_num_queries(1):
        queue.count_for(alice)


def test_every_open_state_has_a_turn_with_words() -> None:
    turns = {turn(state, taken=taken) for state in State for taken in (True, False)}
    assert turns - {Turn.NOBODY} == set(queue.THEIRS)


def test_no_request_is_in_two_sections() -> None:
    # `place` answers one section or none: that it answers for every concern is what is left to show.
    for whose, each in itertools.product(queue.THEIRS, STANDINGS):
        concerned = each.is_author or each.is_contributor or each.decides
        assert place(whose, each) is not None or not concerned
