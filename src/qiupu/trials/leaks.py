"""Columns and orders that give the truth away before anybody has learnt anything."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from qiupu.errors import N_
from qiupu.trials.findings import Finding, finding
from qiupu.trials.task import Task

NEARLY_ALL = 0.99
STRONG = 0.5
LEAST_ITEMS = 20
SURE = 1e-4


def label_codes(target: pl.Series) -> NDArray[np.float64]:
    """Return the target as numbers; classes by their order of names."""
    if target.dtype == pl.String:
        return target.rank("dense").to_numpy().astype(np.float64)
    return target.to_numpy().astype(np.float64)


def explained(values: NDArray[np.float64], target: NDArray[np.float64], *, is_class: bool) -> float:
    """Return how much of the target a numeric column gives away: squared rank correlation, or the gain of the best cut.

    For classes: 1 - (classes changed along the sorted column) / (changes expected of a random order), which is 1
    when the column sorts the classes into blocks, whatever their order. Between 0 and 1.
    """
    n = len(values)
    if n < LEAST_ITEMS or np.ptp(values) == 0 or np.ptp(target) == 0:
        return 0.0
    if is_class:
        order = np.lexsort((np.arange(n) * 7919 % n, values))
        changes = int((np.diff(target[order]) != 0).sum())
        shares = np.unique(target, return_counts=True)[1] / n
        expected = (n - 1) * (1 - (shares**2).sum())
        least = len(shares) - 1
        return float(np.clip((expected - changes) / max(expected - least, 1e-9), 0, 1))
    ranks = [pl.Series(array).rank("average").to_numpy() for array in (values, target)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1] ** 2)


def is_beyond_chance(share: float, n: int) -> bool:
    """Say whether such a share is beyond what an unrelated column of ``n`` rows would give (normal tail)."""
    return bool(special.ndtr(-np.sqrt(max(share, 0) * n)) < SURE)


def order_findings(task: Task, where: str, target: pl.Series) -> list[Finding]:
    """Find labels that stand in blocks: an entry could guess them from the order of the rows."""
    if task.kind not in ("classification", "regression") or len(target) < LEAST_ITEMS:
        return []
    share = explained(np.arange(len(target), dtype=np.float64), label_codes(target), is_class=task.kind == "classification")
    if share < 0.3 or not is_beyond_chance(share, len(target)):
        return []
    return [
        finding(
            "label-order",
            "warn",
            where,
            N_("The rows stand in the order of the target (strength {share:.2f})."),
            N_("Shuffle the rows before the sample is published, and give ids that do not count on."),
            share=share,
        )
    ]


def id_findings(task: Task, where: str, ids: pl.Series, target: pl.Series) -> list[Finding]:
    """Find ids whose number or beginning gives the target away."""
    if task.kind not in ("classification", "regression", "anomaly"):
        return []
    is_class = task.kind != "regression"
    labels = label_codes(target)
    found: list[Finding] = []
    digits = ids.str.extract(r"(\d+)\D*$", 1).cast(pl.Float64, strict=False)
    if task.kind != "anomaly" and not digits.null_count():
        share = explained(digits.to_numpy(), labels, is_class=is_class)
        if share >= 0.3 and is_beyond_chance(share, len(ids)):
            found.append(_id_finding(where, share, N_("The number in the id gives the target away (strength {share:.2f}).")))
    prefix = ids.str.replace(r"\d+\D*$", "")
    kinds = prefix.n_unique()
    if is_class and 1 < kinds <= 50 and len(ids) >= LEAST_ITEMS:
        pure = (
            pl.DataFrame({"prefix": prefix, "target": labels})
            .group_by("prefix")
            .agg(top=pl.col("target").value_counts().struct.field("count").max())
        )
        right = float(pure["top"].sum()) / len(ids)
        base = float(np.unique(labels, return_counts=True)[1].max()) / len(ids)
        if right >= NEARLY_ALL and base < 0.9:
            found.append(_id_finding(where, right, N_("The words in the id give the target away (right for {share:.0%}).")))
    return found


def _id_finding(where: str, share: float, template: str) -> Finding:
    return finding("id-leak", "block", where, template, N_("Give the items new, random ids."), share=share)


def column_findings(task: Task, where: str, inputs: pl.DataFrame, target: pl.Series) -> list[Finding]:
    """Find input columns that repeat the target, or times that do.

    ``inputs`` has one row for each item, in the order of ``target``.
    """
    if task.kind not in ("classification", "regression", "anomaly"):
        return []
    is_class = task.kind != "regression"
    labels = label_codes(target)
    found: list[Finding] = []
    for name in inputs.columns:
        column = inputs[name]
        share = _column_share(column, labels, is_class=is_class)
        is_time = column.dtype.is_temporal() or name.lower() in ("time", "date", "timestamp", "datetime", "时间", "日期")
        place = f"{where}, {name}"
        if share >= NEARLY_ALL:
            template = N_("The column gives the target away (strength {share:.2f}).")
            advice = N_("Take the column out, or say why it is known when the answer is needed.")
            found.append(finding("target-leak", "block", place, template, advice, share=share))
        elif is_time and task.kind != "anomaly" and share >= STRONG and is_beyond_chance(share, len(labels)):
            template = N_("The time of an item says much about the target (strength {share:.2f}).")
            advice = N_("Split by time, or take the time out.")
            found.append(finding("time-leak", "warn", place, template, advice, share=share))
    return found


def _column_share(column: pl.Series, labels: NDArray[np.float64], *, is_class: bool) -> float:
    if column.null_count() == len(column) or len(column) < LEAST_ITEMS:
        return 0.0
    if column.dtype.is_temporal():
        column = column.cast(pl.Datetime("us")).cast(pl.Int64)
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64)
        filled = values.fill_null(values.median()).fill_nan(0.0).to_numpy()
        if np.ptp(filled) == 0:
            return 0.0
        if is_class and len(np.unique(filled)) <= 50:
            return _purity(pl.Series(filled), labels)
        return explained(filled, labels, is_class=is_class)
    if column.dtype != pl.String or column.n_unique() > min(50, len(column) // 4) or not is_class:
        return 0.0
    return _purity(column, labels)


def _purity(column: pl.Series, labels: NDArray[np.float64]) -> float:
    """Return the share of errors of the most frequent class that knowing the column takes away."""
    frame = pl.DataFrame({"value": column, "label": labels})
    right = float(frame.group_by("value", "label").len().group_by("value").agg(pl.col("len").max())["len"].sum())
    base = float(np.unique(labels, return_counts=True)[1].max())
    return float((right - base) / max(len(labels) - base, 1))
