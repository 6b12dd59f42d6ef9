"""Refit the weights to what people decided: an explicit act, the same result every time, judged by time before it is advised.

What a person chose should stand above what the same need's people passed over, and a little above what nobody looked at (not
being chosen is a weak sign). The weights in use pull the new ones back, so a handful of decisions changes little. No
seed and no random start: the loss is convex.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qiupu.errors import N_
from qiupu.matching.decided import NAMES, Numbers, Pairs, RecordsAt, vector_of, weights_of
from qiupu.matching.evaluate import Decision, Figures
from qiupu.matching.fit import Weights
from qiupu.matching.items import Capability, Need
from qiupu.matching.overtime import Comparison, Evaluation, Span, Window, grades_of, judged, prepare
from qiupu.text import Embedder
from qiupu.wording import translate

PULL = 3.0
"""How strongly the weights in use pull back, in needs."""
UNJUDGED = 0.25
"""What a capability that nobody decided on counts beside one that was declined."""
_SMALLEST = 0.3
"""A weight moves on the scale of its own size, but of this at least."""


@dataclass(frozen=True)
class Change:
    """One weight before and after; ``feature`` is a name of ``decided.NAMES``."""

    feature: str
    before: float
    after: float


@dataclass(frozen=True)
class Refit:
    """Weights fitted to all decisions, and what weights fitted in the same way to the past would have done later.

    Attributes
    ----------
    weights, current : Weights
        Those that are offered, and those in use; putting the latter back undoes it.
    evaluation : Evaluation
        Methods ``refitted``, ``current``, ``bm25``, ``popularity`` by windows of time; in each window ``refitted`` had seen
        only the decisions before it.
    is_advised : bool
        Whether the refitted ranking was better than the one in use on needs that came later.
    """

    weights: Weights
    current: Weights
    evaluation: Evaluation
    is_advised: bool

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows."""
        return self.evaluation.windows

    @property
    def total(self) -> tuple[Figures, ...]:
        """The figures over all windows."""
        return self.evaluation.total

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Refitted against current, BM25 and popularity."""
        return self.evaluation.comparisons

    @property
    def changes(self) -> tuple[Change, ...]:
        """The weights that differ, in order of ``NAMES``."""
        pairs = zip(NAMES, vector_of(self.current).tolist(), vector_of(self.weights).tolist(), strict=True)
        return tuple(Change(name, before, after) for name, before, after in pairs if round(before, 4) != after)

    def sentence(self, lang: str = "en") -> str:
        """Return what is advised, in words."""
        against = next(one for one in self.comparisons if one.against == "current")
        advice = N_("Using the new weights is advised.") if self.is_advised else N_("Keep the weights in use.")
        return f"{against.sentence(lang)} {translate(advice, lang)}"


def refit_weights(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    decisions: Sequence[Decision],
    *,
    current: Weights | None = None,
    k: int = 5,
    windows: int = 4,
    embedder: Embedder | None = None,
    records_at: RecordsAt | None = None,
) -> Refit:
    """Fit weights to the decisions, and judge the fitting by time.

    Parameters
    ----------
    current : Weights, optional
        Those in use, from which the fit starts and to which it is pulled; the defaults when ``None``.
    needs, capabilities, decisions, k, windows, embedder, records_at
        As in ``evaluate_decisions``.

    Raises
    ------
    InputError
        When fewer than two needs found a taker, or a decision names an unknown id.

    Source
    ------
    Pairwise logistic loss: Burges et al. 2005, doi:10.1145/1102351.1102363; choice out of a set: McFadden 1974.
    """
    start = current or Weights()
    spans, pairs = prepare(needs, capabilities, decisions, windows=windows, weights=start, embedder=embedder, records_at=records_at)
    vector = vector_of(start)
    fitted = {span.begins_at: _fit(pairs, span.before, vector) for span in spans}

    def refitted(need: int, span: Span) -> Numbers:
        return pairs.at(need, span.begins_at) @ fitted[span.begins_at]

    def in_use(need: int, span: Span) -> Numbers:
        return pairs.at(need, span.begins_at) @ vector

    evaluation = judged(pairs, spans, decisions, {"refitted": refitted, "current": in_use}, k=k, ours="refitted")
    is_advised = any(one.against == "current" and one.verdict == "better" for one in evaluation.comparisons)
    return Refit(weights_of(_fit(pairs, decisions, vector), start), start, evaluation, is_advised)


def _fit(pairs: Pairs, decisions: Sequence[Decision], start: Numbers) -> Numbers:
    """Return the vector of weights that fits some decisions."""
    grades = grades_of(decisions)
    place_of = {name: place for place, name in enumerate(pairs.capabilities)}
    first: dict[str, datetime] = {}
    for one in decisions:
        first[one.need] = min(first.get(one.need, one.decided_at), one.decided_at)
    examples = [
        example
        for place, need in enumerate(pairs.needs)
        if any(grades.get(need, {}).values())
        for example in [_example(pairs.at(place, first[need]), pairs.allowed[place], grades[need], place_of)]
        if example is not None
    ]
    scale = np.maximum(np.abs(start), _SMALLEST)
    half = (len(start) - 3) // 2
    bounds = [(0.0, None)] * (2 + half) + [(None, 0.0)] * half + [(0.0, None)]

    def loss(vector: Numbers) -> tuple[float, NDArray[Any]]:
        moved = (vector - start) / scale
        total = 0.5 * PULL * float(moved @ moved)
        slope: NDArray[Any] = PULL * moved / scale
        for example in examples:
            value, gradient = example.loss(vector)
            total += value
            slope = slope + gradient
        return total, slope

    if not examples:
        return start
    answer = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-8}
    )
    found: Numbers = np.round(np.asarray(answer.x, dtype=np.float64), 4) + np.float64(0)  # adding 0 makes -0 a plain 0
    return found


@dataclass(frozen=True)
class _Example:
    """One need: differences of features (better less worse) with weights that add up to 1, and each taker against the unjudged."""

    differences: Numbers
    shares: Numbers
    takers: Numbers
    taker_shares: Numbers
    others: Numbers

    def loss(self, vector: Numbers) -> tuple[float, Numbers]:
        """Return the loss and its slope."""
        margin = self.differences @ vector
        value = float(self.shares @ np.logaddexp(0, -margin))
        slope = -(self.shares / (1 + np.exp(np.clip(margin, -500, 500)))) @ self.differences
        if len(self.others) and len(self.takers):
            other = self.others @ vector
            peak = other.max()
            weight = np.exp(other - peak)
            level = peak + np.log(weight.sum())
            own = self.takers @ vector
            value += UNJUDGED * float(self.taker_shares @ np.logaddexp(0, level - own))
            lost = UNJUDGED * self.taker_shares / (1 + np.exp(np.clip(own - level, -500, 500)))
            slope = slope + lost.sum() * (weight @ self.others) / weight.sum() - lost @ self.takers
        return value, slope


def _example(
    features: Numbers, allowed: NDArray[np.bool_], grades: Mapping[str, int], place_of: Mapping[str, int]
) -> _Example | None:
    held = [(place_of[name], grade) for name, grade in sorted(grades.items()) if allowed[place_of[name]]]
    better = [(a, b, 2.0**high - 2.0**low) for a, high in held for b, low in held if high > low]
    takers = [(place, 2.0**grade - 1) for place, grade in held if grade > 0]
    if not takers:
        return None
    others = allowed.copy()
    others[[place for place, _ in held]] = False
    shares = np.array([share for _, _, share in better])
    gained = np.array([gain for _, gain in takers])
    rows = np.array([[a, b] for a, b, _ in better], dtype=np.int64).reshape(-1, 2)
    return _Example(
        features[rows[:, 0]] - features[rows[:, 1]],
        shares / shares.sum() if len(shares) else shares,
        features[[place for place, _ in takers]],
        gained / gained.sum(),
        features[others],
    )
