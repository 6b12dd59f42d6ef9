"""Recorded decisions to the engine that judges rankings by time and refits weights, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

import qiupu
from qiupu.matching import Comparison, Decision, Figures, Record, Weights, Window, evaluate_decisions, refit_weights
from qiupu_web.matches.bridge.rankings import LANGUAGES, embedder_of, method_of, need_of, offer_of, weights_of
from qiupu_web.matches.queries.judging import Decided
from qiupu_web.matches.rules import Judged, Refitted


@dataclass(frozen=True)
class _Given:
    """The engine's arguments."""

    arguments: dict[str, Any]
    method: str


def judge_rankings(found: Decided, *, weights: Mapping[str, object] | None = None, vectors: str | None = None) -> Judged:
    """Judge the present ranking beside keywords and popularity, window of time after window.

    Raises
    ------
    InputError
        When fewer than two needs found a taker at different times.
    """
    given = _given(found, vectors)
    evaluation = evaluate_decisions(**given.arguments, weights=weights_of(weights))
    figures = _figures(evaluation.k, evaluation.windows, evaluation.total, evaluation.comparisons)
    return Judged(given.method, qiupu.__version__, len(found.decisions), len(found.scenarios), len(found.capabilities), figures)


def refit(found: Decided, *, weights: Mapping[str, object] | None = None, vectors: str | None = None) -> Refitted:
    """Fit weights to the decisions, and judge them by time beside those in use.

    Raises
    ------
    InputError
        As ``judge_rankings``.
    """
    given = _given(found, vectors)
    answer = refit_weights(**given.arguments, current=weights_of(weights))
    figures = _figures(answer.evaluation.k, answer.windows, answer.total, answer.comparisons)
    figures |= {"advice_zh": answer.sentence("zh-hans"), "advice_en": answer.sentence("en")}
    judged = Judged(given.method, qiupu.__version__, len(found.decisions), len(found.scenarios), len(found.capabilities), figures)
    changes = [[one.feature, one.before, one.after] for one in answer.changes]
    return Refitted(judged, answer.weights.as_dict(), changes, answer.is_advised)


def builtin_weights() -> dict[str, Any]:
    """Return the weights that are built in."""
    return Weights().as_dict()


def _given(found: Decided, vectors: str | None) -> _Given:
    embedder = embedder_of(settings.CONFIG["QIUPU_VECTORS"] if vectors is None else vectors)
    facts = sorted(found.facts, key=lambda one: one.at)

    def records_at(instant: datetime) -> dict[str, Record]:
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for fact in facts:
            if fact.at < instant:
                counts[fact.capability][fact.column] += 1
        return {code: Record(**held) for code, held in counts.items()}

    arguments = {
        "needs": [need_of(one, LANGUAGES) for one in found.scenarios],
        "capabilities": [offer_of(one, {}) for one in found.capabilities],
        "decisions": [Decision(one.scenario, one.capability, one.grade, one.decided_at) for one in found.decisions],
        "embedder": embedder,
        "records_at": records_at,
    }
    return _Given(arguments, method_of(embedder))


def _figures(k: int, windows: Sequence[Window], total: Sequence[Figures], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    return {
        "k": k,
        "windows": [
            {
                "begins_at": one.begins_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "decided_before": one.decided_before,
                "figures": [asdict(row) for row in one.figures],
            }
            for one in windows
        ],
        "total": [asdict(row) for row in total],
        "comparisons": [{**asdict(one), "text_zh": one.sentence("zh-hans"), "text_en": one.sentence("en")} for one in comparisons],
    }
