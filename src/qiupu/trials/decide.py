"""Does an entry meet the bar? Pass, fail, or undecided, and how many more items would decide it.

Pass when the one-sided bound on the good side reaches the bar; fail when the other bound does not; else undecided.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from qiupu import __version__
from qiupu.errors import N_, InputError
from qiupu.measures import RESAMPLES, Metric, Sample, Undefined, bounds, clopper_pearson
from qiupu.measures.intervals import Bounds, Drawn, bounds_together
from qiupu.measures.scale import Scale
from qiupu.trials.entry import Entry
from qiupu.trials.measure import sample_of
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth
from qiupu.wording import translate

Verdict = Literal["pass", "fail", "undecided"]
LEVEL = 0.95
MOST_ITEMS = 10_000_000
ON_THE_BAR = N_("the value lies on the bar, so no number of items would decide it")


@dataclass(frozen=True)
class Decision:
    """A verdict and what it rests on.

    ``low`` and ``high`` are one-sided bounds, each at ``level``. ``n_needed`` is the number of items at which an entry
    of this value would be decided; ``None`` when it is decided already or never would be, with the ``reason``.
    """

    verdict: Verdict
    metric: str
    direction: str
    bar: float
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    groups: int
    resampled_by: str
    n_needed: int | None
    groups_needed: int | None
    method: str
    seed: int
    reason: str | None = None
    reason_params: tuple[tuple[str, object], ...] = ()
    version: str = __version__

    @property
    def n_more(self) -> int | None:
        """How many more items would decide it."""
        return None if self.n_needed is None else max(self.n_needed - self.n, 0)

    def reason_text(self, lang: str = "en") -> str | None:
        """Return why it is undecided for good, or why there is no bound."""
        return None if self.reason is None else translate(self.reason, lang).format(**dict(self.reason_params))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "verdict": self.verdict,
            "metric": self.metric,
            "direction": self.direction,
            "bar": self.bar,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "n": self.n,
            "groups": self.groups,
            "resampled_by": self.resampled_by,
            "n_needed": self.n_needed,
            "groups_needed": self.groups_needed,
            "method": self.method,
            "seed": self.seed,
            "reason": self.reason_text(lang),
            "version": self.version,
        }


def verdict_of(metric: Metric, found: Bounds, bar: float) -> Verdict:
    """Return the verdict that bounds give."""
    if found.low is None or found.high is None:
        return "undecided"
    if metric.is_higher_better:
        return "pass" if found.low >= bar else "fail" if found.high < bar else "undecided"
    return "pass" if found.high <= bar else "fail" if found.low > bar else "undecided"


def decide(
    task: Task,
    truth: Truth,
    entry: Entry,
    *,
    bar: float | None = None,
    level: float = LEVEL,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Decision:
    """Return the verdict on the primary metric.

    Parameters
    ----------
    bar : float, optional
        The task's own when not given.
    level : float in (0.5, 1)
        One-sided.

    Raises
    ------
    InputError
        When there is no bar, or it lies outside the metric's range.
    """
    metric = task.metric
    bar = _checked_bar(metric, task.bar if bar is None else bar)
    grouping = truth.grouping()
    sample = sample_of(task, truth, entry, metric, grouping)
    return decide_sample(metric, sample, truth.n, grouping.by, bar=bar, level=level, seed=seed, resamples=resamples)


def decide_sample(
    metric: Metric,
    sample: Sample | Undefined,
    n: int,
    resampled_by: str,
    *,
    bar: float,
    level: float = LEVEL,
    seed: int = 0,
    resamples: int = RESAMPLES,
    limits: Bounds | None = None,
) -> Decision:
    """Return the verdict on a sample that was measured already, with its bounds when these are known too."""
    if isinstance(sample, Undefined):
        return Decision(
            verdict="undecided",
            metric=metric.name,
            direction=metric.direction,
            bar=bar,
            value=None,
            low=None,
            high=None,
            level=level,
            n=n,
            groups=0,
            resampled_by=resampled_by,
            n_needed=None,
            groups_needed=None,
            method="none",
            seed=seed,
            reason=sample.reason,
            reason_params=sample.params,
        )
    found = limits or bounds(metric, sample, level=level, seed=seed, resamples=resamples)
    verdict = verdict_of(metric, found, bar)
    value = sample.value
    needed, reason, params = None, found.reason, found.reason_params
    if verdict == "undecided":
        needed = groups_needed(metric, found, value, bar)
        if needed is None and reason is None:
            reason = ON_THE_BAR
    per_group = n / max(found.groups, 1)
    return Decision(
        verdict=verdict,
        metric=metric.name,
        direction=metric.direction,
        bar=bar,
        value=value,
        low=found.low,
        high=found.high,
        level=level,
        n=n,
        groups=found.groups,
        resampled_by=resampled_by,
        n_needed=None if needed is None else math.ceil(needed * per_group),
        groups_needed=needed,
        method=found.method,
        seed=seed,
        reason=reason,
        reason_params=params,
    )


def _checked_bar(metric: Metric, bar: float | None) -> float:
    if bar is None:
        raise InputError(N_("There is no acceptance bar."), cure=N_("Give one with --bar, or in the task file."), code="bar")
    outside = not math.isfinite(bar) or (metric.low is not None and bar < metric.low)
    if outside or (metric.high is not None and bar > metric.high):
        raise InputError(
            N_("The bar {bar} lies outside the range of {name} ({low} to {high})."),
            cure=N_("Choose one inside the range; shares run from 0 to 1, not to 100."),
            code="bar",
            bar=bar,
            name=metric.name,
            low="-∞" if metric.low is None else metric.low,
            high="∞" if metric.high is None else metric.high,
        )
    return float(bar)


def groups_needed(metric: Metric, found: Bounds, value: float, bar: float) -> int | None:
    """Return the number of groups at which an entry of this value would be decided; ``None`` when never.

    Exact for shares; else the bound's distance, on the scale it was worked out on, shrinks with the square root of the
    number of groups.
    """
    if value == bar and not (found.method == "exact-binomial" and bar in (metric.low, metric.high)):
        return None
    if found.low is None or found.high is None:
        if found.events is not None and found.events_least is not None and found.events < found.events_least:
            return math.ceil(found.groups * found.events_least / max(found.events, 1))
        return found.groups_least if found.groups < found.groups_least else None
    if found.method == "exact-binomial":
        return _shares_needed(value, bar, found.level, found.groups)
    scale = Scale.of(metric) if found.method in ("studentised", "analytic") else Scale(None, None)
    at, limit, side = (float(scale.to(number)) for number in (value, bar, found.low if value > bar else found.high))
    if not (math.isfinite(at) and math.isfinite(side)):
        return None
    share = ((at - side) / (at - limit)) ** 2  # a bar at the end of the range is infinitely far: any number would do
    needed = math.ceil(min(found.groups * share, MOST_ITEMS))
    return max(needed, found.groups + 1, found.groups_least) if needed < MOST_ITEMS else None


def _shares_needed(value: float, bar: float, level: float, least: int) -> int | None:
    def is_decided(n: int) -> bool:
        low, high = clopper_pearson(round(value * n), n, level)
        return low >= bar or high < bar

    low, high = least, least + 1
    while not is_decided(high):
        low, high = high, high * 2
        if high > MOST_ITEMS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_decided(middle) else (middle, high)
    return high


def items_needed(
    metric: Metric, *, bar: float, value: float, deviation: float | None = None, level: float = LEVEL, power: float = 0.8
) -> int | None:
    """Return how many independent items show with ``power`` that a solution of true score ``value`` meets the bar.

    Parameters
    ----------
    value : float
        The true score that one hopes for, better than the bar.
    deviation : float, optional
        Standard deviation of one item's value; for shares it follows from ``value``.

    Returns
    -------
    int or None
        ``None`` when ``value`` is not better than the bar or the deviation is not known.
    """
    if (value <= bar) if metric.is_higher_better else (value >= bar):
        return None
    if metric.is_binary:
        return _shares_with_power(bar, value, level, power)
    if deviation is None:
        return None
    reach = float(special.ndtri(level) + special.ndtri(power))
    return max(math.ceil((reach * deviation / (value - bar)) ** 2), 2)


def _shares_with_power(bar: float, value: float, level: float, power: float) -> int | None:
    reach = float(special.ndtri(level)) * np.sqrt(bar * (1 - bar)) + float(special.ndtri(power)) * np.sqrt(value * (1 - value))
    n = max(1, int(0.5 * (reach / (value - bar)) ** 2))  # the normal guess is never twice too large
    while n < 200_000:
        low, high = 0, n + 1  # fewest hits so rare on the bar that they show more: the tail falls as hits rise
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if special.bdtrc(middle - 1, n, bar) <= 1 - level else (middle, high)
        if high <= n and float(special.bdtrc(high - 1, n, value)) >= power:
            return n
        n = n + 1 if n < 1000 else int(n * 1.01) + 1
    return None


def survive_holm(
    metric: Metric,
    samples: Sequence[Sample | Undefined],
    *,
    bar: float,
    level: float = LEVEL,
    seed: int = 0,
    resamples: int = RESAMPLES,
    drawn: Sequence[Drawn | None] = (),
    alone: Sequence[bool] | None = None,
) -> tuple[bool, ...]:
    """Say which entries still pass when all are judged together (Holm's step-down at ``1 - level``).

    The p-values are never needed: at each step the entries that pass at the step's level fall out, and the level of
    the next step follows from how many are left. ``alone`` says who passes at ``level`` when that is known: nobody else
    can pass at a stricter one.
    """
    shared = list(drawn) or [None] * len(samples)
    left = [i for i, sample in enumerate(samples) if not isinstance(sample, Undefined)]
    passed = [False] * len(samples)
    may_pass = [i for i in left if alone is None or alone[i]]
    while may_pass:
        strict = 1 - (1 - level) / len(left)
        tried = [(i, sample) for i in may_pass if not isinstance(sample := samples[i], Undefined)]
        found = bounds_together(
            metric,
            [sample for _, sample in tried],
            level=strict,
            seed=seed,
            resamples=resamples,
            drawn=[shared[i] for i, _ in tried],
        )
        fallen = {i for (i, _), one in zip(tried, found, strict=True) if verdict_of(metric, one, bar) == "pass"}
        if not fallen:
            break
        for i in fallen:
            passed[i] = True
        left = [i for i in left if i not in fallen]
        may_pass = [i for i in may_pass if i not in fallen]
    return tuple(passed)
