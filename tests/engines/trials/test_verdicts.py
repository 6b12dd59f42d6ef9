"""Verdicts, how many items they need, and boards."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qiupu.errors import InputError
from qiupu.measures import REGISTRY, clopper_pearson
from qiupu.measures.intervals import Bounds
from qiupu.trials import Unscored, board, decide, items_needed, load_entry, load_task, load_truth, score
from qiupu.trials.decide import groups_needed


@pytest.mark.parametrize("right,verdict", [(200, "pass"), (189, "pass"), (181, "undecided"), (160, "fail")])
def test_verdicts_follow_the_exact_bounds(accuracy, right, verdict):
    task, truth, entry = accuracy
    found = decide(task, truth, entry(right), bar=0.9)
    low, high = clopper_pearson(right, 200, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.verdict == verdict
    assert (found.low >= 0.9) == (verdict == "pass")


def test_false_pass_at_thirty_items_is_the_exact_rule(as_table, as_csv):
    """At a true score of 0.90 on a bar of 0.90 only 30 of 30 pass: 0.9^30 = 0.0424."""
    task = load_task({"id": "t", "kind": "classification", "metrics": ["accuracy"]})
    ids = list(range(30))
    truth = load_truth(task, as_table(as_csv({"id": ids, "target": [k % 2 for k in ids]})))
    total = 0.0
    for right in range(24, 31):
        said = [k % 2 if k < right else 1 - k % 2 for k in ids]
        entry = load_entry(task, truth, as_table(as_csv({"id": ids, "prediction": said})))
        if decide(task, truth, entry, bar=0.9).verdict == "pass":
            total += math.comb(30, right) * 0.9**right * 0.1 ** (30 - right)
    assert total == pytest.approx(0.9**30)
    assert total <= 0.05


def test_lower_is_better_turns_the_sides(regression):
    task, truth, entry = regression
    middle = decide(task, truth, entry(1.0), bar=score(task, truth, entry(1.0)).metric().value * 1.02)
    assert middle.verdict == "undecided"
    assert decide(task, truth, entry(1.0), bar=middle.high).verdict == "pass"
    assert decide(task, truth, entry(1.0), bar=middle.low - 1e-9).verdict == "fail"


def test_picture_and_verdict_agree(regression):
    """The 90% interval that is shown has the verdict's one-sided 95% bounds as its ends."""
    task, truth, entry = regression
    shown, decided = score(task, truth, entry(1.0), seed=3).metric(), decide(task, truth, entry(1.0), bar=0.8, seed=3)
    assert (shown.low, shown.high) == (decided.low, decided.high)
    row = board(task, truth, [entry(1.0), entry(2.0, "other")], bar=0.8, seed=3).entries[0]
    assert (row.score.low, row.score.high) == pytest.approx((decided.low, decided.high), rel=1e-9)


def test_n_needed_for_shares_is_the_first_that_decides(accuracy):
    task, truth, entry = accuracy
    found = decide(task, truth, entry(184), bar=0.9)  # 0.92
    assert found.verdict == "undecided"
    n = found.n_needed
    assert clopper_pearson(round(0.92 * n), n, 0.95)[0] >= 0.9
    assert found.n_more == n - 200


def test_on_the_bar_no_number_would_do(accuracy):
    task, truth, entry = accuracy
    found = decide(task, truth, entry(180), bar=0.9)
    assert (found.verdict, found.n_needed) == ("undecided", None)
    assert "on the bar" in found.reason_text()
    assert "线上" in found.reason_text("zh") or "验收线" in found.reason_text("zh")


def test_n_needed_shrinks_with_the_root_of_n():
    # value 1.0, high 1.2 at 100 groups, bar 1.1: the reach 0.2 must shrink to 0.1, so four times as many
    found = Bounds(0.85, 1.2, 0.95, "studentised", 100, 50)
    assert groups_needed(REGISTRY["mae"], found, 1.0, 1.1) == 400


def test_too_few_groups_are_undecided_with_the_least(as_table, as_csv):
    task = load_task({"id": "r", "kind": "regression", "metrics": ["mae"]})
    truth = load_truth(task, as_table(as_csv({"id": range(10), "target": [0.0] * 10})))
    entry = load_entry(task, truth, as_table(as_csv({"id": range(10), "prediction": [0.1 * k for k in range(10)]})))
    found = decide(task, truth, entry, bar=5)
    assert (found.verdict, found.low, found.n_needed) == ("undecided", None, 100)
    assert "100" in found.reason_text()


@pytest.mark.parametrize("bar", [None, 90, -0.1, float("nan")])
def test_a_bar_must_be_one(accuracy, bar):
    task, truth, entry = accuracy
    with pytest.raises(InputError):
        decide(task, truth, entry(200), bar=bar)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 0.95), st.floats(0.02, 0.049))
def test_items_needed_have_the_power_they_promise(bar, better):
    value = bar + better
    n = items_needed(REGISTRY["accuracy"], bar=bar, value=value)
    hits = next(k for k in range(n + 1) if clopper_pearson(k, n, 0.95)[0] >= bar)
    assert stats.binom.sf(hits - 1, n, value) >= 0.8
    assert stats.binom.sf(hits - 1, n, bar) <= 0.05


def test_items_needed_for_means():
    # (1.645 + 0.842)^2 (0.5 / 0.1)^2 = 154.6
    assert items_needed(REGISTRY["mae"], bar=1.0, value=0.9, deviation=0.5) == 155
    assert items_needed(REGISTRY["mae"], bar=1.0, value=1.1, deviation=0.5) is None
    assert items_needed(REGISTRY["mae"], bar=1.0, value=0.9) is None


def test_a_board_has_ranges_groups_and_the_unscored_apart(regression):
    task, truth, entry = regression
    entries = [entry(1.0, "a", seed=3), entry(1.02, "b", seed=4), entry(3.0, "c", seed=5)]
    found = board(task, truth, entries, unscored=[Unscored("d", "12 items missing")], bar=1.0, seed=1)
    assert {row.name for row in found.entries[:2]} == {"a", "b"}
    assert [(row.rank_low, row.rank_high) for row in found.entries] == [(1, 2), (1, 2), (3, 3)]
    assert [row.tie_group for row in found.entries] == [1, 1, 2]
    assert [row.decision.verdict for row in found.entries] == ["pass", "pass", "fail"]
    assert [row.survives_holm for row in found.entries] == [True, True, False]
    assert sum(row.first_share for row in found.entries) == pytest.approx(1)
    assert len(found.top) == 2
    document = found.as_dict()
    assert [entry["name"] for entry in document["unscored"]] == ["d"]


def test_baselines_stand_beside_and_are_not_counted_by_holm(accuracy):
    """172 of 200 right at a bar of 0.80: P(X >= 172) = 0.018 < 0.05. With four baselines counted 0.05 / 5 is asked."""
    task, truth, entry = accuracy
    baselines = [entry(100 + k, f"naive{k}") for k in range(4)]
    entries = [entry(172, "mine"), *baselines]
    counted = {row.name: row for row in board(task, truth, entries, bar=0.8).entries}
    beside = {row.name: row for row in board(task, truth, entries, bar=0.8, beside=[one.name for one in baselines]).entries}
    assert counted["mine"].decision.verdict == beside["mine"].decision.verdict == "pass"
    assert counted["mine"].survives_holm is False
    assert beside["mine"].survives_holm is True
    assert [beside[f"naive{k}"].survives_holm for k in range(4)] == [None] * 4


def test_the_order_of_entries_does_not_change_a_board(regression):
    task, truth, entry = regression
    entries = [entry(1.0 + k / 10, f"e{k}", seed=k) for k in range(5)]
    assert board(task, truth, entries, seed=1) == board(task, truth, entries[::-1], seed=1)


def test_an_undefined_value_is_apart_and_never_zero(as_table, as_csv):
    task = load_task({"id": "c", "kind": "classification", "metrics": ["log_loss"]})
    truth = load_truth(task, as_table("id,target\n1,a\n2,b\n"))
    without = load_entry(task, truth, as_table("id,prediction\n1,a\n2,b\n"), name="without")
    found = board(task, truth, [without])
    assert found.entries == ()
    assert "probabilities" in found.unscored[0].reason
    assert score(task, truth, without).metric().value is None
    assert decide(task, truth, without, bar=0.5).verdict == "undecided"


def test_an_empty_board(regression):
    task, truth, _ = regression
    assert board(task, truth, []).entries == ()


@pytest.mark.slow
def test_the_true_best_is_in_the_top_set():
    """Ten entries, the first truly best by a little: it must be in the top set in 95% of draws."""
    from qiupu.files import Table

    task = load_task({"id": "r", "kind": "regression", "metrics": ["mae"]})
    inside = 0
    rng = np.random.default_rng(5)
    ids = [str(k) for k in range(120)]
    truth = load_truth(task, Table(pl.DataFrame({"id": ids, "target": np.zeros(120)}), "t.csv", ""))
    for seed in range(60):
        hard = rng.lognormal(0, 0.5, 120)
        entries = []
        for k in range(10):
            said = hard * (0.97 if k == 0 else 1.0) * rng.normal(size=120)
            entries.append(load_entry(task, truth, Table(pl.DataFrame({"id": ids, "prediction": said}), f"e{k}.csv", "")))
        inside += "e0" in {row.name for row in board(task, truth, entries, seed=seed, resamples=500).top}
    assert inside >= 55
