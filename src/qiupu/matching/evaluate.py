"""Does it help? Recorded decisions of people against a keyword baseline and popularity, by time, never by random split.

A need on which nobody decided says nothing; a capability that was not chosen is not thereby wrong, so all figures are lower
bounds on usefulness, for every method alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from qiupu.errors import N_, InputError
from qiupu.matching.decided import check_decided
from qiupu.matching.explore import Exploration
from qiupu.matching.index import Index
from qiupu.matching.items import Capability, Need
from qiupu.matching.postings import Postings
from qiupu.matching.terms import terms_of
from qiupu.text import Embedder


@dataclass(frozen=True)
class Decision:
    """What a person decided on a pair, and when: ``grade`` is 0 declined, 1 interested, 2 met, 3 chosen."""

    need: str
    capability: str
    grade: int
    decided_at: datetime

    def __post_init__(self) -> None:
        if not 0 <= self.grade <= 3:
            raise InputError(
                N_("{need}, {capability}: the grade must be 0 (declined) to 3 (chosen), not {grade}."),
                cure=N_("Correct the grade."),
                code="grade",
                need=self.need,
                capability=self.capability,
                grade=self.grade,
            )


@dataclass(frozen=True)
class Figures:
    """How good some lists are. A figure is ``None`` when no need had a decision to judge it by.

    Attributes
    ----------
    recall : float, optional
        Mean share of the decided-for capabilities that stand among the first ``k``, 0 to 1.
    ndcg : float, optional
        Mean nDCG@k with gain ``2**grade - 1``, 0 to 1.
    coverage : float
        Share of all capabilities that stand in some list.
    gini : float, optional
        Inequality of exposure over all capabilities, 0 (all alike) to nearly 1 (one gets all).
    needs : int
        How many needs were judged.
    """

    name: str
    k: int
    recall: float | None
    ndcg: float | None
    coverage: float
    gini: float | None
    needs: int


def recall_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the share of ``relevant`` among the first ``k`` of ``ranked``; there must be at least one relevant."""
    if not relevant:
        raise ValueError("recall needs at least one relevant item")
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))


def ndcg_at(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Return nDCG@k with gain ``2**grade - 1`` and discount ``1 / log2(place + 1)``, 0 to 1; some grade must be above 0.

    Source
    ------
    Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418; the exponential gain of Burges et al. 2005.
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    if not best:
        raise ValueError("nDCG needs at least one item with a grade above 0")
    gained = sum(_gain(grades.get(item, 0), place) for place, item in enumerate(ranked[:k], 1))
    return gained / sum(_gain(grade, place) for place, grade in enumerate(best[:k], 1))


def _gain(grade: int, place: int) -> float:
    return float(2 ** max(grade, 0) - 1) / math.log2(place + 1)


def gini(exposures: Sequence[float]) -> float | None:
    """Return the Gini coefficient of exposures, 0 to 1 - 1/n; ``None`` when nothing was exposed at all."""
    values = np.sort(np.asarray(exposures, dtype=np.float64))
    total = values.sum()
    if not len(values) or total <= 0:
        return None
    place = np.arange(1, len(values) + 1)
    return float((2 * place - len(values) - 1) @ values / (len(values) * total))


def figures(
    name: str,
    lists: Mapping[str, Sequence[str]],
    decisions: Sequence[Decision],
    capabilities: Collection[str],
    *,
    k: int = 5,
) -> Figures:
    """Judge lists (need to capabilities in order) by decisions; exposure counts a place by ``1 / log2(place + 1)``."""
    grades: dict[str, dict[str, int]] = {}
    for one in decisions:
        held = grades.setdefault(one.need, {})
        held[one.capability] = max(held.get(one.capability, 0), one.grade)
    judged = [need for need, held in grades.items() if need in lists and any(held.values())]
    recalls = [recall_at(lists[need], [one for one, grade in grades[need].items() if grade > 0], k) for need in judged]
    gains = [ndcg_at(lists[need], grades[need], k) for need in judged]
    seen: dict[str, float] = dict.fromkeys(capabilities, 0.0)
    for ranked in lists.values():
        for place, item in enumerate(ranked[:k], 1):
            if item in seen:
                seen[item] += 1 / math.log2(place + 1)
    return Figures(
        name=name,
        k=k,
        recall=math.fsum(recalls) / len(recalls) if recalls else None,
        ndcg=math.fsum(gains) / len(gains) if gains else None,
        coverage=sum(value > 0 for value in seen.values()) / len(seen) if seen else 0.0,
        gini=gini(list(seen.values())),
        needs=len(judged),
    )


def evaluate(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    decisions: Sequence[Decision],
    *,
    split_at: datetime,
    k: int = 5,
    embedder: Embedder | None = None,
) -> tuple[Figures, ...]:
    """Compare our ranking, BM25 and popularity on the decisions from ``split_at`` on; only what was before may be learned from.

    Popularity counts the earlier decisions for a capability; our ranking is judged without newcomers' places, and with the
    records as given, which must be those known at ``split_at``. Needs that were decided on before are not judged again.

    Raises
    ------
    InputError
        When no decision lies on either side of the split, or a decision names an unknown id.
    """
    check_decided(needs, capabilities, [(one.need, one.capability) for one in decisions])
    before = [one for one in decisions if one.decided_at < split_at]
    known = {one.need for one in before}
    after = [one for one in decisions if one.decided_at >= split_at and one.need not in known]
    if not after:
        raise InputError(
            N_("No need was decided on first at or after {when}, so there is nothing to judge."),
            cure=N_("Choose an earlier split, or wait for more decisions."),
            code="no-decisions",
            when=split_at.isoformat(),
        )
    asked_ids = {one.need for one in after}
    asked = [one for one in needs if one.id in asked_ids]
    ids = [one.id for one in sorted(capabilities, key=lambda one: one.id)]
    rankings = Index(capabilities, embedder=embedder).rank(asked, top=k, explain=0, exploration=Exploration(share=0))
    lists = {
        "qiupu": {one.about: [match.capability for match in one.ranked] for one in rankings},
        "bm25": keyword_lists(asked, capabilities, k),
        "popularity": dict.fromkeys(asked_ids, popular(before, ids, k)),
    }
    return tuple(figures(name, ranked, after, ids, k=k) for name, ranked in lists.items())


def popular(before: Sequence[Decision], ids: Sequence[str], k: int) -> list[str]:
    """Return the capabilities that were decided for most often, then by id."""
    counts = Counter(one.capability for one in before if one.grade > 0)
    return sorted(ids, key=lambda one: (-counts[one], one))[:k]


def keyword_lists(needs: Sequence[Need], capabilities: Sequence[Capability], k: int) -> dict[str, list[str]]:
    """Return the lists of plain BM25 over words and Chinese character pairs: no vectors, no dictionary, no structure."""
    held = sorted(capabilities, key=lambda one: one.id)
    postings = Postings([terms_of(one.text).own for one in held])
    lists = {}
    for need in needs:
        scores = postings.scores([terms_of(need.text).own])[0]
        order = np.argsort(-np.round(scores, 5), kind="stable")[:k]
        lists[need.id] = [held[row].id for row in order if scores[row] > 0]
    return lists
