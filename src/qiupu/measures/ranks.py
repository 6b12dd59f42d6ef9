"""What a board may say about order: simultaneous rank ranges, groups that cannot be told apart, several verdicts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from qiupu.measures.samples import FloatArray

LEAST_GROUPS = 5
"""Fewer independent groups than this: no entry is set above another."""


def separated(values: FloatArray, resampled: FloatArray, n_groups: int, *, level: float = 0.95) -> NDArray[np.bool_]:
    """Say which entries are better than which, all pairs at once at ``level``.

    Parameters
    ----------
    values : array [entries], higher is better
    resampled : array [resamples, entries], drawn in pairs (the same draws for every entry)
    n_groups : int

    Returns
    -------
    array [entries, entries] of bool
        True at (i, j) where i is better than j beyond what the draw of groups explains.

    Notes
    -----
    The largest studentised difference over all pairs is resampled (max-t); its quantile is widened to the one of
    Student's distribution with ``n_groups - 1`` degrees, which matters for few groups.
    Source: Mogstad, Romano, Shaikh and Wilhelm 2024, doi:10.1093/restud/rdad006.
    """
    m = len(values)
    if n_groups < LEAST_GROUPS or m < 2:
        return np.zeros((m, m), dtype=bool)
    clean = resampled[np.isfinite(resampled).all(axis=1)]
    centred = np.ascontiguousarray((clean - values).T)
    spread = np.atleast_2d(np.cov(clean, rowvar=False))
    own = np.diag(spread)
    variance = np.maximum(own[:, None] + own[None, :] - 2 * spread, 0)
    scale = float(np.abs(values).max() + np.sqrt(own.max()))
    error = np.sqrt(variance * n_groups / (n_groups - 1))
    is_flat = error <= 1e-9 * max(scale, 1e-300)
    inverse = np.where(is_flat, 0.0, 1 / np.where(is_flat, 1.0, error))
    largest = np.zeros(len(clean))
    for i in range(m - 1):
        differences = centred[i + 1 :] - centred[i]
        differences *= inverse[i + 1 :, i, None]
        np.maximum(largest, differences.max(axis=0), out=largest)
        np.maximum(largest, -differences.min(axis=0), out=largest)
    normal = float(np.quantile(largest, level))
    limit = float(-special.stdtrit(n_groups - 1, special.ndtr(-normal))) if normal > 0 else 0.0
    difference = values[:, None] - values[None, :]
    return np.asarray(difference > np.where(is_flat, 1e-9 * max(scale, 1e-300), limit * error))


def rank_ranges(better: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return for each entry the best and the worst rank that ``better`` allows (1 is first)."""
    m = len(better)
    return [(1 + int(better[:, i].sum()), m - int(better[i].sum())) for i in range(m)]


def tie_groups(values: FloatArray, better: NDArray[np.bool_]) -> list[int]:
    """Return for each entry its group: the leader and all that it is not better than, then the next that is left, and so on.

    Parameters
    ----------
    values : array [entries], higher is better
    better : array [entries, entries]
    """
    groups = [0] * len(values)
    left = sorted(range(len(values)), key=lambda i: (-values[i], i))
    number = 0
    while left:
        number += 1
        leader = left[0]
        for i in left:
            if i == leader or not better[leader, i]:
                groups[i] = number
        left = [i for i in left if groups[i] == 0]
    return groups


def first_shares(resampled: FloatArray) -> FloatArray:
    """Return how often each entry comes first [entries]; shared first places are divided."""
    clean = resampled[np.isfinite(resampled).all(axis=1)]
    if not len(clean):
        return np.full(resampled.shape[1], 1 / resampled.shape[1])
    best = clean == clean.max(axis=1, keepdims=True)
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))


def holm(p_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Say which hypotheses fall when all are tested together (family-wise error ``alpha``).

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    fallen = [False] * len(p_values)
    for step, i in enumerate(order):
        if p_values[i] > alpha / (len(p_values) - step):
            break
        fallen[i] = True
    return fallen
