"""All metrics by name."""

from __future__ import annotations

from qiupu.errors import N_, InputError
from qiupu.measures import anomaly, classification, forecast, regression, retrieval
from qiupu.measures.metric import KINDS, Kind, Metric

REGISTRY: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *forecast.METRICS,
        *anomaly.METRICS,
        *classification.METRICS,
        *regression.METRICS,
        *retrieval.METRICS,
    )
}
"""Every metric, in the order of kinds."""


def metrics_for(kind: Kind) -> tuple[Metric, ...]:
    """Return the metrics of a kind of task; the first is the one to take when in doubt."""
    return tuple(metric for metric in REGISTRY.values() if metric.kind == kind)


def metric_named(name: str, kind: Kind | None = None) -> Metric:
    """Return a metric by its name.

    Raises
    ------
    InputError
        When there is none of that name, or it measures another kind of task.
    """
    found = REGISTRY.get(name)
    if found is None or (kind is not None and found.kind != kind):
        known = metrics_for(kind) if kind in KINDS else tuple(REGISTRY.values())
        raise InputError(
            N_("There is no metric {name} for a task of the kind {kind}."),
            cure=N_("Use one of: {known}."),
            code="metric",
            name=name,
            kind=kind or "?",
            known=", ".join(metric.name for metric in known),
        )
    return found
