"""What the pages that show several concepts read."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from qiupu_web.agreements.enums import Disposition, Strength
from qiupu_web.agreements.models import Agreement, Commitment, Evidence, Statement
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability, Proof
from qiupu_web.faces.web.pages.funnel import Fact, stage_of
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import OPEN_STATES

OWED = (Strength.DUTY, Strength.HOPE)


def shown_agreement() -> Agreement | None:
    """Return the agreement that the home page tells of: the public one with most commitments, the newest of equals."""
    public = Agreement.objects.filter(is_public=True).exclude(statements=None)
    return public.annotate(drawn=Count("statements__commitments")).order_by("-drawn", "-added_at", "-id").first()


def facts_of(agreement: Agreement) -> list[Fact]:
    """Return the dated facts of an agreement's sentences: said, committed, and what evidence shows."""
    owed = Statement.objects.filter(agreement=agreement, strength__in=OWED).exclude(disposition=Disposition.NOTED)
    said = owed.values_list("id", flat=True)
    facts = [Fact(pk, "said", agreement.added_at) for pk in said]
    drawn = Commitment.objects.filter(statement__agreement=agreement).exclude(state="waived")
    facts += [Fact(statement, "committed", at) for statement, at in drawn.values_list("statement_id", "created_at")]
    shown = Evidence.objects.filter(commitment__in=drawn).values_list("commitment__statement_id", "kind", "outcome", "recorded_at")
    for statement, kind, outcome, at in shown:
        stage = stage_of(kind, outcome)
        if stage is not None:
            facts.append(Fact(statement, stage, at))
    known = {fact.statement for fact in facts if fact.stage == "said"}
    late = {fact.statement for fact in facts} - known
    return facts + [Fact(pk, "said", agreement.added_at) for pk in late]


def open_opportunities() -> QuerySet[Scenario]:
    """Return published scenarios that still look for somebody, those with the nearest decision first."""
    return Scenario.objects.filter(state__in=OPEN_STATES).select_related("owner").order_by("decide_by", "code")


def shown_capabilities(limit: int) -> list[Capability]:
    """Return published capabilities: those with a passed trial first, the latest proof first; then the others by code."""
    shown = Capability.objects.filter(state=CapabilityState.PUBLISHED).select_related("supplier").prefetch_related("proofs")
    ids = Proof.objects.filter(capability__state=CapabilityState.PUBLISHED, outcome__in=("pass", "passed")).order_by(
        "-recorded_at", "-id"
    )
    proven = list(dict.fromkeys(ids.values_list("capability_id", flat=True)[:50]))[:limit]
    rows = {row.pk: row for row in shown.filter(pk__in=proven)}
    others = shown.exclude(pk__in=proven)[: limit - len(proven)] if len(proven) < limit else []
    return [*(rows[pk] for pk in proven), *others]


def benchmark_cases() -> QuerySet[Scenario]:
    """Return accepted scenarios that others can copy."""
    return Scenario.objects.filter(state__in=(ScenarioState.ACCEPTED, ScenarioState.BENCHMARK)).select_related("owner")


def owed_sentences(agreement: Agreement) -> list[Statement]:
    """Return an agreement's hopes and duties in the order of the text, with their commitments."""
    shown = Statement.objects.filter(agreement=agreement, strength__in=OWED).exclude(disposition=Disposition.NOTED)
    rows = shown.select_related("agreement", "twin__agreement").prefetch_related("commitments__lead_unit")
    return list(rows.order_by("number"))
