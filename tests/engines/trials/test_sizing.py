"""How many items a bar needs, for metrics whose spread follows from no formula."""

import numpy as np
import polars as pl
import pytest

from qiupu.measures.intervals import bounds
from qiupu.trials import check, load_task, load_truth
from qiupu.trials.entry import Entry
from qiupu.trials.measure import sample_of
from qiupu.trials.sizing import hoped_score, items_planned

RNG = np.random.default_rng(0)
N = 1200
IDS = [str(k) for k in range(N)]
EVENTS = (np.arange(N) % 100 < 12).astype(int)
DAYS = [f"2024-{1 + k // 600:02d}-{1 + k // 24 % 25:02d}T{k % 24:02d}:00" for k in range(N)]
QUERIES = {"query": np.repeat([f"q{k}" for k in range(N // 10)], 10), "item": np.tile(IDS[:10], N // 10)}
TASKS = {
    "mae": ("regression", {"id": IDS, "target": RNG.gamma(2, 2, N)}, {}, (1.0, 0.8, 0.9)),
    "r2": ("regression", {"id": IDS, "target": RNG.normal(size=N)}, {}, (0.7, 0.85, 0.8)),
    "wql": ("forecast", {"series": ["s"] * N, "time": DAYS, "target": RNG.gamma(9, 2, N)}, {"block": "day"}, (0.2, 0.15, 0.18)),
    "macro_f1": ("classification", {"id": IDS, "target": RNG.choice(["a", "b", "c"], N)}, {}, (0.7, 0.85, 0.8)),
    "brier": ("classification", {"id": IDS, "target": RNG.choice(["a", "b"], N)}, {}, (0.3, 0.2, 0.25)),
    "auc_pr": ("anomaly", {"id": IDS, "target": EVENTS}, {"block": "row"}, (0.6, 0.8, 0.7)),
    "vus_pr": ("anomaly", {"id": IDS, "target": EVENTS}, {"block": 60, "window": 10}, (0.5, 0.75, 0.65)),
    "ndcg": ("retrieval", {**QUERIES, "relevance": RNG.integers(0, 2, N)}, {}, (0.7, 0.85, 0.8)),
}


@pytest.mark.parametrize("name", TASKS)
def test_every_kind_of_task_has_an_answer_and_a_closer_hope_needs_more(name, as_table, as_csv):
    kind, columns, extra, (bar, far, near) = TASKS[name]
    task = load_task({"id": "x", "kind": kind, "metrics": [name], **extra})
    truth = load_truth(task, as_table(as_csv(columns), "truth.csv"))
    few, many = (items_planned(task, truth, bar=bar, hoped=hoped, level=0.95) for hoped in (far, near))
    assert few is not None
    assert many is not None
    assert 30 <= few <= many
    assert few == items_planned(task, truth, bar=bar, hoped=far, level=0.95), "the same question has the same answer"
    assert items_planned(task, truth, bar=bar, hoped=bar, level=0.95) is None, "an entry on the bar is never shown to reach it"


def test_the_planned_number_has_the_power_that_it_promises(as_table, as_csv):
    task = load_task({"id": "x", "kind": "regression", "metrics": ["mae"]})
    pilot = load_truth(task, as_table(as_csv({"id": IDS, "target": RNG.normal(10, 3, N)})))
    n = items_planned(task, pilot, bar=1.0, hoped=0.9, level=0.95)
    # |e| of normal noise with mean 0.9 has a deviation of 0.68; (1.88 + 0.84)^2 (0.68 / 0.1)^2 = 342
    assert 300 < n < 390
    truth = load_truth(task, as_table(as_csv({"id": [str(k) for k in range(n)], "target": np.zeros(n)})))
    rng, passed = np.random.default_rng(1), 0
    for seed in range(200):
        said = rng.normal(size=n) * 0.9 / np.sqrt(2 / np.pi)
        entry = Entry("e", "", truth.frame.select("id").with_columns(pl.Series("prediction", said)))
        passed += bounds(task.metric, sample_of(task, truth, entry, task.metric), level=0.95, resamples=400, seed=seed).high <= 1
    assert 0.74 <= passed / 200 <= 0.92


def test_few_positives_ask_for_as_many_items_as_hold_the_least_of_them(as_table, as_csv):
    task = load_task({"id": "x", "kind": "anomaly", "metrics": ["auc_pr"], "block": "row"})
    truth = load_truth(task, as_table(as_csv({"id": IDS, "target": (np.arange(N) % 60 == 0).astype(int)})))
    # 20 of 1,200 are positive: 150 positives stand in 9,000 items
    assert items_planned(task, truth, bar=0.3, hoped=0.9, level=0.95) == 9000


def test_groups_count_not_items(as_table, as_csv):
    columns = {"id": IDS, "target": RNG.normal(10, 3, N), "site": [str(k // 10) for k in range(N)]}
    alone, grouped = (load_task({"id": "x", "kind": "regression", "metrics": ["mae"], **more}) for more in ({}, {"group": "site"}))
    table = as_table(as_csv(columns))
    asked = [items_planned(task, load_truth(task, table), bar=1.0, hoped=0.9, level=0.95) for task in (alone, grouped)]
    # half of the variance is shared by the ten items of a site, which are worth hardly more than two
    assert asked[1] > 2 * asked[0]


def test_the_check_says_it(as_table, as_csv):
    task = load_task({"id": "x", "kind": "regression", "metrics": ["mae"], "bar": 1.0})
    table = as_table(as_csv({"id": IDS, "target": RNG.gamma(2, 2, N)}))
    found = check(task, [table])
    assert found.items_needed is not None
    (said,) = [one for one in found.findings if one.code == "items-needed"]
    assert said.severity == "note"
    assert "0.9 reaches the bar 1.0" in said.text()
    assert next(one for one in check(task, [table], hoped=0.97).findings if one.code == "items-needed").severity == "warn"


def test_what_one_hopes_for_when_nobody_says(as_table):
    hopes = {
        name: hoped_score(load_task({"id": "x", "kind": TASKS[name][0], "metrics": [name]}).metric, 0.8)
        for name in ("mae", "auc_pr", "r2")
    }
    assert hopes == pytest.approx({"mae": 0.72, "auc_pr": 0.85, "r2": 0.85})


@pytest.mark.parametrize(
    "kind, metric, target",
    [("classification", "macro_f1", ["a"] * N), ("anomaly", "auc_pr", [0] * N), ("regression", "mae", [3] * N)],
)
def test_truth_without_any_variety_is_survived(kind, metric, target, as_table, as_csv):
    task = load_task({"id": "x", "kind": kind, "metrics": [metric], "bar": 0.9})
    check(task, [as_table(as_csv({"id": IDS, "target": target}))])
