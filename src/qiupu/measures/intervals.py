"""One-sided bounds for a metric, by the method that fits its shape, and the least data each method asks for.

| method | for | rests on |
| --- | --- | --- |
| exact-binomial | shares of right items, items their own groups | Clopper and Pearson 1934 |
| betting | means of bounded values | Waudby-Smith and Ramdas 2024: right for every distribution |
| studentised | everything else | bootstrap-t over groups: good for large numbers of groups, calibrated by simulation |

The last two work on the scale of ``scale.py`` where a metric lies between two finite ends, else on the plain number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import special

from qiupu.errors import N_
from qiupu.measures import betting
from qiupu.measures.metric import Metric
from qiupu.measures.resampling import draw_counts
from qiupu.measures.samples import FloatArray, Sample, SummedSample
from qiupu.measures.scale import Scale

Method = Literal["exact-binomial", "betting", "studentised", "analytic"]
RESAMPLES = 2000
MANY_GROUPS = 20_000
"""Above this number of groups the normal distribution serves instead of resampling."""

MINIMUM_GROUPS: dict[str, int] = {"exact-binomial": 1, "betting": 1, "studentised": 100, "analytic": MANY_GROUPS}
"""Fewer independent groups than this: no bound, hence undecided."""

LEAST_STUDENTISED: dict[str, int] = {
    "mase": 40,
    "relative_mae": 40,
    "wql": 80,
    "crps": 80,
    "rmsse": 200,
    "rmse": 800,
    "r2": 500,
    "event_f1": 50,
    "vus_pr": 50,
}
"""Metrics whose least number of groups differs: lower where groups are means of many rows, higher where squares of
errors let a few items rule (bench/trials.py shows the share of false passes at each)."""

RECOMMENDED_GROUPS: dict[str, int] = {"exact-binomial": 1, "betting": 1000, "studentised": 400, "analytic": MANY_GROUPS}
"""From here on a good entry passes nearly as often as under a rule that knows the distribution; below, verdicts are
as safe, but more of them are undecided."""
RECOMMENDED_SQUARES = 2000

FAR = 0.99
"""Level up to which quantiles are those of the resamples themselves."""

CAUTION = 30.0
CAUTION_RARE = 40.0
"""How much stricter than stated the bootstrap works: see ``tightened``."""

SQUARES = frozenset({"rmse", "r2"})
"""Metrics of squared errors, whose spread a few items rule at every size: they are held to the strictest level throughout."""

BY_RARE = frozenset({"mcc", "auc_pr", "vus_pr"})
"""Metrics that lean on what is rare: their caution goes by the number of groups that hold some of it."""

LEAST_EVENTS: dict[str, int] = {"macro_f1": 10, "mcc": 10, "auc_pr": 150, "event_f1": 20, "vus_pr": 20}
"""The least number of what is rare: items of the smallest class, positives, events."""

BY_EFFECT = frozenset({"auc_pr"})
"""Metrics whose error a handful of items may make up: their bounds are at least as wide as Student's on that many."""

TOO_FEW = N_("{groups} independent groups are too few; {least} are the least for this metric")
TOO_RARE = N_("{events} positives, events or items of the smallest class are too few; {events_least} are the least")
NO_SPREAD = N_("the groups do not differ enough to judge their spread")


def least_groups(metric: Metric, method: Method) -> int:
    """Return the least number of independent groups for a metric and a method."""
    if method == "studentised":
        return LEAST_STUDENTISED.get(metric.name, MINIMUM_GROUPS["studentised"])
    return MINIMUM_GROUPS[method]


def recommended_groups(metric: Metric, method: Method) -> int:
    """Return the number of groups from which on a good entry passes nearly as often as under a rule that knows all."""
    if method == "studentised" and metric.name in SQUARES:
        return RECOMMENDED_SQUARES
    return RECOMMENDED_GROUPS[method]


METHOD_TITLES: dict[str, str] = {
    "exact-binomial": N_("exact binomial (Clopper-Pearson)"),
    "betting": N_("betting bounds"),
    "studentised": N_("studentised bootstrap"),
    "analytic": N_("normal approximation"),
}


@dataclass(frozen=True)
class Bounds:
    """One-sided bounds, each at ``level``; together a two-sided interval at ``2 * level - 1``.

    ``low`` and ``high`` are ``None`` where the data allow none, with the reason.
    """

    low: float | None
    high: float | None
    level: float
    method: Method
    groups: int
    groups_least: int
    reason: str | None = None
    events: int | None = None
    events_least: int | None = None

    @property
    def reason_params(self) -> tuple[tuple[str, object], ...]:
        """What fills the reason's template."""
        names = ("groups", "groups_least", "events", "events_least")
        found = tuple((name.replace("groups_least", "least"), getattr(self, name)) for name in names)
        return found if self.reason else ()

    def __post_init__(self) -> None:
        """Check the level and the order."""
        if not 0.5 < self.level < 1:
            msg = "a one-sided level lies between 0.5 and 1"
            raise ValueError(msg)
        if self.low is not None and self.high is not None and self.low > self.high:
            msg = f"bounds in the wrong order: {self.low}, {self.high}"
            raise ValueError(msg)


def clopper_pearson(hits: int, n: int, level: float) -> tuple[float, float]:
    """Return the exact one-sided bounds of a share, each at ``level``.

    Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    if not 0 <= hits <= n or n < 1:
        msg = f"{hits} of {n} is no share"
        raise ValueError(msg)
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, n - hits + 1, 1 - level))
    high = 1.0 if hits == n else float(special.betaincinv(hits + 1, n - hits, level))
    return low, high


@lru_cache(maxsize=2)
def shared_counts(n_groups: int, resamples: int, seed: int) -> FloatArray:
    """Return the draws of ``draw_counts``, kept for the entries that follow; not to be written to."""
    counts = draw_counts(n_groups, resamples, seed)
    counts.setflags(write=False)
    return counts


def method_for(metric: Metric, sample: Sample) -> Method:
    """Return the method that a metric's bounds are computed by."""
    if isinstance(sample, SummedSample) and sample.is_mean and metric.is_bounded:
        ones = sample.stats[:, 1] == 1
        if metric.is_binary and ones.all():
            return "exact-binomial"
        return "betting" if sample.n_groups <= MANY_GROUPS else "analytic"
    return "studentised" if sample.n_groups <= MANY_GROUPS else "analytic"


@dataclass(frozen=True, eq=False)
class Drawn:
    """Values and standard errors [B] of one sample under shared draws, computed for a whole board at once."""

    values: FloatArray
    errors: FloatArray


def bounds(
    metric: Metric,
    sample: Sample,
    *,
    level: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
    drawn: Drawn | None = None,
) -> Bounds:
    """Return the one-sided bounds of a metric, each at ``level``.

    Parameters
    ----------
    metric : Metric
    sample : Sample
    level : float in (0.5, 1)
    seed : int
    resamples : int
    drawn : Drawn, optional
        What the sample gives under the draws of this seed, when known already.
    """
    method = method_for(metric, sample)
    groups, least = sample.n_groups, least_groups(metric, method)
    if groups < least:
        return Bounds(None, None, level, method, groups, least, TOO_FEW)
    rare, least_rare = sample.events, LEAST_EVENTS.get(metric.name, 0)
    if method in ("studentised", "analytic") and rare is not None and rare < least_rare:
        return Bounds(None, None, level, method, groups, least, TOO_RARE, events=rare, events_least=least_rare)
    if method == "exact-binomial":
        assert isinstance(sample, SummedSample)  # noqa: S101 - method_for has looked
        low, high = clopper_pearson(round(float(sample.stats[:, 0].sum())), groups, level)
    elif method == "betting":
        assert isinstance(sample, SummedSample)  # noqa: S101 - method_for has looked
        low, high = _betting(metric, [sample], level, seed)[0]
    elif method == "analytic":
        low, high = _analytic(metric, sample, level)
    else:
        if drawn is None:
            drawn = Drawn(*sample.resample_studentised(shared_counts(groups, resamples, seed)))
        low, high = _studentised(metric, sample, level, drawn)
    if np.isnan(low) or np.isnan(high):
        return Bounds(None, None, level, method, groups, least, NO_SPREAD)
    return Bounds(_inside(metric, low), _inside(metric, high), level, method, groups, least)


def effective_groups(sample: Sample) -> float:
    """Return how many groups make up the error of a value, in effect; 0 where nothing does.

    With s for how much each group moves the value: the square of the sum of s**2, over the sum of s**4.
    """
    square = sample.influence() ** 2
    fourth = float((square**2).sum())
    return float(square.sum()) ** 2 / fourth if fourth > 0 else 0.0


def bounds_together(
    metric: Metric,
    samples: Sequence[Sample],
    *,
    level: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
    drawn: Sequence[Drawn | None] = (),
) -> list[Bounds]:
    """Return ``bounds`` of several entries; betting bounds of entries with the same groups are worked out in one go."""
    plain = [sample for sample in samples if isinstance(sample, SummedSample) and method_for(metric, sample) == "betting"]
    if len(plain) < len(samples) or any(not np.array_equal(one.stats[:, 1], plain[0].stats[:, 1]) for one in plain):
        shared = list(drawn) or [None] * len(samples)
        return [
            bounds(metric, sample, level=level, seed=seed, resamples=resamples, drawn=one)
            for sample, one in zip(samples, shared, strict=True)
        ]
    least = least_groups(metric, "betting")
    return [
        Bounds(_inside(metric, low), _inside(metric, high), level, "betting", one.n_groups, least)
        for one, (low, high) in zip(plain, _betting(metric, plain, level, seed), strict=True)
    ]


def _betting(metric: Metric, samples: Sequence[SummedSample], level: float, seed: int) -> list[tuple[float, float]]:
    assert metric.low is not None  # noqa: S101 - method_for has looked
    assert metric.high is not None  # noqa: S101 - the same
    if not samples:
        return []
    span = metric.high - metric.low
    weights = samples[0].stats[:, 1]
    values = np.clip((np.stack([one.stats[:, 0] for one in samples]) / weights - metric.low) / span, 0, 1)
    low = metric.low + span * betting.lower_bounds(values, weights, 1 - level, seed)
    high = metric.high - span * betting.lower_bounds(1 - values, weights, 1 - level, seed)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _standard_error(sample: Sample) -> float:
    groups = sample.n_groups
    return float(np.sqrt((sample.influence() ** 2).sum() * groups / max(groups - 1, 1)))


def _analytic(metric: Metric, sample: Sample, level: float) -> tuple[float, float]:
    scale, value = Scale.of(metric), sample.value
    error = _standard_error(sample) * float(scale.slope(value))
    if not 0 < error < np.inf:
        return float("nan"), float("nan")
    reach, centre = float(special.ndtri(level)) * error, float(scale.to(value))
    return scale.back(centre - reach), scale.back(centre + reach)


def tightened(metric: Metric, sample: Sample, level: float) -> float:
    """Return the level that the bootstrap works at: stricter for little data, so that the level that is stated holds.

    The error of a studentised bootstrap falls with the number of groups n, so the share of error allowed is multiplied
    by ``1 - 30 / n``, or by ``1 - 40 / r`` where r groups hold what is rare, by 0.6 at least. For 0.05 that is 0.03 up
    to 75 groups, 0.035 at 100 and 0.046 at 400. Squared errors may have no third moment, and then nothing says that the
    error falls so fast: it is 0.6 for them. ``bench/trials.py`` shows what comes of it.
    """
    if metric.name in SQUARES:
        missing = 1.0
    elif metric.name in BY_RARE and sample.rare_groups is not None:
        missing = CAUTION_RARE / max(sample.rare_groups, 1)
    else:
        missing = CAUTION / max(sample.n_groups, 1)
    return 1 - (1 - level) * float(np.clip(1 - missing, 0.6, 1.0))


def _studentised(metric: Metric, sample: Sample, level: float, drawn: Drawn) -> tuple[float, float]:
    scale, value = Scale.of(metric), sample.value
    error = _standard_error(sample) * float(scale.slope(value))
    if not 0 < error < np.inf:
        return float("nan"), float("nan")
    usable = np.isfinite(drawn.values) & np.isfinite(drawn.errors)
    values, errors = drawn.values[usable], drawn.errors[usable]
    if len(values) * 2 < len(drawn.values):
        return float("nan"), float("nan")
    strict = tightened(metric, sample, level)
    below, above = _pivot_quantiles(scale, value, error, Drawn(values, errors), strict)
    if metric.name in BY_EFFECT:
        least = float(special.stdtrit(max(effective_groups(sample) - 1, 0.8), strict))
        below, above = min(below, -least), max(above, least)
    centre = float(scale.to(value))
    return scale.back(centre - max(above, 0.0) * error), scale.back(centre - min(below, 0.0) * error)


def _pivot_quantiles(scale: Scale, value: float, error: float, drawn: Drawn, level: float) -> tuple[float, float]:
    """Return the lower and the upper quantile of the studentised distances of resamples from ``value``.

    Between two ends the scale has made the spread nearly even, so each resample's own error is averaged (its square) with
    the ``error`` of the data: near an end a resample may lose all that made an error, and nothing follows from that.
    """
    values, errors = drawn.values, drawn.errors
    flat = errors <= 0
    distance = scale.to(values) - scale.to(value)
    if scale.is_bounded:
        own = np.where(flat, 0.0, errors * scale.slope(np.where(flat, value, values)))
        pivots = distance / np.sqrt(0.5 * own**2 + 0.5 * error**2)
    else:  # a resample without spread says that this far off is possible, but not how sure it is
        pivots = distance / np.where(flat, 1.0, errors)
        pivots = np.where(flat, np.where(distance == 0, 0.0, np.copysign(np.inf, distance)), pivots)
    pivots.sort()
    last = len(pivots) - 1
    near = min(level, FAR)  # farther out few resamples are left: the normal distribution's shape carries on from there
    up = min(int(np.ceil(near * (len(pivots) + 1))) - 1, last)  # a new pivot lies above the k-th of B with chance 1 - k / (B + 1)
    stretch = float(special.ndtri(level) / special.ndtri(near))
    return float(pivots[last - up]) * stretch, float(pivots[up]) * stretch


def _inside(metric: Metric, number: float) -> float:
    low = -np.inf if metric.low is None else metric.low
    high = np.inf if metric.high is None else metric.high
    return float(min(max(number, low), high))
