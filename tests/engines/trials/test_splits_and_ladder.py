"""Splits keep groups and time; the Ladder cannot be climbed by guessing."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiupu.errors import Conflict, InputError
from qiupu.measures import REGISTRY
from qiupu.measures.samples import mean_sample
from qiupu.trials import PARTS, Ladder, contributions, load_task, load_truth, split, split_of


def classification(as_table, as_csv, n=100, **more):
    task = load_task({"id": "c", "kind": "classification", "metrics": ["accuracy"], **more})
    frame = {
        "id": [f"i{k}" for k in range(n)],
        "target": ["rare" if k % 10 == 0 else "usual" for k in range(n)],
        "site": [f"s{k % 13}" for k in range(n)],
    }
    return task, load_truth(task, as_table(as_csv(frame)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_parts_divide_the_items(as_table_session, as_csv_session, seed):
    task, truth = classification(as_table_session, as_csv_session)
    found = split(task, truth, seed=seed)
    together = [unit for part in PARTS for unit in found.units(part)]
    assert sorted(together) == sorted(truth.units)
    assert len(found.public) == 20
    assert len(found.feedback) == 30
    rare = {f"i{k}" for k in range(0, 100, 10)}
    assert [len(rare & set(found.units(part))) for part in PARTS] == [2, 3, 5]


def test_groups_stay_whole(as_table, as_csv):
    task, truth = classification(as_table, as_csv, group="site")
    found = split(task, truth, seed=1)
    sites = [{int(unit[1:]) % 13 for unit in found.units(part)} for part in PARTS]
    assert sum(len(part) for part in sites) == len(set.union(*sites)) == 13


def test_another_seed_is_another_split_and_the_same_seed_the_same(as_table, as_csv):
    task, truth = classification(as_table, as_csv)
    assert split(task, truth, seed=1) == split(task, truth, seed=1)
    assert split(task, truth, seed=1).final != split(task, truth, seed=2).final


def test_forecasts_are_cut_by_time_and_all_series_at_once(as_table, as_csv):
    task = load_task({"id": "f", "kind": "forecast", "metrics": ["wql"]})
    days = [f"2024-01-{d:02d}" for d in range(1, 21)]
    truth = load_truth(task, as_table(as_csv({"series": ["A"] * 20 + ["B"] * 20, "time": days * 2, "target": range(40)})))
    found = split(task, truth, seed=9)
    times = [{unit.split("\t")[1] for unit in found.units(part)} for part in PARTS]
    assert max(times[0]) < min(times[1])
    assert max(times[1]) < min(times[2])
    assert [len(part) for part in times] == [4, 6, 10]


def test_one_long_series_is_cut_by_time_rows_by_chance(as_table, as_csv):
    frame = {"id": range(50), "time": range(50), "target": [int(k % 7 == 0) for k in range(50)]}
    for block, is_cut in ((None, True), ("row", False)):
        task = load_task({"id": "a", "kind": "anomaly", "metrics": ["auc_pr"], "block": block})
        found = split(task, load_truth(task, as_table(as_csv(frame))), seed=3)
        ordered = [int(unit) for part in PARTS for unit in found.units(part)]
        assert (ordered == sorted(ordered)) == is_cut


def test_a_part_may_be_left_out_but_not_the_final_one(as_table, as_csv):
    task, truth = classification(as_table, as_csv)
    found = split(task, truth, public=0, feedback=0.4, final=0.6)
    assert found.public == ()
    for shares in ({"public": 0.5, "feedback": 0.5, "final": 0}, {"public": 0.5, "feedback": 0.5, "final": 0.5}):
        with pytest.raises(InputError):
            split(task, truth, **shares)


def test_too_few_groups_for_the_parts(as_table, as_csv):
    task, truth = classification(as_table, as_csv, n=2)
    with pytest.raises(InputError, match="too few"):
        split(task, truth)


def test_a_split_that_is_given_is_checked():
    assert split_of([("a", "public"), ("b", "final")]).final == ("b",)
    with pytest.raises(InputError, match="two parts"):
        split_of([("a", "public"), ("a", "final")])
    with pytest.raises(InputError, match="no part"):
        split_of([("a", "secret")])


def losses(rng, n, mean):
    return (rng.random(n) < mean).astype(float)


def test_contributions_are_the_items_of_a_mean():
    values = np.array([0.0, 1.0, 1.0, 0.5])
    sample = mean_sample(values, np.arange(4), 4)
    assert contributions(sample) == pytest.approx(values)


@pytest.mark.parametrize("variant", ["plain", "bootstrap"])
def test_a_clear_step_is_told_and_a_small_one_is_not(variant):
    rng = np.random.default_rng(0)
    base = losses(rng, 400, 0.7)
    ladder, first = Ladder(True, 10, variant).submit(base)
    assert first.has_improved
    assert abs(first.value - base.mean()) < 0.03
    slightly = base.copy()
    slightly[np.flatnonzero(base == 0)[:1]] = 1
    ladder, second = ladder.submit(slightly)
    assert (second.has_improved, second.value) == (False, first.value)
    ladder, third = ladder.submit(np.ones(400))
    assert third.has_improved
    assert third.value == pytest.approx(1.0)
    ladder, fourth = ladder.submit(base)
    assert fourth.value == third.value
    assert fourth.left == 6


def test_the_larger_the_quota_the_surer_a_step_must_be():
    """One lucky step in twenty over the whole quota: 1 - 0.05 / 20; never less than 0.99, never more than 0.9999."""
    assert Ladder(True, 20, "bootstrap").sure == pytest.approx(0.9975)
    assert Ladder(True, 1, "bootstrap").sure == 0.99
    assert Ladder(True, 100_000, "bootstrap").sure == 0.9999
    # where somebody else counts the quota, what is expected sets it
    assert Ladder.for_groups(REGISTRY["accuracy"], 300, quota=10**9, expected=20).sure == pytest.approx(0.9975)


def test_lower_is_better_climbs_down():
    ladder, first = Ladder(False, 5).submit(np.linspace(1, 2, 100))
    ladder, second = ladder.submit(np.linspace(0.5, 1, 100))
    assert second.has_improved
    assert second.value < first.value


def test_the_quota_ends_it_and_a_failed_run_costs_nothing():
    start = Ladder(True, 1)
    after, _ = start.submit(np.array([1.0, 0.0, 1.0]))
    with pytest.raises(Conflict, match="quota"):
        after.submit(np.array([1.0, 1.0, 1.0]))
    assert start.left == 1  # the state before is untouched: a platform that failed keeps it


def test_another_feedback_part_is_refused():
    ladder, _ = Ladder(True, 5).submit(np.ones(10))
    with pytest.raises(Conflict, match="feedback part"):
        ladder.submit(np.ones(11))


def test_the_state_survives_storage():
    ladder, _ = Ladder(True, 5, "bootstrap", 3).submit(np.array([0.5, 1.0, 0.0, 1.0]))
    again = Ladder.from_dict(json.loads(json.dumps(ladder.as_dict())))
    assert again.submit(np.ones(4))[1] == ladder.submit(np.ones(4))[1]


def test_a_fresh_state_follows_the_metric():
    assert Ladder.for_groups(REGISTRY["accuracy"], 300, quota=20).is_higher_better
    assert not Ladder.for_groups(REGISTRY["mae"], 4000, quota=20).is_higher_better
    with pytest.raises(Conflict, match="two at least"):
        Ladder.for_groups(REGISTRY["mae"], 1, quota=20)


@pytest.mark.parametrize("n", [200, 6000])
def test_guessing_does_not_climb(n):
    """A hundred random entries against random labels: what is told stays near one half."""
    rng = np.random.default_rng(n)
    ladder, told = Ladder.for_groups(REGISTRY["accuracy"], n, quota=100, seed=1), 0.0
    for _ in range(100):
        ladder, answer = ladder.submit(losses(rng, n, 0.5))
        told = answer.value
    assert abs(told - 0.5) <= 3 * 0.5 / np.sqrt(n)
