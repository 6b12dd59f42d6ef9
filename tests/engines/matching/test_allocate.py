from __future__ import annotations

import random

import pytest

from qiupu.errors import InputError
from qiupu.matching import allocate


def brute(scores, *, low, high, room, fair):
    """Try every subset of pairs."""
    best = None
    needs = sorted({need for need, _, _ in scores})
    for mask in range(1 << len(scores)):
        pairs = [one for place, one in enumerate(scores) if mask >> place & 1]
        met = {need: sum(one[0] == need for one in pairs) for need in needs}
        taken = [sum(one[1] == supplier for one in pairs) for supplier in {one[1] for one in pairs}]
        if any(not low <= count <= high for count in met.values()) or any(count > room for count in taken):
            continue
        floor = sorted(max((one[2] for one in pairs if one[0] == need), default=-99) for need in needs)
        total = sum(one[2] for one in pairs)
        best = max(best or ([], -1), (floor if fair else [], total))
    return best


@pytest.mark.parametrize("fair", [False, True])
def test_it_equals_trying_everything(fair):
    rng = random.Random(4)
    for _ in range(60):
        scores = [(f"n{n}", f"s{s}", rng.randint(1, 9)) for n in range(rng.randint(1, 4)) for s in range(3) if rng.random() < 0.85]
        low, high, room = rng.randint(0, 1), rng.randint(1, 2), rng.randint(1, 2)
        if not scores:
            continue
        expected = brute(scores, low=low, high=high, room=room, fair=fair)
        if expected is None:
            with pytest.raises(InputError) as error:
                allocate(scores, need_min=low, need_max=high, supplier_max=room, fair=fair)
            assert error.value.code == "infeasible"
            continue
        answer = allocate(scores, need_min=low, need_max=high, supplier_max=room, fair=fair)
        assert answer.optimal
        assert answer.objective == pytest.approx(expected[1])
        if fair:
            needs = sorted({need for need, _, _ in scores})
            floor = sorted(max((one[2] for one in answer.pairs if one[0] == need), default=-99) for need in needs)
            assert floor == expected[0]
        else:
            assert answer.bound == pytest.approx(expected[1])


def test_the_prices_prove_the_bound():
    rng = random.Random(1)
    scores = [(f"n{n}", f"s{s}", rng.random()) for n in range(12) for s in range(9)]
    answer = allocate(scores, need_min=1, need_max=3, supplier_max=2)
    # weak duality by hand: sum of limits times prices, plus what pairs gain beyond both prices
    own = sum(3 * max(price, 0) - max(-price, 0) for price in answer.need_prices.values())
    own += sum(2 * price for price in answer.supplier_prices.values())
    rest = sum(max(0.0, score - answer.need_prices[need] - answer.supplier_prices[supplier]) for need, supplier, score in scores)
    assert own + rest == pytest.approx(answer.bound)
    assert answer.objective == pytest.approx(answer.bound)


def test_fairness_lifts_the_worst_off_and_says_what_it_costs():
    # the best total gives x to a (9) and leaves b with nothing; fairness gives each one meeting: 5 + 4 = 9 against 9 + 1 = 10
    scores = [("a", "x", 9), ("a", "y", 5), ("b", "x", 4), ("b", "y", 1)]
    plain = allocate(scores, need_max=1, supplier_max=1)
    fair = allocate(scores, need_max=1, supplier_max=1, fair=True)
    assert (plain.objective, plain.worst_off) == (10, 1)
    assert (fair.objective, fair.worst_off, fair.price_of_fairness) == (9, 4, pytest.approx(0.1))


def test_order_does_not_matter_and_conflicts_never_meet():
    rng = random.Random(2)
    scores = [(f"n{n}", f"s{s}", rng.randint(1, 3)) for n in range(6) for s in range(5)]
    first = allocate(scores, exclude=[("n0", "s0"), ("n1", "s1")])
    assert first == allocate(rng.sample(scores, len(scores)), exclude=[("n1", "s1"), ("n0", "s0")])
    assert not {("n0", "s0"), ("n1", "s1")} & {pair[:2] for pair in first.pairs}


@pytest.mark.parametrize(
    "scores, limits, words",
    [
        (
            [("a", "x", 1), ("b", "x", 2), ("c", "y", 1)],
            {"need_min": 1, "supplier_max": 1},
            "a, b shall have 2 meetings .* places for 1",
        ),
        ([("a", "x", 1), ("a", "y", 1)], {"need_min": 3}, "a shall meet at least 3 suppliers, but only 2"),
        ([("a", "x", 1)], {"exclude": [("a", "x")]}, "Every pair is excluded"),
        ([("a", "x", 1)], {"supplier_max": 0}, "supplier-max is 0"),
        ([("a", "x", 1)], {"need_max": 0}, "need-max is 0"),
        ([("a", "x", 1)], {"need_min": 4, "need_max": 2}, "at least 4 but at most 2"),
        ([("a", "x", 1)], {"supplier_max": -1}, "below 0"),
        ([("a", "x", 1), ("a", "x", 2)], {}, "stands twice"),
        ([("a", "x", float("nan"))], {}, "not a finite number"),
        ([], {}, "no scores"),
    ],
)
def test_what_cannot_be_is_said(scores, limits, words):
    with pytest.raises(InputError, match=words):
        allocate(scores, **limits)


def test_limits_may_differ_by_id():
    scores = [(need, supplier, 1) for need in "ab" for supplier in "xyz"]
    answer = allocate(scores, need_max={"a": 1, "b": 3}, supplier_max={"x": 0})
    assert [pair[:2] for pair in answer.pairs if pair[0] == "b"] == [("b", "y"), ("b", "z")]
    assert sum(pair[0] == "a" for pair in answer.pairs) == 1
    assert all(pair[1] != "x" for pair in answer.pairs)


@pytest.mark.slow
def test_many_pairs_are_solved_by_letting_in_only_those_that_can_matter():
    rng = random.Random(3)
    scores = [(f"n{n:03}", f"s{s:03}", rng.random() + (n % 7 == s % 7)) for n in range(300) for s in range(220)]
    answer = allocate(scores, need_min=1, need_max=3, supplier_max=4)
    assert answer.optimal
    assert answer.objective == pytest.approx(answer.bound)
