"""Invented worlds in which the true score is known: what bench/trials.py judges the verdicts in.

A world makes the sample of one entry of a given quality from ``groups`` independent groups. Quality runs over a real
number; more is better. The true score of a quality is the metric on a very large draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from qiupu.measures import (
    REGISTRY,
    AnomalyAnswers,
    ClassAnswers,
    ForecastAnswers,
    Metric,
    NumberAnswers,
    RankingAnswers,
    Sample,
    SummedSample,
    Undefined,
)

Rng = np.random.Generator
Make = Callable[[Rng, int, float], Any]


@dataclass(frozen=True)
class World:
    """A generator of answers for a metric.

    ``start`` is the quality on the bar; ``large`` the groups of the draw that tells the true score.
    """

    metric_name: str
    name: str
    make: Make
    start: float
    large: int = 400_000
    step: float = 1.0

    @property
    def metric(self) -> Metric:
        return REGISTRY[self.metric_name]

    def sample(self, rng: Rng, groups: int, quality: float) -> Sample | Undefined:
        return self.metric.measure(self.make(rng, groups, quality))

    def truth(self, quality: float) -> float:
        return _truth(self, quality)


@cache
def _truth(world: World, quality: float) -> float:
    values = []
    for seed in range(4):
        found = world.sample(np.random.default_rng([77, seed]), world.large, quality)
        assert not isinstance(found, Undefined)
        values.append(found.value)
    return float(np.mean(values))


def own(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.int64)


# --- regression -----------------------------------------------------------------------------------------------------


def _noise(kind: str, rng: Rng, n: int) -> np.ndarray:
    if kind == "normal":
        return rng.normal(size=n)
    if kind == "laplace":
        return rng.laplace(size=n)
    if kind == "student5":
        return rng.standard_t(5, size=n)
    if kind == "lognormal":
        return rng.choice([-1, 1], n) * rng.lognormal(0, 0.7, n)
    if kind == "mixture":  # one item in ten is five times as hard
        return rng.normal(size=n) * np.where(rng.random(n) < 0.1, 5, 1)
    raise ValueError(kind)


def regression(kind: str) -> Make:
    def make(rng: Rng, n: int, quality: float) -> NumberAnswers:
        target = rng.normal(0, 3, n)
        return NumberAnswers(target, target + np.exp(-quality) * _noise(kind, rng, n), own(n), n)

    return make


def regression_clusters(rng: Rng, n: int, quality: float) -> NumberAnswers:
    """Sites of 3 to 20 items, each with its own difficulty."""
    sizes = rng.integers(3, 21, n)
    groups = np.repeat(own(n), sizes)
    scale = np.exp(-quality + rng.normal(0, 0.5, n))
    target = rng.normal(0, 3, len(groups))
    return NumberAnswers(target, target + scale[groups] * rng.normal(size=len(groups)), groups, n)


# --- classification -------------------------------------------------------------------------------------------------


def classification(classes: int, shares: tuple[float, ...] | None = None, *, clustered: bool = False) -> Make:
    def make(rng: Rng, n: int, quality: float) -> ClassAnswers:
        sizes = rng.integers(1, 8, n) if clustered else np.ones(n, dtype=np.int64)
        groups = np.repeat(own(n), sizes)
        m = len(groups)
        p = np.full(classes, 1 / classes) if shares is None else np.array(shares)
        target = rng.choice(classes, m, p=p)
        logits = rng.normal(size=(m, classes)) + np.log(p)
        shift = rng.normal(0, 0.6, n)[groups] if clustered else 0.0
        logits[own(m), target] += quality + shift
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        chance = odds / odds.sum(axis=1, keepdims=True)
        return ClassAnswers(target, logits.argmax(axis=1), classes, groups, n, chance)

    return make


# --- forecasts ------------------------------------------------------------------------------------------------------


def forecast_series(kind: str) -> Make:
    """Each group is a series of 12 steps with its own difficulty."""

    def make(rng: Rng, n: int, quality: float) -> ForecastAnswers:
        series = np.repeat(own(n), 12)
        level = rng.uniform(5, 15, n)
        spread = rng.lognormal(0, 0.3, n)
        hard = np.exp(-quality) * rng.lognormal(0, 0.4, n) * spread
        target = level[series] + spread[series] * rng.normal(size=12 * n)
        error = np.abs(rng.normal(size=n))[series] * 0.3 * hard[series] + hard[series] * _noise(kind, rng, 12 * n) * 0.7
        naive = target + spread[series] * rng.normal(size=12 * n) * 1.2
        return _forecast(target, target + error, series, n, series, n, spread * 1.13, naive, error, quality)

    return make


def forecast_days(rng: Rng, n: int, quality: float) -> ForecastAnswers:
    """Four long series; each group is one day of 24 hours of all four; a day's errors hang together."""
    n_series, hours = 4, 24
    groups = np.tile(np.repeat(own(n), hours), n_series)
    series = np.repeat(own(n_series), n * hours)
    day = np.tile(np.repeat(rng.normal(0, 0.6, n), hours), n_series)
    target = 10 + rng.normal(size=len(series))
    error = np.exp(-quality) * (day + rng.normal(size=len(series)))
    naive = target + 1.3 * rng.normal(size=len(series))
    return _forecast(target, target + error, series, n_series, groups, n, np.full(n_series, 1.1), naive, error, quality)


def _forecast(target, predicted, series, n_series, groups, n_groups, scale, naive, error, quality) -> ForecastAnswers:
    levels = np.array([0.1, 0.5, 0.9])
    width = 1.28 * np.exp(-quality)
    quantiles = predicted[:, None] + width * np.array([-1.0, 0.0, 1.0])
    return ForecastAnswers(
        target=target,
        predicted=predicted,
        series=series,
        n_series=n_series,
        groups=groups,
        n_groups=n_groups,
        scale_absolute=scale,
        scale_squared=scale**2,
        naive=naive,
        levels=levels,
        quantiles=quantiles,
    )


# --- anomalies ------------------------------------------------------------------------------------------------------


def anomaly_rows(share: float) -> Make:
    """Rows by themselves; each group is one row."""

    def make(rng: Rng, n: int, quality: float) -> AnomalyAnswers:
        target = (rng.random(n) < share).astype(np.int64)
        if not target.any():
            target[0] = 1
        score = rng.normal(size=n) + quality * target
        zeros = np.zeros(n, dtype=np.int64)
        return AnomalyAnswers(target, score, zeros, 1, own(n), n, (score > 1.5).astype(np.int64))

    return make


def anomaly_votes(rng: Rng, n: int, quality: float) -> AnomalyAnswers:
    """Rows by themselves, three in ten positive, each scored by how many of 15 neighbours vote for it: many equal scores."""
    target = (rng.random(n) < 0.3).astype(np.int64)
    felt = rng.normal(size=n) + quality * target
    score = rng.binomial(15, 1 / (1 + np.exp(-3 * (felt - quality / 2)))) / 15
    zeros = np.zeros(n, dtype=np.int64)
    return AnomalyAnswers(target, score, zeros, 1, own(n), n, (score > 0.5).astype(np.int64))


def anomaly_blocks(rng: Rng, n: int, quality: float) -> AnomalyAnswers:
    """One series; each group is a block of 50 rows, which with chance 0.3 holds one event of 5 to 15 rows."""
    length = 50
    target = np.zeros((n, length), dtype=np.int64)
    has = rng.random(n) < 0.3
    if not has.any():
        has[0] = True
    for i in np.flatnonzero(has):
        start = rng.integers(5, 30)
        target[i, start : start + rng.integers(5, 16)] = 1
    ease = rng.normal(0, 0.5, n)[:, None]
    score = rng.normal(size=(n, length)) + rng.normal(0, 0.3, n)[:, None] + (quality + ease) * target
    alarm = (score > 3.0).astype(np.int64)
    rows = n * length
    groups = np.repeat(own(n), length)
    return AnomalyAnswers(target.ravel(), score.ravel(), np.zeros(rows, dtype=np.int64), 1, groups, n, alarm.ravel(), window=10)


# --- retrieval ------------------------------------------------------------------------------------------------------


def retrieval(rng: Rng, n: int, quality: float) -> RankingAnswers:
    """Queries of 20 items, 1 to 4 of them relevant."""
    size = 20
    relevant = rng.integers(1, 5, n)
    relevance = (np.arange(size)[None, :] < relevant[:, None]).astype(np.float64)
    score = rng.normal(size=(n, size)) + (quality + rng.normal(0, 0.5, n))[:, None] * relevance
    query = np.repeat(own(n), size)
    flat = relevance.ravel()
    return RankingAnswers(query, score.ravel(), flat, query[flat > 0], flat[flat > 0], n, own(n), n, top=5)


def bounded_mean(kind: str) -> Make:
    """Straight draws of a bounded value, as a Brier score or a series' VUS-PR would be."""

    def make(rng: Rng, n: int, quality: float) -> np.ndarray:
        mean = 1 / (1 + np.exp(-quality))
        if kind == "beta":
            return rng.beta(8 * mean, 8 * (1 - mean), n)
        return rng.beta(mean, 1 - mean, n)

    return make


SHARES = (0.6, 0.3, 0.1)

WORLDS: tuple[World, ...] = (
    *(World("mae", kind, regression(kind), 0.0) for kind in ("normal", "laplace", "student5", "lognormal", "mixture")),
    World("mae", "sites", regression_clusters, 0.0, 60_000),
    World("rmse", "normal", regression("normal"), 0.0),
    World("rmse", "laplace", regression("laplace"), 0.0),
    World("rmse", "student5", regression("student5"), 0.0),
    World("rmse", "sites", regression_clusters, 0.0, 60_000),
    World("r2", "normal", regression("normal"), 0.0),
    World("r2", "laplace", regression("laplace"), 0.0),
    World("accuracy", "two classes", classification(2), 1.2),
    World("accuracy", "clusters", classification(2, clustered=True), 2.0, 60_000),
    World("macro_f1", "three even classes", classification(3), 2.0),
    World("macro_f1", "uneven classes", classification(3, SHARES), 2.0),
    World("macro_f1", "clusters", classification(3, SHARES, clustered=True), 2.0, 60_000),
    World("mcc", "two classes", classification(2, (0.7, 0.3)), 2.0),
    World("mcc", "uneven classes", classification(3, SHARES), 2.0),
    World("log_loss", "three classes", classification(3, SHARES), 2.0),
    World("brier", "three classes", classification(3, SHARES), 2.0),
    World("mase", "series", forecast_series("normal"), 0.2, 20_000),
    World("mase", "days", forecast_days, 0.2, 5_000),
    World("rmsse", "series", forecast_series("normal"), 0.2, 20_000),
    World("rmsse", "series, heavy tails", forecast_series("laplace"), 0.2, 20_000),
    World("rmsse", "days", forecast_days, 0.2, 5_000),
    World("relative_mae", "series", forecast_series("normal"), 0.2, 20_000),
    World("relative_mae", "days", forecast_days, 0.2, 5_000),
    World("wql", "series", forecast_series("laplace"), 0.2, 20_000),
    World("wql", "days", forecast_days, 0.2, 5_000),
    World("crps", "series", forecast_series("normal"), 0.2, 20_000),
    World("crps", "days", forecast_days, 0.2, 5_000),
    World("auc_pr", "rows, 10% positive", anomaly_rows(0.1), 2.0, 100_000),
    World("auc_pr", "rows, 30% positive", anomaly_rows(0.3), 1.5, 100_000),
    World("auc_pr", "rows, 30% positive, near 1", anomaly_rows(0.3), 3.0, 100_000),
    World("auc_pr", "votes", anomaly_votes, 2.5, 100_000),
    World("auc_pr", "votes, near 1", anomaly_votes, 3.2, 100_000),
    World("auc_pr", "blocks", anomaly_blocks, 2.0, 5_000),
    World("auc_pr", "blocks, near 1", anomaly_blocks, 4.0, 5_000),
    World("event_f1", "blocks", anomaly_blocks, 2.0, 20_000),
    World("vus_pr", "blocks", anomaly_blocks, 2.0, 5_000),
    World("ndcg", "queries", retrieval, 1.5, 40_000),
    World("mrr", "queries", retrieval, 1.5, 40_000),
    World("recall", "queries", retrieval, 1.5, 40_000),
)

__all__ = ["WORLDS", "SummedSample", "World", "bounded_mean"]
