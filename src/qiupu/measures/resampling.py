"""Draws of groups, and blocks for series that are too few to be groups themselves."""

from __future__ import annotations

import numpy as np

from qiupu.measures.samples import FloatArray, IntArray


def draw_counts(n_groups: int, resamples: int, seed: int) -> FloatArray:
    """Return how often each group is drawn: [resamples, n_groups], every row sums to ``n_groups``.

    The same (n_groups, resamples, seed) gives the same draws, so entries that share them are compared in pairs.
    """
    rng = np.random.default_rng([seed, n_groups, resamples])
    counts = np.empty((resamples, n_groups))
    size = max(1, 4_000_000 // max(n_groups, 1))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(0, n_groups, size=(rows, n_groups), dtype=np.int32)
        drawn += np.arange(rows, dtype=np.int32)[:, None] * n_groups
        counts[start : start + rows] = np.bincount(drawn.ravel(), minlength=rows * n_groups).reshape(rows, n_groups)
    return counts


def block_codes(n: int, length: int) -> IntArray:
    """Return block codes of ``n`` rows in order: 0 for the first ``length`` rows, and so on; a short rest joins the last."""
    if length < 1:
        msg = "a block has one row at least"
        raise ValueError(msg)
    codes = np.arange(n, dtype=np.int64) // length
    if n > length and n % length and n % length < (length + 1) // 2:
        codes[codes == codes[-1]] = codes[-1] - 1
    return codes
