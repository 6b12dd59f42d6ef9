import numpy as np
import polars as pl
import pytest

from qiupu.files import read_table
from qiupu.trials import TEXT_COLUMNS, load_entry, load_task, load_truth


def table(text, name="table.csv"):
    """Read csv text as the commands do."""
    return read_table(text.encode() if isinstance(text, str) else text, name=name, text_columns=TEXT_COLUMNS)


def csv(columns):
    return pl.DataFrame(columns).write_csv()


@pytest.fixture
def as_table():
    return table


@pytest.fixture
def as_csv():
    return csv


@pytest.fixture
def accuracy():
    """A task of 200 items in two classes, its truth, and a maker of entries with so many right."""
    task = load_task({"id": "t", "kind": "classification", "metrics": ["accuracy", "macro_f1"]})
    ids = [f"i{k:03d}" for k in range(200)]
    target = ["a" if k % 3 else "b" for k in range(200)]
    truth = load_truth(task, table(csv({"id": ids, "target": target}), "truth.csv"))

    def entry(right, name="entry"):
        said = [t if k < right else ("b" if t == "a" else "a") for k, t in enumerate(target)]
        return load_entry(task, truth, table(csv({"id": ids, "prediction": said}), f"{name}.csv"))

    return task, truth, entry


@pytest.fixture
def regression():
    """A task of 300 items, its truth, and a maker of entries with a given error."""
    task = load_task({"id": "r", "kind": "regression", "metrics": ["mae"]})
    rng = np.random.default_rng(0)
    ids, target = [str(k) for k in range(300)], rng.normal(size=300)
    truth = load_truth(task, table(csv({"id": ids, "target": target}), "truth.csv"))

    def entry(size, name="entry", seed=1):
        said = target + size * np.random.default_rng(seed).normal(size=300)
        return load_entry(task, truth, table(csv({"id": ids, "prediction": said}), f"{name}.csv"))

    return task, truth, entry


@pytest.fixture(scope="session")
def as_table_session():
    return table


@pytest.fixture(scope="session")
def as_csv_session():
    return csv
