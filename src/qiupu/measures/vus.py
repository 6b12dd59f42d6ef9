"""VUS-PR: the volume under the precision-recall surface over buffers of growing width around each event.

For every width w from 0 to the largest, rows within w // 2 of an event carry a soft label sqrt(1 - d / w)
(d the distance in rows, labels add up to 1 at most), and 250 thresholds, spread evenly over the sorted scores,
give precision TP / predicted and recall min(TP / P', 1) * (share of events met). P' is the mean of the hard
positives and the labels that count at this threshold. The volume is the mean over w of the area of these steps.

Source: Paparrizos et al. 2022, doi:10.14778/3551793.3551830; thresholds and buffers as in TSB-AD (Liu and
Paparrizos 2024). All sums are over rows and events, so weights of groups go straight through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from qiupu.errors import N_
from qiupu.measures.answers import AnomalyAnswers
from qiupu.measures.samples import FloatArray, IntArray, Sample, SummedSample, Undefined, WeighedSample, grouped_sums

NO_EVENTS = Undefined(N_("there is no anomaly in the truth"))
THRESHOLDS = 250
CELLS = 2_000_000
"""Largest number of (threshold, width, weight) that is worked on at a time."""


def _events(target: IntArray) -> tuple[IntArray, IntArray]:
    edges = np.diff(np.concatenate([[0], target, [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1


def threshold_bins(score: FloatArray) -> IntArray:
    """Return for each row the first of the thresholds that its score reaches (0 is the highest)."""
    ranks = np.linspace(0, len(score) - 1, THRESHOLDS).astype(np.int64)
    thresholds = -np.sort(-score)[ranks]
    return np.searchsorted(-thresholds, -score, side="left").astype(np.int64)


def _two_nearest(rows: IntArray, starts: IntArray, ends: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distances of rows outside events to the two nearest events."""
    far = np.iinfo(np.int64).max // 4
    padded_ends = np.concatenate([[-far, -far], ends])
    padded_starts = np.concatenate([starts, [far, far]])
    left = np.searchsorted(ends, rows) + 2  # first event that ends after the row, moved by the padding
    right = np.searchsorted(starts, rows)
    distances = np.stack(
        [rows - padded_ends[left - 1], rows - padded_ends[left - 2], padded_starts[right] - rows, padded_starts[right + 1] - rows]
    )
    distances.sort(axis=0)
    return distances[0], distances[1]


def _soft_labels(rows: IntArray, starts: IntArray, ends: IntArray, window: int) -> FloatArray:
    """Return labels [rows, window + 1] of rows outside events."""
    labels = np.zeros((len(rows), window + 1))
    near, second = _two_nearest(rows, starts, ends)
    for width in range(2, window + 1):
        for distance in (near, second):
            reached = distance <= width // 2
            labels[reached, width] += np.sqrt(1 - distance[reached] / width)
    return np.minimum(labels, 1.0)


def _met_by(bins: IntArray, starts: IntArray, ends: IntArray, half: int) -> tuple[IntArray, IntArray]:
    """Return for each run of events that touch when widened by ``half``: its first row, its best bin."""
    apart = ends[:-1] + half < starts[1:] - half
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    last = np.concatenate([np.flatnonzero(apart), [len(starts) - 1]])
    low = np.maximum(starts[first] - half, 0)
    high = np.minimum(ends[last] + half, len(bins) - 1)
    edges = np.stack([low, high + 1], axis=1).ravel()
    best = np.minimum.reduceat(np.append(bins, THRESHOLDS), edges)[::2]
    return starts[first], best


@dataclass(frozen=True)
class _Surface:
    """One series as sums of what each group holds at each threshold; columns are groups.

    Parameters
    ----------
    shown, hits : csr [thresholds, groups]
        Rows and hard positives that a threshold is the first to show.
    soft : csr [thresholds * widths, groups]
        Soft labels, likewise, for each width.
    met : csr [thresholds * halves, groups]
        Runs of events that a threshold is the first to meet, for each half width.
    """

    n_groups: int
    window: int
    shown: csr_array
    hits: csr_array
    soft: csr_array
    met: csr_array

    @classmethod
    def of(cls, target: IntArray, score: FloatArray, groups: IntArray, n_groups: int, window: int) -> _Surface:
        bins = threshold_bins(score)
        starts, ends = _events(target)
        widths, halves = window + 1, window // 2 + 1
        near = np.flatnonzero((target == 0) & _within(target, starts, ends, window // 2))
        labels = _soft_labels(near, starts, ends, window)
        row, width = np.nonzero(labels)
        met = [_met_by(bins, starts, ends, half) for half in range(halves)]
        met_rows, met_bins = np.concatenate([rows for rows, _ in met]), np.concatenate([best for _, best in met])
        met_half = np.repeat(np.arange(halves), [len(rows) for rows, _ in met])

        def table(numbers: np.ndarray, place: np.ndarray, owner: np.ndarray, height: int) -> csr_array:
            return csr_array((numbers.astype(np.float64), (place, owner)), shape=(height, n_groups))

        on = target > 0
        return cls(
            n_groups=n_groups,
            window=window,
            shown=table(np.ones(len(bins)), bins, groups, THRESHOLDS),
            hits=table(np.ones(int(on.sum())), bins[on], groups[on], THRESHOLDS),
            soft=table(labels[row, width], bins[near][row] * widths + width, groups[near][row], THRESHOLDS * widths),
            met=table(np.ones(len(met_bins)), met_bins * halves + met_half, groups[met_rows], THRESHOLDS * halves),
        )

    def weigh(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values [B] and slopes [B, groups] by the weights [B, groups]; NaN where no event is left."""
        size = max(1, CELLS // (THRESHOLDS * (self.window + 1)))
        parts = [self._some(weights[start : start + size]) for start in range(0, len(weights), size)]
        return np.concatenate([value for value, _ in parts]), np.concatenate([slopes for _, slopes in parts])

    def _some(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        widths, halves, batch = self.window + 1, self.window // 2 + 1, len(weights)
        of_width = np.arange(widths) // 2
        by_group = np.ascontiguousarray(weights.T)
        shown = np.cumsum(self.shown @ by_group, axis=0)[:, None]
        hard = np.cumsum(self.hits @ by_group, axis=0)[:, None]
        soft = np.cumsum((self.soft @ by_group).reshape(THRESHOLDS, widths, batch), axis=0)
        met = np.cumsum((self.met @ by_group).reshape(THRESHOLDS, halves, batch), axis=0)
        empty = (hard[-1, 0] <= 0) | (met[-1].min(axis=0) <= 0)
        positives, events = np.where(empty, 1.0, hard[-1, 0]), np.where(empty, 1.0, met[-1])
        hits, base = hard + soft, positives + soft / 2
        reach, share = np.minimum(hits / base, 1.0), (met / events)[:, of_width]
        recall = reach * share
        safe = np.where(shown > 0, shown, 1.0)
        precision = hits / safe
        step = np.diff(recall, axis=0, prepend=0.0)
        value = (step * precision).sum(axis=(0, 1)) / widths
        # slopes, from the value back to each sum
        by_recall = precision.copy()
        by_recall[:-1] -= precision[1:]
        open_ = (hits < base) * by_recall * share
        by_hits = step / safe + open_ / base
        by_base = -open_ * hits / base**2
        per_half = np.add.reduceat(by_recall * reach, np.arange(0, widths, 2), axis=1)  # widths 2h and 2h + 1 reach h rows
        by_shown = -(step * hits).sum(axis=1) / safe[:, 0] ** 2
        by_events = -(per_half * met).sum(axis=0) / events**2
        slopes = self.shown.T @ _later(by_shown)
        slopes += self.hits.T @ (_later(by_hits.sum(axis=1)) + by_base.sum(axis=(0, 1)))
        slopes += self.soft.T @ _later(by_hits + by_base / 2).reshape(-1, batch)
        slopes += self.met.T @ (_later(per_half / events) + by_events).reshape(-1, batch)
        slopes[:, empty] = 0.0
        return np.where(empty, np.nan, value), np.ascontiguousarray(slopes.T / widths)


def _later(array: FloatArray) -> FloatArray:
    """Return at each threshold the sum over it and all later ones."""
    return np.asarray(np.cumsum(array[::-1], axis=0)[::-1])


def _within(target: IntArray, starts: IntArray, ends: IntArray, half: int) -> np.ndarray:
    marks = np.zeros(len(target) + 1, dtype=np.int64)
    np.add.at(marks, np.maximum(starts - half, 0), 1)
    np.add.at(marks, np.minimum(ends + half + 1, len(target)), -1)
    return np.asarray(np.cumsum(marks)[:-1] > 0)


def measure_vus_pr(answers: AnomalyAnswers) -> Sample | Undefined:
    """Return the volume under the precision-recall surface, the mean over the series that hold an anomaly."""
    surfaces: list[_Surface] = []
    owners: list[int | None] = []
    starts = np.searchsorted(answers.series, np.arange(answers.n_series))
    for start, end in zip(starts, np.append(starts[1:], len(answers.series)), strict=True):
        rows = slice(int(start), int(end))
        if not answers.target[rows].any():
            continue
        groups = answers.groups[rows]
        surfaces.append(_Surface.of(answers.target[rows], answers.score[rows], groups, answers.n_groups, answers.window))
        owners.append(int(groups[0]) if np.ptp(groups) == 0 else None)
    if not surfaces:
        return NO_EVENTS
    if len(surfaces) > 1 and None not in owners:
        ones = np.ones((1, answers.n_groups))
        values = np.array([surface.weigh(ones)[0][0] for surface in surfaces])
        present, codes = np.unique(np.array(owners), return_inverse=True)
        return SummedSample(grouped_sums(codes, len(present), values, np.ones(len(values))), is_mean=True)
    events = int((np.diff(answers.target, prepend=0) == 1).sum())
    holding = len(np.unique(answers.groups[answers.target > 0]))
    weigh = mean_of([surface.weigh for surface in surfaces])
    return WeighedSample(answers.n_groups, weigh, events=events, rare_groups=holding)


Weigh = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def mean_of(parts: Sequence[Weigh]) -> Weigh:
    """Return the mean of several weighed values; one that a resample leaves empty (NaN) has no say."""
    if len(parts) == 1:
        return parts[0]

    def weigh(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        total, slopes, count = np.zeros(len(weights)), np.zeros(weights.shape), np.zeros(len(weights))
        for part in parts:
            value, slope = part(weights)
            present = np.isfinite(value)
            total += np.where(present, value, 0.0)
            slopes += np.where(present[:, None], slope, 0.0)
            count += present
        safe = np.maximum(count, 1)
        return np.where(count > 0, total / safe, np.nan), slopes / safe[:, None]

    return weigh
