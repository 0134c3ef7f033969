"""Needs: whatever people do in whichever order, a claim keeps others out for its time and no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.commons import needing
from phyle.commons.needing import LONGEST, NEEDED, NOT_NEEDED, Need
from phyle.errors import Conflict, Refusal, Unprocessable

START = datetime(2025, 5, 1, tzinfo=UTC)
PEOPLE = st.integers(1, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask")),
        st.tuples(st.just("unask")),
        st.tuples(st.just("claim"), PEOPLE, st.integers(-5, 120)),
        st.tuples(st.just("give back")),
        st.tuples(st.just("wait"), st.integers(0, 60)),
        st.tuples(st.just("resolve")),
        st.tuples(st.just("reopen")),
    ),
    max_size=30,
)


def _after(need: Need, step: tuple[object, ...], now: datetime) -> Need:
    match step:
        case ("ask",):
            return needing.asked(need)
        case ("unask",):
            return needing.unasked(need)
        case ("claim", int() as by, int() as days):
            return needing.claimed(need, by, now + timedelta(days=days), now)
        case ("give back",):
            return needing.given_back(need)
        case ("resolve",):
            return needing.resolved(need)
        case ("reopen",):
            return needing.reopened(need)
    return needing.run_out(need, now)


@given(STEPS)
def test_a_claim_is_somebodys_for_its_time_and_nobody_elses(steps: list[tuple[object, ...]]) -> None:
    need, now, over = NOT_NEEDED, START, False
    for step in steps:
        if step[0] == "wait":
            now += timedelta(days=int(str(step[1])))
        if over and step[0] not in ("reopen", "resolve", "wait"):
            continue  # nothing else reaches a ticket that is settled
        over = step[0] == "resolve" or (over and step[0] != "reopen")
        before = need
        try:
            need = needing.run_out(_after(need, step, now), now)
        except Refusal:
            assert need == before
            continue
        if need.state == "claimed":
            assert need.by is not None
            assert need.until is not None
            assert now < need.until <= now + LONGEST
        if before.state == "claimed" and need.state == "claimed":
            assert need.by == before.by
        if before.state == "claimed" and need.state == "stale":
            assert before.until is not None
            assert before.until <= now
            assert need.by == before.by
        if step[0] == "resolve":
            assert need.state == ("none" if before.state == "none" else "done")
        if need.state == "done":
            assert over


def test_nobody_keeps_others_waiting_for_ever() -> None:
    for until in (START, START - timedelta(days=1), START + LONGEST + timedelta(seconds=1)):
        with pytest.raises(Unprocessable):
            needing.claimed(NEEDED, 1, until, START)


def test_what_lies_can_be_taken_by_anybody_and_what_is_claimed_by_nobody_else() -> None:
    mine = needing.claimed(NEEDED, 1, START + timedelta(days=1), START)
    with pytest.raises(Conflict):
        needing.claimed(mine, 2, START + timedelta(days=1), START)
    later = START + timedelta(days=2)
    assert needing.claimed(mine, 1, later, START).until == later
    lying = needing.run_out(mine, START + timedelta(days=1))
    assert (lying.state, lying.by) == ("stale", 1)
    assert needing.claimed(lying, 2, later + timedelta(days=1), later).by == 2
