"""One capability to the engine that ranks needs for it, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

import qiupu
from qiupu.matching import Need, rank_needs
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.bridge.rankings import (
    LANGUAGES,
    answers_in,
    embedder_of,
    feature_of,
    joined,
    method_of,
    need_of,
    offer_of,
    weights_of,
)
from qiupu_web.matches.rules import FoundNeeds
from qiupu_web.scenarios.models import Scenario

TOP = 20


def find_needs(
    capability: Capability,
    scenarios: Sequence[Scenario],
    evidence: Mapping[str, int],
    *,
    weights: tuple[int, Mapping[str, object] | None] = (0, None),
    vectors: str | None = None,
) -> FoundNeeds:
    """Rank open needs for a capability; each comes with its requirements in both languages and what answers them."""
    embedder = embedder_of(settings.CONFIG["QIUPU_VECTORS"] if vectors is None else vectors)
    offer = offer_of(capability, evidence)
    held = weights_of(weights[1])
    others = [one for one in scenarios if one.owner_id != capability.supplier_id]
    results: list[dict[str, Any]] = []
    if others:
        asked = [need_of(one, LANGUAGES) for one in others]
        (found,) = rank_needs([offer], asked, top=TOP, embedder=embedder, weights=held, explain=0)
        by_code = {one.code: one for one in others}
        results = [
            {"scenario": match.need, "score": round(match.score, 6), "reasons": [feature_of(one) for one in match.contributions]}
            for match in found.ranked
        ]
        for language in LANGUAGES:
            _answer(results, by_code, capability, language, embedder)
    return FoundNeeds(method_of(embedder), qiupu.__version__, weights[0], len(others), results)


def _answer(
    results: Sequence[dict[str, Any]], by_code: Mapping[str, Scenario], capability: Capability, language: str, embedder: Any
) -> None:
    needs = {}
    for one in results:
        body = joined(by_code[one["scenario"]], ("body",), (language,))
        title = joined(by_code[one["scenario"]], ("title",), (language,))
        if body.strip() or title.strip():
            needs[one["scenario"]] = Need(id=one["scenario"], title=title, body=body)
    if not needs:
        return
    answers = answers_in(language, list(needs.values()), [capability], embedder)
    for one in results:
        one["reasons"] = answers.get((one["scenario"], capability.code), []) + one["reasons"]
