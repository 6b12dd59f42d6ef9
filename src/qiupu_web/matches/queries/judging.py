"""What rankings are judged by, and which weights are in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability, Proof
from qiupu_web.matches.enums import JudgementKind, MatchState, WeightsState
from qiupu_web.matches.models import Judgement, MatchDecision, WeightSet
from qiupu_web.matches.queries.ranked import OUTCOMES
from qiupu_web.matches.rules import GRADES, SAYS_NOTHING
from qiupu_web.scenarios.models import Scenario


@dataclass(frozen=True)
class Fact:
    """What a trial or project showed of a capability, and when it became known."""

    capability: str
    column: str
    at: datetime


@dataclass(frozen=True)
class DecisionRow:
    """One decision, by codes."""

    scenario: str
    capability: str
    grade: int
    decided_at: datetime


@dataclass(frozen=True)
class Decided:
    """Everything that a judgement rests on."""

    scenarios: Sequence[Scenario]
    capabilities: Sequence[Capability]
    decisions: Sequence[DecisionRow]
    facts: Sequence[Fact]


def telling_decisions() -> QuerySet[MatchDecision]:
    """Return the decisions that say something of the fit; the time of a demonstration's decisions is the story's own."""
    rows = MatchDecision.objects.filter(decision__in=[state.value for state in GRADES])
    return rows.exclude(decision=MatchState.DECLINED, reason__in=SAYS_NOTHING)


def taken_needs() -> int:
    """Return how many needs found a taker: interested, met or chosen."""
    rows = telling_decisions().exclude(decision=MatchState.DECLINED)
    return rows.values("match__scenario_id").distinct().count()


def decided() -> Decided:
    """Return decisions with the needs and the pool that they are judged in; four queries, whatever the number."""
    rows = list(telling_decisions().select_related("match__scenario", "match__capability").order_by("decided_at", "id"))
    scenarios = {row.match.scenario_id: row.match.scenario for row in rows}
    named = {row.match.capability_id for row in rows}
    pool = Capability.objects.filter(Q(state=CapabilityState.PUBLISHED) | Q(pk__in=named)).select_related("supplier")
    capabilities = list(pool.order_by("code"))
    code_of = {one.pk: one.code for one in capabilities}
    proofs = Proof.objects.filter(capability_id__in=code_of, outcome__in=OUTCOMES).order_by("recorded_at", "id")
    return Decided(
        scenarios=sorted(scenarios.values(), key=lambda one: one.code),
        capabilities=capabilities,
        decisions=[
            DecisionRow(row.match.scenario.code, row.match.capability.code, GRADES[MatchState(row.decision)], row.decided_at)
            for row in rows
        ],
        facts=[Fact(code_of[one.capability_id], OUTCOMES[one.outcome], one.recorded_at) for one in proofs],
    )


def weights_row() -> WeightSet | None:
    """Return the set of weights in use; None when it is the built-in one."""
    return WeightSet.objects.filter(state=WeightsState.IN_USE).first()


def weights_in_use() -> tuple[int, dict[str, Any] | None]:
    """Return version and values of the weights in use; (0, None) stands for the built-in ones."""
    row = weights_row()
    return (0, None) if row is None else (row.version, dict(row.values))


def latest_judgement(kind: JudgementKind) -> Judgement | None:
    """Return the newest run of a kind."""
    return Judgement.objects.filter(kind=kind).order_by("-requested_at", "-id").first()
