"""From a model's raw probability to how often such a value is right.

The table is a rising line through points, fitted (isotonic regression) to contracts that the model had not seen in
five-fold cross-validation; it stands beside the weights in ``data``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

HIGHEST = 0.99


def calibrated(raw: float, table: Mapping[str, Sequence[float]]) -> float:
    """Return the share of right values among those with this raw probability.

    Parameters
    ----------
    raw : float
        Between 0 and 1.
    table : mapping
        ``raw`` rising, ``right`` not falling, of one length.

    Examples
    --------
    >>> calibrated(0.6, {"raw": [0.4, 0.8], "right": [0.5, 0.9]})
    0.7
    """
    return round(float(min(HIGHEST, np.interp(raw, table["raw"], table["right"]))), 2)
