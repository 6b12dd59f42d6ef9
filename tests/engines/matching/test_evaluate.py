from __future__ import annotations

from datetime import UTC, datetime
from math import log2

import numpy as np
import pytest

from qiupu.errors import InputError
from qiupu.matching import Capability, Decision, Need, evaluate, figures
from qiupu.matching.evaluate import gini, ndcg_at, recall_at

EARLY, LATE, SPLIT = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 6, 3))


def test_recall_counts_what_is_among_the_first():
    assert recall_at(["a", "b", "c"], {"b", "c", "z"}, 2) == pytest.approx(1 / 3)


def test_ndcg_by_hand_and_by_scikit_learn():
    ndcg_score = pytest.importorskip("sklearn.metrics", reason="the reference tool is a developers' package").ndcg_score
    # gains 2**grade - 1: b has 7 at place 2, c has 1 at place 3; the best order is b, c
    expected = (7 / log2(3) + 1 / log2(4)) / (7 / log2(2) + 1 / log2(3))
    assert ndcg_at(["a", "b", "c"], {"b": 3, "c": 1}, 3) == pytest.approx(expected)
    rng = np.random.default_rng(0)
    grades, order = rng.integers(0, 4, 12), rng.permutation(12)
    ours = ndcg_at([str(one) for one in order], {str(place): int(grade) for place, grade in enumerate(grades)}, 5)
    place = np.empty(12)
    place[order] = np.arange(12)
    assert ours == pytest.approx(ndcg_score([2.0**grades - 1], [-place], k=5))


def test_gini_by_hand():
    assert gini([1, 1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 0, 5]) == pytest.approx(0.75)  # one of four has all: 1 - 1/4
    assert gini([0, 0]) is None


def test_nothing_decided_gives_no_figure_rather_than_zero():
    answer = figures("x", {"n": ["a"]}, [Decision("n", "a", 0, LATE)], ["a", "b"])
    assert (answer.recall, answer.ndcg, answer.needs, answer.coverage) == (None, None, 0, 0.5)


def test_only_later_needs_are_judged_and_only_the_past_is_popular():
    needs = [Need("old", "", "rice disease"), Need("new", "", "bus timetable")]
    pool = [
        Capability("rice", "", "rice disease recognition"),
        Capability("bus", "", "timetable for the bus"),
        Capability("x", "", "boats"),
    ]
    decisions = [Decision("old", "rice", 3, EARLY), Decision("old", "x", 1, LATE), Decision("new", "bus", 3, LATE)]
    by_name = {one.name: one for one in evaluate(needs, pool, decisions, split_at=SPLIT, k=1)}
    assert {name: one.needs for name, one in by_name.items()} == {"qiupu": 1, "bm25": 1, "popularity": 1}
    assert (by_name["qiupu"].recall, by_name["bm25"].recall, by_name["popularity"].recall) == (1, 1, 0)


def test_bad_decisions_are_refused():
    with pytest.raises(InputError, match="grade"):
        Decision("n", "c", 4, LATE)
    need, capability = Need("n", "", "a"), Capability("c", "", "a")
    with pytest.raises(InputError, match="not among those given"):
        evaluate([need], [capability], [Decision("n", "ghost", 1, LATE)], split_at=SPLIT)
    with pytest.raises(InputError, match="nothing to judge"):
        evaluate([need], [capability], [Decision("n", "c", 1, EARLY)], split_at=SPLIT)
