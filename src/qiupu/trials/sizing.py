"""How many items a bar needs: an imagined entry of the hoped score tells how much such a score would vary.

The entry is the truth blurred by normal noise, half of its variance shared inside a group of items, until its score is the
one that is hoped for. What a real entry's errors look like is not known before it comes; the answer is a plan, not a bound.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from scipy import special

from qiupu.measures import Metric, Sample, Undefined
from qiupu.measures.intervals import LEAST_EVENTS, least_groups, method_for
from qiupu.measures.samples import FloatArray, IntArray
from qiupu.measures.scale import Scale
from qiupu.trials.entry import PROBABILITY, Entry
from qiupu.trials.measure import sample_of
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth

POWER = 0.8
STRICTEST = 0.6
"""Bounds allow themselves this share of the stated error when data are few (``intervals.tightened``); a plan reckons with it."""
BETTER_ERROR, BETTER_SHARE = 0.1, 0.25
"""What one hopes for when nobody says: a tenth less error than the bar, or a quarter of the way from the bar to the best."""
LEVELS = tuple(round(0.1 * k, 1) for k in range(1, 10))
STEPS = 16
WIDEST = 1e3
MOST_ITEMS = 10_000_000
FEWEST_GROUPS = 30
"""Below this the plan's normal distribution says little."""


def hoped_score(metric: Metric, bar: float) -> float:
    """Return the true score that one may hope for when a bar is set and nobody says more."""
    if metric.direction == "lower":
        return bar - BETTER_ERROR * (bar - (metric.low or 0.0))
    return bar + BETTER_SHARE * ((metric.high if metric.high is not None else bar + abs(bar)) - bar)


def items_planned(task: Task, truth: Truth, *, bar: float, hoped: float, level: float, seed: int = 0) -> int | None:
    """Return about how many items show with 80% power that an entry of true score ``hoped`` reaches the bar.

    Parameters
    ----------
    task : Task
    truth : Truth
        Data like those of the trial: their groups say how much an item adds.
    bar, hoped : float
        In the unit of the task's primary metric.
    level : float in (0.5, 1)
    seed : int

    Returns
    -------
    int or None
        ``None`` when ``hoped`` is not better than the bar, or no blur of the truth gives that score.
    """
    metric = task.metric
    if (hoped <= bar) if metric.is_higher_better else (hoped >= bar):
        return None
    sample = _sample_at(task, truth, hoped, seed)
    if sample is None:
        return None
    scale, groups = Scale.of(metric), sample.n_groups
    spread = math.sqrt(float((sample.influence() ** 2).sum()) * groups) * float(scale.slope(sample.value))
    apart = abs(float(scale.to(hoped)) - float(scale.to(bar)))
    if not (0 < spread < math.inf and apart > 0):
        return None
    reach = float(special.ndtri(1 - STRICTEST * (1 - level)) + special.ndtri(POWER))
    method = method_for(metric, sample)
    least = least_groups(metric, "studentised" if method == "analytic" else method)  # many items serve to plan for few
    wanted = max((reach * spread / apart) ** 2, least, FEWEST_GROUPS)
    if sample.events:
        wanted = max(wanted, groups * LEAST_EVENTS.get(metric.name, 0) / sample.events)
    items = wanted * truth.n / groups
    return math.ceil(items) if items < MOST_ITEMS else None


def _sample_at(task: Task, truth: Truth, hoped: float, seed: int) -> Sample | None:
    """Return the sample of the imagined entry whose score comes nearest to the hoped one; None when none comes near."""
    blur = _Blur(task, truth, seed)
    low, high, metric = -math.log(WIDEST), math.log(WIDEST), task.metric
    nearest: Sample | None = None
    for _ in range(STEPS):
        middle = (low + high) / 2
        sample = sample_of(task, truth, blur.entry(math.exp(middle)), metric)
        if isinstance(sample, Undefined):
            return None
        if nearest is None or abs(sample.value - hoped) < abs(nearest.value - hoped):
            nearest = sample
        is_too_good = sample.value > hoped if metric.is_higher_better else sample.value < hoped
        low, high = (middle, high) if is_too_good else (low, middle)
    near = nearest is not None and abs(nearest.value - hoped) <= 0.05 * max(abs(hoped), 1e-12)
    return nearest if near else None


class _Blur:
    """The truth, and noise that is drawn once, so that more blur is always a worse entry."""

    def __init__(self, task: Task, truth: Truth, seed: int) -> None:
        rng, grouping, frame = np.random.default_rng(seed), truth.grouping(), truth.frame
        codes = grouping.codes
        if task.kind == "retrieval":  # groups are of queries there
            codes = _of_rows(frame, codes)
        self.task, self.truth = task, truth
        self.noise: FloatArray = math.sqrt(0.5) * (rng.normal(size=grouping.count)[codes] + rng.normal(size=frame.height))
        self.pick = rng.random(frame.height)

    def entry(self, blur: float) -> Entry:
        """Return the truth under so much noise."""
        frame, noise = self.truth.frame, blur * self.noise
        keys = frame.select(self.task.key_columns)
        if self.task.kind == "classification":
            return Entry("imagined", "", keys.with_columns(**self._classes(blur)))
        target = frame["target"].to_numpy().astype(np.float64)
        if self.task.kind == "anomaly":
            score = target + noise
            return Entry(
                "imagined", "", keys.with_columns(pl.Series("score", score), pl.Series("alarm", (score > 0.5).astype(np.float64)))
            )
        if self.task.kind == "retrieval":
            return Entry("imagined", "", frame.select("query", "item").with_columns(pl.Series("score", target + noise)))
        width = float(target.std()) or 1.0
        columns = {"prediction": target + width * noise}
        if self.task.kind == "forecast":
            columns |= {f"q:{at}": target + width * (noise + blur * float(special.ndtri(at))) for at in LEVELS}
        return Entry("imagined", "", keys.with_columns(pl.Series(name, values) for name, values in columns.items()))

    def _classes(self, blur: float) -> dict[str, pl.Series]:
        """Return classes, wrong for as large a share as the blur says, and probabilities that half admit it."""
        names = self.truth.classes
        code = self.truth.frame["target"].cast(pl.Enum(list(names))).to_physical().to_numpy().astype(np.int64)
        share = blur / (1 + blur)
        sure = 1 - share / 2  # a little too sure, as most are: otherwise more blur would mean less spread
        wrong = special.ndtr(self.noise) < share
        others = 1 + (self.pick * max(len(names) - 1, 0)).astype(np.int64)
        said = np.where(wrong, (code + others) % len(names), code)
        columns = {"prediction": pl.Series(np.array(names, dtype=object)[said], dtype=pl.String)}
        for i, name in enumerate(names):
            columns[PROBABILITY + name] = pl.Series(np.where(said == i, sure, (1 - sure) / max(len(names) - 1, 1)))
        return columns


def _of_rows(frame: pl.DataFrame, codes: IntArray) -> IntArray:
    """Return the code of each row's query."""
    queries = frame["query"].unique(maintain_order=True)
    number = pl.DataFrame({"query": queries, "code": codes})
    return frame.select("query").join(number, on="query", how="left", maintain_order="left")["code"].to_numpy()
