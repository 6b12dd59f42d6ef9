"""Truth and answer side by side as arrays, one dataclass for each kind of task; row i of each array is item i."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiupu.measures.samples import FloatArray, IntArray


def _same_length(n: int, **arrays: NDArray[Any] | None) -> None:
    for name, array in arrays.items():
        if array is not None and len(array) != n:
            msg = f"{name} has {len(array)} rows, expected {n}"
            raise ValueError(msg)
        if array is not None and array.dtype.kind == "f" and not np.isfinite(array).all():
            msg = f"{name} holds NaN or infinity"
            raise ValueError(msg)


def _codes(name: str, codes: IntArray, count: int) -> None:
    if len(codes) and (codes.min() < 0 or codes.max() >= count):
        msg = f"{name} must lie in 0..{count - 1}"
        raise ValueError(msg)


@dataclass(frozen=True)
class ClassAnswers:
    """Classification: class codes [n], optional probabilities [n, classes] whose rows sum to one."""

    target: IntArray
    predicted: IntArray
    n_classes: int
    groups: IntArray
    n_groups: int
    probabilities: FloatArray | None = None

    def __post_init__(self) -> None:
        """Check shapes and codes."""
        n = len(self.target)
        _same_length(n, predicted=self.predicted, groups=self.groups, probabilities=self.probabilities)
        _codes("target", self.target, self.n_classes)
        _codes("predicted", self.predicted, self.n_classes)
        _codes("groups", self.groups, self.n_groups)


@dataclass(frozen=True)
class NumberAnswers:
    """Regression: numbers [n] in the unit of the target."""

    target: FloatArray
    predicted: FloatArray
    groups: IntArray
    n_groups: int

    def __post_init__(self) -> None:
        """Check shapes and codes."""
        _same_length(len(self.target), target=self.target, predicted=self.predicted, groups=self.groups)
        _codes("groups", self.groups, self.n_groups)


@dataclass(frozen=True)
class ForecastAnswers:
    """Forecasts of several series.

    Parameters
    ----------
    target, predicted : array [n]
    series, groups : array [n] of codes
    scale_absolute, scale_squared : array [series], optional
        Mean absolute and mean squared error of the seasonal naive rule inside the history.
    naive : array [n], optional
        The seasonal naive forecast made at the end of the history.
    levels, quantiles : array [q] rising in (0, 1) and array [n, q], optional
    """

    target: FloatArray
    predicted: FloatArray
    series: IntArray
    n_series: int
    groups: IntArray
    n_groups: int
    scale_absolute: FloatArray | None = None
    scale_squared: FloatArray | None = None
    naive: FloatArray | None = None
    levels: FloatArray | None = None
    quantiles: FloatArray | None = None
    coverage_level: float = 0.8

    def __post_init__(self) -> None:
        """Check shapes and codes."""
        n = len(self.target)
        _same_length(n, target=self.target, predicted=self.predicted, groups=self.groups, quantiles=self.quantiles)
        _same_length(n, series=self.series, naive=self.naive)
        _codes("series", self.series, self.n_series)
        _codes("groups", self.groups, self.n_groups)


@dataclass(frozen=True)
class AnomalyAnswers:
    """Anomaly scores, rows in order of time inside each series.

    Parameters
    ----------
    target : array [n] of 0 and 1
    score : array [n], higher is stranger
    alarm : array [n] of 0 and 1, optional
    series, groups : array [n] of codes; a series' rows stand together
    window : int
        Largest buffer around an event, in rows, for VUS-PR.
    """

    target: IntArray
    score: FloatArray
    series: IntArray
    n_series: int
    groups: IntArray
    n_groups: int
    alarm: IntArray | None = None
    window: int = 100

    def __post_init__(self) -> None:
        """Check shapes and codes."""
        _same_length(len(self.target), score=self.score, series=self.series, groups=self.groups, alarm=self.alarm)
        _codes("target", self.target, 2)
        _codes("series", self.series, self.n_series)
        _codes("groups", self.groups, self.n_groups)
        if np.any(np.diff(self.series) < 0):
            msg = "the rows of a series must stand together, in the order of the codes"
            raise ValueError(msg)


@dataclass(frozen=True)
class RankingAnswers:
    """Retrieval.

    Parameters
    ----------
    query, score, relevance : array [n]
        The retrieved items: code of the query, score (higher is better), relevance (0 when not judged).
    ideal_query, ideal_relevance : array [m]
        Every judged item with relevance above zero.
    groups : array [queries]
        Group code of each query.
    top : int
        The k of nDCG and recall.
    """

    query: IntArray
    score: FloatArray
    relevance: FloatArray
    ideal_query: IntArray
    ideal_relevance: FloatArray
    n_queries: int
    groups: IntArray
    n_groups: int
    top: int = 10

    def __post_init__(self) -> None:
        """Check shapes and codes."""
        _same_length(len(self.query), score=self.score, relevance=self.relevance)
        _same_length(self.n_queries, groups=self.groups)
        _codes("query", self.query, self.n_queries)
        _codes("groups", self.groups, self.n_groups)


Answers = ClassAnswers | NumberAnswers | ForecastAnswers | AnomalyAnswers | RankingAnswers
