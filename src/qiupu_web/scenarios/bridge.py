"""Names of the metrics that the measuring engine knows; the language and the field of a text."""

from __future__ import annotations

from qiupu.agreements import propose_field
from qiupu.measures import REGISTRY
from qiupu.text import language_of
from qiupu.wording import translate


def metric_title(code: str, lang: str) -> str:
    """Return a metric's name in a language; a metric of the owner's own is its own name."""
    metric = REGISTRY.get(code)
    return translate(metric.title, lang) if metric else code


def metric_codes() -> tuple[str, ...]:
    """Return the metrics by which a trial can decide."""
    return tuple(code for code, metric in REGISTRY.items() if metric.can_be_primary)


def metrics_by_kind() -> dict[str, dict[str, str]]:
    """Return, for each kind of task, the metrics by which a trial can decide and which way is better in each."""
    found: dict[str, dict[str, str]] = {}
    for code in metric_codes():
        found.setdefault(REGISTRY[code].kind, {})[code] = REGISTRY[code].direction
    return found


def is_chinese(text: str) -> bool:
    """Return whether most words of a text are Chinese."""
    return language_of(text) == "zh"


def field_of(text: str) -> str:
    """Return the field that a text speaks of most; empty when it speaks of none."""
    return propose_field(text) or ""
