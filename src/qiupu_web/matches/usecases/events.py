"""A matchmaking event from its plan to its end: make, invite, answer, publish, hold, close, cancel."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.codes import take_code
from qiupu_web.matches.enums import CancelReason, EventState, InvitationState
from qiupu_web.matches.event_rules import EVENT, OPEN_TO_CHANGES, EventPlan
from qiupu_web.matches.models import Event
from qiupu_web.matches.usecases.guards import require_no_stake
from qiupu_web.matches.usecases.meetings import introduce_meetings, require_open_needs
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require


@usecase("matches.create_event")
def create_event(*, actor: Actor, now: datetime, plan: EventPlan, code: str = "", is_invented: bool = False) -> Event:
    """Make an event as a draft.

    Must hold: the plan is whole (see ``EventPlan``) and at least one meeting fits into the day; the day is not over.
    Writes: the event. Who: the office.
    """
    require(actor, "matches.create_event")
    fields = plan.fields(settings.TIME_ZONE)
    _require_future(plan, now)
    row = Event(
        **fields,
        time_zone=settings.TIME_ZONE,
        is_invented=is_invented,
        created_at=now,
        created_by=actor.name,
        **EVENT.begin(EventState.DRAFT, now),
    )
    row.code = take_code(Event, code, name=plan.title_en, prefix="event")
    row.save(force_insert=True)
    touched(row, title_zh=row.title_zh, title_en=row.title_en, held_on=row.held_on, tables=row.tables)
    return row


@usecase("matches.edit_event")
def edit_event(*, actor: Actor, now: datetime, event: Event, plan: EventPlan) -> Event:
    """Change what an event says, its clock and its limits.

    Must hold: no meetings hang on it yet (draft or inviting); the plan is whole. Writes: the event, and until when
    the invited may answer. Who: the office.
    """
    require(actor, "matches.edit_event")
    if event.state not in OPEN_TO_CHANGES:
        raise Conflict(
            N_("Its meetings are planned already, so day, times and limits stand."),
            cure=N_("Go back to inviting first; locked meetings are kept."),
            code="wrong-state",
        )
    fields = plan.fields(event.time_zone)
    _require_future(plan, now)
    reply_by = _end_of(plan.reply_by, event.time_zone)
    changed(event, **fields, **({"state_due_at": reply_by} if event.state == EventState.INVITING else {}))
    event.invitations.filter(state=InvitationState.INVITED).update(state_due_at=reply_by)
    return event


@usecase("matches.open_event")
def open_event(*, actor: Actor, now: datetime, event: Event) -> Event:
    """Open the invitations of a draft, or go back to inviting from planned meetings (which stay until the next run).

    Must hold: somebody is invited on either side. Writes: the event's state. Who: the office.
    """
    require(actor, "matches.open_event")
    sides = set(event.invitations.exclude(state="withdrawn").values_list("side", flat=True))
    if sides != {"owner", "supplier"}:
        raise Conflict(
            N_("Nobody is invited on one of the two sides."),
            cure=N_("Invite at least one need and one supplier, then open the invitations."),
            code="one-side",
        )
    EVENT.move(event, EventState.INVITING, now=now, due=_end_of(event.reply_by, event.time_zone))
    return event


@usecase("matches.publish_event")
def publish_event(*, actor: Actor, now: datetime, event: Event) -> Event:
    """Publish the timetable: everybody sees it, and calendar files carry a new sequence number.

    Must hold: meetings are allocated, there is at least one, their needs are still open; that nobody sits at two tables at once
    the database sees to.
    Writes: the event; every pair becomes an introduced match, unless people have taken it further. Who: the office, but
    nobody with a stake in it.
    """
    require(actor, "matches.publish_event")
    require_no_stake(actor, event)
    if not event.meetings.exists():
        raise Conflict(N_("There is no meeting to publish."), cure=N_("Allocate the meetings first."), code="no-meetings")
    require_open_needs(event)
    slots = event.clock.slots()
    EVENT.move(event, EventState.PUBLISHED, now=now, due=slots[-1].ends_at, sequence=event.sequence + 1, published_at=now)
    introduce_meetings(actor=actor, now=now, event=event)
    return event


@usecase("matches.take_back_event")
def take_back_event(*, actor: Actor, now: datetime, event: Event, note: str) -> Event:
    """Take a published timetable back to change it.

    Must hold: a note says why; no outcome is recorded yet. Writes: the event's state. Who: the office, without a stake.
    """
    require(actor, "matches.take_back_event")
    require_no_stake(actor, event)
    if not note.strip():
        raise InputError(N_("Say why the timetable is taken back; people may have printed it."), column="note", code="note-missing")
    if event.meetings.exclude(outcome="").exists():
        raise Conflict(N_("Outcomes are recorded already, so the timetable stands."), code="held-already")
    EVENT.move(event, EventState.ALLOCATED, now=now, note=note.strip(), due=_first(event))
    return event


@usecase("matches.hold_event")
def hold_event(*, actor: Actor, now: datetime, event: Event) -> Event:
    """Say that the event took place; 14 days remain to record what came of the meetings.

    Must hold: the timetable is published and the first meeting has begun. Writes: its state. Who: the office.
    """
    require(actor, "matches.hold_event")
    if now < _first(event):
        raise Conflict(N_("Its first meeting has not begun yet."), code="too-early")
    EVENT.move(event, EventState.HELD, now=now)
    return event


@usecase("matches.close_event")
def close_event(*, actor: Actor, now: datetime, event: Event) -> Event:
    """Close an event.

    Must hold: it was held, and each meeting has its outcome. Writes: its state. Who: the office.
    """
    require(actor, "matches.close_event")
    open_ones = event.meetings.filter(outcome="").count()
    if open_ones:
        raise Conflict(
            N_("{count} meetings have no outcome yet."),
            cure=N_("Record for each whether they met, go on, or who did not come."),
            code="no-outcome",
            count=open_ones,
        )
    EVENT.move(event, EventState.CLOSED, now=now)
    return event


@usecase("matches.cancel_event")
def cancel_event(*, actor: Actor, now: datetime, event: Event, reason: str, note: str = "") -> Event:
    """Cancel an event before it is held; a reason of ``CancelReason`` is kept.

    Writes: its state, and a higher sequence number, so that calendars drop its meetings. Who: the office.
    """
    require(actor, "matches.cancel_event")
    if reason not in CancelReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason")
    EVENT.move(event, EventState.CANCELLED, now=now, reason=reason, note=note.strip(), sequence=event.sequence + 1)
    return event


def _require_future(plan: EventPlan, now: datetime) -> None:
    if plan.held_on < now.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise InputError(
            N_("The day of the event is over."), cure=N_("Choose a day that is still to come."), column="held_on", code="past"
        )


def _end_of(day: object, zone: str) -> datetime:
    return datetime.combine(day, time(23, 59), ZoneInfo(zone))  # type: ignore[arg-type]  # a date


def _first(event: Event) -> datetime:
    return event.clock.slots()[0].begins_at
