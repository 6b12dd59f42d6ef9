"""Rows to the matching engine and back. Ranking belongs into a worker: with the models it takes some 400 MB."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

import qiupu
from qiupu.errors import MissingExtra
from qiupu.matching import Answer, Contribution, Exploration, Need, Ranking, Record, Weights, rank
from qiupu.matching import Capability as Offer
from qiupu.text import Embedder, VectorCache, cached, language_of, load_embedder
from qiupu_web.capabilities.enums import Deployment
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.rules import ComputedRanking, Suggestion
from qiupu_web.scenarios.models import Scenario

LANGUAGES = ("zh", "en")
Counts = Mapping[str, Mapping[str, int]]
"""Facts by capability code: the fields of ``Record``."""


def compute_ranking(
    scenario: Scenario,
    capabilities: Sequence[Capability],
    evidence: Counts,
    *,
    seed: int = 0,
    top: int = 10,
    vectors: str | None = None,
    weights: Mapping[str, object] | None = None,
) -> ComputedRanking:
    """Rank capabilities for a scenario. ``vectors`` names the source of vectors; by default the setting QIUPU_VECTORS.

    ``weights`` are stored ones; the built-in ones when there are none.

    Texts of both languages decide the order; the answers are looked for in each language apart, so that a reader
    gets requirements and answers in hers.
    """
    embedder = embedder_of(settings.CONFIG["QIUPU_VECTORS"] if vectors is None else vectors)
    need = need_of(scenario, LANGUAGES)
    offers = [offer_of(one, evidence.get(one.code, {})) for one in capabilities]
    held = weights_of(weights)
    (found,) = rank([need], offers, top=top, embedder=embedder, weights=held, explain=0, exploration=Exploration(), seed=seed)
    shown = {match.capability for match in found.ranked}
    answers = _answers(scenario, [one for one in capabilities if one.code in shown], embedder)
    return ComputedRanking(
        method=method_of(embedder),
        engine_version=qiupu.__version__,
        seed=seed,
        input_sha256=_fingerprint(need, offers),
        pool_size=len(offers),
        suggestions=_suggestions(found, answers),
    )


def need_of(scenario: Scenario, languages: Sequence[str]) -> Need:
    """Return what a scenario asks for, with its words in these languages."""
    parts = ("body", "setting", "data")
    return Need(
        id=scenario.code,
        title=joined(scenario, ("title",), languages),
        body=joined(scenario, parts, languages),
        field=scenario.field or None,
        budget_cny=float(scenario.budget_cny) if scenario.budget_cny is not None else None,
        regions=_words(scenario.region),
        organisation=str(scenario.owner_id),
    )


def offer_of(capability: Capability, counts: Mapping[str, int], languages: Sequence[str] = LANGUAGES) -> Offer:
    """Return what a capability offers, with its words in these languages and what trials and projects have shown of it."""
    price = float(capability.price_cny) if capability.price_cny is not None else None
    anywhere = capability.deployment == Deployment.ANY
    return Offer(
        id=capability.code,
        title=joined(capability, ("title",), languages),
        body=joined(capability, ("body",), languages),
        fields=(capability.field,),
        price_low_cny=price,
        price_high_cny=price,
        regions=_words(capability.regions) or ("*",),
        deployment=tuple(one.value for one in Deployment if one != Deployment.ANY) if anywhere else (capability.deployment,),
        certificates=_words(capability.certificates),
        record=Record(**counts),
        organisation=str(capability.supplier_id),
    )


def _answers(scenario: Scenario, capabilities: Sequence[Capability], embedder: Embedder | None) -> dict[str, list[dict[str, Any]]]:
    """Return, for each capability, the requirements in each language with the sentence that answers them, or none."""
    found: dict[str, list[dict[str, Any]]] = {one.code: [] for one in capabilities}
    for language in LANGUAGES:
        need = need_of(scenario, (language,))
        if not capabilities or not need.text.strip():
            continue
        need = Need(id=need.id, title=need.title, body=joined(scenario, ("body",), (language,)))
        for (_need, capability), reasons in answers_in(language, [need], capabilities, embedder).items():
            found[capability] += reasons
    return found


def answers_in(
    language: str, needs: Sequence[Need], capabilities: Sequence[Capability], embedder: Embedder | None
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the requirements of needs in one language with what answers them, by need and capability, ready for JSON.

    A capability answers in the language of the requirement where it is written in it; only what it does not say there is
    looked for in its other language.
    """
    own = _explained(needs, [offer_of(one, {}, _told_in(one, language)) for one in capabilities], embedder)
    both = {one.code for one in capabilities if len(_told_in(one, language)) < len(_languages_of(one))}
    short = {pair: [answer.evidence is None for answer in answers] for pair, answers in own.items() if pair[1] in both}
    if not any(any(open_) for open_ in short.values()):
        return {pair: [requirement_of(answer, language) for answer in answers] for pair, answers in own.items()}
    whole = _explained(needs, [offer_of(one, {}) for one in capabilities], embedder)
    found = {}
    for pair, answers in own.items():
        other = whole.get(pair, ())
        better = [b if a.evidence is None and pair in short else a for a, b in zip(answers, other or answers, strict=True)]
        found[pair] = [requirement_of(answer, language) for answer in better]
    return found


def _explained(
    needs: Sequence[Need], offers: Sequence[Offer], embedder: Embedder | None
) -> dict[tuple[str, str], tuple[Answer, ...]]:
    rankings = rank(needs, offers, top=len(offers), embedder=embedder, exploration=Exploration(share=0))
    return {(one.about, match.capability): tuple(match.answers or ()) for one in rankings for match in one.ranked}


def _languages_of(capability: Capability) -> tuple[str, ...]:
    return tuple(one for one in LANGUAGES if joined(capability, ("body",), (one,)).strip())


def _told_in(capability: Capability, language: str) -> tuple[str, ...]:
    """Return the language alone where the capability is described in it, else both."""
    return (language,) if language in _languages_of(capability) else LANGUAGES


def requirement_of(answer: Answer, language: str) -> dict[str, Any]:
    """Return a requirement and the sentence that answers it, ready for JSON."""
    evidence = answer.evidence
    return {
        "kind": "requirement",
        "lang": language,
        "requirement": answer.requirement.text,
        "evidence": None if evidence is None else evidence.text,
        "evidence_lang": "" if evidence is None else language_of(evidence.text),
        "strength": round(answer.strength, 4),
        "spans": [] if evidence is None else [list(span) for span in answer.spans],
    }


def _suggestions(found: Ranking, answers: Mapping[str, list[dict[str, Any]]]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            capability=match.capability,
            score=round(match.score, 6),
            reasons=[*answers[match.capability], *(feature_of(one) for one in match.contributions)],
        )
        for match in found.ranked
    )


def feature_of(one: Contribution) -> dict[str, Any]:
    """Return what a feature contributed, ready for JSON."""
    return {
        "kind": "feature",
        "feature": one.feature,
        "points": round(one.points, 4),
        "text_zh": one.sentence("zh"),
        "text_en": one.sentence("en"),
    }


def joined(row: object, names: Sequence[str], languages: Sequence[str]) -> str:
    """Return a row's texts in these languages, one under the other."""
    texts = [getattr(row, f"{name}_{language}") for language in languages for name in names]
    return "\n".join(text for text in texts if text)


def _words(text: str) -> tuple[str, ...]:
    parts = text.replace("；", ";").replace("、", ";").replace(",", ";").replace("，", ";").split(";")
    return tuple(part.strip() for part in parts if part.strip())


def _fingerprint(need: Need, offers: Sequence[Offer]) -> str:
    body = [asdict(need), *(asdict(one) for one in sorted(offers, key=lambda one: one.id))]
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def weights_of(stored: Mapping[str, object] | None) -> Weights | None:
    """Return stored weights; None stands for the built-in ones."""
    return None if stored is None else Weights.from_dict(stored)


def method_of(embedder: Embedder | None) -> str:
    """Return what a ranking rests on, in a word."""
    return "words" if embedder is None else f"words + {embedder.name}"[:60]


@cache
def embedder_of(source: str) -> Embedder | None:
    """Return the source of vectors, loaded once a process; words alone when ``auto`` finds no models."""
    try:
        embedder = load_embedder("bundled" if source == "auto" else source)
    except MissingExtra:
        if source != "auto":
            raise
        return None
    return None if embedder is None else cached(embedder, VectorCache(Path(settings.HOME) / "vectors"))
