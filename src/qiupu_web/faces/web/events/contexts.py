"""What the templates of events are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from qiupu_web.faces.web.events.forms import (
    AllocateForm,
    AnswerForm,
    CancelForm,
    ConflictForm,
    InviteForm,
    LimitsForm,
    NoteForm,
    PressForm,
    WithdrawForm,
)
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import Listing
from qiupu_web.matches import queries
from qiupu_web.matches.enums import EventState, InvitationState, RequestState, Side
from qiupu_web.matches.event_rules import EVENT, OPEN_TO_CHANGES, OPEN_TO_INVITATIONS, SHOWN_TO_ALL, Slot
from qiupu_web.matches.models import Allocation, Event, Invitation, Meeting
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may

STEPS = (
    EventState.DRAFT,
    EventState.INVITING,
    EventState.ALLOCATED,
    EventState.PUBLISHED,
    EventState.HELD,
    EventState.CLOSED,
)


@dataclass(frozen=True)
class EventList:
    """The list of events."""

    listing: Listing[Event]
    may_create: bool


@dataclass(frozen=True)
class Step:
    """One step of the event's life, for the line at the top."""

    label: str
    is_past: bool
    is_here: bool


@dataclass(frozen=True)
class Deeds:
    """What this reader may do with this event now; None where she may not."""

    edit: bool = False
    open: PressForm | None = None
    reopen: PressForm | None = None
    invite: InviteForm | None = None
    conflict: ConflictForm | None = None
    allocate: AllocateForm | None = None
    arrange: bool = False
    publish: PressForm | None = None
    take_back: NoteForm | None = None
    hold: PressForm | None = None
    close: PressForm | None = None
    cancel: CancelForm | None = None

    @property
    def any(self) -> bool:
        """Whether there is a button to show."""
        return any(
            (self.open, self.reopen, self.allocate, self.arrange, self.publish, self.take_back, self.hold, self.close, self.cancel)
        )


@dataclass(frozen=True)
class Guest:
    """One invitation in the table of who comes."""

    invitation: Invitation
    limits: str
    is_partner: bool


@dataclass(frozen=True)
class Place:
    """One meeting with its time."""

    meeting: Meeting
    begins_at: datetime
    ends_at: datetime
    may_record: bool
    shows_outcome: bool

    @property
    def span(self) -> str:
        """From when to when, in the event's own zone."""
        return f"{self.begins_at:%H:%M}–{self.ends_at:%H:%M}"


@dataclass(frozen=True)
class OwnInvitation:
    """An invitation to the reader's organisation, with the form to answer."""

    invitation: Invitation
    form: AnswerForm | None


@dataclass(frozen=True)
class Apart:
    """A pair that is kept apart, and why."""

    need: str
    supplier: str
    reason: str


@dataclass(frozen=True)
class Price:
    """What one more meeting of a need or supplier would add."""

    name: str
    price: float


@dataclass(frozen=True)
class Run:
    """What came of an allocation."""

    row: Allocation
    unmet: str
    apart: Sequence[Apart]
    prices: Sequence[Price]


@dataclass(frozen=True)
class EventPage:
    """One event."""

    event: Event
    steps: Sequence[Step]
    slots: Sequence[Slot]
    is_inside: bool
    own: Sequence[OwnInvitation]
    needs: Sequence[Guest]
    suppliers: Sequence[Guest]
    counts: dict[str, int]
    allocation: Allocation | None
    run: Run | None
    is_waiting: bool
    meetings: Sequence[Place]
    shows_all: bool
    shows_outcomes: bool
    deeds: Deeds
    problem: OnceForm | None = None


@dataclass(frozen=True)
class InvitationPage:
    """One invitation, for the office: limits and taking back."""

    invitation: Invitation
    limits: LimitsForm | None
    withdraw: WithdrawForm | None
    problem: OnceForm | None = None


def run_of(row: Allocation | None, guests: Sequence[Invitation]) -> Run | None:
    """Return what a run found, in words."""
    if row is None:
        return None
    reasons = {
        "own": _("the need is its own"),
        "affiliated": _("affiliated organisations"),
        "declared": _("a conflict of interest was declared"),
        "manager": _("the need's scenario manager acts for the supplier"),
        "declined": _("declined before"),
    }
    needs = {one.scenario.code: str(one.scenario.title) for one in guests if one.scenario is not None}
    suppliers = {one.organisation.code: str(one.organisation.name) for one in guests if one.side == Side.SUPPLIER}
    owners = {one.organisation.code: str(one.organisation.name) for one in guests if one.side == Side.OWNER}
    teams = {code: _("the time of %(name)s, who comes with several needs") % {"name": name} for code, name in owners.items()}
    names = {"needs": needs, "suppliers": suppliers, "teams": teams, "room": {"": _("a place in the hall")}}
    return Run(
        row,
        "; ".join(needs.get(code, code) for code in row.unmet),
        [
            Apart(needs.get(need, need), suppliers.get(supplier, supplier), reasons.get(reason, reason))
            for need, supplier, reason in row.excluded
        ],
        [
            Price(names.get(side, {}).get(name, name), price)
            for side, prices in row.certificate.items()
            for name, price in prices.items()
        ],
    )


def steps_of(event: Event) -> list[Step]:
    """Return the steps of an event's life; none of them is current once it is cancelled."""
    here = STEPS.index(EventState(event.state)) if event.state in STEPS else -1
    return [Step(str(state.label), place < here, place == here) for place, state in enumerate(STEPS)]


def guests_of(event: Event, rows: Sequence[Invitation], side: Side) -> list[Guest]:
    """Return who is invited on a side, with the limits that hold for each."""
    found = []
    for row in rows:
        if row.side != side:
            continue
        usual = (event.need_min, event.need_max) if side == Side.OWNER else (0, event.supplier_max)
        low = usual[0] if row.min_meetings is None else row.min_meetings
        high = usual[1] if row.max_meetings is None else row.max_meetings
        limits = f"{low}–{high}" if side == Side.OWNER else _("up to %(high)d") % {"high": high}
        found.append(Guest(row, limits, row.organisation.kind == "partner"))
    return found


def places_of(actor: Actor, event: Event, now: datetime) -> list[Place]:
    """Return the meetings that this reader may see, with their times."""
    slots = {one.number: one for one in event.clock.slots()}
    open_now = event.state in (EventState.PUBLISHED, EventState.HELD)
    found = []
    for one in queries.meetings_of(actor, event):
        slot = slots.get(one.slot) or next(iter(slots.values()))
        inside = actor.role in queries.INSIDERS or actor.organisation_id in (one.scenario.owner_id, one.supplier_id)
        may_record = open_now and slot.begins_at <= now and may(actor, "matches.record_outcome", one.scenario.owner_id)
        found.append(Place(one, slot.begins_at, slot.ends_at, may_record, inside and bool(one.outcome)))
    return found


def deeds_of(actor: Actor, event: Event, now: datetime) -> Deeds:
    """Return what somebody may do with an event in its present state."""

    def press(action: str, to: str, kind: type[OnceForm], name: str) -> Any:
        return kind(auto_id=f"id_{name}_%s") if EVENT.allows(event.state, to) and may(actor, action) else None

    is_office = may(actor, "matches.invite")
    changing = is_office and event.state in OPEN_TO_INVITATIONS
    here = event.state
    return Deeds(
        edit=is_office and here in OPEN_TO_CHANGES,
        open=press("matches.open_event", EventState.INVITING, PressForm, "open") if here == EventState.DRAFT else None,
        reopen=press("matches.open_event", EventState.INVITING, PressForm, "reopen") if here == EventState.ALLOCATED else None,
        invite=InviteForm(
            scenarios=queries.invitable_scenarios(event), suppliers=queries.invitable_suppliers(event), auto_id="id_invite_%s"
        )
        if changing
        else None,
        conflict=conflict_form(actor, event),
        allocate=AllocateForm(auto_id="id_allocate_%s")
        if here in (EventState.INVITING, EventState.ALLOCATED) and may(actor, "matches.request_allocation")
        else None,
        arrange=here == EventState.ALLOCATED and may(actor, "matches.lock_meeting"),
        publish=press("matches.publish_event", EventState.PUBLISHED, PressForm, "publish"),
        take_back=press("matches.take_back_event", EventState.ALLOCATED, NoteForm, "take_back")
        if here == EventState.PUBLISHED
        else None,
        hold=press("matches.hold_event", EventState.HELD, PressForm, "hold") if now >= event.clock.slots()[0].begins_at else None,
        close=press("matches.close_event", EventState.CLOSED, PressForm, "close"),
        cancel=press("matches.cancel_event", EventState.CANCELLED, CancelForm, "cancel"),
    )


def conflict_form(actor: Actor, event: Event, data: Any = None) -> ConflictForm | None:
    """Return the form by which a conflict is declared: the office for anybody, a participant for itself."""
    if event.state in (*SHOWN_TO_ALL, EventState.CANCELLED) or actor.is_visitor:
        return None
    there = event.invitations.exclude(state=InvitationState.WITHDRAWN)
    owners = Organisation.objects.filter(pk__in=there.filter(side=Side.OWNER).values("organisation_id")).order_by("code")
    suppliers = Organisation.objects.filter(pk__in=there.filter(side=Side.SUPPLIER).values("organisation_id")).order_by("code")
    if actor.role != "office":
        if actor.role not in ("owner", "supplier", "unit"):
            return None
        mine = there.filter(organisation_id=actor.organisation_id or 0)
        sides = set(mine.values_list("side", flat=True))
        if not sides:
            return None
        own = Organisation.objects.filter(pk=actor.organisation_id or 0)
        owners, suppliers = (own, suppliers) if Side.OWNER in sides else (owners, own)
    return ConflictForm(data, owners=owners, suppliers=suppliers, auto_id="id_conflict_%s")


def with_problem(deeds: Deeds, name: str, form: OnceForm) -> Deeds:
    """Return the deeds with the form that was sent, so that what was typed stays."""
    changes: dict[str, Any] = {name: form} if name and getattr(deeds, name, None) else {}
    return replace(deeds, **changes)


def is_waiting(allocation: Allocation | None) -> bool:
    """Return whether a run is under way."""
    return allocation is not None and allocation.state in (RequestState.QUEUED, RequestState.RUNNING)
