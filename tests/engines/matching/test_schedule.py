from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from qiupu.errors import InputError
from qiupu.matching import Meeting, Slots, allocate, schedule
from qiupu.matching.colouring import slots_of

DAY = Slots(("9:00", "9:20", "9:40"))


def check(answer, slots, *, high=3, room=5):
    """Nobody is in two places at once, nobody meets while away, no table is given twice, limits hold."""
    for side in ("need", "supplier", "table"):
        assert max(Counter((one.slot, getattr(one, side)) for one in answer.meetings).values(), default=1) == 1
    teams = Counter((one.slot, slots.teams[one.need]) for one in answer.meetings if one.need in slots.teams)
    teams += Counter(
        (one.slot, slots.supplier_teams[one.supplier]) for one in answer.meetings if one.supplier in slots.supplier_teams
    )
    assert max(teams.values(), default=1) == 1
    for one in answer.meetings:
        assert one.slot not in slots.needs_away.get(one.need, ())
        assert one.slot not in slots.suppliers_away.get(one.supplier, ())
        assert 1 <= one.table <= (slots.tables or len(answer.meetings))
    assert max(Counter(one.need for one in answer.meetings).values(), default=0) <= high
    assert max(Counter(one.supplier for one in answer.meetings).values(), default=0) <= room
    assert sorted((one.need, one.supplier, one.score) for one in answer.meetings) == list(answer.allocation.pairs)
    assert answer.allocation.objective == pytest.approx(sum(one.score for one in answer.meetings))
    order = [(slots.names.index(one.slot), one.table) for one in answer.meetings]
    assert order == sorted(order)


def brute(scores, slots, low, high, room, *, fair=False):
    """Try, pair after pair, no meeting and every slot; return the largest sum, or the best floor and then the largest sum."""
    best = None
    needs = sorted({one[0] for one in scores})
    for choice in product([None, *slots.names], repeat=len(scores)):
        met, busy, tables, total = Counter(), Counter(), Counter(), 0
        for (need, supplier, score), slot in zip(scores, choice, strict=True):
            if slot is None:
                continue
            if slot in slots.needs_away.get(need, ()) or slot in slots.suppliers_away.get(supplier, ()):
                break
            met[need] += 1
            met[supplier] += 1
            busy[slots.teams.get(need, need), slot] += 1
            busy[slots.supplier_teams.get(supplier, supplier), slot] += 1
            tables[slot] += 1
            total += score
        else:
            fits = all(count <= 1 for count in busy.values()) and all(count <= (slots.tables or 99) for count in tables.values())
            fits = fits and all(low <= met[need] <= high for need in needs)
            if fits and all(met[one[1]] <= room for one in scores):
                held = [one for one, slot in zip(scores, choice, strict=True) if slot]
                floor = sorted(max((one[2] for one in held if one[0] == need), default=-9) for need in needs)
                best = max(best or ([], -1), (floor if fair else [], total))
    return best if best is None or fair else best[1]


@pytest.mark.parametrize("is_open", [True, False])
def test_it_equals_trying_everything(is_open):
    rng = random.Random(8)
    for _ in range(25):
        scores = [(f"n{n}", f"s{s}", rng.randint(1, 9)) for n in range(3) for s in range(2) if rng.random() < 0.9]
        names = DAY.names[:2]
        away = [{} if is_open else {f"{side}{n}": (rng.choice(names),) for n in range(3) if rng.random() < 0.4} for side in "ns"]
        slots = Slots(names, rng.choice([None, 1, 2]), *away)
        low, high, room = rng.randint(0, 1), rng.randint(1, 2), rng.randint(1, 3)
        expected = brute(scores, slots, low, high, room)
        if expected is None:
            with pytest.raises(InputError) as error:
                schedule(scores, slots=slots, need_min=low, need_max=high, supplier_max=room)
            assert error.value.code == "infeasible"
            continue
        answer = schedule(scores, slots=slots, need_min=low, need_max=high, supplier_max=room)
        check(answer, slots, high=high, room=room)
        assert answer.allocation.objective == pytest.approx(expected)
        assert answer.allocation.optimal
        assert answer.allocation.bound == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["open", "away", "both sides", "fair"])
def test_a_team_sits_at_one_table_at_a_time_and_the_best_is_still_found_and_proven(kind):
    rng = random.Random(11)
    refused = 0
    for _ in range(40):
        scores = [(f"n{n}", f"s{s}", rng.randint(1, 9)) for n in range(3) for s in range(2) if rng.random() < 0.9]
        names = DAY.names[:2]
        away = [{f"{side}{n}": (rng.choice(names),) for n in range(3) if rng.random() < 0.3} for side in "ns"]
        teams = {f"n{n}": "t" for n in rng.sample(range(3), rng.randint(2, 3))}
        slots = Slots(names, rng.choice([None, 1, 2]), *(away if kind == "away" else ({}, {})), teams=teams)
        if kind == "both sides":
            slots = replace(slots, supplier_teams={"s0": "t"})
        low, high, room = int(rng.random() < 0.3), rng.randint(1, 2), rng.randint(1, 3)
        expected = brute(scores, slots, low, high, room, fair=kind == "fair")
        if expected is None:
            refused += 1
            with pytest.raises(InputError) as error:
                schedule(scores, slots=slots, need_min=low, need_max=high, supplier_max=room)
            assert error.value.code == "infeasible"
            continue
        answer = schedule(scores, slots=slots, need_min=low, need_max=high, supplier_max=room, fair=kind == "fair")
        check(answer, slots, high=high, room=room)
        assert answer.allocation.optimal
        if kind == "fair":
            needs = sorted({one[0] for one in scores})
            met = answer.allocation.pairs
            assert sorted(max((one[2] for one in met if one[0] == need), default=-9) for need in needs) == expected[0]
            assert answer.allocation.objective == pytest.approx(expected[1])
        else:
            assert answer.allocation.objective == pytest.approx(expected)
            assert answer.allocation.bound == pytest.approx(expected)
    assert 0 < refused < 20


def test_the_price_of_a_team_is_part_of_the_proof():
    rng = random.Random(7)
    scores = [(f"n{n:02}", f"s{s}", rng.random()) for n in range(12) for s in range(8)]
    teams = {f"n{n:02}": f"t{n // 4}" for n in range(12)}
    slots = Slots(tuple("12345"), tables=4, teams=teams)
    timetable = schedule(scores, slots=slots, need_min=1, need_max=3, supplier_max=4)
    check(timetable, slots, room=4)
    answer = timetable.allocation
    # three teams of four needs and five slots: 15 meetings at most, though the needs could have 36 and the room holds 20
    assert len(answer.pairs) == 15
    # weak duality by hand: each team's five slots at their price, which each of its pairs pays
    own = sum(3 * max(price, 0) - max(-price, 0) for price in answer.need_prices.values())
    own += sum(4 * price for price in answer.supplier_prices.values()) + 20 * answer.room_price
    own += sum(5 * price for price in answer.team_prices.values())
    assert min(answer.team_prices.values()) > 0
    rest = sum(
        max(
            0.0,
            score - answer.need_prices[need] - answer.team_prices[teams[need]] - answer.supplier_prices[one] - answer.room_price,
        )
        for need, one, score in scores
    )
    assert own + rest == pytest.approx(answer.objective)
    assert answer.optimal


def test_a_fixed_meeting_holds_the_whole_team():
    scores = [(need, supplier, 1) for need in "ab" for supplier in "xyz"]
    slots = Slots(("1", "2", "3"), teams={"a": "t", "b": "t"})
    fixed = [Meeting("2", 1, "a", "x", 5)]
    answer = schedule(scores, slots=slots, need_max=2, supplier_max=2, fixed=fixed)
    check(answer, slots, high=2, room=2)
    assert len(answer.meetings) == 3
    assert answer.allocation.optimal
    with pytest.raises(InputError, match="b and y in 2 cannot be"):
        schedule(scores, slots=slots, fixed=[*fixed, Meeting("2", 2, "b", "y")])
    full = schedule(scores, slots=Slots(("1",), teams=slots.teams), fixed=[Meeting("1", 1, "a", "x")])
    assert [(one.need, one.supplier) for one in full.meetings] == [("a", "x")]


def test_with_everybody_there_the_best_allocation_has_a_timetable():
    rng = random.Random(2)
    scores = [(f"n{n:02}", f"s{s:02}", rng.random()) for n in range(30) for s in range(20)]
    slots = Slots(tuple(f"{place}" for place in range(6)), tables=13)
    answer = schedule(scores, slots=slots, need_min=1, need_max=4, supplier_max=9)
    check(answer, slots, high=4, room=6)
    # six slots with 13 tables hold 78 meetings, fewer than the 120 that the suppliers could have: all are used
    assert len(answer.meetings) == 78
    assert answer.allocation.optimal
    assert answer.allocation.room_price > 0
    rest = allocate(scores, need_min=1, need_max=4, supplier_max=6, room=78)
    assert rest.objective == pytest.approx(answer.allocation.objective)
    assert answer == schedule(rng.sample(scores, len(scores)), slots=slots, need_min=1, need_max=4, supplier_max=9)


def test_the_price_of_room_is_part_of_the_proof():
    rng = random.Random(6)
    scores = [(f"n{n}", f"s{s}", rng.random()) for n in range(9) for s in range(7)]
    answer = allocate(scores, need_min=1, need_max=3, supplier_max=3, room=11)
    assert len(answer.pairs) == 11
    # weak duality by hand, with the room's price taken off each pair and paid eleven times
    own = sum(3 * max(price, 0) - max(-price, 0) for price in answer.need_prices.values())
    own += sum(3 * price for price in answer.supplier_prices.values()) + 11 * answer.room_price
    prices = answer.need_prices, answer.supplier_prices
    rest = sum(max(0.0, score - prices[0][need] - prices[1][one] - answer.room_price) for need, one, score in scores)
    assert own + rest == pytest.approx(answer.objective)


@pytest.mark.parametrize("seed", range(5))
def test_colouring_never_puts_anybody_in_two_places(seed):
    rng = random.Random(seed)
    pairs = rng.sample(list(product(range(12), range(9))), 60)
    degree = max([*Counter(one[0] for one in pairs).values(), *Counter(one[1] for one in pairs).values()])
    tables = -(-60 // degree)
    slots = slots_of(*zip(*pairs, strict=True), degree, tables)
    for side in (0, 1):
        assert max(Counter((pair[side], slot) for pair, slot in zip(pairs, slots, strict=True)).values()) == 1
    assert max(Counter(slots).values()) <= tables


def test_fairness_holds_in_a_timetable():
    scores = [("a", "x", 9), ("a", "y", 5), ("b", "x", 4), ("b", "y", 1)]
    answer = schedule(scores, slots=Slots(("1",)), need_max=1, supplier_max=1, fair=True)
    assert (answer.allocation.worst_off, answer.allocation.price_of_fairness) == (4, pytest.approx(0.1))
    # x comes in the first slot only and b in the second only: b is left with y, and that is said to be unproven
    slots = Slots(("1", "2"), suppliers_away={"x": ("2",)}, needs_away={"b": ("1",), "a": ("2",)})
    answer = schedule(scores, slots=slots, need_max=1, supplier_max=1, fair=True)
    check(answer, slots)
    assert [(one.need, one.supplier) for one in answer.meetings] == [("a", "x"), ("b", "y")]
    assert not answer.allocation.optimal


def test_fixed_meetings_stay_and_count():
    scores = [(need, supplier, 1) for need in "ab" for supplier in "xy"]
    fixed = [Meeting("9:20", 7, "a", "x", 5)]
    answer = schedule(scores, slots=DAY, need_max=2, supplier_max=2, fixed=fixed)
    check(answer, DAY, high=2, room=2)
    assert [one.slot for one in answer.meetings if (one.need, one.supplier) == ("a", "x")] == ["9:20"]
    assert answer.allocation.objective == 8
    assert answer.allocation.optimal
    alone = schedule([("a", "x", 5)], slots=DAY, fixed=fixed)
    assert [(one.slot, one.table) for one in alone.meetings] == [("9:20", 1)]
    full = schedule(scores, slots=DAY, need_max=1, supplier_max=1, fixed=fixed)
    assert [(one.need, one.supplier) for one in full.meetings] in ([("a", "x"), ("b", "y")], [("b", "y"), ("a", "x")])


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"slots": Slots(("1",), tables=1), "need_min": 1}, "2 meetings together, but there is room for 1"),
        (
            {"slots": Slots(("1", "2"), needs_away={"a": ("1", "2")}), "need_min": 1},
            "a shall have 1 more meetings, but is free in 0",
        ),
        # a can in slot 1 only and b in slot 1 only, and x is the only one who is there then
        ({"slots": Slots(("1", "2"), needs_away={"a": "2", "b": "2"}, suppliers_away={"y": "1"}), "need_min": 1}, "1 are missing"),
        (
            {"slots": Slots(("1",), teams={"a": "t", "b": "t"}), "need_min": 1},
            "a, b come with one team and shall have 2 meetings together, but it has time for 1",
        ),
        ({"slots": DAY, "fixed": [Meeting("8:00", 1, "a", "x")]}, "no slot 8:00"),
        ({"slots": DAY, "fixed": [Meeting("9:00", 1, "a", "x"), Meeting("9:00", 1, "a", "y")]}, "a and y in 9:00 cannot be"),
        ({"slots": DAY, "fixed": [Meeting("9:00", 1, "a", "x")], "exclude": [("a", "x")]}, "cannot be"),
        ({"slots": DAY, "supplier_max": 0}, "supplier-max is 0"),
        ({"slots": DAY, "need_max": -1}, "below 0"),
    ],
)
def test_what_cannot_be_is_said(changes, words):
    scores = [(need, supplier, 1) for need in "ab" for supplier in "xy"]
    with pytest.raises(InputError, match=words) as error:
        schedule(scores, **changes)
    assert error.value.cure("en")


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Slots(()), "no slots"),
        (lambda: Slots(("1", "1")), "1 stands twice"),
        (lambda: Slots(("1",), tables=0), "0 tables"),
        (lambda: Slots(("1",), needs_away={"a": ("2",)}), "a: the event has no slot 2"),
    ],
)
def test_slots_that_cannot_be_are_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()
