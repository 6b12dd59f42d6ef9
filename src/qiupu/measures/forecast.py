"""Metrics of forecasts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_
from qiupu.measures.answers import ForecastAnswers
from qiupu.measures.metric import Metric
from qiupu.measures.regression import root_of_ratio
from qiupu.measures.samples import Combine, FloatArray, SummedSample, Undefined, grouped_sums, mean_sample, ratio

NO_HISTORY = Undefined(N_("the history of the series is not given, so errors cannot be scaled"))
FLAT_HISTORY = Undefined(N_("a series has a history that never changes, so its errors cannot be scaled"))
NO_QUANTILES = Undefined(N_("the entry gives no quantiles (columns q0.1 and so on)"))
NO_PAIR = Undefined(N_("the entry has no pair of quantiles for the central interval of {level:.0%}"))
ZERO_TARGET = Undefined(N_("the target is zero everywhere"))
PERFECT_NAIVE = Undefined(N_("the seasonal naive rule is without error on a series, so nothing can be relative to it"))


def _series_order(answers: ForecastAnswers) -> NDArray[np.int64] | None:
    """Return the group code of each series when no series is cut by groups, else None."""
    lowest = np.full(answers.n_series, answers.n_groups, dtype=np.int64)
    highest = np.full(answers.n_series, -1, dtype=np.int64)
    np.minimum.at(lowest, answers.series, answers.groups)
    np.maximum.at(highest, answers.series, answers.groups)
    return lowest if np.array_equal(lowest, highest) else None


def over_series(answers: ForecastAnswers, top: FloatArray, bottom: FloatArray, inner: Combine) -> SummedSample:
    """Return the mean over series of ``inner(sum of top, sum of bottom)``, whatever the groups are.

    Where groups hold whole series the value of each series is fixed and the metric is a plain mean;
    where they cut series (blocks of days) every series keeps its own two sums.
    """
    n_series = answers.n_series
    owner = _series_order(answers)
    if owner is not None:
        each = inner(grouped_sums(answers.series, n_series, top, bottom))
        return SummedSample(grouped_sums(owner, answers.n_groups, each, np.ones(n_series)), is_mean=True)
    cell = answers.groups * n_series + answers.series
    size = answers.n_groups * n_series
    tops = np.bincount(cell, weights=top, minlength=size).reshape(answers.n_groups, n_series)
    bottoms = np.bincount(cell, weights=bottom, minlength=size).reshape(answers.n_groups, n_series)

    def combine(sums: NDArray[Any]) -> NDArray[Any]:
        first, second = sums[..., :n_series], sums[..., n_series:]
        present = second.real > 0  # a series that a resample leaves out has no say in it
        safe = np.stack([first, np.where(present, second, 1)], axis=-1)
        each = np.where(present, inner(safe), 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(each.sum(axis=-1) / present.sum(axis=-1))

    return SummedSample(np.concatenate([tops, bottoms], axis=1), combine)


def _scale(scale: FloatArray | None) -> FloatArray | Undefined:
    if scale is None:
        return NO_HISTORY
    return scale if np.all(scale > 0) else FLAT_HISTORY


def measure_mase(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return the mean over series of the mean absolute error, scaled by the seasonal naive rule inside the history."""
    scale = _scale(answers.scale_absolute)
    if isinstance(scale, Undefined):
        return scale
    error = np.abs(answers.target - answers.predicted) / scale[answers.series]
    return over_series(answers, error, np.ones(len(error)), ratio)


def measure_rmsse(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return the mean over series of the root mean squared error, scaled likewise."""
    scale = _scale(answers.scale_squared)
    if isinstance(scale, Undefined):
        return scale
    error = (answers.target - answers.predicted) ** 2 / scale[answers.series]
    return over_series(answers, error, np.ones(len(error)), root_of_ratio)


def measure_relative_mae(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return the geometric mean over series of the absolute error relative to the seasonal naive forecast's."""
    if answers.naive is None:
        return NO_HISTORY
    error, naive = np.abs(answers.target - answers.predicted), np.abs(answers.target - answers.naive)
    n_series = answers.n_series
    if np.any(np.bincount(answers.series, weights=naive, minlength=n_series) <= 0):
        return PERFECT_NAIVE
    if np.any(np.bincount(answers.series, weights=error, minlength=n_series) <= 0):
        # one perfect series makes a geometric mean zero, whatever the rest does: no honest value
        return Undefined(N_("a series is forecast without any error, which makes a geometric mean empty"))
    owner = _series_order(answers)
    if owner is not None:
        sums = grouped_sums(answers.series, n_series, error, naive)
        each = np.log(sums[:, 0] / sums[:, 1])
        return SummedSample(grouped_sums(owner, answers.n_groups, each, np.ones(n_series)), _exp_of_ratio)
    inner = over_series(answers, error, naive, _log_of_ratio)
    return SummedSample(inner.stats, lambda sums: np.asarray(np.exp(inner.combine(sums))))


def _log_of_ratio(sums: NDArray[Any]) -> NDArray[Any]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(sums[..., 0] / sums[..., 1]))


def _exp_of_ratio(sums: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.exp(ratio(sums)))


def pinball(answers: ForecastAnswers) -> FloatArray:
    """Return the quantile losses [n, q]."""
    assert answers.quantiles is not None  # noqa: S101 - told to the type checker; callers have looked
    assert answers.levels is not None  # noqa: S101 - the same
    gap = answers.target[:, None] - answers.quantiles
    return np.maximum(answers.levels * gap, (answers.levels - 1) * gap)


def measure_wql(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return twice the mean over levels of the quantile losses' sum, over the sum of absolute targets."""
    if answers.quantiles is None:
        return NO_QUANTILES
    if not np.any(answers.target):
        return ZERO_TARGET
    loss = 2 * pinball(answers).mean(axis=1)
    return SummedSample(grouped_sums(answers.groups, answers.n_groups, loss, np.abs(answers.target)))


def measure_crps(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return the mean continuous ranked probability score, as twice the mean quantile loss over the levels given."""
    if answers.quantiles is None:
        return NO_QUANTILES
    return mean_sample(2 * pinball(answers).mean(axis=1), answers.groups, answers.n_groups)


def measure_coverage(answers: ForecastAnswers) -> SummedSample | Undefined:
    """Return the share of targets inside the central interval of the task's level."""
    if answers.quantiles is None or answers.levels is None:
        return NO_QUANTILES
    edge = (1 - answers.coverage_level) / 2
    low, high = np.isclose(answers.levels, edge), np.isclose(answers.levels, 1 - edge)
    if not (low.any() and high.any()):
        return Undefined(NO_PAIR.reason, (("level", answers.coverage_level),))
    lower, upper = answers.quantiles[:, low.argmax()], answers.quantiles[:, high.argmax()]
    inside = (answers.target >= lower) & (answers.target <= upper)
    return mean_sample(inside, answers.groups, answers.n_groups)


NEEDS_HISTORY = N_("no value without a history, or when a series' history never changes")
NEEDS_QUANTILES = N_("no value when the entry gives no quantiles")
HYNDMAN = "Hyndman and Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001"
_metric = partial(Metric, kind="forecast", low=0.0)

METRICS = (
    _metric(
        name="mase",
        title=N_("Mean absolute scaled error"),
        direction="lower",
        high=None,
        unit="ratio",
        shape="sums",
        undefined=NEEDS_HISTORY,
        measure=measure_mase,
        source=HYNDMAN,
    ),
    _metric(
        name="rmsse",
        title=N_("Root mean squared scaled error"),
        direction="lower",
        high=None,
        unit="ratio",
        shape="sums",
        undefined=NEEDS_HISTORY,
        measure=measure_rmsse,
        source="Makridakis et al. 2022, doi:10.1016/j.ijforecast.2021.07.007",
    ),
    _metric(
        name="relative_mae",
        title=N_("Error relative to the seasonal naive rule"),
        direction="lower",
        high=None,
        unit="ratio",
        shape="sums",
        undefined=N_("no value without a history, or when the forecast or the naive rule is perfect on a series"),
        measure=measure_relative_mae,
        source="geometric mean over series; Davydenko and Fildes 2013, doi:10.1016/j.ijforecast.2012.09.002",
    ),
    _metric(
        name="wql",
        title=N_("Weighted quantile loss"),
        direction="lower",
        high=None,
        unit="ratio",
        shape="sums",
        undefined=N_("no value when the entry gives no quantiles, or the target is zero everywhere"),
        measure=measure_wql,
        source="Park et al. 2022, arXiv:2111.06581",
    ),
    _metric(
        name="crps",
        title=N_("Continuous ranked probability score"),
        direction="lower",
        high=None,
        unit="target",
        shape="mean",
        undefined=NEEDS_QUANTILES,
        measure=measure_crps,
        source="Gneiting and Raftery 2007, doi:10.1198/016214506000001437, as a mean over the quantile levels given",
    ),
    _metric(
        name="coverage",
        title=N_("Coverage of the interval"),
        direction="higher",
        high=1.0,
        unit="share",
        shape="mean",
        is_binary=True,
        can_be_primary=False,
        undefined=N_("no value when the entry lacks the two quantiles of the task's interval"),
        measure=measure_coverage,
        source="share of targets inside the central interval; to be read beside its nominal level",
    ),
)
