"""The metrics that the platform can compute, by kind of task: plain names, what each means, which way is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qiupu_web.scenarios.bridge import metric_title, metrics_by_kind
from qiupu_web.scenarios.enums import Direction

OWN = "other"
"""The choice that stands for a metric of the owner's own; never a metric's name."""
KIND_LABELS = {
    "forecast": gettext_lazy("Forecasts: how much, and when"),
    "anomaly": gettext_lazy("Finding what is unusual"),
    "classification": gettext_lazy("Sorting cases into classes"),
    "regression": gettext_lazy("Estimating a figure"),
    "retrieval": gettext_lazy("Searching and recommending"),
}
MEANINGS = {
    "mase": gettext_lazy("How large the error is beside that of repeating the last season: 1 is no better, 0 is perfect."),
    "rmsse": gettext_lazy("Like mase, but large misses count much more than small ones."),
    "relative_mae": gettext_lazy(
        "The error divided by that of repeating the last season over the same days: below 1 is better than that."
    ),
    "wql": gettext_lazy(
        "Scores the stated range as well: peaks must not be missed, and the range must not be too wide; 0 is perfect."
    ),
    "crps": gettext_lazy(
        "How far the stated range of outcomes lies from what came, in the unit of the figure itself; 0 is perfect."
    ),
    "vus_pr": gettext_lazy(
        "How well unusual stretches stand out, with some tolerance about when they begin and end; 1 is perfect."
    ),
    "auc_pr": gettext_lazy(
        "How well abnormal rows are put first: 1 is perfect, a random order scores about the share of abnormal rows."
    ),
    "event_f1": gettext_lazy("Counted by event: missed events and empty alarms both cost; 1 is perfect."),
    "accuracy": gettext_lazy("The share of cases that are right; it flatters when one class is rare."),
    "macro_f1": gettext_lazy("Misses and false finds together, every class counting alike however rare it is; 1 is perfect."),
    "mcc": gettext_lazy("How far answers and truth agree beyond chance: 1 is perfect, 0 is no better than guessing."),
    "log_loss": gettext_lazy("Whether the stated probabilities can be trusted; being sure and wrong costs most, 0 is perfect."),
    "brier": gettext_lazy("How far the stated probabilities lie from what happened; 0 is perfect."),
    "mae": gettext_lazy("By how much one is off on average, in the unit of the figure itself; 0 is perfect."),
    "rmse": gettext_lazy("Like mae, in the unit of the figure itself, but large misses count much more than small ones."),
    "r2": gettext_lazy("How much of the ups and downs is explained: 1 is all, 0 is no better than always saying the average."),
    "ndcg": gettext_lazy("Whether what fits best stands at the top of the list; 1 is perfect."),
    "mrr": gettext_lazy("How early the first hit comes: 1 when it is always first, 0.5 when it is always second."),
    "recall": gettext_lazy("The share of all that fits which stands among the first few of the list."),
}


@dataclass(frozen=True)
class Meaning:
    """One metric in plain words."""

    code: str
    name: str
    text: str
    direction: str


@dataclass(frozen=True)
class Group:
    """The metrics of one kind of task."""

    title: str
    rows: Sequence[Meaning]


def named(code: str) -> str:
    """Return a metric's name with its code; one of the owner's own is its own name."""
    title = metric_title(code, get_language() or "en")
    return title if title == code else _("%(title)s (%(code)s)") % {"title": title, "code": code}


def meaning_of(code: str) -> Meaning | None:
    """Return what a metric means; None for one of the owner's own."""
    direction = direction_of(code)
    return Meaning(code, named(code), str(MEANINGS[code]), str(Direction(direction).label)) if direction else None


def direction_of(code: str) -> str:
    """Return which way is better; empty for a metric of the owner's own."""
    return next((found[code] for found in metrics_by_kind().values() if code in found), "")


def groups() -> list[Group]:
    """Return every metric with what it means."""
    return [
        Group(str(KIND_LABELS[kind]), [one for one in map(meaning_of, found) if one is not None])
        for kind, found in metrics_by_kind().items()
    ]


def choices() -> list[Any]:
    """Return what the select offers."""
    found = [(str(KIND_LABELS[kind]), [(code, named(code)) for code in codes]) for kind, codes in metrics_by_kind().items()]
    return [("", _("not said yet")), *found, (OWN, _("another metric, named beside"))]
