"""What a metric leaves behind of one entry: enough to compute its value again under any weights of the groups.

A *group* is what is drawn when the test is imagined again: an item, a site, a series, a day. Every sample answers
three questions: the value, the value with other weights (one row of counts for each resample), and how much the
value moves when one group's weight moves. Values do not change when all weights are multiplied by one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Combine = Callable[[NDArray[Any]], NDArray[Any]]

_CHUNK_NUMBERS = 16_000_000
"""Largest intermediate array, in numbers (128 MB)."""
_MANY_KINDS = 64
_FEW_SUMS = 4
_COLUMNS = 512
"""Columns of several entries that are multiplied with the draws at a time."""


@dataclass(frozen=True)
class Undefined:
    """A metric that has no value here, and why (a template for ``translate`` with its parameters)."""

    reason: str
    params: tuple[tuple[str, object], ...] = ()

    def text(self) -> str:
        """Return the reason in English."""
        return self.reason.format(**dict(self.params))


class Sample(Protocol):
    """An entry under one metric, open to resampling."""

    @property
    def n_groups(self) -> int:
        """Number of groups."""

    @property
    def value(self) -> float:
        """The metric on the data as they are."""

    @property
    def events(self) -> int | None:
        """How many there are of what is rare (smallest class, positives, events); ``None`` where it does not matter."""

    @property
    def rare_groups(self) -> int | None:
        """How many groups hold some of what is rare; ``None`` where it does not matter."""

    def resample(self, counts: FloatArray) -> FloatArray:
        """Return the values [B] under the weights ``counts`` [B, groups]; NaN where a resample leaves none."""

    def resample_studentised(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values [B] and their standard errors [B]."""

    def influence(self) -> FloatArray:
        """Return d value / d weight [groups] at weights of one; sums to zero."""


def ratio(sums: NDArray[Any]) -> NDArray[Any]:
    """Return numerator over denominator of sums [..., 2]."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def derivative(combine: Combine, sums: FloatArray) -> FloatArray:
    """Return the gradient [..., p] of ``combine`` at ``sums`` [..., p] by the complex step (exact to rounding)."""
    step = 1e-30
    gradient = np.empty(sums.shape)
    moved = sums.astype(np.complex128)
    for j in range(sums.shape[-1]):
        moved[..., j] += 1j * step
        gradient[..., j] = combine(moved).imag / step
        moved[..., j] = sums[..., j]
    return gradient


@dataclass(frozen=True)
class SummedSample:
    """A metric that is a smooth function of sums over items.

    Parameters
    ----------
    stats : array [groups, p]
        The sums of each group.
    combine : callable
        [..., p] to [...]; must keep complex numbers, and not change when all sums are scaled.
    is_mean : bool
        The columns are numerator and denominator of a mean of item values.
    gradient : callable, optional
        [..., p] to [..., p]; by the complex step when absent.
    events : int, optional
        How many items there are of what is rare: of the smallest class, positives, events.
    rare_groups : int, optional
        How many groups hold some of them.
    """

    stats: FloatArray
    combine: Combine = ratio
    is_mean: bool = False
    gradient: Callable[[FloatArray], FloatArray] | None = None
    events: int | None = None
    rare_groups: int | None = None

    def __post_init__(self) -> None:
        """Check the shape."""
        if self.stats.ndim != 2 or self.stats.shape[0] == 0:
            msg = f"stats must be [groups, p] with a group at least, not {self.stats.shape}"
            raise ValueError(msg)
        if self.is_mean and self.stats.shape[1] != 2:
            msg = "a mean has two columns"
            raise ValueError(msg)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.stats.shape[0])

    @property
    def value(self) -> float:
        """The metric on the data as they are."""
        return float(self.combine(self.stats.sum(axis=0)))

    def resample(self, counts: FloatArray) -> FloatArray:
        """Return the values under weights [B, groups]."""
        return np.asarray(self.combine(counts @ self.stats), dtype=np.float64)

    def slopes(self, sums: FloatArray) -> FloatArray:
        """Return the gradient [..., p] at sums [..., p]."""
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.gradient is not None:
                return self.gradient(sums)
            if self.combine is ratio:
                top, bottom = sums[..., 0], sums[..., 1]
                return np.stack([1 / bottom, -top / bottom**2], axis=-1)
            return derivative(self.combine, sums)

    def resample_studentised(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values and standard errors, the errors by the delta method inside each resample."""
        columns = self.columns()
        return self.from_columns(counts @ columns, counts)

    def columns(self) -> FloatArray:
        """Return what has to be summed under the draws [groups, c]: kinds of groups, or sums with their products."""
        kinds = self._kinds
        if kinds is not None:
            return np.asarray(kinds[1][:, None] == np.arange(len(kinds[0])), dtype=np.float64)
        if self.stats.shape[1] <= _FEW_SUMS:
            return np.concatenate([self.stats, *(self.stats[:, i, None] * self.stats[:, j, None] for i, j in self._pairs)], axis=1)
        return self.stats

    def from_columns(self, drawn: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values and standard errors from ``counts @ columns()`` [B, c]."""
        groups, p = self.stats.shape
        kinds = self._kinds
        if kinds is not None:
            rows, weights = kinds[0], drawn
            sums = drawn @ rows
        else:
            rows, weights = self.stats, counts
            sums = np.ascontiguousarray(drawn[:, :p])
        slopes = self.slopes(sums)
        square = np.zeros(len(counts))
        if kinds is None and p <= _FEW_SUMS:
            for column, (i, j) in enumerate(self._pairs):
                square += (1 if i == j else 2) * slopes[:, i] * slopes[:, j] * drawn[:, p + column]
        else:
            size = max(1, _CHUNK_NUMBERS // len(rows))
            for start in range(0, len(counts), size):
                part = slice(start, start + size)
                square[part] = np.einsum("bg,bg->b", weights[part], (slopes[part] @ rows.T) ** 2)
        errors = np.sqrt(np.maximum(square, 0) * groups / max(groups - 1, 1))
        return np.asarray(self.combine(sums), dtype=np.float64), errors

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        p = self.stats.shape[1]
        return [(i, j) for i in range(p) for j in range(i, p)]

    @cached_property
    def _kinds(self) -> tuple[FloatArray, IntArray] | None:
        """Return the distinct rows of ``stats`` and the kind of each group, ``None`` where there are many kinds.

        An item of a classification is one of classes times classes kinds, however many items there are.
        """
        if self.stats.shape[1] <= _FEW_SUMS:
            return None
        keys = self.stats @ np.sqrt(np.arange(2.0, 2.0 + self.stats.shape[1]))  # unlike rows with like keys are all but impossible
        _, first, kind = np.unique(keys, return_index=True, return_inverse=True)
        rows = self.stats[first]
        if len(rows) > _MANY_KINDS or len(rows) * 4 > len(kind) or not np.array_equal(rows[kind], self.stats):
            return None
        return rows, kind.astype(np.int64)

    def influence(self) -> FloatArray:
        """Return d value / d weight [groups]."""
        return np.asarray(self.stats @ self.slopes(self.stats.sum(axis=0)))


@dataclass(frozen=True)
class WeighedSample:
    """A metric of ranks: its value and its slopes are computed anew under each set of weights.

    Parameters
    ----------
    n_groups : int
    weigh : callable
        Weights [B, groups] to (values [B], d value / d weight [B, groups]); NaN where undefined.
    events : int, optional
        How many positives or events there are.
    rare_groups : int, optional
        How many groups hold one.
    """

    n_groups: int
    weigh: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
    events: int | None = None
    rare_groups: int | None = None

    @property
    def value(self) -> float:
        """The metric on the data as they are."""
        return float(self.weigh(np.ones((1, self.n_groups)))[0][0])

    def resample(self, counts: FloatArray) -> FloatArray:
        """Return the values under weights [B, groups]."""
        return self.resample_studentised(counts)[0]

    def resample_studentised(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return values and standard errors."""
        scale = self.n_groups / max(self.n_groups - 1, 1)
        values, slopes = self.weigh(counts)
        return values, np.sqrt(np.einsum("bg,bg->b", counts, slopes**2) * scale)

    def influence(self) -> FloatArray:
        """Return d value / d weight [groups]."""
        return np.asarray(self.weigh(np.ones((1, self.n_groups)))[1][0])


def resample_together(
    samples: Sequence[Sample], counts: FloatArray, *, studentised: bool = True
) -> tuple[FloatArray, FloatArray | None]:
    """Return values and standard errors [samples, B] of several entries under the same draws.

    Means share one multiplication of matrices (their items' weights are the same column), which is what makes a board
    of hundreds of entries quick; the numbers are those of ``Sample.resample_studentised`` to rounding.
    """
    first = samples[0]
    together = all(
        isinstance(sample, SummedSample) and sample.is_mean and np.array_equal(sample.stats[:, 1], first.stats[:, 1])
        for sample in samples
        if isinstance(first, SummedSample)
    )
    if not (isinstance(first, SummedSample) and together and all(isinstance(sample, SummedSample) for sample in samples)):
        if not studentised:
            return np.stack([sample.resample(counts) for sample in samples]), None
        summed = [sample for sample in samples if isinstance(sample, SummedSample)]
        if len(summed) == len(samples):
            pairs = list(_in_batches(summed, counts))
        else:
            pairs = [sample.resample_studentised(counts) for sample in samples]
        return np.stack([values for values, _ in pairs]), np.stack([errors for _, errors in pairs])
    weights = first.stats[:, 1]
    tops = np.stack([sample.stats[:, 0] for sample in samples if isinstance(sample, SummedSample)], axis=1)
    bottom = counts @ weights
    sums = counts @ tops
    with np.errstate(invalid="ignore", divide="ignore"):
        values = sums / bottom[:, None]
    if not studentised:
        return np.ascontiguousarray(values.T), None
    groups = first.n_groups
    cross = counts @ (tops * weights[:, None]) if np.ptp(weights) else sums * weights[0]
    squares = counts @ tops**2 - 2 * values * cross + values**2 * (counts @ weights**2)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(np.maximum(squares, 0) * groups / max(groups - 1, 1)) / bottom[:, None]
    return np.ascontiguousarray(values.T), np.ascontiguousarray(errors.T)


def _in_batches(samples: Sequence[SummedSample], counts: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Give the values and errors of each sample; the columns of several are multiplied with the draws in one go."""
    waiting: list[tuple[SummedSample, FloatArray]] = []
    for sample in [*samples, None]:
        width = sum(columns.shape[1] for _, columns in waiting)
        if waiting and (sample is None or width >= _COLUMNS):
            drawn = counts @ np.concatenate([columns for _, columns in waiting], axis=1)
            start = 0
            for one, columns in waiting:
                yield one.from_columns(drawn[:, start : start + columns.shape[1]], counts)
                start += columns.shape[1]
            waiting = []
        if sample is not None:
            waiting.append((sample, sample.columns()))


def grouped_sums(groups: IntArray, n_groups: int, *columns: NDArray[Any]) -> FloatArray:
    """Return the sums [n_groups, len(columns)] of item columns [n] by their group codes [n]."""
    if len(groups) == n_groups and np.array_equal(groups, np.arange(n_groups)):
        return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)
    return np.stack(
        [np.bincount(groups, weights=np.asarray(column, dtype=np.float64), minlength=n_groups) for column in columns], axis=1
    )


def mean_sample(values: NDArray[Any], groups: IntArray, n_groups: int) -> SummedSample:
    """Return the sample of a plain mean of item values [n]."""
    return SummedSample(grouped_sums(groups, n_groups, values, np.ones(len(values))), is_mean=True)
