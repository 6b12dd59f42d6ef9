"""The Gantt drawing: where each stretch of a project lies between its first and last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qiupu_web.projects.enums import MilestoneState
from qiupu_web.projects.models import Milestone

WIDTH = 1000
HEIGHT = 22


@dataclass(frozen=True)
class Stretch:
    """One milestone's row: from the end of the stretch before it to its due date."""

    row: Milestone
    x: float
    width: float
    tone: str


@dataclass(frozen=True)
class Gantt:
    """The drawing; ``today_x`` is None when today lies outside."""

    starts_on: date
    ends_on: date
    stretches: tuple[Stretch, ...]
    today_x: float | None
    ticks: tuple[float, ...]


def draw(starts_on: date | None, ends_on: date | None, milestones: Sequence[Milestone], today: date) -> Gantt | None:
    """Lay out a project's milestones; None when fewer than two days are known."""
    dated = [row for row in milestones if row.due_on is not None]
    days = [day for day in (starts_on, ends_on, *(row.due_on for row in dated)) if day is not None]
    if len(days) < 2 or min(days) == max(days) or not dated:
        return None
    first, last = min(days), max(days)
    span = (last - first).days

    def x(day: date) -> float:
        return round(WIDTH * (day - first).days / span, 1)

    stretches, before = [], first
    for row in sorted(dated, key=lambda row: (row.due_on or first, row.number)):
        due = row.due_on or first
        begin = min(before, due)
        stretches.append(Stretch(row, x(begin), max(x(due) - x(begin), 6.0), _tone(row, today)))
        before = due
    stretches.sort(key=lambda one: one.row.number)
    months = _months(first, last)
    return Gantt(first, last, tuple(stretches), x(today) if first <= today <= last else None, tuple(x(day) for day in months))


def _tone(row: Milestone, today: date) -> str:
    if row.state == MilestoneState.MET:
        return "met"
    if row.state == MilestoneState.NOT_MET or (row.due_on is not None and row.due_on < today):
        return "late"
    return "part" if row.state == MilestoneState.PARTIALLY_MET else "planned"


def _months(first: date, last: date) -> list[date]:
    """Return the first days of the months (of the quarters in a long project) strictly between two days."""
    found: list[date] = []
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = date(year, month, 1)
        if day >= last:
            return found
        if (last - first).days <= 550 or month % 3 == 1:
            found.append(day)
