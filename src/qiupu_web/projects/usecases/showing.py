"""What shows a milestone met, and who countersigns it."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.agreements.enums import EvidenceKind
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import content_type_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.projects.enums import MilestoneState, MoveReason
from qiupu_web.projects.models import Milestone, MilestoneEvidence
from qiupu_web.projects.rules import MILESTONE
from qiupu_web.projects.usecases.telling import require_living, tell_commitment


@usecase("projects.add_evidence")
def add_milestone_evidence(
    *, actor: Actor, now: datetime, milestone: Milestone, note: str = "", document: bytes | None = None, name: str = ""
) -> MilestoneEvidence:
    """Show that a milestone is met: a note, a document, or both.

    Must hold: the milestone is not met yet, the project lives; a document is what its name says. Writes: file and
    evidence. May: the exchange office, the owner, the supplier.
    """
    project = milestone.project
    require(actor, "projects.add_evidence", project.scenario.owner_id, project.supplier_id)
    require_living(project)
    if milestone.state == MilestoneState.MET:
        raise Conflict(N_("This milestone is met and countersigned already."), code="met")
    if not note.strip() and document is None:
        raise InputError(N_("Say in a sentence what was done, or add a document."), column="note", code="empty")
    file = None
    if document is not None:
        file = keep(document, name=name, now=now, content_type=content_type_of(document, name))
    evidence = MilestoneEvidence.objects.create(
        milestone=milestone,
        document=file,
        note=note,
        added_at=now,
        added_by=actor.name,
        added_by_organisation_id=actor.organisation_id,
    )
    touched(milestone, evidence=file.sha256 if file else "note", note=note)
    return evidence


@usecase("projects.countersign")
def countersign_milestone(
    *, actor: Actor, now: datetime, milestone: Milestone, met: bool, note: str = "", partly: bool = False
) -> None:
    """Say whether a milestone is met, after looking at its evidence.

    Must hold: there is evidence that another organisation brought; "not met" and "partly met" need a note. Writes: the
    milestone, its evidence, evidence of the commitment. May: the exchange office, the owner.
    """
    project = milestone.project
    require(actor, "projects.countersign", project.scenario.owner_id)
    mine = actor.organisation_id
    waiting = [row for row in milestone.evidence.all() if row.countersigned_at is None]
    foreign = [row for row in waiting if mine is None or row.added_by_organisation_id != mine]
    if waiting and not foreign:
        raise NotAllowed(N_("Evidence is countersigned by another organisation than the one that added it."), code="own-evidence")
    if not foreign:
        raise Conflict(N_("There is no new evidence to look at."), cure=N_("Ask the supplier to add some."), code="no-evidence")
    if not met and not note.strip():
        raise InputError(N_("Say what is missing."), column="note", code="no-note")
    if not met:
        to, reason = (MilestoneState.PARTIALLY_MET, "") if partly else (MilestoneState.NOT_MET, MoveReason.NOT_REACHED)
        if milestone.state != to:
            MILESTONE.move(milestone, to, now=now, reason=reason, note=note)
        else:
            changed(milestone, reason_note=note)
        return
    for row in foreign:
        changed(row, countersigned_at=now, countersigned_by=actor.name)
    MILESTONE.move(milestone, MilestoneState.MET, now=now, note=note)
    key = f"milestone:{project.code}:{milestone.number}"
    tell_commitment(project, about=milestone, actor=actor, now=now, kind=EvidenceKind.MILESTONE, key=key, outcome="met")
