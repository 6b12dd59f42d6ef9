"""What a project's page shows, put together before the template sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qiupu_web.faces.templatetags.qiupu import TONES
from qiupu_web.faces.web.agreements.contexts import HistoryLine
from qiupu_web.faces.web.agreements.words import role_words
from qiupu_web.faces.web.projects.accepting import AcceptancePart, acceptance_part
from qiupu_web.faces.web.projects.drawing import Gantt, draw
from qiupu_web.faces.web.projects.forms import CountersignForm, EvidenceForm, MilestoneForm, MoveForm
from qiupu_web.faces.web.projects.history import history_of_project
from qiupu_web.faces.web.projects.registers import (
    BenefitPart,
    DocumentPart,
    ReplicationPart,
    RiskPart,
    benefit_part,
    document_part,
    replication_part,
    risk_part,
)
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.projects.enums import MilestoneState, MoveReason, ProjectState
from qiupu_web.projects.models import Milestone, MilestoneEvidence, Project
from qiupu_web.projects.queries import earned_cny, next_milestone
from qiupu_web.projects.rules import ENDED, MAIN_LINE, SIDE

S = ProjectState


@dataclass(frozen=True)
class StepShown:
    """One step of the life cycle: ``done``, ``now`` or ``next``."""

    label: str
    place: str


@dataclass(frozen=True)
class MoneyPart:
    """One bar of money: what, how much, and its length out of 1000."""

    code: str
    amount: Decimal | None
    width: float


@dataclass(frozen=True)
class MilestoneShown:
    """A milestone with its evidence and what the reader may do."""

    row: Milestone
    evidence: tuple[MilestoneEvidence, ...]
    evidence_form: EvidenceForm | None
    countersign_form: CountersignForm | None


@dataclass(frozen=True)
class ProjectPage:
    """Everything of a project's page."""

    row: Project
    tone: str
    steps: tuple[StepShown, ...]
    is_side: bool
    next_actor: str
    next_milestone: Milestone | None
    met: int
    total: int
    gantt: Gantt | None
    milestones: tuple[MilestoneShown, ...]
    acceptance: AcceptancePart
    benefits: BenefitPart
    risks: RiskPart
    documents: DocumentPart
    replication: ReplicationPart
    money: tuple[MoneyPart, ...]
    side_reason: str
    may_export: bool
    may_import: bool
    move_form: MoveForm | None
    milestone_form: MilestoneForm | None
    may_edit: bool
    may_read_files: bool
    history: tuple[HistoryLine, ...]


def project_page(row: Project, actor: Actor, today: date, forms: dict[str, Any] | None = None) -> ProjectPage:
    """Put a project's page together."""
    owner = row.scenario.owner_id
    milestones = list(row.milestones.all())
    lives = row.state not in ENDED
    following = next_milestone(milestones)
    may_move = lives and may(actor, "projects.move", owner)
    return ProjectPage(
        row=row,
        tone=TONES.get(row.state, "plain"),
        steps=_steps(row),
        is_side=row.state in SIDE,
        next_actor=role_words().get(row.state_owner, "") if lives else "",
        next_milestone=following,
        met=sum(one.state == MilestoneState.MET for one in milestones),
        total=len(milestones),
        gantt=draw(row.starts_on, row.ends_on, milestones, today),
        milestones=tuple(_milestone(one, row, actor) for one in milestones),
        acceptance=acceptance_part(row, actor),
        benefits=benefit_part(row, actor),
        risks=risk_part(row, actor),
        documents=document_part(row, actor),
        replication=replication_part(row, actor),
        money=_money(row, milestones),
        side_reason=str(MoveReason(row.reason_code).label) if row.reason_code in MoveReason.values else "",
        may_export=may(actor, "exchange.export", owner, row.supplier_id),
        may_import=lives and may(actor, "exchange.upload"),
        move_form=MoveForm(state=row.state) if may_move else None,
        milestone_form=MilestoneForm() if lives and may(actor, "projects.add_milestone", owner) else None,
        may_edit=lives and may(actor, "projects.edit", owner),
        may_read_files=may_read_files(row, actor),
        history=history_of_project(row),
    )


def may_read_files(row: Project, actor: Actor) -> bool:
    """Return whether the reader may open the documents: who takes part, the office, auditors."""
    mine = actor.organisation_id
    return actor.role in ("office", "auditor", "system") or (mine is not None and mine in (row.scenario.owner_id, row.supplier_id))


def _steps(row: Project) -> tuple[StepShown, ...]:
    state = S.PURCHASED if row.state == S.SCALED else S(row.state)
    if state in SIDE:
        return tuple(StepShown(str(S(one).label), "next") for one in MAIN_LINE)
    here = MAIN_LINE.index(state)
    places = ("done", "now", "next")
    return tuple(StepShown(str(S(one).label), places[(number >= here) + (number > here)]) for number, one in enumerate(MAIN_LINE))


def _milestone(one: Milestone, row: Project, actor: Actor) -> MilestoneShown:
    evidence = tuple(one.evidence.all())
    open_ = row.state not in ENDED and one.state != MilestoneState.MET
    foreign = any(item.countersigned_at is None and item.added_by_organisation_id != actor.organisation_id for item in evidence)
    may_add = open_ and may(actor, "projects.add_evidence", row.scenario.owner_id, row.supplier_id)
    may_sign = open_ and foreign and may(actor, "projects.countersign", row.scenario.owner_id)
    return MilestoneShown(
        one,
        evidence,
        EvidenceForm(auto_id=f"e{one.number}-%s") if may_add else None,
        CountersignForm(auto_id=f"c{one.number}-%s") if may_sign else None,
    )


def _money(row: Project, milestones: list[Milestone]) -> tuple[MoneyPart, ...]:
    parts = (
        ("planned", row.budget_cny),
        ("committed", row.committed_cny),
        ("earned", earned_cny(milestones) if milestones else None),
        ("paid", row.paid_cny),
    )
    largest = max((amount for _code, amount in parts if amount), default=None)
    return tuple(
        MoneyPart(code, amount, float(round(1000 * amount / largest, 1)) if amount and largest else 0.0) for code, amount in parts
    )
