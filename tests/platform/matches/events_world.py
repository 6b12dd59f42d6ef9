"""A small event for tests: needs and suppliers that have said that they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from tests import factories as make
from tests.factories import NOW

from qiupu_web.matches import usecases
from qiupu_web.matches.event_plans import PlannedEvent, PlannedMeeting
from qiupu_web.matches.event_rules import EventPlan
from qiupu_web.matches.models import Allocation, Event, Meeting
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario

DAY = date(2026, 4, 10)
AFTER = NOW + timedelta(days=60)


def plan(**fields: Any) -> EventPlan:
    """Return a plan: 09:00 to 11:00, 20 minutes and 5 between, so five times (09:00, 09:25, 09:50, 10:15, 10:40)."""
    return EventPlan(
        **{
            "title_zh": "春季对接会",
            "title_en": "Spring meeting",
            "place_zh": "会议中心一层",
            "place_en": "Conference centre, ground floor",
            "held_on": DAY,
            "starts_at": time(9, 0),
            "ends_at": time(11, 0),
            "tables": 4,
            "least_fit": 0.0,
            "reply_by": date(2026, 4, 1),
            **fields,
        }
    )


@dataclass
class Hall:
    """An event and who is there."""

    event: Event
    office: Actor
    needs: list[Scenario] = field(default_factory=list)
    suppliers: list[Organisation] = field(default_factory=list)

    def meet(self, *places: tuple[int, int, int, int]) -> list[Meeting]:
        """Keep an allocation of (need, supplier, slot, table), each by its place in the lists."""
        run = usecases.request_allocation(actor=self.office, now=NOW, event=self.event)
        usecases.start_allocation(actor=system(), now=NOW, allocation=run)
        usecases.finish_allocation(actor=system(), now=NOW, allocation=run, plan=self.planned(*places))
        self.event.refresh_from_db()
        return [self.event.meetings.get(scenario=self.needs[a], supplier=self.suppliers[b]) for a, b, _, _ in places]

    def planned(self, *places: tuple[int, int, int, int]) -> PlannedEvent:
        """Return what the engine would have said."""
        found = tuple(
            PlannedMeeting(self.needs[a].code, self.suppliers[b].code, self.suppliers[b].capabilities.get().code, slot, table, 0.5)
            for a, b, slot, table in places
        )
        return PlannedEvent(found, "words", "test", "0" * 64, 0.5 * len(found), 0.5 * len(found), True, 0.5, None, 9)

    def run(self) -> Allocation:
        """Return the newest run."""
        return self.event.allocations.latest("id")


def event(office: Actor | None = None, **fields: Any) -> Event:
    """Make a draft."""
    return usecases.create_event(actor=office or make.actor("office"), now=NOW, plan=plan(**fields))


def hall(needs: int = 2, suppliers: int = 2, *, answered: bool = True, **fields: Any) -> Hall:
    """Make an event, invite, open, and let everybody say that they come."""
    office = make.actor("office")
    world = Hall(event(office, **fields), office)
    for _ in range(needs):
        world.needs.append(make.scenario())
        usecases.invite_scenario(actor=office, now=NOW, event=world.event, scenario=world.needs[-1])
    for _ in range(suppliers):
        world.suppliers.append(make.capability().supplier)
        usecases.invite_supplier(actor=office, now=NOW, event=world.event, supplier=world.suppliers[-1])
    usecases.open_event(actor=office, now=NOW, event=world.event)
    if answered:
        for one in world.event.invitations.select_related("event", "organisation"):
            role = "owner" if one.side == "owner" else "supplier"
            usecases.answer_invitation(actor=make.actor(role, one.organisation), now=NOW, invitation=one, comes=True)
    return world
