"""Metrics of retrieval. Items with equal scores count as in a random order: the value is the mean over all orders."""

from __future__ import annotations

from functools import partial

import numpy as np

from qiupu.errors import N_
from qiupu.measures.answers import RankingAnswers
from qiupu.measures.metric import Metric
from qiupu.measures.samples import FloatArray, IntArray, SummedSample, Undefined, grouped_sums, mean_sample

NO_RELEVANT = Undefined(N_("no query has a relevant item"))


def _tied_blocks(answers: RankingAnswers) -> tuple[IntArray, IntArray, IntArray, FloatArray, IntArray]:
    """Return for each block of equal scores: query, first rank (from 0), size, sum of relevance, relevant items."""
    order = np.lexsort((-answers.score, answers.query))
    query, score, relevance = answers.query[order], answers.score[order], answers.relevance[order]
    if not len(query):
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, np.zeros(0), empty
    new = np.concatenate([[True], (np.diff(query) != 0) | (np.diff(score) != 0)])
    starts = np.flatnonzero(new)
    size = np.diff(np.append(starts, len(query)))
    first_of_query = np.searchsorted(query, query[starts])
    gains = np.add.reduceat(relevance, starts)
    relevant = np.add.reduceat((relevance > 0).astype(np.int64), starts)
    return query[starts], starts - first_of_query, size, gains, relevant


def _discount_sums(top: int, longest: int) -> FloatArray:
    """Return cumulative discounts: entry r is the sum of 1 / log2(rank + 1) over the first r ranks, capped at ``top``."""
    ranks = np.arange(1, longest + 1)
    return np.concatenate([[0.0], np.cumsum(np.where(ranks <= top, 1 / np.log2(ranks + 1), 0.0))])


def _with_answers(answers: RankingAnswers) -> IntArray:
    """Return the codes of the queries that have a relevant item; the others have no value and are left out."""
    return np.unique(answers.ideal_query)


def _mean_over_queries(answers: RankingAnswers, per_query: FloatArray) -> SummedSample:
    kept = _with_answers(answers)
    groups = answers.groups[kept]
    present, codes = np.unique(groups, return_inverse=True)
    if len(present) == answers.n_groups:
        return mean_sample(per_query[kept], groups, answers.n_groups)
    return SummedSample(grouped_sums(codes, len(present), per_query[kept], np.ones(len(kept))), is_mean=True)


def measure_ndcg(answers: RankingAnswers) -> SummedSample | Undefined:
    """Return the mean over queries of the discounted gain of the first k items over the best possible."""
    if not len(answers.ideal_query):
        return NO_RELEVANT
    query, first, size, gains, _ = _tied_blocks(answers)
    longest = int(max((first + size).max(initial=1), np.bincount(answers.ideal_query).max()))
    sums = _discount_sums(answers.top, longest)
    gained = np.bincount(query, weights=gains / size * (sums[first + size] - sums[first]), minlength=answers.n_queries)
    order = np.lexsort((-answers.ideal_relevance, answers.ideal_query))
    ideal_query = answers.ideal_query[order]
    rank = np.arange(len(order)) - np.searchsorted(ideal_query, ideal_query)
    best = np.bincount(
        ideal_query,
        weights=answers.ideal_relevance[order] * (sums[rank + 1] - sums[rank]),
        minlength=answers.n_queries,
    )
    return _mean_over_queries(answers, gained / np.where(best > 0, best, 1))


def _reciprocal_of_first(first: int, size: int, relevant: int) -> float:
    """Return the mean of 1 / rank of the first relevant among ``relevant`` in a block of ``size`` in random order."""
    total, none_before = 0.0, 1.0
    for step in range(size - relevant + 1):
        left = size - step
        total += none_before * (relevant / left) / (first + step + 1)
        none_before *= (left - relevant) / left
    return total


def measure_mrr(answers: RankingAnswers) -> SummedSample | Undefined:
    """Return the mean over queries of 1 / rank of the first relevant item (0 when none is retrieved)."""
    if not len(answers.ideal_query):
        return NO_RELEVANT
    query, first, size, _, relevant = _tied_blocks(answers)
    per_query = np.zeros(answers.n_queries)
    holding = np.flatnonzero(relevant > 0)
    _, place = np.unique(query[holding], return_index=True)
    for block in holding[place]:
        per_query[query[block]] = _reciprocal_of_first(int(first[block]), int(size[block]), int(relevant[block]))
    return _mean_over_queries(answers, per_query)


def measure_recall(answers: RankingAnswers) -> SummedSample | Undefined:
    """Return the mean over queries of the share of relevant items among the first k."""
    if not len(answers.ideal_query):
        return NO_RELEVANT
    query, first, size, _, relevant = _tied_blocks(answers)
    inside = np.clip(answers.top - first, 0, size) / np.maximum(size, 1)
    found = np.bincount(query, weights=relevant * inside, minlength=answers.n_queries)
    wanted = np.bincount(answers.ideal_query, minlength=answers.n_queries)
    return _mean_over_queries(answers, found / np.maximum(wanted, 1))


WITHOUT_RELEVANT = N_("a query without a relevant item is left out; no value when all are")
TIES = "equal scores: McSherry and Najork 2008, doi:10.1007/978-3-540-78646-7_38"
_metric = partial(Metric, kind="retrieval", direction="higher", low=0.0, high=1.0, shape="mean", undefined=WITHOUT_RELEVANT)

METRICS = (
    _metric(
        name="ndcg",
        title=N_("Normalised discounted gain at k"),
        unit="index",
        measure=measure_ndcg,
        source=f"Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418, gain = relevance; {TIES}",
    ),
    _metric(
        name="mrr",
        title=N_("Mean reciprocal rank"),
        unit="index",
        measure=measure_mrr,
        source=f"Voorhees 1999, TREC-8; {TIES}",
    ),
    _metric(
        name="recall",
        title=N_("Recall at k"),
        unit="share",
        measure=measure_recall,
        source=f"share of relevant items among the first k; {TIES}",
    ),
)
