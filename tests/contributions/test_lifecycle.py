"""Every state × verb × role, written down once more by hand, so that a change of the table is a decision."""

import itertools

import pytest

from contributions.lifecycle import CLOSED, OPEN, STEPS, Role, State, Turn, Verb, allowed_in, step, turn, verbs

R, A, C, M, P = Role.READER, Role.AUTHOR, Role.CONTRIBUTOR, Role.MAINTAINER, Role.PORTAL

# state: {verb: (state after, the roles that may)}
EXPECTED = {
    State.PROPOSED: {
        Verb.ACCEPT: (State.ACCEPTED, {M}),
        Verb.ASK: (State.ASKED, {M}),
        Verb.DECLINE: (State.DECLINED, {M}),
        Verb.WITHDRAW: (State.WITHDRAWN, {A}),
    },
    State.ASKED: {
        Verb.ACCEPT: (State.ACCEPTED, {M}),
        Verb.ASK: (State.ASKED, {M}),
        Verb.ANSWER: (State.PROPOSED, {A}),
        Verb.DECLINE: (State.DECLINED, {M}),
        Verb.WITHDRAW: (State.WITHDRAWN, {A}),
    },
    State.ACCEPTED: {
        Verb.VOLUNTEER: (State.IN_PROGRESS, {R}),
        Verb.OFFER: (State.IN_PROGRESS, {C}),
        Verb.MERGE: (State.MERGED, {P}),
        Verb.HAND_BACK: (State.ACCEPTED, {C}),
        Verb.DECLINE: (State.DECLINED, {M}),
        Verb.WITHDRAW: (State.WITHDRAWN, {A}),
    },
    State.IN_PROGRESS: {
        Verb.OFFER: (State.IN_PROGRESS, {C}),
        Verb.REVISE: (State.IN_REVIEW, {P}),
        Verb.MERGE: (State.MERGED, {P}),
        Verb.HAND_BACK: (State.ACCEPTED, {C}),
        Verb.DECLINE: (State.DECLINED, {M}),
        Verb.WITHDRAW: (State.WITHDRAWN, {A}),
    },
    **{
        state: {
            Verb.OFFER: (State.IN_PROGRESS, {C}),
            Verb.REVISE: (State.IN_REVIEW, {P}),
            Verb.APPROVE: (State.APPROVED, {M}),
            Verb.ASK_FOR_CHANGES: (State.CHANGES_ASKED, {M}),
            Verb.MERGE: (State.MERGED, {P}),
            Verb.HAND_BACK: (State.ACCEPTED, {C}),
            Verb.DECLINE: (State.DECLINED, {M}),
            Verb.WITHDRAW: (State.WITHDRAWN, {A}),
        }
        for state in (State.IN_REVIEW, State.CHANGES_ASKED, State.APPROVED)
    },
    State.MERGED: {},
    State.DECLINED: {Verb.REOPEN: (State.PROPOSED, {A})},
    State.WITHDRAWN: {Verb.REOPEN: (State.PROPOSED, {A})},
}


@pytest.mark.parametrize(("state", "verb", "role"), list(itertools.product(State, Verb, Role)))
def test_each_step_is_as_written_down(state: State, verb: Verb, role: Role) -> None:
    expected = {Verb.COMMENT: (None, {R}), **EXPECTED[state]}.get(verb)
    found = step(verb, state, frozenset({role}))
    assert (found is not None) == (expected is not None and role in expected[1])
    if found and expected:
        assert found.after == expected[0]
    assert allowed_in(verb, state) == (expected is not None)


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.ASK_FOR_CHANGES])
def test_nobody_decides_on_their_own_change(verb: Verb) -> None:
    assert step(verb, State.IN_REVIEW, frozenset({R, C, M})) is None
    assert step(verb, State.IN_REVIEW, frozenset({R, A, M})) is not None


def test_verbs_are_those_with_a_step() -> None:
    assert verbs(State.PROPOSED, frozenset({R, M})) == (Verb.ACCEPT, Verb.ASK, Verb.COMMENT, Verb.DECLINE)
    assert verbs(State.MERGED, frozenset()) == ()


def test_what_is_closed_waits_for_nobody() -> None:
    assert set(OPEN) | CLOSED == set(State)
    assert {turn(state, taken=True) for state in CLOSED} == {Turn.NOBODY}
    assert Turn.NOBODY not in {turn(state, taken=taken) for state in OPEN for taken in (True, False)}


def test_accepted_work_that_nobody_took_waits_for_a_volunteer() -> None:
    assert turn(State.ACCEPTED, taken=False) is Turn.VOLUNTEER
    assert turn(State.ACCEPTED, taken=True) is Turn.WORK


def test_every_verb_but_the_first_has_a_step() -> None:
    assert {row.verb for row in STEPS} == set(Verb) - {Verb.PROPOSE}
