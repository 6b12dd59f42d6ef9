"""What a month's report reads: rows as they stood at its end, and the funnel at its end and at its beginning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from qiupu_web.agreements.enums import CommitmentState, Disposition
from qiupu_web.agreements.models import Agreement, Commitment, Evidence, Statement
from qiupu_web.agreements.queries import BINDING, LONG
from qiupu_web.faces.web.pages.funnel import Fact, stage_of
from qiupu_web.faces.web.pages.months import Month
from qiupu_web.faces.web.pages.past import Past, look_back
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.models import Acceptance, Benefit, BenefitMeasurement, Milestone, Project, Risk
from qiupu_web.projects.queries import may_see, visible_projects

KINDS = (
    "agreements.commitment",
    "agreements.statement",
    "agreements.evidence",
    "projects.project",
    "projects.milestone",
    "projects.risk",
    "projects.benefit",
)


@dataclass(frozen=True)
class ProjectFacts:
    """One project as it stood: milestones, risks, benefits with what was measured until then, and the newest acceptance."""

    row: Project
    milestones: tuple[Milestone, ...]
    risks: tuple[Risk, ...]
    benefits: tuple[Benefit, ...]
    acceptance: Acceptance | None


@dataclass(frozen=True)
class Reported:
    """Commitments and projects at the month's end, the funnel's facts at its end and beginning, and what was otherwise before."""

    commitments: tuple[Commitment, ...]
    reached: Sequence[Fact]
    reached_before: Sequence[Fact]
    projects: tuple[ProjectFacts, ...]
    earlier: Past


def facts_of(agreement: Agreement, actor: Actor, month: Month) -> Reported:
    """Read a month's facts: a fixed number of queries, whatever the number of rows."""
    later, earlier = look_back(month.end, month.begin, KINDS)
    drawn = _commitments(agreement, month.end)
    told = next((text for text in (agreement, agreement.twin) if text and _draws(text, drawn)), agreement)
    said = list(Statement.objects.filter(agreement=told, strength__in=BINDING))
    rows = [row for row in later.restore(drawn, related=("lead_unit",)) if row.state != CommitmentState.AMENDED]
    for row in rows:
        row._prefetched_objects_cache["evidence"] = _in_place(row, later)  # type: ignore[attr-defined]  # where a prefetch puts it
    mine = [row for row in drawn if row.statement.agreement_id == told.pk]
    return Reported(
        commitments=tuple(rows),
        reached=_reached(told, said, mine, later, month.end),
        reached_before=_reached(told, said, mine, earlier, month.begin),
        projects=_projects(rows, actor, later, month.end),
        earlier=earlier,
    )


def _draws(text: Agreement, rows: Iterable[Commitment]) -> bool:
    return any(row.statement.agreement_id == text.pk for row in rows)


def _commitments(agreement: Agreement, until: datetime) -> list[Commitment]:
    """Return the commitments of a text and its translation that were there, amended ones too, with the evidence that was there."""
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    evidence = Evidence.objects.filter(recorded_at__lt=until).order_by("recorded_at", "id")
    return list(
        Commitment.objects.filter(statement__agreement_id__in=texts, created_at__lt=until)
        .select_related("lead_unit", "statement__agreement")
        .defer(*LONG)
        .prefetch_related("supporting_units", Prefetch("evidence", evidence))
        .order_by("code")
    )


def _in_place(row: Commitment, past: Past) -> object:
    """Return the prefetched evidence with its outcomes as they were."""
    kept = row.evidence.all()
    kept._result_cache = past.restore(kept)
    return kept


def _reached(told: Agreement, said: Sequence[Statement], drawn: Sequence[Commitment], past: Past, by: datetime) -> list[Fact]:
    """Return how far each sentence had come at a moment: said, committed, and what evidence showed until then."""
    sentences = {row.pk for row in said if past.value(row, "disposition") != Disposition.NOTED}
    facts = []
    for row in drawn:
        if row.created_at >= by or past.value(row, "state") == CommitmentState.WAIVED:
            continue
        sentences.add(row.statement_id)
        facts.append(Fact(row.statement_id, "committed", row.created_at))
        for one in row.evidence.all():
            stage = stage_of(one.kind, past.value(one, "outcome"))
            if stage is not None and one.recorded_at < by:
                facts.append(Fact(row.statement_id, stage, one.recorded_at))
    if told.added_at < by:
        facts += [Fact(pk, "said", told.added_at) for pk in sorted(sentences)]
    return facts


def _projects(rows: Sequence[Commitment], actor: Actor, past: Past, until: datetime) -> tuple[ProjectFacts, ...]:
    values = BenefitMeasurement.objects.filter(recorded_at__lt=until).order_by("recorded_at", "id")
    found = (
        visible_projects(actor)
        .filter(scenario__commitment_id__in=[row.pk for row in rows], created_at__lt=until)
        .prefetch_related(
            Prefetch("milestones", Milestone.objects.filter(_there(until)).order_by("number")),
            Prefetch("risks", Risk.objects.filter(created_at__lt=until).select_related("keeper").order_by("number")),
            Prefetch("benefits", Benefit.objects.filter(created_at__lt=until).order_by("number")),
            Prefetch("benefits__measurements", values),
            Prefetch("acceptances", Acceptance.objects.filter(measured_at__lt=until).order_by("measured_at", "id")),
        )
        .order_by("code")
    )
    return tuple(_project(row, past) for row in past.restore(found) if may_see(actor, row))


def _there(until: datetime) -> Q:
    return Q(created_at__isnull=True) | Q(created_at__lt=until)


def _project(row: Project, past: Past) -> ProjectFacts:
    return ProjectFacts(
        row=row,
        milestones=tuple(past.restore(row.milestones.all())),
        risks=tuple(past.restore(row.risks.all(), related=("keeper",))),
        benefits=tuple(past.restore(row.benefits.all())),
        acceptance=next(reversed(row.acceptances.all()), None),
    )
