"""From truth and entry to arrays, and from arrays to samples of the task's metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qiupu.measures import (
    AnomalyAnswers,
    Answers,
    ClassAnswers,
    ForecastAnswers,
    Metric,
    NumberAnswers,
    RankingAnswers,
    Sample,
    Undefined,
)
from qiupu.trials.columns import codes_of
from qiupu.trials.entry import PROBABILITY, Entry, align
from qiupu.trials.task import Task
from qiupu.trials.truth import Grouping, Truth


def _floats(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].to_numpy().astype(np.float64)


def _class_codes(column: pl.Series, classes: tuple[str, ...]) -> NDArray[np.int64]:
    return column.cast(pl.Enum(list(classes))).to_physical().to_numpy().astype(np.int64)


def answers_of(task: Task, truth: Truth, entry: Entry, grouping: Grouping | None = None) -> Answers:
    """Return truth and entry side by side as arrays."""
    entry = align(task, truth, entry)
    grouping = grouping or truth.grouping()
    groups, count = grouping.codes, grouping.count
    if task.kind == "classification":
        names = [PROBABILITY + name for name in truth.classes]
        given = names[0] in entry.frame.columns
        return ClassAnswers(
            target=_class_codes(truth.frame["target"], truth.classes),
            predicted=_class_codes(entry.frame["prediction"], truth.classes),
            n_classes=len(truth.classes),
            groups=groups,
            n_groups=count,
            probabilities=entry.frame.select(names).to_numpy().astype(np.float64) if given else None,
        )
    if task.kind == "regression":
        return NumberAnswers(_floats(truth.frame, "target"), _floats(entry.frame, "prediction"), groups, count)
    if task.kind == "forecast":
        return _forecasts(task, truth, entry, grouping)
    if task.kind == "anomaly":
        series, n_series = _series(truth)
        return AnomalyAnswers(
            target=truth.frame["target"].to_numpy().astype(np.int64),
            score=_floats(entry.frame, "score"),
            series=series,
            n_series=n_series,
            groups=groups,
            n_groups=count,
            alarm=entry.frame["alarm"].to_numpy().astype(np.int64) if "alarm" in entry.frame.columns else None,
            window=task.window,
        )
    return _rankings(task, truth, entry, grouping)


def _series(truth: Truth) -> tuple[NDArray[np.int64], int]:
    if "series" not in truth.frame.columns:
        return np.zeros(truth.frame.height, dtype=np.int64), 1
    return codes_of(truth.frame["series"])


def _forecasts(task: Task, truth: Truth, entry: Entry, grouping: Grouping) -> ForecastAnswers:
    series, n_series = _series(truth)
    extra: dict[str, Any] = {}
    if "naive" in truth.frame.columns:
        first = np.unique(series, return_index=True)[1]
        extra["scale_absolute"] = _floats(truth.frame, "scale_absolute")[first]
        extra["scale_squared"] = _floats(truth.frame, "scale_squared")[first]
        extra["naive"] = _floats(truth.frame, "naive")
    if entry.levels:
        extra["levels"] = np.array(entry.levels)
        extra["quantiles"] = entry.frame.select([f"q:{level}" for level in entry.levels]).to_numpy().astype(np.float64)
    return ForecastAnswers(
        target=_floats(truth.frame, "target"),
        predicted=_floats(entry.frame, "prediction"),
        series=series,
        n_series=n_series,
        groups=grouping.codes,
        n_groups=grouping.count,
        coverage_level=task.coverage,
        **extra,
    )


def _rankings(task: Task, truth: Truth, entry: Entry, grouping: Grouping) -> RankingAnswers:
    queries = truth.frame["query"].unique(maintain_order=True)
    number = pl.DataFrame({"query": queries, "code": pl.Series(np.arange(len(queries)), dtype=pl.Int64)})
    judged = truth.frame.filter(pl.col("target") > 0).join(number, on="query", how="left", maintain_order="left")
    shown = entry.frame.join(number, on="query", how="inner", maintain_order="left").join(
        truth.frame.select("query", "item", "target"), on=["query", "item"], how="left", maintain_order="left"
    )
    return RankingAnswers(
        query=shown["code"].to_numpy().astype(np.int64),
        score=_floats(shown, "score"),
        relevance=shown["target"].fill_null(0.0).to_numpy().astype(np.float64),
        ideal_query=judged["code"].to_numpy().astype(np.int64),
        ideal_relevance=_floats(judged, "target"),
        n_queries=len(queries),
        groups=grouping.codes,
        n_groups=grouping.count,
        top=task.top,
    )


def sample_of(task: Task, truth: Truth, entry: Entry, metric: Metric, grouping: Grouping | None = None) -> Sample | Undefined:
    """Return the sample of one metric."""
    return metric.measure(answers_of(task, truth, entry, grouping))
