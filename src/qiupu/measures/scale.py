"""The scale on which bounds are worked out: the arcsine of the root between two finite ends of a range, else the plain number.

Near an end of its range the spread of a metric shrinks with its distance from the end: a share's error goes with the root
of what is missing. A bound worked out on the plain scale is then too far on one side and too near on the other, or lies
outside. The arcsine of the root takes this away, so that the spread is nearly the same everywhere. The delta method carries
standard errors over: multiply by the slope. Of log-odds, which stretch the ends without limit, the simulations said that
one resample with next to no error left ruins the bound.

Source: Anscombe 1948, doi:10.1093/biomet/35.3-4.246 (the scale); Tibshirani 1988, doi:10.1093/biomet/75.3.433 (bootstrap on it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qiupu.measures.metric import Metric
from qiupu.measures.samples import FloatArray


@dataclass(frozen=True)
class Scale:
    """A scale for values in ``low..high``; ``None`` for a range without that end."""

    low: float | None
    high: float | None

    @classmethod
    def of(cls, metric: Metric) -> Scale:
        """Return the scale of a metric."""
        return cls(metric.low, metric.high)

    @property
    def is_bounded(self) -> bool:
        """Whether both ends are finite."""
        return self.low is not None and self.high is not None

    def _share(self, plain: FloatArray) -> FloatArray:
        assert self.low is not None  # noqa: S101 - callers have asked is_bounded
        assert self.high is not None  # noqa: S101 - the same
        return np.clip((plain - self.low) / (self.high - self.low), 0.0, 1.0)

    def to(self, values: FloatArray | float) -> FloatArray:
        """Return values on the scale: from 0 to pi / 2 between the ends of a range."""
        plain = np.asarray(values, dtype=np.float64)
        return np.asarray(np.arcsin(np.sqrt(self._share(plain)))) if self.is_bounded else plain

    def back(self, number: float) -> float:
        """Return the plain value of a number on the scale; one beyond an end is the end."""
        if self.low is None or self.high is None:
            return float(number)
        return float(self.low + (self.high - self.low) * np.sin(np.clip(number, 0.0, np.pi / 2)) ** 2)

    def slope(self, values: FloatArray | float) -> FloatArray:
        """Return the derivative of ``to``; infinite at an end of a range."""
        plain = np.asarray(values, dtype=np.float64)
        if self.low is None or self.high is None:
            return np.ones_like(plain)
        share = self._share(plain)
        with np.errstate(divide="ignore"):
            return np.asarray(0.5 / np.sqrt(share * (1 - share)) / (self.high - self.low))
