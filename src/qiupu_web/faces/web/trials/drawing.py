"""Where an interval, its point and the bar lie on a line, in per cent, so that a template only writes them down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MARGIN = 0.08


@dataclass(frozen=True)
class Plot:
    """One row's drawing; ``left`` and ``width`` are None where there is no interval."""

    left: str | None
    width: str | None
    point: str
    bar: str
    label: str


@dataclass(frozen=True)
class Scale:
    """The values at the left and right end."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value lies, from 0 to 100; what lies outside stands at the edge."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * 100


def scale_of(values: Iterable[float | None]) -> Scale:
    """Return a scale that shows all values with a margin."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    pad = (high - low) * MARGIN or abs(low) * MARGIN or 1.0
    return Scale(low - pad, high + pad)


def plot_of(scale: Scale, *, value: float, low: float | None, high: float | None, bar: float, label: str) -> Plot:
    """Return the drawing of one value with its interval and the bar."""
    left = width = None
    if low is not None and high is not None:
        start, end = scale.place(low), scale.place(high)
        left, width = _percent(start), _percent(max(end - start, 0.6))
    return Plot(left, width, _percent(scale.place(value)), _percent(scale.place(bar)), label)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
