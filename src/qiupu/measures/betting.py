"""Bounds for the mean of bounded values by betting: right at every sample size, whatever the distribution is.

To test "the mean is at most m" one bets on the values in turn with money that cannot grow on average if that is
true (Ville's inequality): whoever starts with 1 and reaches 1 / alpha has shown it false at level alpha. At every
step the bet is the one that would reach 1 / alpha with the items that are left, never more than reaches it at once.

Source: Waudby-Smith and Ramdas 2024, doi:10.1093/jrsssb/qkad009 (capital process); Voráček and Orabona 2025,
arXiv:2505.22422 (the target that is set anew at every step).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qiupu.measures.samples import FloatArray

_PRIOR_WEIGHT = 1.0
_PRIOR_VARIANCE = 0.25
_CELLS = 16
_ROUNDS = 3


def _running_variance(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return, for each step, the mean square of what a bet of 1 moves, guessed from the steps before it.

    Parameters
    ----------
    values : array [entries, n] in 0..1
    weights : array [n] in 0..1
    """
    steps = np.arange(1, values.shape[1] + 1)
    mean = (0.5 * _PRIOR_WEIGHT + np.cumsum(weights * values, axis=1)) / (_PRIOR_WEIGHT + np.cumsum(weights))
    moved = np.cumsum((weights * (values - mean)) ** 2, axis=1)
    spread = (_PRIOR_VARIANCE * _PRIOR_WEIGHT + moved) / (_PRIOR_WEIGHT + steps)
    first = np.full((len(values), 1), _PRIOR_VARIANCE)
    return np.concatenate([first, np.maximum(spread[:, :-1], 1e-8)], axis=1)


def rejections(values: FloatArray, weights: FloatArray, means: FloatArray, alpha: float) -> NDArray[np.bool_]:
    """Say for each entry and each m of its ``means`` whether "the weighted mean is at most m" is rejected at level ``alpha``.

    Parameters
    ----------
    values : array [entries, n] in 0..1, in an order that does not depend on them
    weights : array [n] in 0..1
        The size of each group over the largest.
    means : array [entries, k] in 0..1
    """
    n = values.shape[1]
    variance = _running_variance(values, weights)
    goal = float(np.log(1 / alpha))
    missing = np.full(means.shape, goal)  # what the log of wealth still lacks; 0 once it was reached
    cap = 0.999 / np.maximum(means, 1e-9)
    room = np.maximum(1 - means, 1e-9)
    for t in range(n):
        gain = weights[t] * (values[:, t, None] - means)
        stake = np.sqrt(missing * (2 / ((n - t) * variance[:, t, None])))
        np.minimum(stake, cap, out=stake)
        np.minimum(stake, np.expm1(missing) / room, out=stake)
        np.multiply(stake, gain, out=stake)
        missing -= np.where(missing > 0, np.log1p(stake), 0.0)
        missing[missing <= 1e-9] = 0.0
    return np.asarray(missing == 0)


def lower_bounds(values: FloatArray, weights: FloatArray, alpha: float, seed: int) -> FloatArray:
    """Return the lower bounds [entries] of the weighted means of values [entries, n] in 0..1.

    The bound is looked for on a grid that is refined three times, at first below the mean as far as the normal
    distribution would have it; what lies between two points of the last grid goes to the lower one. The order of
    the bets is drawn by ``seed`` alone.
    """
    n = values.shape[1]
    order = np.random.default_rng([seed, n]).permutation(n)
    values, weights = np.ascontiguousarray(values[:, order]), weights[order] / weights.max()
    top = np.clip((values * weights).sum(axis=1) / weights.sum(), 0, 1)
    error = np.sqrt(((weights * (values - top[:, None])) ** 2).sum(axis=1)) / weights.sum()
    goal = np.log(1 / alpha)
    low = np.maximum(top - 3 * np.sqrt(2 * goal) * error - 3 * goal / weights.sum(), 0.0)
    first, high = low.copy(), top
    for _ in range(_ROUNDS):
        grid = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _CELLS + 1)
        rejected = rejections(values, weights, grid[:, :-1], alpha)
        kept = np.where(rejected.all(axis=1), _CELLS, np.argmin(rejected, axis=1))
        rows = np.arange(len(values))
        below = (kept == 0) & (low >= first) & (low > 0)  # nothing of the grid is rejected: look further down
        low, high = (
            np.where(kept == 0, np.where(below, 0.0, low), grid[rows, np.maximum(kept - 1, 0)]),
            np.where(kept == 0, low, grid[rows, kept]),
        )
    return np.asarray(low)


def lower_bound(values: FloatArray, weights: FloatArray, alpha: float, seed: int) -> float:
    """Return the lower bound of the weighted mean of values [n] in 0..1."""
    return float(lower_bounds(values[None, :], weights, alpha, seed)[0])
