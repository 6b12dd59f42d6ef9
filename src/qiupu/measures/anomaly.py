"""Metrics of anomaly detection. Point-adjusted F1 is left out on purpose: it puts methods that know nothing first."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qiupu.errors import N_
from qiupu.measures.answers import AnomalyAnswers
from qiupu.measures.metric import Metric
from qiupu.measures.samples import FloatArray, IntArray, Sample, SummedSample, Undefined, WeighedSample, grouped_sums
from qiupu.measures.vus import Weigh, mean_of, measure_vus_pr

NO_EVENTS = Undefined(N_("there is no anomaly in the truth"))
NO_ALARM = Undefined(N_("the entry gives no alarms (column alarm)"))


def by_series(answers: AnomalyAnswers) -> list[slice]:
    """Return the rows of each series."""
    starts = np.searchsorted(answers.series, np.arange(answers.n_series))
    ends = np.append(starts[1:], len(answers.series))
    return [slice(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


CELLS = 2_000_000
"""Largest number of weights that are worked on at a time."""


def average_precision(target: IntArray, score: FloatArray, groups: IntArray, n_groups: int) -> Weigh:
    """Return the function from weights [B, groups] to the average precision [B] and its slopes [B, groups].

    Rows with equal scores stand or fall together. With weights w, AP = sum over positives of w_i / W of the
    precision among all rows that score at least as high; the slope by w_j collects what row j changes in its
    own term and in the precision of every positive at or below it. Only steps of the ranking that hold a positive
    count, so the other rows are folded into the next such step.

    Source: Davis and Goadrich 2006, doi:10.1145/1143844.1143874 (step-wise, no interpolation).
    """
    order = np.argsort(-score, kind="stable")
    is_hit, owner = target[order] > 0, groups[order]
    step = np.cumsum(np.diff(score[order], prepend=score[order[:1]]) != 0)
    holds = np.bincount(step, weights=is_hit) > 0
    count = int(holds.sum())
    cell: IntArray = (np.cumsum(holds) - holds)[step]  # steps with a positive before this one; ``count`` after the last of them

    def folded(rows: NDArray[np.bool_]) -> csr_array:
        kept = rows & (cell < count)
        return csr_array((np.ones(int(kept.sum())), (cell[kept], owner[kept])), shape=(count, n_groups))

    all_rows, hit_rows = folded(np.ones(len(owner), dtype=bool)), folded(is_hit)

    def some(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        by_column = np.ascontiguousarray(weights.T)
        gained = hit_rows @ by_column
        hits, shown = np.cumsum(gained, axis=0), np.cumsum(all_rows @ by_column, axis=0)
        empty = hits[-1] <= 0
        total, seen = np.where(empty, 1.0, hits[-1]), np.where(shown > 0, shown, 1.0)
        precision, share = hits / seen, gained / seen
        value = (gained * precision).sum(axis=0) / total
        by_hit = np.cumsum(share[::-1], axis=0)[::-1] + precision - value
        by_shown = np.cumsum((share * precision)[::-1], axis=0)[::-1]
        slopes = (hit_rows.T @ by_hit - all_rows.T @ by_shown) / total
        slopes[:, empty] = 0.0
        return np.where(empty, np.nan, value), np.ascontiguousarray(slopes.T)

    def weigh(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        size = max(1, CELLS // max(count, n_groups))
        parts = [some(weights[start : start + size]) for start in range(0, len(weights), size)]
        return np.concatenate([value for value, _ in parts]), np.concatenate([slopes for _, slopes in parts])

    return weigh


def measure_auc_pr(answers: AnomalyAnswers) -> Sample | Undefined:
    """Return the area under the precision-recall curve, the mean over the series that hold an anomaly."""
    if not answers.target.any():
        return NO_EVENTS
    parts = [rows for rows in by_series(answers) if answers.target[rows].any()]
    pieces = [
        average_precision(answers.target[rows], answers.score[rows], answers.groups[rows], answers.n_groups) for rows in parts
    ]
    if len(pieces) > 1 and all(np.ptp(answers.groups[rows]) == 0 for rows in parts):
        owner = np.array([answers.groups[rows][0] for rows in parts])
        ones = np.ones((1, answers.n_groups))
        return _mean_of_series(np.array([piece(ones)[0][0] for piece in pieces]), owner)
    events, holding = int(answers.target.sum()), len(np.unique(answers.groups[answers.target > 0]))
    return WeighedSample(answers.n_groups, mean_of(pieces), events=events, rare_groups=holding)


def _mean_of_series(values: FloatArray, owner: IntArray) -> SummedSample:
    """Return the plain mean of whole series' values, with groups that hold none of them left out."""
    present, codes = np.unique(owner, return_inverse=True)
    return SummedSample(grouped_sums(codes, len(present), values, np.ones(len(values))), is_mean=True)


def runs(marks: IntArray, series: IntArray) -> tuple[IntArray, IntArray]:
    """Return first and last row of each unbroken run of ones; a run ends with its series."""
    on = marks.astype(bool)
    new_series = np.diff(series, prepend=-1) != 0
    starts = on & (new_series | ~np.concatenate([[False], on[:-1]]))
    ends = on & (np.append(new_series[1:], True) | ~np.append(on[1:], False))
    return np.flatnonzero(starts), np.flatnonzero(ends)


def _event_f1(sums: NDArray[Any]) -> NDArray[Any]:
    hit, events, good, alarms = (sums[..., i] for i in range(4))
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = hit / events
        precision = np.where(alarms.real > 0, good / np.where(alarms.real > 0, alarms, 1), 0)
        both = recall + precision
        return np.asarray(np.where(both.real > 0, 2 * recall * precision / np.where(both.real > 0, both, 1), 0 * recall))


def measure_event_f1(answers: AnomalyAnswers) -> SummedSample | Undefined:
    """Return the F1 of events: an event is hit by any overlap, an alarm (an unbroken run) is good when it hits one."""
    if answers.alarm is None:
        return NO_ALARM
    if not answers.target.any():
        return NO_EVENTS
    sums = np.zeros((answers.n_groups, 4))
    for column, (marks, others) in enumerate(((answers.target, answers.alarm), (answers.alarm, answers.target))):
        starts, ends = runs(marks, answers.series)
        total = np.concatenate([[0], np.cumsum(others)])
        met = total[ends + 1] > total[starts]
        owner = answers.groups[starts]
        sums[:, 2 * column] = np.bincount(owner, weights=met.astype(np.float64), minlength=answers.n_groups)
        sums[:, 2 * column + 1] = np.bincount(owner, minlength=answers.n_groups)
    return SummedSample(sums, _event_f1, events=int(sums[:, 1].sum()))


WITHOUT_EVENTS = N_("no value when the truth holds no anomaly; a series without one is left out of the mean")
_metric = partial(Metric, kind="anomaly", direction="higher", low=0.0, high=1.0)

METRICS = (
    _metric(
        name="vus_pr",
        title=N_("Volume under the precision-recall surface"),
        unit="index",
        shape="rank",
        undefined=WITHOUT_EVENTS,
        measure=measure_vus_pr,
        source="Paparrizos et al. 2022, doi:10.14778/3551793.3551830; 250 thresholds",
    ),
    _metric(
        name="auc_pr",
        title=N_("Area under the precision-recall curve"),
        unit="index",
        shape="rank",
        undefined=WITHOUT_EVENTS,
        measure=measure_auc_pr,
        source="Davis and Goadrich 2006, doi:10.1145/1143844.1143874 (average precision)",
    ),
    _metric(
        name="event_f1",
        title=N_("F1 of events"),
        unit="index",
        shape="sums",
        undefined=N_("no value when the truth holds no anomaly or the entry gives no alarms"),
        measure=measure_event_f1,
        source="events hit by any overlap, alarms as unbroken runs",
    ),
)
