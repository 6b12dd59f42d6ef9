"""Entries are joined by id; whatever is wrong is said with its rows."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiupu.errors import TableError
from qiupu.files import read_table
from qiupu.trials import TEXT_COLUMNS, load_entry, load_task, load_truth, score

CLASSES = load_task({"id": "c", "kind": "classification", "metrics": ["accuracy"]})
NUMBERS = load_task({"id": "r", "kind": "regression", "metrics": ["mae"]})
TRUTH = "id,target\n001,1.5\n002,2\n003,3\n004,4\n"


def refused(as_table, text, task=NUMBERS, truth=TRUTH):
    loaded = load_truth(task, as_table(truth, "truth.csv"))
    with pytest.raises(TableError) as caught:
        load_entry(task, loaded, as_table(text, "entry.csv"))
    return caught.value


def test_shuffled_rows_change_nothing(as_table):
    truth = load_truth(NUMBERS, as_table(TRUTH))
    straight = load_entry(NUMBERS, truth, as_table("id,prediction\n001,1\n002,2\n003,3\n004,4\n"))
    mixed = load_entry(NUMBERS, truth, as_table("id,prediction\n003,3\n001,1\n004,4\n002,2\n"))
    assert straight.frame.equals(mixed.frame)


def test_missing_items_are_named(as_table):
    error = refused(as_table, "id,prediction\n001,1\n003,3\n")
    assert error.code == "missing-items"
    assert "2 of 4" in error.message()
    assert "002, 004" in error.message()


def test_extra_items_are_named_with_their_rows(as_table):
    error = refused(as_table, "id,prediction\n001,1\n002,2\n9,9\n003,3\n004,4\n")
    assert (error.code, error.where.row) == ("extra-items", 4)
    assert "9" in error.message()


def test_as_many_rows_but_one_repeated_for_one_missing(as_table):
    assert refused(as_table, "id,prediction\n001,1\n002,2\n002,2\n004,4\n").code == "repeated"


def test_repeated_ids_are_named_with_their_rows(as_table):
    error = refused(as_table, "id,prediction\n001,1\n002,2\n003,3\n004,4\n003,3\n")
    assert (error.code, error.where.row) == ("repeated", 4)
    assert "4, 6" in error.message()


@pytest.mark.parametrize("cell", ["", "NaN", "inf", "-inf", "many", "1,5"])
def test_cells_that_are_no_finite_number(as_table, cell):
    quoted = f'"{cell}"' if "," in cell else cell
    error = refused(as_table, f"id,prediction\n001,1\n002,{quoted}\n003,3\n004,4\n")
    assert (error.code, error.where.row, error.where.column) == ("not-a-number", 3, "prediction")


def test_a_class_that_does_not_exist(as_table):
    error = refused(as_table, "id,prediction\n1,a\n2,c\n", CLASSES, "id,target\n1,a\n2,b\n")
    assert (error.code, error.where.row) == ("unknown-class", 3)
    assert "a, b" in error.cure()


def test_a_missing_column_says_what_there_is(as_table):
    error = refused(as_table, "id,value\n001,1\n002,2\n003,3\n004,4\n")
    assert error.code == "missing-column"
    assert "value" in error.message()


def test_leading_zeros_stay_and_whole_numbers_meet_whatever_their_type(as_table, tmp_path):
    truth = load_truth(CLASSES, as_table("id,target\n007,1\n8,0\n"))
    path = tmp_path / "entry.parquet"
    pl.DataFrame({"id": ["007", "8"], "prediction": [1.0, 0.0]}).write_parquet(path)
    entry = load_entry(CLASSES, truth, read_table(path, text_columns=TEXT_COLUMNS))
    assert score(CLASSES, truth, entry).metric().value == 1.0


def test_excel_numbers_meet_csv_ids(as_table, tmp_path):
    truth = load_truth(NUMBERS, as_table("id,target\n1,10\n2,20\n"))
    path = tmp_path / "entry.xlsx"
    pl.DataFrame({"id": [2, 1], "prediction": [20.0, 10.0]}).write_excel(path)
    entry = load_entry(NUMBERS, truth, read_table(path, text_columns=TEXT_COLUMNS))
    assert score(NUMBERS, truth, entry).metric().value == 0.0


def test_probabilities_give_the_class_and_must_sum_to_one(as_table):
    truth = load_truth(CLASSES, as_table("id,target\n1,a\n2,b\n"))
    entry = load_entry(CLASSES, truth, as_table("id,p:a,p:b\n1,0.9,0.1\n2,0.2,0.8\n"))
    assert entry.frame["prediction"].to_list() == ["a", "b"]
    assert refused(as_table, "id,p:a,p:b\n1,0.9,0.2\n2,0.2,0.8\n", CLASSES, "id,target\n1,a\n2,b\n").code == "probabilities"
    assert refused(as_table, "id,p:a\n1,0.9\n2,0.2\n", CLASSES, "id,target\n1,a\n2,b\n").code == "missing-column"


FORECAST = load_task({"id": "f", "kind": "forecast", "metrics": ["mase", "wql"], "season": 2})
TRUTH_F = "series,time,target\nA,2024-01-05,1\nA,2024-01-06,2\nB,2024-01-05,3\nB,2024-01-06,4\n"
HISTORY = "series,time,target\n" + "".join(f"{s},2024-01-0{d},{d}\n" for s in "AB" for d in range(1, 5))


def test_forecast_times_meet_in_other_spellings(as_table):
    truth = load_truth(FORECAST, as_table(TRUTH_F), history=as_table(HISTORY))
    text = "series,time,prediction\nB,2024/01/06,4\nA,2024/01/05,1\nA,2024/01/06,2\nB,2024/01/05,3\n"
    assert score(FORECAST, truth, load_entry(FORECAST, truth, as_table(text))).metric("mase").value == 0.0


def test_a_wrong_horizon_names_series_and_time(as_table):
    text = "series,time,prediction\nA,2024-01-05,1\nA,2024-01-06,2\nB,2024-01-05,3\n"
    error = refused(as_table, text, FORECAST, TRUTH_F)
    assert error.code == "missing-items"
    assert "B 2024-01-06" in error.message()


def test_scales_by_hand(as_table):
    # history 1 2 3 4 with season 2: differences 2, 2, so the scale is 2; the naive forecast repeats 3, 4
    truth = load_truth(FORECAST, as_table(TRUTH_F), history=as_table(HISTORY))
    assert truth.frame["scale_absolute"].to_list() == [2.0] * 4
    assert truth.frame["scale_squared"].to_list() == [4.0] * 4
    assert truth.frame["naive"].to_list() == [3.0, 4.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "history,code",
    [
        ("series,time,target\nA,2024-01-01,1\nA,2024-01-02,1\nA,2024-01-03,1\n", "short-history"),
        (HISTORY + "A,2024-01-05,1\n", "history-overlap"),
    ],
)
def test_histories_that_cannot_serve(as_table, history, code):
    with pytest.raises(TableError) as caught:
        load_truth(FORECAST, as_table(TRUTH_F), history=as_table(history))
    assert caught.value.code == code


def test_crossing_quantiles_are_refused(as_table):
    text = "series,time,prediction,q0.1,q0.9\nA,2024-01-05,1,0,2\nA,2024-01-06,2,3,1\nB,2024-01-05,3,2,4\nB,2024-01-06,4,3,5\n"
    assert refused(as_table, text, FORECAST, TRUTH_F).code == "crossed"


ANOMALY = load_task({"id": "a", "kind": "anomaly", "metrics": ["auc_pr", "event_f1"], "block": "row"})


def test_anomaly_rows_come_in_order_of_time(as_table):
    truth = load_truth(ANOMALY, as_table("id,time,target\nx,3,1\ny,1,0\nz,2,0\n"))
    assert truth.frame["id"].to_list() == ["y", "z", "x"]
    entry = load_entry(ANOMALY, truth, as_table("id,score\nx,9\ny,1\nz,2\n"))
    found = score(ANOMALY, truth, entry)
    assert found.metric("auc_pr").value == 1.0
    assert found.metric("event_f1").value is None
    assert "alarm" in found.metric("event_f1").reason_text()


def test_anomaly_targets_and_alarms_are_zero_or_one(as_table):
    with pytest.raises(TableError, match="0 or 1"):
        load_truth(ANOMALY, as_table("id,target\n1,2\n"))
    assert refused(as_table, "id,score,alarm\n1,1,0.5\n", ANOMALY, "id,target\n1,1\n").code == "not-binary"


RETRIEVAL = load_task({"id": "q", "kind": "retrieval", "metrics": ["mrr", "recall"], "top": 1})


def test_retrieval_counts_unjudged_items_as_not_relevant(as_table):
    truth = load_truth(RETRIEVAL, as_table("query,item,relevance\nq1,a,1\nq1,b,0\nq2,c,1\n"))
    entry = load_entry(RETRIEVAL, truth, as_table("query,item,score\nq1,z,9\nq1,a,8\nq2,c,1\n"))
    found = score(RETRIEVAL, truth, entry)
    assert found.metric("mrr").value == pytest.approx(0.75)  # 1/2 behind the unjudged z, and 1
    assert found.metric("recall").value == pytest.approx(0.5)
    assert found.n == 2
    error = refused(as_table, "query,item,score\nq1,a,8\n", RETRIEVAL, "query,item,relevance\nq1,a,1\nq2,c,1\n")
    assert "q2" in error.message()


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(12)), st.integers(0, 1000))
def test_any_order_gives_the_same_score(order, seed):
    rng = np.random.default_rng(seed)
    target, said = rng.normal(size=12), rng.normal(size=12)

    def read(frame):
        return read_table(frame.write_csv().encode(), name="t.csv", text_columns=TEXT_COLUMNS)

    ids = [f"n{k}" for k in range(12)]
    truth = load_truth(NUMBERS, read(pl.DataFrame({"id": ids, "target": target})))
    frame = pl.DataFrame({"id": ids, "prediction": said})
    first = score(NUMBERS, truth, load_entry(NUMBERS, truth, read(frame), name="e"))
    second = score(NUMBERS, truth, load_entry(NUMBERS, truth, read(frame[list(order)]), name="e"))
    assert first == second


def test_a_part_of_the_truth_takes_its_part_of_the_entry(as_table):
    truth = load_truth(NUMBERS, as_table(TRUTH))
    entry = load_entry(NUMBERS, truth, as_table("id,prediction\n004,4\n003,4\n002,2\n001,1.5\n"))
    part = truth.keep(["003", "004"])
    assert score(NUMBERS, part, entry).metric().value == pytest.approx(0.5)
    with pytest.raises(TableError):
        truth.keep([])


@pytest.mark.parametrize(
    "settings_,rows,by",
    [
        ({"block": "row"}, 100, "item"),
        ({"block": 10}, 10, "block of 10"),
        ({}, 50, "block of 2"),
        ({"group": "site"}, 4, "site"),
    ],
)
def test_groups(as_table, as_csv, settings_, rows, by):
    task = load_task({"id": "a", "kind": "anomaly", "metrics": ["auc_pr"], **settings_})
    rows_ = range(100)
    frame = {"id": rows_, "time": rows_, "target": [int(k % 9 == 0) for k in rows_], "site": [k % 4 for k in rows_]}
    truth = load_truth(task, as_table(as_csv(frame)))
    grouping = truth.grouping()
    if by == "block of 2":
        assert grouping.by.startswith("block of")
    else:
        assert (grouping.count, grouping.by) == (rows, by)


def test_few_long_series_are_drawn_by_days_across_all_series(as_table, as_csv):
    hours = [f"2024-0{1 + d // 28}-{1 + d % 28:02d} {h:02d}:00" for d in range(112) for h in (0, 12)]
    task = load_task({"id": "f", "kind": "forecast", "metrics": ["wql"]})
    frame = {"series": ["A"] * 224 + ["B"] * 224, "time": hours * 2, "target": range(448)}
    grouping = load_truth(task, as_table(as_csv(frame))).grouping()
    assert (grouping.count, grouping.by) == (112, "day")
    assert np.array_equal(grouping.codes[:224], grouping.codes[224:])
