"""Reading: the same rows that the pages show to the same reader."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from qiupu_web.agreements.models import Agreement
from qiupu_web.agreements.queries import outcomes_of, search_commitments, visible_agreements, visible_commitments
from qiupu_web.capabilities import queries as capabilities
from qiupu_web.faces.api import shapes
from qiupu_web.faces.api.asking import asker, router
from qiupu_web.faces.api.rows import narrowed, one_of, page_of
from qiupu_web.parties import queries as parties
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.queries import search_projects, visible_projects
from qiupu_web.scenarios import queries as scenarios
from qiupu_web.trials import queries as trials
from qiupu_web.trials.models import Decision, Trial


@router.get("/organisations", response=shapes.Page[shapes.OrganisationLine], tags=["organisations"])
def organisation_list(request: HttpRequest, *, q: str = "", kind: str = "", page: int = 1, size: int = 20) -> Any:
    """Organisations that take part, by code."""
    rows = narrowed(parties.visible_to(asker(request)), kind=kind).order_by("code")
    return page_of(parties.named(rows, q), page, size)


@router.get("/organisations/{code}", response=shapes.OrganisationCard, tags=["organisations"])
def organisation(request: HttpRequest, code: str) -> Any:
    """One organisation."""
    return one_of(parties.visible_to(asker(request)), code)


@router.get("/agreements", response=shapes.Page[shapes.AgreementLine], tags=["agreements"])
def agreement_list(request: HttpRequest, *, page: int = 1, size: int = 20) -> Any:
    """Agreements and reports, the newest first."""
    return page_of(visible_agreements(asker(request)).order_by("-added_at", "id"), page, size)


def _outcomes(row: Agreement, actor: Actor) -> list[dict[str, Any]]:
    names = ("number", "start", "end", "quote", "speaker", "strength", "field", "due")
    outcomes = outcomes_of(row)
    drawn = {one.pk for outcome in outcomes for one in outcome.commitments}
    shown = set(visible_commitments(actor).filter(pk__in=drawn).values_list("pk", flat=True))
    return [
        {
            **{name: getattr(one.statement, name) for name in names},
            "state": one.state,
            "commitments": [drawn.code for drawn in one.commitments if drawn.pk in shown],
        }
        for one in outcomes
    ]


@router.get("/agreements/{code}", response=shapes.AgreementCard, tags=["agreements"])
def agreement(request: HttpRequest, code: str) -> Any:
    """One text, every sentence of it, and what became of each."""
    row = one_of(visible_agreements(asker(request)), code)
    line = shapes.AgreementLine.from_orm(row).dict()
    return {**line, "text": row.text, "statements": _outcomes(row, asker(request))}


@router.get("/commitments", response=shapes.Page[shapes.CommitmentLine], tags=["agreements"])
def commitment_list(
    request: HttpRequest, *, q: str = "", state: str = "", field: str = "", unit: str = "", page: int = 1, size: int = 20
) -> Any:
    """Commitments drawn from agreements, by code."""
    rows = narrowed(visible_commitments(asker(request)), state=state, field=field, lead_unit__code=unit).order_by("code")
    return page_of(search_commitments(rows, q), page, size)


@router.get("/commitments/{code}", response=shapes.CommitmentCard, tags=["agreements"])
def commitment(request: HttpRequest, code: str) -> Any:
    """One commitment with its quote and what shows it moving."""
    return one_of(visible_commitments(asker(request)).prefetch_related("supporting_units", "evidence"), code)


@router.get("/scenarios", response=shapes.Page[shapes.ScenarioLine], tags=["scenarios"])
def scenario_list(
    request: HttpRequest,
    *,
    q: str = "",
    state: str = "",
    field: str = "",
    region: str = "",
    owner: str = "",
    page: int = 1,
    size: int = 20,
) -> Any:
    """Published needs and one's own drafts, by code."""
    rows = narrowed(scenarios.visible_to(asker(request)), state=state, field=field, region=region, owner__code=owner)
    return page_of(scenarios.named(rows.order_by("code"), q), page, size)


@router.get("/scenarios/{code}", response=shapes.ScenarioCard, tags=["scenarios"])
def scenario(request: HttpRequest, code: str) -> Any:
    """One need."""
    return one_of(scenarios.visible_to(asker(request)), code)


@router.get("/capabilities", response=shapes.Page[shapes.CapabilityLine], tags=["capabilities"])
def capability_list(
    request: HttpRequest, *, q: str = "", state: str = "", field: str = "", supplier: str = "", page: int = 1, size: int = 20
) -> Any:
    """Published capabilities and one's own drafts, by code."""
    rows = narrowed(capabilities.visible_to(asker(request)), state=state, field=field, supplier__code=supplier).order_by("code")
    return page_of(capabilities.named(rows, q), page, size)


@router.get("/capabilities/{code}", response=shapes.CapabilityCard, tags=["capabilities"])
def capability(request: HttpRequest, code: str) -> Any:
    """One capability with the facts behind it."""
    return one_of(capabilities.visible_to(asker(request)).prefetch_related("proofs"), code)


@router.get("/trials", response=shapes.Page[shapes.TrialLine], tags=["trials"])
def trial_list(
    request: HttpRequest, *, q: str = "", state: str = "", kind: str = "", scenario: str = "", page: int = 1, size: int = 20
) -> Any:
    """Trials, by code."""
    rows = narrowed(trials.trials_visible_to(asker(request)), state=state, kind=kind, scenario__code=scenario).order_by("code")
    return page_of(trials.named(rows, q) if q else rows, page, size)


@router.get("/trials/{code}", response=shapes.TrialCard, tags=["trials"])
def trial(request: HttpRequest, code: str) -> Any:
    """One trial and what was sealed."""
    return one_of(trials.trials_visible_to(asker(request)), code)


@router.get("/trials/{code}/board", response=shapes.Board, tags=["trials"])
def board(request: HttpRequest, code: str) -> Any:
    """The board: verdicts with their bounds once announced, before that each organisation's best feedback."""
    actor = asker(request)
    row = one_of(trials.trials_visible_to(actor), code)
    decisions = trials.decisions_of(row) if trials.may_see_verdicts(actor, row) else []
    return {
        "trial": row.code,
        "metric": row.metric,
        "direction": row.direction,
        "bar": row.bar,
        "is_announced": trials.is_announced(row),
        "lines": _verdicts(decisions) if decisions else _feedback(row),
    }


def _verdicts(decisions: list[Decision]) -> list[dict[str, Any]]:
    names = ("verdict", "value", "low", "high", "n", "rank_low", "rank_high", "tie_group")
    return [
        {
            "organisation": one.entry.organisation.code,
            "name_zh": one.entry.name_zh,
            "name_en": one.entry.name_en,
            "is_baseline": one.entry.is_baseline,
            **{name: getattr(one, name) for name in names},
        }
        for one in decisions
    ]


def _feedback(row: Trial) -> list[dict[str, Any]]:
    return [
        {
            "organisation": line.organisation.code,
            "name_zh": line.entry.name_zh,
            "name_en": line.entry.name_en,
            "is_baseline": line.is_baseline,
            "feedback": line.value,
        }
        for line in trials.feedback_of(row)
    ]


@router.get("/projects", response=shapes.Page[shapes.ProjectLine], tags=["projects"])
def project_list(request: HttpRequest, *, q: str = "", state: str = "", page: int = 1, size: int = 20) -> Any:
    """Ordered projects, and earlier ones of one's own, by code."""
    rows = narrowed(visible_projects(asker(request)), state=state).order_by("code")
    return page_of(search_projects(rows, q), page, size)


@router.get("/projects/{code}", response=shapes.ProjectCard, tags=["projects"])
def project(request: HttpRequest, code: str) -> Any:
    """One project with its milestones."""
    return one_of(visible_projects(asker(request)).select_related("trial").prefetch_related("milestones"), code)
