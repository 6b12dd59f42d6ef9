"""The metrics of one entry, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from qiupu import __version__
from qiupu.measures import METHOD_TITLES, RESAMPLES, Metric, Sample, Undefined, bounds, metric_named
from qiupu.measures.intervals import Bounds
from qiupu.trials.entry import Entry
from qiupu.trials.measure import answers_of
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth
from qiupu.wording import translate

INTERVAL = 0.90
"""Two-sided level of the intervals that are shown: its ends are the one-sided bounds at 0.95 on which verdicts rest."""


@dataclass(frozen=True)
class MetricScore:
    """One metric of one entry. ``value`` is ``None`` when undefined; ``low`` and ``high`` when there is too little data."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    groups: int
    resampled_by: str
    method: str
    direction: str
    unit: str
    reason: str | None = None
    reason_params: tuple[tuple[str, object], ...] = ()

    def reason_text(self, lang: str = "en") -> str | None:
        """Return why something is missing."""
        return None if self.reason is None else translate(self.reason, lang).format(**dict(self.reason_params))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "n": self.n,
            "groups": self.groups,
            "resampled_by": self.resampled_by,
            "method": self.method,
            "direction": self.direction,
            "unit": self.unit,
            "reason": self.reason_text(lang),
        }


@dataclass(frozen=True)
class Score:
    """All metrics of one entry."""

    entry: str
    metrics: tuple[MetricScore, ...]
    primary: str
    n: int
    seed: int
    version: str = __version__

    def metric(self, name: str | None = None) -> MetricScore:
        """Return one metric, the primary one by default."""
        return next(metric for metric in self.metrics if metric.name == (name or self.primary))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "entry": self.entry,
            "metrics": [metric.as_dict(lang) for metric in self.metrics],
            "primary": self.primary,
            "n": self.n,
            "seed": self.seed,
            "version": self.version,
        }


def score(task: Task, truth: Truth, entry: Entry, *, level: float = INTERVAL, seed: int = 0, resamples: int = RESAMPLES) -> Score:
    """Return the value and the two-sided interval of each of the task's metrics.

    Parameters
    ----------
    task : Task
    truth : Truth
        May be a part (``truth.keep(units)``) of what the entry was loaded for.
    entry : Entry
    level : float in (0, 1)
        Two-sided level.
    seed : int
    resamples : int
    """
    grouping = truth.grouping()
    answers = answers_of(task, truth, entry, grouping)
    found = []
    for name in task.metrics:
        metric = metric_named(name, task.kind)
        sample = metric.measure(answers)
        found.append(metric_score(metric, sample, truth.n, grouping.by, level=level, seed=seed, resamples=resamples))
    return Score(entry.name, tuple(found), task.primary, truth.n, seed)


def metric_score(
    metric: Metric,
    sample: Sample | Undefined,
    n: int,
    resampled_by: str,
    *,
    level: float = INTERVAL,
    seed: int = 0,
    resamples: int = RESAMPLES,
    limits: Bounds | None = None,
) -> MetricScore:
    """Return one metric's value and interval from its sample, with its bounds when these are known already."""
    if isinstance(sample, Undefined):
        return MetricScore(
            metric.name,
            None,
            None,
            None,
            level,
            n,
            0,
            resampled_by,
            "none",
            metric.direction,
            metric.unit,
            sample.reason,
            sample.params,
        )
    found = limits or bounds(metric, sample, level=(1 + level) / 2, seed=seed, resamples=resamples)
    return MetricScore(
        name=metric.name,
        value=sample.value,
        low=found.low,
        high=found.high,
        level=level,
        n=n,
        groups=found.groups,
        resampled_by=resampled_by,
        method=found.method,
        direction=metric.direction,
        unit=metric.unit,
        reason=found.reason,
        reason_params=found.reason_params,
    )


def method_title(method: str, lang: str = "en") -> str:
    """Return a method's name for people."""
    return translate(METHOD_TITLES.get(method, method), lang)
