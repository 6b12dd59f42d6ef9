"""Who comes to an event: invitations, answers, limits, declared conflicts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.bilingual import state_words
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import AbsenceReason, EventState, InvitationState, Side
from qiupu_web.matches.event_rules import INVITATION, OPEN_TO_INVITATIONS, check_limits
from qiupu_web.matches.models import Event, EventConflict, Invitation
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES

OPEN_TO_CONFLICTS = (EventState.DRAFT, EventState.INVITING, EventState.ALLOCATED)


@usecase("matches.invite")
def invite_scenario(*, actor: Actor, now: datetime, event: Event, scenario: Scenario) -> Invitation:
    """Ask a need's owner to come with it.

    Must hold: the event is a draft or inviting; the need is open; it is not invited yet. Writes: the invitation. Who: the office.
    """
    require(actor, "matches.invite")
    _require_inviting(event)
    if scenario.state not in RANKABLE_STATES:
        raise _closed(scenario)
    return _invite(now, event, scenario.owner, scenario)


@usecase("matches.invite_supplier")
def invite_supplier(*, actor: Actor, now: datetime, event: Event, supplier: Organisation) -> Invitation:
    """Ask a supplier to come.

    Must hold: the event is a draft or inviting; the supplier is active, has a published capability, and is not invited yet.
    Writes: the invitation. Who: the office.
    """
    require(actor, "matches.invite_supplier")
    _require_inviting(event)
    published = Capability.objects.filter(supplier=supplier, state=CapabilityState.PUBLISHED)
    if not supplier.is_active or not published.exists():
        raise Conflict(
            N_("{name} has no published capability, so nothing could be matched."),
            cure=N_("Let it publish one first, then invite it."),
            column="supplier",
            code="no-capability",
            name=str(supplier),
        )
    return _invite(now, event, supplier, None)


@usecase("matches.answer_invitation")
def answer_invitation(
    *,
    actor: Actor,
    now: datetime,
    invitation: Invitation,
    comes: bool,
    reason: str = "",
    note: str = "",
    away: Collection[int] = (),
) -> Invitation:
    """Say whether one comes, and in which slots (by number) one cannot.

    Must hold: the event is inviting; staying away carries a reason of ``AbsenceReason``; who comes is there in one slot at least.
    An answer may be changed while the event is inviting. Writes: the invitation. Who: members of the invited organisation.
    """
    require(actor, "matches.answer_invitation", invitation.organisation_id)
    if invitation.event.state != EventState.INVITING:
        raise Conflict(
            N_("Answers are not taken now; the event is in the state “{state}”."),
            cure=N_("Tell the exchange office, which can still change it."),
            code="wrong-state",
            state=state_words(invitation.event),
        )
    if comes:
        spans = _spans(invitation.event, away)
        if invitation.state == InvitationState.ACCEPTED:
            changed(invitation, away=spans, reason_note=note.strip(), answered_at=now)
        else:
            INVITATION.move(invitation, InvitationState.ACCEPTED, now=now, note=note.strip(), answered_at=now, away=spans)
        return invitation
    if reason not in AbsenceReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason")
    INVITATION.move(invitation, InvitationState.DECLINED, now=now, reason=reason, note=note.strip(), answered_at=now, away=[])
    return invitation


def _spans(event: Event, away: Collection[int]) -> list[str]:
    """Return the times of these slots; one of them at least must be left."""
    slots = event.clock.slots()
    unknown = sorted(set(away) - {one.number for one in slots})
    if unknown:
        raise InputError(
            N_("The event has no time number {number}."),
            cure=N_("Reload the page; the plan of the day was changed."),
            column="away",
            code="slots",
            number=unknown[0],
        )
    if len(set(away)) == len(slots):
        raise InputError(
            N_("You cannot come at any of the times."),
            cure=N_("Leave one time free at least, or answer that you do not come."),
            column="away",
            code="away-all-day",
        )
    return [one.span for one in slots if one.number in set(away)]


@usecase("matches.withdraw_invitation")
def withdraw_invitation(*, actor: Actor, now: datetime, invitation: Invitation, reason: str, note: str = "") -> Invitation:
    """Take an invitation back, with a reason of ``AbsenceReason``.

    Must hold: the event is a draft or inviting. Writes: the invitation; its meetings, if any, are dropped.
    Who: the office.
    """
    require(actor, "matches.withdraw_invitation")
    _require_inviting(invitation.event)
    if reason not in AbsenceReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason")
    INVITATION.move(invitation, InvitationState.WITHDRAWN, now=now, reason=reason, note=note.strip())
    lost = invitation.event.meetings.all()
    lost = lost.filter(scenario=invitation.scenario) if invitation.scenario_id else lost.filter(supplier=invitation.organisation)
    touched(invitation, meetings_dropped=lost.count())
    lost.delete()
    return invitation


@usecase("matches.set_limits")
def set_limits(*, actor: Actor, now: datetime, invitation: Invitation, low: int | None, high: int | None) -> Invitation:
    """Give one participant limits of its own; empty ones are the event's.

    Must hold: at least one meeting is allowed; a supplier has no least number (a need is promised meetings, a supplier takes
    what fits); the agreement's partner gets no more than any other supplier.
    Writes: the invitation. Who: the office.
    """
    require(actor, "matches.set_limits")
    _require_inviting(invitation.event)
    event, is_need = invitation.event, invitation.side == Side.OWNER
    usual = (event.need_min, event.need_max) if is_need else (0, event.supplier_max)
    most = usual[1] if high is None else high
    try:
        check_limits("meetings", usual[0] if low is None else low, most)
    except InputError as error:
        column = "low" if error.where.column == "meetings_min" else "high"
        params: Any = error.params
        raise InputError(error.template, cure=error.cure_template, column=column, code=error.code, **params) from error
    if not is_need and low:
        raise InputError(N_("Only a need is promised a least number of meetings."), column="low", code="limits")
    if not is_need and invitation.organisation.kind == OrganisationKind.PARTNER and most > event.supplier_max:
        raise Conflict(
            N_("The agreement's partner is a supplier like any other and gets no more than {most} meetings."),
            cure=N_("Raise the limit of all suppliers, or leave the partner's as it is."),
            column="high",
            code="partner",
            most=event.supplier_max,
        )
    changed(invitation, min_meetings=low, max_meetings=high)
    return invitation


@usecase("matches.declare_conflict")
def declare_conflict(
    *, actor: Actor, now: datetime, event: Event, owner: Organisation, supplier: Organisation, reason: str
) -> EventConflict:
    """Declare that this supplier must not meet this owner at this event.

    Must hold: a reason in words; the timetable is not published. Writes: the declaration; a meeting of the two that is planned
    already is dropped. Who: the office, and members of either side.
    """
    require(actor, "matches.declare_conflict", owner.pk, supplier.pk)
    if event.state not in OPEN_TO_CONFLICTS:
        raise Conflict(N_("The timetable stands; the exchange office must take it back first."), code="wrong-state")
    if not reason.strip():
        raise InputError(N_("Say what the conflict of interest is."), column="reason", code="reason")
    if event.conflicts.filter(owner=owner, supplier=supplier).exists():
        raise Conflict(N_("This conflict is declared already."), column="supplier", code="twice")
    row = EventConflict.objects.create(
        event=event, owner=owner, supplier=supplier, reason=reason.strip()[:300], declared_by=actor.name, declared_at=now
    )
    lost = event.meetings.filter(scenario__owner=owner, supplier=supplier)
    touched(event, owner=owner.code, supplier=supplier.code, reason=row.reason, meetings_dropped=lost.count())
    lost.delete()
    return row


def _invite(now: datetime, event: Event, organisation: Organisation, scenario: Scenario | None) -> Invitation:
    side = Side.OWNER if scenario else Side.SUPPLIER
    known = event.invitations.filter(side=side, organisation=organisation, scenario=scenario).first()
    due = datetime.combine(event.reply_by, time(23, 59), ZoneInfo(event.time_zone))
    if known is not None and known.state in (InvitationState.INVITED, InvitationState.ACCEPTED):
        raise Conflict(
            N_("{name} is invited already."),
            cure=N_("One invitation is enough; its answer appears on the event's page."),
            column="scenario" if scenario else "supplier",
            code="twice",
            name=str(scenario or organisation),
        )
    if known is not None:
        INVITATION.move(known, InvitationState.INVITED, now=now, due=due, answered_at=None, invited_at=now)
        changed(known, state_owner=side.value)
        return known
    begun = {**INVITATION.begin(InvitationState.INVITED, now), "state_owner": side.value, "state_due_at": due}
    row = Invitation.objects.create(event=event, side=side, organisation=organisation, scenario=scenario, invited_at=now, **begun)
    touched(event, invited=organisation.code, scenario=scenario.code if scenario else None)
    return row


def _closed(scenario: Scenario) -> Conflict:
    return Conflict(
        N_("{name} is in the state “{state}”, in which suppliers are not sought."),
        cure=N_("Invite a need that is published."),
        column="scenario",
        code="wrong-state",
        name=str(scenario),
        state=state_words(scenario),
    )


def _require_inviting(event: Event) -> None:
    if event.state not in OPEN_TO_INVITATIONS:
        raise Conflict(
            N_("Nobody is invited or taken back in the state “{state}”."),
            cure=N_("Go back to inviting first; locked meetings are kept."),
            code="wrong-state",
            state=state_words(event),
        )
