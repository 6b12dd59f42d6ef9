"""Task files."""

import json

import pytest

from qiupu.errors import FileError, InputError
from qiupu.trials import load_task, task_schema

LEAST = 'id = "leaf"\nkind = "classification"\nmetrics = ["accuracy", "macro_f1"]\nprimary = "accuracy"\n'


def test_the_least_that_must_work(tmp_path):
    path = tmp_path / "task.toml"
    path.write_text(LEAST, encoding="utf-8")
    for source in (LEAST, LEAST.encode(), path, str(path)):
        task = load_task(source)
        assert (task.id, task.kind, task.primary) == ("leaf", "classification", "accuracy")


def test_a_task_goes_through_a_dictionary_and_back():
    task = load_task({"id": "x", "kind": "forecast", "metrics": ["mase"], "season": 12, "block": "day", "bar": 0.8})
    assert load_task(json.loads(json.dumps(task.as_dict()))) == task


def test_the_first_metric_is_primary_and_a_primary_alone_is_enough():
    assert load_task({"id": "x", "kind": "regression", "metrics": ["rmse", "mae"]}).primary == "rmse"
    assert load_task({"id": "x", "kind": "regression", "primary": "mae"}).metrics == ("mae",)


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"kind": "guessing"}, "guessing"),
        ({"metrics": ["mase"]}, "no metric mase"),
        ({"metrics": []}, "no metric"),
        ({"primary": "mcc"}, "not among"),
        ({"colour": "red"}, "colour"),
        ({"season": 0}, "season"),
        ({"season": "12"}, "season"),
        ({"block": "week"}, "block"),
        ({"block": 0}, "block"),
        ({"coverage": 80}, "coverage"),
        ({"classes": ["a", "a"]}, "twice"),
        ({"id": ""}, "id"),
    ],
)
def test_what_is_wrong_is_named(changes, words):
    with pytest.raises(InputError, match=words):
        load_task({"id": "x", "kind": "classification", "metrics": ["accuracy"], **changes})


def test_coverage_cannot_rank():
    with pytest.raises(InputError, match="saying less"):
        load_task({"id": "x", "kind": "forecast", "metrics": ["coverage"]})


def test_broken_toml_and_missing_files_are_said(tmp_path):
    with pytest.raises(FileError, match="TOML"):
        load_task("id = \n")
    with pytest.raises(FileError, match="cannot be opened"):
        load_task(tmp_path / "none.toml")


def test_the_schema_names_every_key_and_metric():
    schema = task_schema()
    task = load_task(LEAST)
    assert set(schema["properties"]) == set(task.as_dict())
    assert {metric["name"] for metric in schema["x-metrics"]["anomaly"]} == {"vus_pr", "auc_pr", "event_f1"}
    json.dumps(schema, allow_nan=False)
