"""Matchmaking events: who sees which, and whose meetings, is what the pages show to the same reader."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest
from ninja import Schema

from qiupu_web.faces.api.asking import asker, router
from qiupu_web.faces.api.rows import narrowed, one_of, page_of
from qiupu_web.faces.api.shapes import Page
from qiupu_web.matches import queries


class EventLine(Schema):
    """An event in a list, with how many needs and suppliers have said that they come."""

    code: str
    title_zh: str
    title_en: str
    place_zh: str
    place_en: str
    held_on: date
    state: str
    needs: int
    suppliers: int
    is_invented: bool


class SlotLine(Schema):
    """One time at which all tables meet."""

    number: int
    begins_at: datetime
    ends_at: datetime


class EventCard(EventLine):
    """One event: its day, its limits and its times."""

    starts_at: time
    ends_at: time
    meeting_minutes: int
    breaks: str
    tables: int
    need_min: int
    need_max: int
    supplier_max: int
    least_fit: float
    reply_by: date
    published_at: datetime | None
    slots: list[SlotLine]

    @staticmethod
    def resolve_slots(row: Any) -> list[Any]:
        """Give the times, in order."""
        return list(row.clock.slots())


class MeetingLine(Schema):
    """One meeting. ``outcome`` is null where it was not recorded, or is not the reader's to see."""

    slot: int
    begins_at: datetime
    ends_at: datetime
    table: int
    scenario: str
    supplier: str
    capability: str
    outcome: str | None


@router.get("/events", response=Page[EventLine], tags=["events"])
def event_list(request: HttpRequest, *, state: str = "", page: int = 1, size: int = 20) -> Any:
    """Events with a published timetable, and those that one is invited to, the latest day first."""
    return page_of(narrowed(queries.events_for(asker(request)), state=state), page, size)


@router.get("/events/{code}", response=EventCard, tags=["events"])
def event(request: HttpRequest, code: str) -> Any:
    """One event with its times."""
    return one_of(queries.events_for(asker(request)), code)


@router.get("/events/{code}/meetings", response=list[MeetingLine], tags=["events"])
def meetings(request: HttpRequest, code: str) -> Any:
    """The timetable: everybody's meetings once it is published, before that only one's own."""
    actor = asker(request)
    row = one_of(queries.events_for(actor), code)
    slots = {one.number: one for one in row.clock.slots()}
    found = []
    for one in queries.meetings_of(actor, row):
        slot = slots.get(one.slot) or next(iter(slots.values()))
        takes_part = actor.organisation_id is not None and actor.organisation_id in (one.scenario.owner_id, one.supplier_id)
        inside = actor.role in queries.INSIDERS or takes_part
        found.append(
            {
                "slot": slot.number,
                "begins_at": slot.begins_at,
                "ends_at": slot.ends_at,
                "table": one.table,
                "scenario": one.scenario.code,
                "supplier": one.supplier.code,
                "capability": one.capability.code,
                "outcome": (one.outcome or None) if inside else None,
            }
        )
    return found
