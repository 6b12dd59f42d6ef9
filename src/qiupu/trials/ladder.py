"""Feedback that cannot be climbed: an answer changes only when an entry is better beyond chance.

The plain Ladder (Blum and Hardt 2015, arXiv:1502.04585, the parameter-free form) releases a new best when it beats
the last one by more than one standard error of their paired difference. The bootstrap Ladder (after Neto et al.
2016, arXiv:1607.00091) asks that the new one be better in so large a share of paired resamples that, over the whole
quota, a lucky step has a chance of one in twenty. Released values are rounded to one standard error's grain so that
small steps tell nothing.

The published Ladder starts from an accuracy of one half and compares the first entry with a loss of zero on every item.
A metric in general has no such start: here the first entry is released as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from qiupu.errors import N_, Conflict
from qiupu.measures import Metric, Sample
from qiupu.measures.intervals import shared_counts

Variant = Literal["plain", "bootstrap"]
RESAMPLES = 1000
LUCK = 0.05
"""Chance, over a whole quota of entries that are no better, that one of them is told to be (bootstrap variant)."""
SURE_LEAST, SURE_MOST = 0.99, 0.9999
"""Limits of the share of resamples in which a new best must be better."""
MANY = 5000
"""Above this number of groups the normal distribution stands for the resamples."""


def contributions(sample: Sample) -> NDArray[np.float64]:
    """Return one number for each group whose mean is the metric: item values for a mean, else linearised."""
    return sample.value + sample.n_groups * sample.influence()


@dataclass(frozen=True)
class LadderAnswer:
    """What a supplier is told. ``value`` is the best so far as released; ``left`` counts the quota."""

    value: float
    has_improved: bool
    left: int


@dataclass(frozen=True, eq=False)
class Ladder:
    """The state of one organisation's feedback; affiliated organisations share one.

    Parameters
    ----------
    is_higher_better : bool
    quota : int
        Entries allowed in all.
    variant : ``plain`` or ``bootstrap``
    seed : int
    used : int
    released : float, optional
        The last value that was told.
    best : array [groups], optional
        Contributions of the best entry: secret, since they give labels away.
    expected : int, optional
        Over how many entries the chance of a lucky step is spread, where somebody else counts the quota; else the quota.
    """

    is_higher_better: bool
    quota: int
    variant: Variant = "plain"
    seed: int = 0
    used: int = 0
    released: float | None = None
    best: NDArray[np.float64] | None = None
    expected: int | None = None

    def __post_init__(self) -> None:
        """Check the quota."""
        if self.quota < 1 or not 0 <= self.used <= self.quota:
            msg = f"a quota of {self.quota} with {self.used} used"
            raise ValueError(msg)

    @classmethod
    def for_groups(cls, metric: Metric, n_groups: int, *, quota: int, seed: int = 0, expected: int | None = None) -> Ladder:
        """Return a fresh state for a feedback part of ``n_groups``.

        It is of the bootstrap variant, which gives less away at every size (bench/trials.py compares them).
        """
        if n_groups < 2:
            raise Conflict(
                N_("The feedback part has {count} groups; it takes two at least."),
                cure=N_("Give the feedback a larger share."),
                code="feedback-small",
                count=n_groups,
            )
        return cls(metric.is_higher_better, quota, "bootstrap", seed, expected=expected)

    @property
    def sure(self) -> float:
        """The share of resamples in which a new best must be better: the larger the quota, the surer (bootstrap variant)."""
        return min(max(1 - LUCK / (self.expected or self.quota), SURE_LEAST), SURE_MOST)

    @property
    def left(self) -> int:
        """How many entries are left."""
        return self.quota - self.used

    def submit(self, sample: Sample | NDArray[np.float64]) -> tuple[Ladder, LadderAnswer]:
        """Return the next state and the answer.

        Parameters
        ----------
        sample : Sample, or array [groups] of contributions
            Of the feedback part; always the same groups.

        Raises
        ------
        Conflict
            When the quota is used up. A state is immutable: a platform's own fault keeps the old one.
        """
        if not self.left:
            raise Conflict(
                N_("The quota of {quota} entries is used up."), cure=N_("Wait for the final score."), code="quota", quota=self.quota
            )
        values = sample if isinstance(sample, np.ndarray) else contributions(sample)
        if self.best is not None and len(values) != len(self.best):
            raise Conflict(
                N_("The feedback part has changed from {before} to {now} groups."),
                cure=N_("Start the feedback anew."),
                code="feedback-changed",
                before=len(self.best),
                now=len(values),
            )
        told = _rounded(values)
        improved = self._is_better(values, told)
        state = replace(self, used=self.used + 1)
        if improved:
            state = replace(state, best=values, released=told)
        assert state.released is not None  # noqa: S101 - the first entry is always released
        return state, LadderAnswer(state.released, improved, state.left)

    def _is_better(self, values: NDArray[np.float64], told: float) -> bool:
        if self.best is None or self.released is None:
            return True
        sign = 1.0 if self.is_higher_better else -1.0
        if not sign * (told - self.released) > 0:
            return False  # a step below the grain tells nothing, or labels could be tried out a few at a time
        difference = sign * (values - self.best)
        n = len(values)
        error = float(difference.std(ddof=1)) / np.sqrt(n) if n > 1 else np.inf
        if self.variant == "plain":
            return bool(difference.mean() > error * (1 + 1e-9))
        if not difference.mean() > special.ndtri(self.sure) * error:
            return False  # as far as the normal distribution asks; few groups or skewed ones have to show more
        if n > MANY:
            return True
        drawn = shared_counts(n, RESAMPLES, self.seed) @ difference
        return bool((drawn > 0).mean() >= self.sure)

    def as_dict(self) -> dict[str, Any]:
        """For storage: it holds ``best``, so it is as secret as the labels."""
        return {
            "is_higher_better": self.is_higher_better,
            "quota": self.quota,
            "variant": self.variant,
            "seed": self.seed,
            "used": self.used,
            "released": self.released,
            "best": None if self.best is None else self.best.tolist(),
            "expected": self.expected,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Ladder:
        """Read ``as_dict`` back."""
        best = values.get("best")
        return cls(**{**values, "best": None if best is None else np.array(best, dtype=np.float64)})


def _rounded(values: NDArray[np.float64]) -> float:
    """Return the mean, rounded to the power of ten at or below its standard error."""
    mean, n = float(values.mean()), len(values)
    error = float(values.std(ddof=1)) / np.sqrt(n) if n > 1 else 0.0
    if not error > 0:
        return mean
    return round(mean, int(-np.floor(np.log10(error))))
