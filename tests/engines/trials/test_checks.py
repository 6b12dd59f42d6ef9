"""Data health: every planted fault is found, and sound data pass."""

import numpy as np
import pytest

from qiupu.trials import check, load_task


def healthy(n=300, seed=0):
    rng = np.random.default_rng(seed)
    return {"id": [f"{k:08x}" for k in rng.permutation(10**6)[:n]], "target": rng.choice(["leaf", "rust"], n).tolist()}


def inputs(truth, seed=1):
    rng = np.random.default_rng(seed)
    return {"id": truth["id"], "width": rng.normal(size=len(truth["id"])), "hue": rng.normal(size=len(truth["id"]))}


TASK = load_task({"id": "c", "kind": "classification", "metrics": ["accuracy"]})


def codes(report, severity=None):
    return {found.code for found in report.findings if severity in (None, found.severity)}


def test_sound_data_pass(as_table, as_csv):
    truth = healthy()
    report = check(TASK, [as_table(as_csv(truth), "truth.csv"), as_table(as_csv(inputs(truth)), "inputs.csv")])
    assert report.ok
    assert codes(report) == {"constant-baseline"}
    assert report.n == 300


@pytest.mark.parametrize("seed", range(8))
def test_sound_data_pass_whatever_the_draw(as_table, as_csv, seed):
    truth = healthy(seed=seed)
    tables = [as_table(as_csv(truth), "truth.csv"), as_table(as_csv(inputs(truth, seed + 50)), "inputs.csv")]
    assert codes(check(TASK, tables)) == {"constant-baseline"}


def test_no_truth(as_table):
    report = check(TASK, [as_table("id,width\n1,2\n")])
    assert codes(report, "block") == {"no-truth"}


def test_repeated_ids_are_a_finding_not_a_crash(as_table):
    assert "repeated" in codes(check(TASK, [as_table("id,target\n1,a\n1,b\n")]), "block")


def test_labels_in_order(as_table, as_csv):
    truth = healthy()
    truth["target"] = sorted(truth["target"])
    assert "label-order" in codes(check(TASK, [as_table(as_csv(truth))]))


def test_ids_that_count_with_the_label(as_table, as_csv):
    truth = healthy()
    rows = sorted(zip(truth["target"], truth["id"], strict=True))
    order = np.random.default_rng(3).permutation(300)
    ids = {pair[1]: f"img{k:04d}" for k, pair in enumerate(rows)}
    moved = {"id": [ids[rows[k][1]] for k in order], "target": [rows[k][0] for k in order]}
    report = check(TASK, [as_table(as_csv(moved))])
    assert "id-leak" in codes(report, "block")


def test_ids_that_name_the_label(as_table, as_csv):
    truth = healthy()
    truth["id"] = [f"{t}_{k}" for k, t in enumerate(truth["target"])]
    assert "id-leak" in codes(check(TASK, [as_table(as_csv(truth))]), "block")


@pytest.mark.parametrize("as_number", [True, False])
def test_a_column_that_repeats_the_target(as_table, as_csv, as_number):
    truth = healthy()
    table = inputs(truth)
    table["grade"] = [(2 if t == "rust" else 1) if as_number else t.upper() for t in truth["target"]]
    report = check(TASK, [as_table(as_csv(truth)), as_table(as_csv(table), "inputs.csv")])
    assert "target-leak" in codes(report, "block")
    assert any("grade" in found.where for found in report.findings)


def test_a_monotone_copy_of_a_number(as_table, as_csv):
    task = load_task({"id": "r", "kind": "regression", "metrics": ["mae"]})
    truth = healthy()
    truth["target"] = np.random.default_rng(1).normal(size=300)
    table = inputs(truth)
    table["log"] = np.exp(truth["target"])
    assert "target-leak" in codes(check(task, [as_table(as_csv(truth)), as_table(as_csv(table))]), "block")


def test_copies_within_and_across_parts(as_table, as_csv):
    truth = healthy()
    full = truth | inputs(truth)
    public = {name: list(values)[:5] for name, values in full.items()}
    public["id"] = [f"p{k}" for k in range(5)]
    report = check(TASK, [as_table(as_csv(full), "truth.csv"), as_table(as_csv(public), "public.csv")])
    assert "copies-across-parts" in codes(report, "block")
    same_ids = {name: list(values)[:5] for name, values in truth.items()}
    assert "across-parts" in codes(check(TASK, [as_table(as_csv(truth)), as_table(as_csv(same_ids), "p.csv")]), "block")
    doubled = inputs(truth)
    doubled["width"][1], doubled["hue"][1] = doubled["width"][0], doubled["hue"][0]
    assert "duplicate-rows" in codes(check(TASK, [as_table(as_csv(truth)), as_table(as_csv(doubled), "inputs.csv")]))


def test_inputs_that_are_missing(as_table, as_csv):
    truth = healthy()
    table = {name: list(values)[:-3] for name, values in inputs(truth).items()}
    assert "no-input" in codes(check(TASK, [as_table(as_csv(truth)), as_table(as_csv(table))]), "block")


def test_missing_values_and_wrong_encodings(as_table, as_csv):
    truth = healthy()
    table = inputs(truth) | {"note": ["锟斤拷"] + ["x"] * 299}
    table["width"] = [None, *list(table["width"])[1:]]
    found = codes(check(TASK, [as_table(as_csv(truth)), as_table(as_csv(table))]))
    assert {"missing-values", "encoding"} <= found


def test_one_class_and_few_of_a_class(as_table, as_csv):
    truth = healthy()
    assert "one-class" in codes(check(TASK, [as_table(as_csv(truth | {"target": ["a"] * 300}))]), "block")
    assert "few-of-class" in codes(check(TASK, [as_table(as_csv(truth | {"target": ["a"] * 3 + ["b"] * 297}))]))


def test_time_that_reaches_into_the_hidden_part(as_table):
    task = load_task({"id": "f", "kind": "forecast", "metrics": ["wql"]})
    hidden = as_table("series,time,target\n" + "".join(f"A,2024-02-{d:02d},{d}\n" for d in range(1, 20)))
    public = as_table("series,time,target\nB,2024-01-01,1\nB,2024-02-03,1\n", "public.csv")
    assert "time-overlap" in codes(check(task, [hidden, public]), "block")


def test_scaled_metrics_without_a_history(as_table):
    task = load_task({"id": "f", "kind": "forecast", "metrics": ["mase"]})
    assert "no-history" in codes(check(task, [as_table("series,time,target\nA,1,1\nA,2,2\n")]), "block")


def test_a_bar_below_what_knowing_nothing_gives(as_table, as_csv):
    truth = healthy()
    truth["target"] = ["rust" if k % 10 else "leaf" for k in np.random.default_rng(0).permutation(300)]
    report = check(TASK, [as_table(as_csv(truth))], bar=0.85)
    assert "bar-below-baseline" in codes(report, "block")


def test_how_many_items_a_bar_needs(as_table, as_csv):
    # with 25 items even 25 right give 0.05^(1/25) = 0.887 < 0.9; 29 are the least: 0.9^29 = 0.047
    report = check(TASK, [as_table(as_csv(healthy(25)))], bar=0.9, hoped=0.95)
    assert "bar-undecidable" in codes(report, "block")
    assert next(f for f in report.findings if f.code == "bar-undecidable").text().endswith("29 are the least.")
    assert 150 < report.items_needed < 220
    enough = check(TASK, [as_table(as_csv(healthy(2000)))], bar=0.9, hoped=0.95)
    assert enough.ok
    assert next(f for f in enough.findings if f.code == "items-needed").severity == "note"


def test_too_few_groups_for_any_verdict(as_table, as_csv):
    task = load_task({"id": "r", "kind": "regression", "metrics": ["mae"], "bar": 0.5})
    rng = np.random.default_rng(0)
    truth = {"id": [f"{k:06x}" for k in rng.permutation(9999)[:40]], "target": rng.normal(size=40)}
    report = check(task, [as_table(as_csv(truth))])
    assert "too-few-groups" in codes(report, "block")


def test_personal_information_blocks(as_table, as_csv):
    truth = healthy()
    table = inputs(truth) | {"phone": ["13812345678"] + [""] * 299}
    report = check(TASK, [as_table(as_csv(truth)), as_table(as_csv(table))])
    assert not report.ok
    found = next(f for f in report.findings if f.code == "personal-information")
    assert "13812345678" not in str(report.as_dict())
    assert "phone" in found.where
