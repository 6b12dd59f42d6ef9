"""Answers of every kind for tests that go over the whole registry."""

import numpy as np

from qiupu.measures import AnomalyAnswers, ClassAnswers, ForecastAnswers, NumberAnswers, RankingAnswers


def grouped(rng, n, n_groups):
    codes = np.sort(rng.integers(0, n_groups, n))
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def classes(rng, n=60, n_groups=60, k=3, perfect=False):
    groups = np.arange(n) if n_groups == n else grouped(rng, n, n_groups)
    target = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    logits = rng.normal(size=(n, k))
    logits[np.arange(n), target] += 60 if perfect else 1
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    if perfect:
        p = np.eye(k)[target]
    return ClassAnswers(target, p.argmax(axis=1), k, groups, int(groups.max()) + 1, p)


def numbers(rng, n=60, n_groups=60, perfect=False):
    groups = np.arange(n) if n_groups == n else grouped(rng, n, n_groups)
    target = rng.normal(50, 4, n)
    return NumberAnswers(target, target + (0 if perfect else 1) * rng.normal(size=n), groups, int(groups.max()) + 1)


def forecasts(rng, n_series=4, steps=30, by="day", perfect=False):
    n = n_series * steps
    series = np.repeat(np.arange(n_series), steps)
    groups = np.tile(np.arange(steps), n_series) if by == "day" else series
    target = rng.normal(10, 2, n)
    predicted = target if perfect else target + rng.normal(size=n)
    levels = np.array([0.1, 0.5, 0.9])
    width = np.array([0.0, 0.0, 0.0]) if perfect else np.array([-1.2, 0.0, 1.2])
    return ForecastAnswers(
        target,
        predicted,
        series,
        n_series,
        groups,
        int(groups.max()) + 1,
        scale_absolute=rng.uniform(1, 2, n_series),
        scale_squared=rng.uniform(1, 4, n_series),
        naive=target + rng.normal(size=n),
        levels=levels,
        quantiles=predicted[:, None] + width,
    )


def anomalies(rng, n_series=1, rows=200, n_groups=20, perfect=False):
    n = n_series * rows
    series = np.repeat(np.arange(n_series), rows)
    target = np.zeros(n, dtype=np.int64)
    for s in range(n_series):
        for start in (20, 70, 140):
            begin = s * rows + start + int(rng.integers(0, 10))
            target[begin : begin + int(rng.integers(3, 9))] = 1
    score = target.astype(float) if perfect else rng.normal(size=n) + 1.5 * target
    groups = (np.arange(n) * n_groups) // n
    return AnomalyAnswers(target, score, series, n_series, groups, n_groups, (score > 0.9).astype(np.int64), window=10)


def rankings(rng, n_queries=40, size=12, n_groups=40, top=5, perfect=False, ties=False):
    relevance = np.zeros((n_queries, size))
    for q in range(n_queries):
        relevance[q, : rng.integers(1, 4)] = rng.integers(1, 4)
    score = relevance + 0.0 if perfect else rng.normal(size=relevance.shape) + relevance
    score = np.round(score) if ties else score + 1e-6 * rng.random(relevance.shape)
    query = np.repeat(np.arange(n_queries), size)
    flat = relevance.ravel()
    groups = np.arange(n_queries) if n_groups == n_queries else grouped(rng, n_queries, n_groups)
    return RankingAnswers(
        query, score.ravel(), flat, query[flat > 0], flat[flat > 0], n_queries, groups, int(groups.max()) + 1, top
    )


def make(kind, rng, perfect=False, few_groups=False):
    if kind == "classification":
        return classes(rng, n_groups=12 if few_groups else 60, perfect=perfect)
    if kind == "regression":
        return numbers(rng, n_groups=12 if few_groups else 60, perfect=perfect)
    if kind == "forecast":
        return forecasts(rng, by="day" if few_groups else "series", n_series=4 if few_groups else 30, perfect=perfect)
    if kind == "anomaly":
        return anomalies(rng, perfect=perfect)
    return rankings(rng, n_groups=12 if few_groups else 40, perfect=perfect)
