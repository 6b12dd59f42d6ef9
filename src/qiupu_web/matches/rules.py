"""What must hold for matches; no database here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.matches.enums import MatchState as S
from qiupu_web.matches.enums import WeightsState as W

MATCH = Lifecycle(
    "match",
    {
        S.SUGGESTED: Step((S.INTRODUCED, S.DECLINED, S.STALE), "office", 30),
        S.INTRODUCED: Step((S.INTERESTED, S.MET, S.DECLINED, S.LAPSED), "supplier", 14),
        S.INTERESTED: Step((S.MET, S.CHOSEN, S.DECLINED), "owner", 30),
        S.MET: Step((S.CHOSEN, S.DECLINED), "owner", 30),
        S.CHOSEN: Step((S.DECLINED,), "", None),
        S.DECLINED: Step((S.SUGGESTED,), "", None),
        S.LAPSED: Step((S.INTRODUCED, S.SUGGESTED), "office", 30),
        S.STALE: Step((S.SUGGESTED,), "", None),
    },
    exits=frozenset({S.DECLINED}),
)
DECISIONS = (S.MET, S.CHOSEN, S.DECLINED)
"""What an owner may decide after the supplier has said that it is interested."""
BY_PEOPLE = (S.INTRODUCED, S.INTERESTED, S.MET, S.CHOSEN, S.DECLINED, S.LAPSED)
"""States that people brought about; a newer ranking never changes them."""
SHOWN_TO_SUPPLIER = (S.INTRODUCED, S.INTERESTED, S.MET, S.CHOSEN, S.DECLINED, S.LAPSED)
ON_THE_BOARD = (S.INTRODUCED, S.LAPSED, S.INTERESTED, S.MET, S.CHOSEN)
"""What a scenario manager keeps an eye on; suggestions wait on the page of each need."""
PATIENCE = timedelta(minutes=15)
"""A request that gave no answer for so long was lost with its worker; a new one may take its place."""


@dataclass(frozen=True)
class Suggestion:
    """One capability in a computed ranking, best first; ``reasons`` are ready for JSON (see ``bridge``)."""

    capability: str
    score: float
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ComputedRanking:
    """What the engine found for one scenario, and all that is needed to compute it again."""

    method: str
    engine_version: str
    seed: int
    input_sha256: str
    pool_size: int
    suggestions: tuple[Suggestion, ...]
    weights_version: int = 0

    def __post_init__(self) -> None:
        codes = [one.capability for one in self.suggestions]
        if len(set(codes)) != len(codes):
            raise ValueError("a capability stands twice in a ranking")


WEIGHTS = Lifecycle(
    "weights",
    {
        W.CANDIDATE: Step((W.IN_USE, W.DROPPED), "office", 30),
        W.IN_USE: Step((W.RETIRED,), "", None),
        W.RETIRED: Step((W.IN_USE,), "", None),
        W.DROPPED: Step((), "", None),
    },
    exits=frozenset({W.DROPPED}),
)
GRADES = {S.INTERESTED: 1, S.MET: 2, S.CHOSEN: 3, S.DECLINED: 0}
"""What a decision says of how well a pair fits."""
SAYS_NOTHING = ("no-capacity", "other")
"""Reasons of declining that tell nothing of the fit; such decisions are left out."""
LEAST_NEEDS = 12
"""Needs with a taker that a refit asks for: a fifth of them serves as the past only, and at least ten must be judged
(12 - round(12 / 5) = 10)."""
CONFIDENCE = 1.6448536
"""Standard errors of a two-sided interval of 90%."""
REMIND_DAYS = 3
"""Days before the clock runs out on which an introduced supplier is asked again."""


def interval_of(mean: float, n: int) -> tuple[float, float]:
    """Return the two-sided 90% interval of the mean of ``n`` values between 0 and 1, of which only the mean is known.

    Wilson's score interval. Among all variables on 0 to 1 with a given mean a yes-or-no one spreads most (its variance is
    mean * (1 - mean), the bound of Bhatia and Davis 2000), so for recall and nDCG it is wider than need be, never narrower.
    """
    if n < 1 or not 0 <= mean <= 1:
        raise ValueError("a mean of 0 to 1 over at least one value is needed")
    square = CONFIDENCE**2
    middle = (mean + square / (2 * n)) / (1 + square / n)
    half = CONFIDENCE / (1 + square / n) * math.sqrt(mean * (1 - mean) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Judged:
    """What the engine found of rankings and decisions; ``figures`` are ready for JSON (see ``bridge``)."""

    method: str
    engine_version: str
    decision_count: int
    need_count: int
    capability_count: int
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Refitted:
    """Weights fitted to decisions, with how they would have done later than what they were fitted to."""

    judged: Judged
    values: Mapping[str, Any]
    changes: Sequence[Sequence[Any]]
    is_advised: bool


@dataclass(frozen=True)
class FoundNeeds:
    """The open needs for one capability, the best first; ``results`` are ready for JSON."""

    method: str
    engine_version: str
    weights_version: int
    pool_size: int
    results: Sequence[Mapping[str, Any]]
