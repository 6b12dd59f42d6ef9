"""Fit the line from raw probabilities to shares of right values, for the tools that fit weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.isotonic import IsotonicRegression


def fit_table(raw: Sequence[float], right: Sequence[bool]) -> dict[str, list[float]]:
    """Return the table of ``qiupu.agreements.calibration`` by isotonic regression; equal neighbours are left out."""
    model = IsotonicRegression(y_min=0.02, y_max=0.99, out_of_bounds="clip").fit(raw, np.asarray(right, dtype=float))
    return {
        "raw": [round(float(x), 3) for x in model.X_thresholds_],
        "right": [round(float(y), 3) for y in model.y_thresholds_],
    }


def report(raw: Sequence[float], right: Sequence[bool]) -> str:
    """Say, by fifths of the values from the surest on, how many are right, and how many are wrong in the surest 80%."""
    order = np.argsort(-np.asarray(raw), kind="stable")
    truth = np.asarray(right, dtype=float)[order]
    fifths = " ".join(f"{part.mean():.3f}" for part in np.array_split(truth, 5))
    return f"right by fifths, surest first: {fifths}; wrong in the surest 80%: {1 - truth[: int(0.8 * len(truth))].mean():.3f}"
