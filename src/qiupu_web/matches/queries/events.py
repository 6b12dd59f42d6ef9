"""What is asked about events: who sees what, who may come, who meets whom."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import EventState, InvitationState, Side
from qiupu_web.matches.event_rules import SHOWN_TO_ALL
from qiupu_web.matches.models import Allocation, Event, Invitation, Meeting
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES

INSIDERS = ("office", "auditor", "administrator", "system")
"""Roles that see drafts, everybody's answers and every meeting before it is published."""


def events_for(actor: Actor) -> QuerySet[Event]:
    """Return the events that somebody may see: published ones, those she is invited to, all for the office and auditors."""
    rows = Event.objects.all()
    if actor.role not in INSIDERS:
        shown = Q(state__in=SHOWN_TO_ALL) | Q(state=EventState.CANCELLED, published_at__isnull=False)
        if actor.organisation_id is not None:
            mine = Invitation.objects.filter(organisation_id=actor.organisation_id).exclude(state=InvitationState.WITHDRAWN)
            shown |= Q(pk__in=mine.values("event_id")) & ~Q(state=EventState.DRAFT)
        rows = rows.filter(shown)
    coming = Q(invitations__state=InvitationState.ACCEPTED)
    return rows.annotate(
        needs=Count("invitations", filter=coming & Q(invitations__side=Side.OWNER)),
        suppliers=Count("invitations", filter=coming & Q(invitations__side=Side.SUPPLIER)),
    ).order_by("-held_on", "-id")


def sees_event(actor: Actor, event: Event) -> bool:
    """Return whether somebody may see an event."""
    return events_for(actor).filter(pk=event.pk).exists()


def sees_timetable(actor: Actor, event: Event) -> bool:
    """Return whether somebody sees everybody's meetings, not only her own."""
    was_public = event.state == EventState.CANCELLED and event.published_at is not None
    return actor.role in INSIDERS or event.state in SHOWN_TO_ALL or was_public


def meetings_of(actor: Actor, event: Event) -> QuerySet[Meeting]:
    """Return the meetings that somebody may see: her own from the allocation on, all once they are published."""
    rows = event.meetings.select_related("scenario__owner", "supplier", "capability").order_by("slot", "table", "id")
    if sees_timetable(actor, event):
        return rows
    if actor.organisation_id is None or event.state != EventState.ALLOCATED:
        return rows.none()
    return rows.filter(Q(scenario__owner_id=actor.organisation_id) | Q(supplier_id=actor.organisation_id))


def invitations_of(event: Event) -> QuerySet[Invitation]:
    """Return who is invited, needs first."""
    return event.invitations.select_related("organisation", "scenario__owner", "event").order_by("side", "id")


def own_invitations(actor: Actor, event: Event) -> QuerySet[Invitation]:
    """Return the invitations of somebody's organisation."""
    rows = invitations_of(event).exclude(state=InvitationState.WITHDRAWN)
    return rows.filter(organisation_id=actor.organisation_id) if actor.organisation_id is not None else rows.none()


def invitable_scenarios(event: Event) -> QuerySet[Scenario]:
    """Return the open needs that are not invited yet."""
    there = event.invitations.filter(scenario__isnull=False).exclude(state=InvitationState.WITHDRAWN).values("scenario_id")
    return Scenario.objects.filter(state__in=RANKABLE_STATES).exclude(pk__in=there).select_related("owner").order_by("code")


def invitable_suppliers(event: Event) -> QuerySet[Organisation]:
    """Return the suppliers with a published capability that are not invited yet."""
    there = event.invitations.filter(side=Side.SUPPLIER).exclude(state=InvitationState.WITHDRAWN).values("organisation_id")
    offering = Capability.objects.filter(state=CapabilityState.PUBLISHED).values("supplier_id")
    return Organisation.objects.filter(is_active=True, pk__in=offering).exclude(pk__in=there).order_by("code")


def latest_allocation(event: Event) -> Allocation | None:
    """Return the newest run, whatever became of it."""
    return event.allocations.order_by("-requested_at", "-id").first()
