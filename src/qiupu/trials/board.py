"""All entries of a trial side by side: value, interval, the ranks that the data allow, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from qiupu import __version__
from qiupu.measures import (
    RESAMPLES,
    Metric,
    Sample,
    Undefined,
    first_shares,
    rank_ranges,
    separated,
    tie_groups,
)
from qiupu.measures.intervals import Bounds, Drawn, bounds_together, method_for, shared_counts
from qiupu.measures.samples import resample_together
from qiupu.trials.decide import LEVEL, Decision, decide_sample, survive_holm
from qiupu.trials.entry import Entry
from qiupu.trials.measure import sample_of
from qiupu.trials.score import INTERVAL, MetricScore, metric_score
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth

RANK_LEVEL = 0.95


@dataclass(frozen=True)
class Unscored:
    """An entry that has no score, and why. It is shown apart, never as 0."""

    name: str
    reason: str
    code: str = ""

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return {"name": self.name, "reason": self.reason, "code": self.code}


@dataclass(frozen=True)
class BoardRow:
    """One scored entry. ``first_share`` is how often it comes first when the items are drawn again."""

    name: str
    score: MetricScore
    rank_low: int
    rank_high: int
    tie_group: int
    first_share: float
    decision: Decision | None = None
    survives_holm: bool | None = None

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        found: dict[str, object] = {
            "name": self.name,
            "value": self.score.value,
            "low": self.score.low,
            "high": self.score.high,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
            "tie_group": self.tie_group,
            "first_share": self.first_share,
            "method": self.score.method,
            "reason": self.score.reason_text(lang),
        }
        if self.decision is not None:
            found |= {"verdict": self.decision.verdict, "n_needed": self.decision.n_needed, "survives_holm": self.survives_holm}
        return found


@dataclass(frozen=True)
class Board:
    """A leaderboard, best first; entries of equal value in the order of their names."""

    metric: str
    direction: str
    entries: tuple[BoardRow, ...]
    unscored: tuple[Unscored, ...]
    level: float
    rank_level: float
    n: int
    groups: int
    resampled_by: str
    seed: int
    bar: float | None = None
    version: str = __version__

    @property
    def top(self) -> tuple[BoardRow, ...]:
        """The entries that may be first."""
        return tuple(row for row in self.entries if row.rank_low == 1)

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "entries": [row.as_dict(lang) for row in self.entries],
            "unscored": [entry.as_dict() for entry in self.unscored],
            "level": self.level,
            "rank_level": self.rank_level,
            "n": self.n,
            "groups": self.groups,
            "resampled_by": self.resampled_by,
            "seed": self.seed,
            "bar": self.bar,
            "version": self.version,
        }


def board(
    task: Task,
    truth: Truth,
    entries: Sequence[Entry],
    *,
    unscored: Sequence[Unscored] = (),
    beside: Collection[str] = (),
    bar: float | None = None,
    level: float = INTERVAL,
    rank_level: float = RANK_LEVEL,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Board:
    """Return the leaderboard of the primary metric.

    Parameters
    ----------
    entries : sequence of Entry
    unscored : sequence of Unscored
        Entries that failed before, to be shown apart.
    beside : collection of str
        Names of entries that only stand beside the others (baselines): Holm's correction does not count them.
    bar : float, optional
        With a bar (the task's own by default) each row carries its verdict and whether it survives Holm's correction.
    level : float
        Two-sided level of the intervals.
    rank_level : float
        Simultaneous level of the rank ranges.
    """
    metric = task.metric
    bar = task.bar if bar is None else bar
    grouping = truth.grouping()
    samples: list[tuple[str, Sample]] = []
    apart = list(unscored)
    for entry in entries:
        sample = sample_of(task, truth, entry, metric, grouping)
        if isinstance(sample, Undefined):
            apart.append(Unscored(entry.name, sample.text(), "undefined"))
        else:
            samples.append((entry.name, sample))
    samples.sort(key=lambda pair: pair[0])
    rules = _Rules(metric, truth.n, grouping.by, bar, level, rank_level, seed, resamples, frozenset(beside))
    rows = _rows(rules, [name for name, _ in samples], [sample for _, sample in samples])
    return Board(
        metric=metric.name,
        direction=metric.direction,
        entries=tuple(rows),
        unscored=tuple(apart),
        level=level,
        rank_level=rank_level,
        n=truth.n,
        groups=grouping.count,
        resampled_by=grouping.by,
        seed=seed,
        bar=bar,
    )


@dataclass(frozen=True)
class _Rules:
    metric: Metric
    n: int
    by: str
    bar: float | None
    level: float
    rank_level: float
    seed: int
    resamples: int
    beside: frozenset[str]


def _rows(rules: _Rules, names: list[str], samples: list[Sample]) -> list[BoardRow]:
    if not samples:
        return []
    metric, seed, resamples, bar = rules.metric, rules.seed, rules.resamples, rules.bar
    sign = 1.0 if metric.is_higher_better else -1.0
    groups = samples[0].n_groups
    with_errors = method_for(metric, samples[0]) == "studentised"
    values, errors = resample_together(samples, shared_counts(groups, resamples, seed), studentised=with_errors)
    shared = [None if errors is None else Drawn(values[i], errors[i]) for i in range(len(samples))]
    scores = sign * np.array([sample.value for sample in samples])
    better = separated(scores, sign * values.T, groups, level=rules.rank_level)
    ranges, ties, firsts = rank_ranges(better), tie_groups(scores, better), first_shares(sign * values.T)
    limits = _limits(rules, samples, shared, (1 + rules.level) / 2)
    decisions: list[Decision | None] = [None] * len(samples)
    holm: list[bool | None] = [None] * len(samples)
    if bar is not None:
        at_level = limits if (1 + rules.level) / 2 == LEVEL else _limits(rules, samples, shared, LEVEL)
        decided = [
            decide_sample(metric, sample, rules.n, rules.by, bar=bar, seed=seed, resamples=resamples, limits=at_level[i])
            for i, sample in enumerate(samples)
        ]
        counted = [i for i, name in enumerate(names) if name not in rules.beside]
        survives = survive_holm(
            metric,
            [samples[i] for i in counted],
            bar=bar,
            seed=seed,
            resamples=resamples,
            drawn=[shared[i] for i in counted],
            alone=[decided[i].verdict == "pass" for i in counted],
        )
        for i, one in zip(counted, survives, strict=True):
            holm[i] = one
        decisions = [*decided]
    return [
        BoardRow(
            name=names[i],
            score=metric_score(
                metric,
                samples[i],
                rules.n,
                rules.by,
                level=rules.level,
                seed=seed,
                resamples=resamples,
                limits=limits[i],
            ),
            rank_low=ranges[i][0],
            rank_high=ranges[i][1],
            tie_group=ties[i],
            first_share=float(firsts[i]),
            decision=decisions[i],
            survives_holm=holm[i],
        )
        for i in sorted(range(len(samples)), key=lambda i: -scores[i])
    ]


def _limits(rules: _Rules, samples: list[Sample], shared: list[Drawn | None], level: float) -> list[Bounds]:
    return bounds_together(rules.metric, samples, level=level, seed=rules.seed, resamples=rules.resamples, drawn=shared)
