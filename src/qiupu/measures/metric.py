"""What a metric is: its name, kind of task, direction, range, unit, what happens when it is undefined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from qiupu.measures.samples import Sample, Undefined

Direction = Literal["higher", "lower"]
Kind = Literal["forecast", "anomaly", "classification", "regression", "retrieval"]
KINDS: tuple[Kind, ...] = ("forecast", "anomaly", "classification", "regression", "retrieval")
Shape = Literal["mean", "sums", "rank"]


@dataclass(frozen=True)
class Metric:
    """One entry of the registry.

    Parameters
    ----------
    name : str
        As it stands in a task file.
    title : str
        Template for people.
    kind : str
        The kind of task that it measures.
    direction : ``higher`` or ``lower``
        Which side is better.
    low, high : float, optional
        The range; ``None`` is unbounded.
    unit : str
        ``share``, ``target`` (the unit of the target), ``ratio``, ``nats``, ``index``.
    shape : str
        ``mean`` of item values, smooth function of ``sums`` over items, or ``rank`` type (all items compared).
    undefined : str
        Template: what happens when it cannot be computed.
    measure : callable
        Answers to a ``Sample``, or ``Undefined`` with the reason.
    is_binary : bool
        Item values are 0 or 1, so that the binomial distribution is exact.
    can_be_primary : bool
        False where a better value can be had by saying less (coverage).
    source : str
        Where it is defined.
    """

    name: str
    title: str
    kind: Kind
    direction: Direction
    low: float | None
    high: float | None
    unit: str
    shape: Shape
    undefined: str
    measure: Callable[[Any], Sample | Undefined]
    source: str
    is_binary: bool = False
    can_be_primary: bool = True

    @property
    def is_higher_better(self) -> bool:
        """Whether more is better."""
        return self.direction == "higher"

    @property
    def is_bounded(self) -> bool:
        """Whether both ends of the range are finite."""
        return self.low is not None and self.high is not None

    def as_dict(self) -> dict[str, object]:
        """For programs and pages."""
        return {
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "direction": self.direction,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "shape": self.shape,
            "undefined": self.undefined,
            "can_be_primary": self.can_be_primary,
            "source": self.source,
        }
