"""Approval of a breakdown: who approves in which order, what each step says, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.agreements.enums import CommitmentState
from qiupu_web.agreements.models import Agreement, Approval, ApprovalStep, Commitment, StandIn
from qiupu_web.agreements.queries import UNDER_APPROVAL, open_step, standing_for
from qiupu_web.agreements.rules import COMMITMENT, OPEN_TO_EDIT
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Membership, Organisation, User
from qiupu_web.parties.permissions import require

S = CommitmentState
MOST_STEPS = 3
MOST_DAYS = 366
Approver = tuple[Organisation, Membership | None]


@usecase("agreements.set_approval_steps")
def set_approval_steps(*, actor: Actor, now: datetime, agreement: Agreement, approvers: Sequence[Approver]) -> None:
    """Say who approves the breakdown of a text (and of its translation), in order: a unit, or one person of it; or nobody.

    Must hold: three steps at most, each with another approver; a person belongs to the unit that is named. Writes: the
    steps; approvals of commitments that are not confirmed yet are void. May: the exchange office.
    """
    require(actor, "agreements.set_approval_steps")
    if len(approvers) > MOST_STEPS:
        raise InputError(N_("There are three approval steps at most."), code="too-many-steps")
    if len({(unit.pk, member.pk if member else None) for unit, member in approvers}) < len(approvers):
        raise InputError(N_("The same approver stands in two steps."), code="same-approver")
    for unit, member in approvers:
        if member is not None and (member.organisation_id != unit.pk or not member.is_active):
            raise InputError(N_("{name} does not act for {unit}."), code="other-unit", name=str(member.user), unit=str(unit))
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    ApprovalStep.objects.filter(agreement_id__in=texts).delete()
    for number, (unit, member) in enumerate(approvers, 1):
        ApprovalStep.objects.create(agreement=agreement, number=number, organisation=unit, member=member)
    touched(agreement, approval_steps=[[unit.code, member.pk if member else None] for unit, member in approvers])
    for commitment in Commitment.objects.filter(statement__agreement_id__in=texts, state__in=OPEN_TO_EDIT, approvals_passed__gt=0):
        void_approvals(commitment, now)


def void_approvals(commitment: Commitment, now: datetime) -> None:
    """Make approvals given so far void, because what was approved is not what stands there now. Inside a use case."""
    rows = commitment.approvals.filter(void_at=None)
    if rows.update(void_at=now) or commitment.approvals_passed:
        changed(commitment, approvals_passed=0)


@usecase("agreements.decide_approval")
def decide_approval(*, actor: Actor, now: datetime, commitment: Commitment, approve: bool, comment: str = "") -> Approval:
    """Approve a commitment at the step that has to decide next, or return it to the office with a comment.

    Must hold: it waits for a step whose approver the actor is, or for whom she stands in today; returning needs a
    comment. Writes: the decision, with on whose behalf; how far the commitment is; a returned one is the office's to
    mend. May: the step's unit, or the one person that it names.
    """
    require(actor, "agreements.decide_approval", actor.organisation_id)
    step = open_step(commitment) if commitment.state in UNDER_APPROVAL else None
    if step is None:
        raise Conflict(
            N_("{number} does not wait for approval: it is “{state}”."),
            cure=N_("Reload the page; somebody else may have moved it on."),
            code="no-step",
            number=commitment.code,
            state=commitment.get_state_display(),
        )
    behalf = acts_at(actor, step, timezone.localdate(now))
    if behalf is None:
        raise NotAllowed(
            N_("Step {step} is for {unit} to decide."), code="other-approver", step=step.number, unit=str(step.organisation)
        )
    if not approve and not comment.strip():
        raise InputError(N_("Say why it is returned, so that the office can mend it."), column="comment", code="no-comment")
    row = Approval.objects.create(
        commitment=commitment,
        step=step.number,
        organisation=step.organisation,
        is_approved=approve,
        comment=comment.strip(),
        by=actor.name,
        on_behalf_of=behalf,
        at=now,
    )
    touched(commitment, step=step.number, approved=approve, comment=comment.strip(), **({"on_behalf_of": behalf} if behalf else {}))
    if approve:
        changed(commitment, approvals_passed=step.number)
        return row
    void_approvals(commitment, now)
    COMMITMENT.move(commitment, S.RETURNED, now=now, reason="approval", note=comment.strip())
    return row


def acts_at(actor: Actor, step: ApprovalStep, on: date) -> str | None:
    """Return on whose behalf the actor may decide a step: empty in her own right, a name as stand-in, None when she may not."""
    if actor.role == "system":
        return ""
    is_ours = actor.organisation_id == step.organisation_id
    if is_ours and (step.member is None or step.member.user_id == actor.user_id):
        return ""
    return _behalf(actor, step.organisation_id, on, member_id=step.member_id)


def stands_in_at(actor: Actor, organisation_id: int | None, on: date) -> str:
    """Return the name for whom the actor stands in at an organisation that is not her own; empty when for nobody."""
    if organisation_id is None or actor.organisation_id == organisation_id:
        return ""
    return _behalf(actor, organisation_id, on) or ""


def _behalf(actor: Actor, organisation_id: int, on: date, member_id: int | None = None) -> str | None:
    rows = standing_for(actor, on).filter(member__organisation_id=organisation_id)
    if member_id is not None:
        rows = rows.filter(member_id=member_id)
    row = rows.select_related("member__user").first()
    return str(row.member.user)[:200] if row else None


@usecase("agreements.name_stand_in")
def name_stand_in(*, actor: Actor, now: datetime, member: Membership, stand_in: User, from_on: date, until_on: date) -> StandIn:
    """Name who acts for oneself, in one membership, from one day to another: at approval steps and in answers of the unit.

    Must hold: the membership is the actor's own; the stand-in is another person with an active membership; the days
    are in order, not over and at most a year. Writes: the stand-in. May: who approves or answers.
    """
    require(actor, "agreements.name_stand_in")
    if member.user_id != actor.user_id or not member.is_active:
        raise NotAllowed(N_("A person names a stand-in for herself only."), code="not-mine")
    if stand_in.pk == actor.user_id or not stand_in.is_active or not stand_in.memberships.filter(is_active=True).exists():
        raise InputError(N_("Nobody else with an active account has this address."), column="email", code="no-such-person")
    if until_on < from_on or until_on < timezone.localdate(now):
        raise InputError(N_("The last day is before the first, or over already."), column="until_on", code="days")
    if (until_on - from_on).days > MOST_DAYS:
        raise InputError(N_("A stand-in is named for a year at most."), column="until_on", code="too-long")
    row = StandIn.objects.create(member=member, stand_in=stand_in, from_on=from_on, until_on=until_on, created_at=now)
    touched(member, stand_in=stand_in, from_on=from_on, until_on=until_on)
    return row


@usecase("agreements.end_stand_in")
def end_stand_in(*, actor: Actor, now: datetime, stand_in: StandIn) -> None:
    """Take a stand-in back; what she did stays. Must hold: the actor's own, not ended. May: who named her."""
    require(actor, "agreements.end_stand_in")
    if stand_in.member.user_id != actor.user_id:
        raise NotAllowed(N_("A person names a stand-in for herself only."), code="not-mine")
    if stand_in.ended_at is not None:
        raise Conflict(N_("This stand-in has ended already."), code="ended")
    changed(stand_in, ended_at=now)
