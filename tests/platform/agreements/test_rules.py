"""The published rule of lights, pairs of a text and its translation, codes and check codes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.rules import COMMITMENT, ENDED, REACHED, Fact, Placed, check_code, free_code, light, pair

BEGUN = date(2026, 1, 1)
DUE = BEGUN + timedelta(days=100)


def at(day: int, *kinds: str, outcome: str = "") -> tuple[str, str]:
    """Light after ``day`` of 100 days with evidence of these kinds."""
    facts = [Fact(kind, BEGUN, outcome) for kind in kinds]
    found = light(begun_on=BEGUN, due_on=DUE, today=BEGUN + timedelta(days=day), facts=facts)
    return found.state, found.reason


@pytest.mark.parametrize(
    "day, kinds, state, reason",
    [
        (0, (), S.ON_TRACK, "in-time"),
        # without evidence the calendar may run ahead by 40 points: day 40 is the last one
        (40, (), S.ON_TRACK, "in-time"),
        (41, (), S.AT_RISK, "lagging"),
        # a published scenario shows 15: 40 + 15 = day 55
        (55, ("scenario",), S.ON_TRACK, "in-time"),
        (56, ("scenario",), S.AT_RISK, "lagging"),
        # a verdict shows 50: no lag until day 90, but the last 14 days (from day 86) want a project
        (85, ("verdict",), S.ON_TRACK, "in-time"),
        (86, ("verdict",), S.AT_RISK, "last-days"),
        (86, ("project",), S.ON_TRACK, "in-time"),
        (100, ("acceptance",), S.ON_TRACK, "in-time"),
        (101, ("acceptance",), S.OVERDUE, "past-due"),
    ],
)
def test_light_by_hand(day: int, kinds: tuple[str, ...], state: str, reason: str) -> None:
    assert at(day, *kinds) == (state, reason)


def test_a_failed_verdict_counts_as_a_trial_that_was_made() -> None:
    # trial 0.35 + allowed 0.40 = day 75 is the last good one, where a passed verdict would hold until day 85
    assert at(75, "verdict", outcome="fail")[0] == S.ON_TRACK
    assert at(76, "verdict", outcome="fail")[0] == S.AT_RISK
    assert at(76, "verdict", outcome="pass")[0] == S.ON_TRACK


def test_without_a_due_date_silence_turns_the_light() -> None:
    def after(days: int, *facts: Fact) -> str:
        return light(begun_on=BEGUN, due_on=None, today=BEGUN + timedelta(days=days), facts=facts).state

    assert after(120) == S.ON_TRACK
    assert after(121) == S.AT_RISK
    assert after(121, Fact("match", BEGUN + timedelta(days=30))) == S.ON_TRACK


@given(st.integers(0, 130), st.lists(st.sampled_from(sorted(REACHED)), max_size=4), st.sampled_from(sorted(REACHED)))
def test_more_evidence_never_makes_a_light_worse(day: int, kinds: list[str], more: str) -> None:
    order = [S.ON_TRACK, S.AT_RISK, S.OVERDUE]
    assert order.index(at(day, *kinds, more)[0]) <= order.index(at(day, *kinds)[0])


def test_every_state_can_end() -> None:
    for state in COMMITMENT.steps:
        reached, queue = {state}, [state]
        while queue:
            for to in COMMITMENT.steps[queue.pop()].to:
                if to not in reached:
                    reached.add(to)
                    queue.append(to)
        assert reached & set(ENDED), state


def test_pairs_stand_in_the_same_clause_at_the_same_place() -> None:
    zh = [Placed(1, "1", False), Placed(2, "1", True), Placed(3, "2", False), Placed(4, "3", False)]
    # clause 1 has one fact more: hopes and duties alone are paired; clause 3 has two duties against one: nothing
    en = [
        Placed(11, "1", True), Placed(12, "1", True), Placed(13, "1", False), Placed(14, "2", False),
        Placed(15, "3", False), Placed(16, "3", False),
    ]  # fmt: skip
    assert pair(zh, en) == {1: 13, 3: 14}


def test_codes_are_free_and_short() -> None:
    assert free_code("a", []) == "a"
    assert free_code("a", ["a", "a-2"]) == "a-3"
    assert len(free_code("x" * 80, ["x" * 54])) <= 60


def test_check_code_changes_with_any_word() -> None:
    one = {"code": "c-1", "quote": "应于年底前完成", "due_on": "2026-12-31"}
    assert check_code([one]) == check_code([dict(reversed(one.items()))])
    assert check_code([one]) != check_code([{**one, "due_on": "2027-01-01"}])
    assert len(check_code([one])) == 14
