"""Metrics, and what may be said about them from a limited number of items.

``REGISTRY`` holds every metric; ``metric.measure(answers)`` gives a ``Sample``, which knows its value and can be
resampled by groups; ``bounds`` gives one-sided bounds; ``separated``, ``rank_ranges`` and ``tie_groups`` order entries.
"""

from qiupu.measures.answers import AnomalyAnswers, Answers, ClassAnswers, ForecastAnswers, NumberAnswers, RankingAnswers
from qiupu.measures.intervals import (
    METHOD_TITLES,
    MINIMUM_GROUPS,
    RECOMMENDED_GROUPS,
    RESAMPLES,
    Bounds,
    bounds,
    clopper_pearson,
    method_for,
)
from qiupu.measures.metric import KINDS, Kind, Metric
from qiupu.measures.ranks import first_shares, holm, rank_ranges, separated, tie_groups
from qiupu.measures.registry import REGISTRY, metric_named, metrics_for
from qiupu.measures.resampling import block_codes, draw_counts
from qiupu.measures.samples import Sample, SummedSample, Undefined, WeighedSample

__all__ = [
    "KINDS",
    "METHOD_TITLES",
    "MINIMUM_GROUPS",
    "RECOMMENDED_GROUPS",
    "REGISTRY",
    "RESAMPLES",
    "AnomalyAnswers",
    "Answers",
    "Bounds",
    "ClassAnswers",
    "ForecastAnswers",
    "Kind",
    "Metric",
    "NumberAnswers",
    "RankingAnswers",
    "Sample",
    "SummedSample",
    "Undefined",
    "WeighedSample",
    "block_codes",
    "bounds",
    "clopper_pearson",
    "draw_counts",
    "first_shares",
    "holm",
    "method_for",
    "metric_named",
    "metrics_for",
    "rank_ranges",
    "separated",
    "tie_groups",
]
