"""Metrics of regression."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_
from qiupu.measures.answers import NumberAnswers
from qiupu.measures.metric import Metric
from qiupu.measures.samples import SummedSample, Undefined, grouped_sums, mean_sample, ratio

CONSTANT_TARGET = Undefined(N_("the target is the same everywhere"))


def measure_mae(answers: NumberAnswers) -> SummedSample:
    """Return the mean absolute error."""
    return mean_sample(np.abs(answers.target - answers.predicted), answers.groups, answers.n_groups)


def root_of_ratio(sums: NDArray[Any]) -> NDArray[Any]:
    """Return the square root of numerator over denominator of sums [..., 2]."""
    return np.asarray(np.sqrt(ratio(sums)))


def measure_rmse(answers: NumberAnswers) -> SummedSample:
    """Return the root of the mean squared error."""
    square = (answers.target - answers.predicted) ** 2
    return SummedSample(grouped_sums(answers.groups, answers.n_groups, square, np.ones(len(square))), root_of_ratio)


def _r2(sums: NDArray[Any]) -> NDArray[Any]:
    error, count, first, second = sums[..., 0], sums[..., 1], sums[..., 2], sums[..., 3]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - error / (second - first**2 / count))


def measure_r2(answers: NumberAnswers) -> SummedSample | Undefined:
    """Return the share of the target's variance that the predictions explain."""
    if np.ptp(answers.target) == 0:
        return CONSTANT_TARGET
    centred = answers.target - answers.target.mean()  # keeps the difference of squares exact for far-off targets
    error = (answers.target - answers.predicted) ** 2
    sums = grouped_sums(answers.groups, answers.n_groups, error, np.ones(len(error)), centred, centred**2)
    return SummedSample(sums, _r2)


NEVER = N_("always defined")
_metric = partial(Metric, kind="regression")

METRICS = (
    _metric(
        name="mae",
        title=N_("Mean absolute error"),
        direction="lower",
        low=0.0,
        high=None,
        unit="target",
        shape="mean",
        undefined=NEVER,
        measure=measure_mae,
        source="mean of |error|",
    ),
    _metric(
        name="rmse",
        title=N_("Root mean squared error"),
        direction="lower",
        low=0.0,
        high=None,
        unit="target",
        shape="sums",
        undefined=NEVER,
        measure=measure_rmse,
        source="square root of the mean of error squared",
    ),
    _metric(
        name="r2",
        title=N_("R²"),
        direction="higher",
        low=None,
        high=1.0,
        unit="share",
        shape="sums",
        undefined=N_("no value when the target is the same everywhere"),
        measure=measure_r2,
        source="1 - sum of squared errors / sum of squares about the mean",
    ),
)
