"""The entry that knows nothing: what a score must beat to mean anything."""

from __future__ import annotations

import numpy as np
import polars as pl

from qiupu.trials.entry import PROBABILITY, Entry
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth


def constant_entry(task: Task, truth: Truth) -> Entry | None:
    """Return the best constant answer, told from the truth itself: the majority class, the median, the seasonal naive rule.

    ``None`` where there is no such thing (retrieval; forecasts without a history).
    """
    frame = truth.frame.select(task.key_columns)
    if task.kind == "classification":
        counts = truth.frame["target"].value_counts(sort=True)
        shares = {str(name): float(count) / truth.frame.height for name, count in counts.rows()}
        top = min(shares, key=lambda name: (-shares[name], name))
        columns = {PROBABILITY + name: pl.lit(shares.get(name, 0.0)) for name in truth.classes}
        frame = frame.with_columns(prediction=pl.lit(top), **columns)
    elif task.kind == "regression":
        best = np.median if task.primary == "mae" else np.mean
        frame = frame.with_columns(prediction=pl.lit(float(best(truth.frame["target"].to_numpy()))))
    elif task.kind == "anomaly":
        frame = frame.with_columns(score=pl.lit(0.0), alarm=pl.lit(1.0))
    elif task.kind == "forecast" and "naive" in truth.frame.columns:
        frame = frame.with_columns(prediction=truth.frame["naive"])
    else:
        return None
    return Entry("constant", "", frame)
