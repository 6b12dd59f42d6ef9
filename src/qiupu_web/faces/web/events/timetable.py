"""The timetable of an event: the same meetings by time, by table, by need or by supplier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from qiupu_web.faces.web.events.contexts import Place, places_of
from qiupu_web.matches import queries
from qiupu_web.matches.enums import EventState, InvitationState, Side
from qiupu_web.matches.models import Event, Invitation
from qiupu_web.parties.actors import Actor

BY = ("time", "table", "need", "supplier")


@dataclass(frozen=True)
class View:
    """One way of reading the timetable."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Part:
    """One sheet: a time, a table, a need or a supplier, with its meetings; ``calendar`` is the participant's invitation."""

    title: object
    note: object
    rows: Sequence[Place]
    calendar: int | None = None


@dataclass(frozen=True)
class Timetable:
    """The page."""

    event: Event
    by: str
    views: Sequence[View]
    parts: Sequence[Part]
    is_provisional: bool
    shows_outcomes: bool


def timetable_of(actor: Actor, event: Event, by: str, now: datetime) -> Timetable:
    """Return what a reader may see of the timetable."""
    places = places_of(actor, event, now)
    labels = {"time": _("By time"), "table": _("By table"), "need": _("By need"), "supplier": _("By supplier")}
    shown = queries.sees_timetable(actor, event)
    coming = [
        one
        for one in queries.invitations_of(event)
        if one.state == InvitationState.ACCEPTED and (shown or one.organisation_id == actor.organisation_id)
    ]
    return Timetable(
        event=event,
        by=by,
        views=[View(value, labels[value], value == by) for value in BY],
        parts=PARTS[by](places, coming) if places else [],
        is_provisional=event.state == EventState.ALLOCATED,
        shows_outcomes=any(one.may_record or one.shows_outcome for one in places),
    )


def _grouped(places: Sequence[Place], key: Callable[[Place], Any]) -> list[tuple[Any, list[Place]]]:
    found: dict[Any, list[Place]] = {}
    for one in places:
        found.setdefault(key(one), []).append(one)
    return list(found.items())


def _by_time(places: Sequence[Place], coming: Sequence[Invitation]) -> list[Part]:
    grouped = _grouped(places, lambda one: (one.begins_at, one.ends_at))
    return [Part(f"{first:%H:%M}–{last:%H:%M}", "", rows) for (first, last), rows in sorted(grouped)]


def _by_table(places: Sequence[Place], coming: Sequence[Invitation]) -> list[Part]:
    grouped = sorted(_grouped(places, lambda one: one.meeting.table))
    return [Part(_("Table %(number)d") % {"number": table}, "", rows) for table, rows in grouped]


def _by_need(places: Sequence[Place], coming: Sequence[Invitation]) -> list[Part]:
    rows = dict(_grouped(places, lambda one: one.meeting.scenario_id))
    needs = [one for one in coming if one.side == Side.OWNER and one.scenario is not None]
    return [Part(one.scenario.title, one.organisation.name, rows.get(one.scenario_id, []), one.pk) for one in needs if one.scenario]


def _by_supplier(places: Sequence[Place], coming: Sequence[Invitation]) -> list[Part]:
    rows = dict(_grouped(places, lambda one: one.meeting.supplier_id))
    suppliers = [one for one in coming if one.side == Side.SUPPLIER]
    return [Part(one.organisation.name, "", rows.get(one.organisation_id, []), one.pk) for one in suppliers]


PARTS = {"time": _by_time, "table": _by_table, "need": _by_need, "supplier": _by_supplier}
