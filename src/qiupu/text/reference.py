"""The mean vectors of a fixed set of sentences per language, for pools too small to have a mean of their own.

``reference.npz`` is written by ``bench/reference_means.py`` from sentences of our own; it holds means only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REFERENCE_STRENGTH = 60.0
"""How many documents of the pool the reference counts as."""


@cache
def _reference() -> dict[str, NDArray[np.float64]]:
    path = Path(__file__).parent / "reference.npz"
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def reference_mean(model: str, spans: tuple[int, ...], language: str) -> NDArray[np.float64] | None:
    """Return the reference mean of an embedder's vectors in a language, part after part; ``None`` when it has none."""
    known = _reference()
    names = [f"{part}:{language}" for part in model.split("+")]
    if any(name not in known for name in names):
        return None
    mean = np.concatenate([known[name] for name in names])
    return mean if len(mean) == sum(spans) else None
