"""Who meets whom and when: asking for an allocation, keeping it, changing it by hand, and what came of each meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.bilingual import state_words
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import (
    EventState,
    InvitationState,
    MatchState,
    MeetingOutcome,
    RequestState,
    Side,
)
from qiupu_web.matches.event_plans import PlannedEvent
from qiupu_web.matches.event_rules import EVENT, slots_away
from qiupu_web.matches.models import Allocation, Event, Match, Meeting, Ranking
from qiupu_web.matches.rules import MATCH, PATIENCE
from qiupu_web.matches.usecases.decisions import introduce_match, keep_decision
from qiupu_web.matches.usecases.guards import require_no_stake
from qiupu_web.matches.usecases.sentences import lost, sentences_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES

OPEN = (RequestState.QUEUED, RequestState.RUNNING)
REPLY_DAYS = 14
"""Days after the event in which an introduced supplier still may answer."""


@usecase("matches.request_allocation")
def request_allocation(*, actor: Actor, now: datetime, event: Event, is_fair: bool = False) -> Allocation:
    """Ask for an allocation; ``tasks.ask_for_allocation`` hands it to a worker.

    Must hold: the event is inviting (and everybody has answered, or the day for replies is over) or allocated; on either side
    somebody comes. Writes: the request; one that waits already is returned as it is, one that gave no sign for
    15 minutes is given up. Who: the office, without a stake.
    """
    require(actor, "matches.request_allocation")
    require_no_stake(actor, event)
    _require_ready(event, now)
    touched(event)
    waiting = event.allocations.filter(state__in=OPEN).first()
    if waiting is not None:
        if (waiting.started_at or waiting.requested_at) > now - PATIENCE:
            return waiting
        changed(waiting, state=RequestState.FAILED.value, finished_at=now, **sentences_of(lost()))
    row = Allocation.objects.create(event=event, is_fair=is_fair, requested_by=actor.name, requested_at=now)
    touched(row, is_fair=is_fair)
    return row


@usecase("matches.start_allocation")
def start_allocation(*, actor: Actor, now: datetime, allocation: Allocation) -> bool:
    """Say that a worker has begun; False when the request is over already. Writes: its state. Who: the system."""
    require(actor, "matches.start_allocation")
    touched(allocation)
    if allocation.state not in OPEN:
        return False
    changed(allocation, state=RequestState.RUNNING.value, started_at=now, progress="scores")
    return True


@usecase("matches.fail_allocation")
def fail_allocation(*, actor: Actor, now: datetime, allocation: Allocation, error: Exception) -> Allocation:
    """Say, in both languages, why there is no allocation: which limits cannot be kept. Writes: the request. Who: the system."""
    require(actor, "matches.fail_allocation")
    changed(allocation, state=RequestState.FAILED.value, finished_at=now, progress="", **sentences_of(error))
    return allocation


@usecase("matches.finish_allocation")
def finish_allocation(
    *,
    actor: Actor,
    now: datetime,
    allocation: Allocation,
    plan: PlannedEvent,
    excluded: Sequence[tuple[str, str, str]] = (),
) -> Allocation:
    """Keep an allocation: locked meetings stay, the others are replaced.

    Must hold: the event is still inviting or allocated, and the locked meetings are those of the plan.
    Writes: the meetings, the run's figures, the event's state. Who: the system.
    """
    require(actor, "matches.finish_allocation")
    event = Event.objects.select_for_update().get(pk=allocation.event_id)
    if event.state not in (EventState.INVITING, EventState.ALLOCATED):
        raise Conflict(
            N_("Meanwhile the event is in the state “{state}”, so its meetings were left as they are."),
            code="wrong-state",
            state=state_words(event),
        )
    _replace_meetings(event, plan)
    if event.state == EventState.INVITING:
        EVENT.move(event, EventState.ALLOCATED, now=now, due=event.clock.slots()[0].begins_at)
    figures = {name: getattr(plan, name) for name in FIGURES}
    changed(
        allocation,
        state=RequestState.DONE.value,
        finished_at=now,
        progress="",
        **figures,
        excluded=[list(one) for one in excluded],
        unmet=list(plan.unmet),
        certificate={side: dict(prices) for side, prices in plan.certificate.items()},
    )
    touched(event, meetings=len(plan.meetings))
    return allocation


FIGURES = (
    "method", "engine_version", "input_sha256", "objective", "bound", "is_optimal", "worst_off", "price_of_fairness", "pair_count",
    "weights_version",
)  # fmt: skip


@usecase("matches.lock_meeting")
def lock_meeting(*, actor: Actor, now: datetime, meeting: Meeting, is_locked: bool) -> Meeting:
    """Fix a meeting, so that another run keeps it, or let it go. Writes: the meeting. Who: the office, without a stake."""
    require(actor, "matches.lock_meeting")
    _require_arranging(actor, meeting.event)
    touched(meeting.event)
    changed(meeting, is_locked=is_locked)
    return meeting


@usecase("matches.swap_meetings")
def swap_meetings(*, actor: Actor, now: datetime, first: Meeting, second: Meeting) -> tuple[Meeting, Meeting]:
    """Let two meetings exchange their times and tables, and lock both.

    Must hold: they are two meetings of one event, and nobody sits at two tables at once afterwards. Writes: both.
    Who: the office, without a stake.
    """
    require(actor, "matches.swap_meetings")
    _require_arranging(actor, first.event)
    if first.pk == second.pk or first.event_id != second.event_id:
        raise InputError(N_("Choose two different meetings of this event."), column="second", code="same")
    _require_free(first, second.slot, apart=(first.pk, second.pk))
    _require_free(second, first.slot, apart=(first.pk, second.pk))
    touched(first.event)
    old, new = (first.slot, first.table), (second.slot, second.table)
    Meeting.objects.filter(pk=first.pk).update(slot=-1)  # a place that no meeting has, while the two change
    changed(second, slot=old[0], table=old[1], is_locked=True)
    changed(first, slot=new[0], table=new[1], is_locked=True)
    return first, second


@usecase("matches.record_outcome")
def record_outcome(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    outcome: str,
    note: str = "",
    follow_up_on: date | None = None,
) -> Meeting:
    """Say what came of a meeting; it may be corrected until the event is closed.

    Must hold: the timetable is published and the meeting has begun, or the event was held. Writes: the meeting; who met is met
    in the match too (the owner decides next, by the day on which they go on), an absence leaves the match where it is.
    Who: members of the owner, the office.
    """
    require(actor, "matches.record_outcome", meeting.scenario.owner_id)
    event = meeting.event
    if outcome not in MeetingOutcome.values:
        raise InputError(N_("Say what came of it, with one of the list."), column="outcome", code="outcome")
    if event.state not in (EventState.PUBLISHED, EventState.HELD) or now < _begins(meeting):
        raise Conflict(
            N_("The meeting has not begun, or its event is closed."),
            cure=N_("Record it once the meeting has begun."),
            code="too-early",
        )
    if follow_up_on is not None and (outcome != MeetingOutcome.FOLLOW_UP or follow_up_on < now.date()):
        raise InputError(
            N_("A day on which it goes on belongs to a meeting that goes on, and lies ahead."),
            column="follow_up_on",
            code="follow-up",
        )
    touched(event)
    changed(meeting, outcome=outcome, note=note.strip(), follow_up_on=follow_up_on, recorded_at=now, recorded_by=actor.name)
    if outcome in (MeetingOutcome.MET, MeetingOutcome.FOLLOW_UP):
        _met(actor, meeting, now, follow_up_on)
    return meeting


def require_open_needs(event: Event) -> None:
    """Raise ``Conflict`` when a need of a planned meeting has left the list since (part of publishing)."""
    closed = event.meetings.exclude(scenario__state__in=RANKABLE_STATES).select_related("scenario").first()
    if closed is not None:
        raise Conflict(
            N_("{name} is in the state “{state}”, in which suppliers are not sought."),
            cure=N_("Allocate the meetings again; this need is then left out."),
            code="wrong-state",
            name=str(closed.scenario),
            state=state_words(closed.scenario),
        )


def introduce_meetings(*, actor: Actor, now: datetime, event: Event) -> None:
    """Make every pair of a published event an introduced match; what people have decided further stays (part of publishing)."""
    run = event.allocations.filter(state=RequestState.DONE).order_by("-finished_at", "-id").first()
    due = event.clock.slots()[-1].ends_at + timedelta(days=REPLY_DAYS)
    meetings = event.meetings.select_related("scenario", "capability").order_by("scenario_id", "-score", "id")
    rankings: dict[int, Ranking] = {}
    places: Counter[int] = Counter()
    for meeting in meetings:
        places[meeting.scenario_id] += 1
        match = Match.objects.filter(scenario=meeting.scenario, capability=meeting.capability).first()
        if match is None:
            ranking = rankings.get(meeting.scenario_id) or _ranking_of(event, meeting.scenario, run, now)
            rankings[meeting.scenario_id] = ranking
            begun = MATCH.begin(MatchState.SUGGESTED, now)
            match = Match.objects.create(
                scenario=meeting.scenario,
                capability=meeting.capability,
                ranking=ranking,
                rank=places[meeting.scenario_id],
                score=meeting.score or 0.0,
                **begun,
            )
        if match.state == MatchState.STALE:
            MATCH.move(match, MatchState.SUGGESTED, now=now)
        if match.state in (MatchState.SUGGESTED, MatchState.LAPSED):
            introduce_match(actor=actor, now=now, match=match, note=_named(event), due=due)


def _named(event: Event) -> str:
    """Return an event's titles for a note that readers of both languages see."""
    return " / ".join(title for title in (event.title_zh, event.title_en) if title)


def _ranking_of(event: Event, scenario: Scenario, run: Allocation | None, now: datetime) -> Ranking:
    coming = event.invitations.filter(side=Side.SUPPLIER, state=InvitationState.ACCEPTED)
    return Ranking.objects.create(
        scenario=scenario,
        method=f"event {event.code}"[:60],
        engine_version=run.engine_version if run else "",
        seed=0,
        input_sha256=run.input_sha256 if run else "",
        pool_size=Capability.objects.filter(state=CapabilityState.PUBLISHED, supplier__in=coming.values("organisation_id")).count(),
        weights_version=run.weights_version if run else 0,
        ranked_at=now,
    )


def _met(actor: Actor, meeting: Meeting, now: datetime, follow_up_on: date | None) -> None:
    match = Match.objects.filter(scenario=meeting.scenario, capability=meeting.capability).first()
    if match is None or not MATCH.allows(match.state, MatchState.MET):
        return  # people have taken it further, or ended it
    slot = meeting.event.clock.slots()[0]
    due = datetime.combine(follow_up_on, slot.ends_at.timetz()) if follow_up_on else None
    MATCH.move(match, MatchState.MET, now=now, note=_named(meeting.event), due=due, decided_at=now)
    keep_decision(actor, now, match)


def _require_ready(event: Event, now: datetime) -> None:
    if event.state not in (EventState.INVITING, EventState.ALLOCATED):
        raise Conflict(
            N_("Meetings cannot be allocated in the state “{state}”."),
            cure=N_("Open the invitations first, or take the timetable back."),
            code="wrong-state",
            state=state_words(event),
        )
    waiting = event.invitations.filter(state=InvitationState.INVITED).count()
    if waiting and event.state == EventState.INVITING and event.state_due_at is not None and now < event.state_due_at:
        raise Conflict(
            N_("{count} invitations still wait for an answer, until {day}."),
            cure=N_("Wait, remind them, or take those invitations back; afterwards who has not answered is left out."),
            code="still-inviting",
            count=waiting,
            day=event.reply_by.isoformat(),
        )
    sides = set(event.invitations.filter(state=InvitationState.ACCEPTED).values_list("side", flat=True))
    if sides != {Side.OWNER.value, Side.SUPPLIER.value}:
        raise Conflict(
            N_("On one of the two sides nobody comes, so there is nobody to meet."),
            cure=N_("Invite more needs or suppliers."),
            code="one-side",
        )


def _replace_meetings(event: Event, plan: PlannedEvent) -> None:
    scenarios = {row.code: row for row in Scenario.objects.filter(code__in={one.scenario for one in plan.meetings})}
    suppliers = {row.code: row for row in Organisation.objects.filter(code__in={one.supplier for one in plan.meetings})}
    capabilities = {row.code: row for row in Capability.objects.filter(code__in={one.capability for one in plan.meetings})}
    planned = {(scenarios[one.scenario].pk, suppliers[one.supplier].pk) for one in plan.meetings}
    locked = {(one.scenario_id, one.supplier_id): one.pk for one in event.meetings.filter(is_locked=True)}
    locked = {pair: pk for pair, pk in locked.items() if pair in planned}  # who does not come any more is not in the plan
    event.meetings.exclude(pk__in=locked.values()).delete()
    new = [
        Meeting(
            event=event,
            scenario=scenarios[one.scenario],
            supplier=suppliers[one.supplier],
            capability=capabilities[one.capability],
            slot=one.slot,
            table=one.table,
            score=one.score,
        )
        for one in plan.meetings
        if (scenarios[one.scenario].pk, suppliers[one.supplier].pk) not in locked
    ]
    Meeting.objects.bulk_create(new)


def _require_arranging(actor: Actor, event: Event) -> None:
    require_no_stake(actor, event)
    if event.state != EventState.ALLOCATED:
        raise Conflict(
            N_("Meetings are not changed in the state “{state}”."),
            cure=N_("Take the timetable back first, with a reason."),
            code="wrong-state",
            state=state_words(event),
        )


def _require_free(meeting: Meeting, slot: int, *, apart: tuple[int, int]) -> None:
    """Raise ``Conflict`` when the need's owner or the supplier sits elsewhere in this slot, or is away."""
    others = meeting.event.meetings.filter(slot=slot).exclude(pk__in=apart)
    for name, busy in (
        (str(one), others.filter(Q(scenario__owner=one) | Q(supplier=one))) for one in (meeting.scenario.owner, meeting.supplier)
    ):
        if busy.exists():
            raise Conflict(
                N_("{name} would sit at two tables at once."),
                cure=N_("Choose another meeting to exchange with."),
                column="second",
                code="twice-at-once",
                name=name,
            )
    slots = meeting.event.clock.slots()
    coming = meeting.event.invitations.filter(Q(scenario=meeting.scenario) | Q(side=Side.SUPPLIER, organisation=meeting.supplier))
    for one in coming.select_related("organisation"):
        if slot in slots_away(slots, one.away):
            raise Conflict(
                N_("{name} cannot come at {time}."),
                cure=N_("Choose another meeting to exchange with."),
                column="second",
                code="away",
                name=str(one.organisation),
                time=slots[slot - 1].span,
            )


def _begins(meeting: Meeting) -> datetime:
    slots = meeting.event.clock.slots()
    return slots[min(max(meeting.slot, 1), len(slots)) - 1].begins_at
