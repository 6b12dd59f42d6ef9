"""What of events waits for somebody, and the doors to these pages, for "my work"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.matches.enums import EventState, InvitationState
from qiupu_web.matches.models import Event, Invitation, Meeting
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may

MOST = 50
Waiting = tuple[str, str, object, str, datetime | None]
"""Area, task, thing, address, deadline."""


def waiting_events(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Yield invitations to answer, meetings to record, and for the office the events that it has to carry on."""
    area = _("Matchmaking events")
    if may(actor, "matches.answer_invitation", actor.organisation_id):
        rows = Invitation.objects.filter(
            organisation_id=actor.organisation_id or 0, state=InvitationState.INVITED, event__state=EventState.INVITING
        )
        for row in rows.select_related("event").order_by("state_due_at", "pk")[:MOST]:
            yield (
                area,
                _("Say whether you come"),
                row.event.title,
                reverse("events:detail", args=[row.event.code]),
                row.state_due_at,
            )
    if may(actor, "matches.record_outcome", actor.organisation_id) and actor.role != "office":
        open_ones = Meeting.objects.filter(
            scenario__owner_id=actor.organisation_id or 0,
            outcome="",
            event__state__in=(EventState.PUBLISHED, EventState.HELD),
            event__held_on__lte=timezone.localdate(now),
        )
        held = Event.objects.filter(pk__in=open_ones.values("event_id"))
        for event in held.order_by("state_due_at", "pk")[:MOST]:
            address = reverse("events:timetable", args=[event.code])
            yield area, _("Record what came of your meetings"), event.title, address, event.state_due_at
    if actor.role == "office":
        tasks = {
            EventState.DRAFT: _("Invite, and open the invitations"),
            EventState.INVITING: _("Gather the answers, then allocate the meetings"),
            EventState.ALLOCATED: _("Look at the meetings and publish the timetable"),
            EventState.PUBLISHED: _("Hold it; afterwards say that it took place"),
            EventState.HELD: _("Record what came of the meetings, then close"),
        }
        for event in Event.objects.filter(state__in=tasks).order_by("state_due_at", "pk")[:MOST]:
            task = tasks[EventState(event.state)]
            yield area, task, event.title, reverse("events:detail", args=[event.code]), event.state_due_at


def doors_to_matching(actor: Actor) -> list[tuple[str, str]]:
    """Return name and address of the pages of matching that this role needs often."""
    doors = [(_("Matchmaking events"), reverse("events:list"))]
    if actor.role in ("office", "owner", "unit"):
        doors.insert(0, (_("The board of introductions"), reverse("matches:board")))
    if actor.role in ("office", "auditor", "administrator"):
        doors.append((_("How good the ranking is"), reverse("matches:judging")))
    return doors
