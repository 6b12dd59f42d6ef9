"""What must hold for matchmaking events: their life, their clock, their limits; no database here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qiupu.errors import N_, InputError
from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.matches.enums import EventState as S
from qiupu_web.matches.enums import InvitationState as I

EVENT = Lifecycle(
    "event",
    {
        S.DRAFT: Step((S.INVITING, S.CANCELLED), "office", 60),
        S.INVITING: Step((S.ALLOCATED, S.CANCELLED), "office", None),  # until the day by which replies are asked for
        S.ALLOCATED: Step((S.INVITING, S.PUBLISHED, S.CANCELLED), "office", None),  # until the day itself
        S.PUBLISHED: Step((S.ALLOCATED, S.HELD, S.CANCELLED), "office", None),  # until the last meeting is over
        S.HELD: Step((S.CLOSED,), "office", 14),
        S.CLOSED: Step((), "", None),
        S.CANCELLED: Step((), "", None),
    },
    exits=frozenset({S.CANCELLED}),
)
INVITATION = Lifecycle(
    "invitation",
    {
        I.INVITED: Step((I.ACCEPTED, I.DECLINED, I.WITHDRAWN), "", None),
        I.ACCEPTED: Step((I.DECLINED, I.WITHDRAWN), "", None),
        I.DECLINED: Step((I.INVITED, I.ACCEPTED), "", None),
        I.WITHDRAWN: Step((I.INVITED,), "", None),
    },
    exits=frozenset({I.DECLINED, I.WITHDRAWN}),
)
OPEN_TO_CHANGES = (S.DRAFT, S.INVITING)
"""States in which day, clock and limits may change; later the meetings hang on them."""
OPEN_TO_INVITATIONS = (S.DRAFT, S.INVITING)
"""States in which somebody may be invited; a draft is seen by nobody but the office until invitations are opened."""
SHOWN_TO_ALL = (S.PUBLISHED, S.HELD, S.CLOSED)
"""States in which everybody sees the whole timetable."""
EDITABLE = (
    "title_zh", "title_en", "place_zh", "place_en", "held_on", "starts_at", "ends_at", "meeting_minutes", "change_minutes",
    "breaks", "tables", "need_min", "need_max", "supplier_max", "least_fit", "reply_by",
)  # fmt: skip
LEAST_FIT = 0.4
"""Pairs that fit less do not meet unless the office says so: a seat is not filled for its own sake."""
MOST_SLOTS = 60
MOST_TABLES = 500
MOST_MEETINGS = 100
BREAK = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})")  # as people write it in Chinese


@dataclass(frozen=True)
class Slot:
    """One time at which all tables meet; numbers count from 1."""

    number: int
    begins_at: datetime
    ends_at: datetime

    @property
    def span(self) -> str:
        """From when to when, as ``read_breaks`` reads it."""
        return f"{self.begins_at:%H:%M}-{self.ends_at:%H:%M}"


@dataclass(frozen=True)
class Clock:
    """When meetings begin and end on the day."""

    held_on: date
    starts_at: time
    ends_at: time
    meeting_minutes: int
    change_minutes: int
    breaks: str
    zone: str

    def slots(self) -> tuple[Slot, ...]:
        """Return the times, in order; a meeting never runs into a break or past the end."""
        zone = ZoneInfo(self.zone)
        here = datetime.combine(self.held_on, self.starts_at, zone)
        end = datetime.combine(self.held_on, self.ends_at, zone)
        pauses = [
            (datetime.combine(self.held_on, first, zone), datetime.combine(self.held_on, last, zone))
            for first, last in read_breaks(self.breaks)
        ]
        found: list[Slot] = []
        length = timedelta(minutes=self.meeting_minutes)
        while here + length <= end and len(found) <= MOST_SLOTS:
            pause = next((one for one in pauses if here < one[1] and here + length > one[0]), None)
            if pause is not None:
                here = pause[1]
                continue
            found.append(Slot(len(found) + 1, here, here + length))
            here += length + timedelta(minutes=self.change_minutes)
        return tuple(found)


def read_breaks(text: str) -> tuple[tuple[time, time], ...]:
    """Read breaks such as ``12:00-13:30; 15:00-15:15``.

    Raises
    ------
    InputError
        When a part is no break, or one ends before it begins.
    """
    found = []
    for part in (one.strip() for one in re.split(r"[;；,，、\n]", text)):  # as people write it in Chinese
        if not part:
            continue
        match = BREAK.fullmatch(part)
        if match is None or int(match[1]) > 23 or int(match[3]) > 23 or int(match[2]) > 59 or int(match[4]) > 59:
            raise InputError(
                N_("“{part}” is no break."),
                cure=N_("Write breaks like 12:00-13:30, several with semicolons between."),
                column="breaks",
                code="breaks",
                part=part[:40],
            )
        first, last = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if first >= last:
            raise InputError(
                N_("The break {part} ends before it begins."),
                cure=N_("Exchange the two times."),
                column="breaks",
                code="breaks",
                part=part,
            )
        found.append((first, last))
    return tuple(sorted(found))


def slots_away(slots: Sequence[Slot], away: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of the slots that fall, even in part, into a time at which somebody cannot come."""
    spans = [one for text in away for one in read_breaks(text)]
    return tuple(
        one.number for one in slots if any(one.begins_at.time() < last and one.ends_at.time() > first for first, last in spans)
    )


def check_clock(clock: Clock) -> None:
    """Raise ``InputError`` unless at least one meeting fits into the day, and not absurdly many."""
    if not 5 <= clock.meeting_minutes <= 240:
        raise InputError(
            N_("A meeting of {minutes} minutes cannot be planned."),
            cure=N_("Give 5 to 240 minutes."),
            column="meeting_minutes",
            code="no-slots",
            minutes=clock.meeting_minutes,
        )
    if not 0 <= clock.change_minutes <= 60:
        raise InputError(
            N_("{minutes} minutes between two meetings cannot be planned."),
            cure=N_("Give 0 to 60 minutes."),
            column="change_minutes",
            code="no-slots",
            minutes=clock.change_minutes,
        )
    slots = clock.slots()
    if not slots:
        raise InputError(
            N_("Between {start} and {end} no meeting of {minutes} minutes fits, so the event has no times."),
            cure=N_("Let it end later, make meetings shorter, or take out a break."),
            column="ends_at",
            code="no-slots",
            start=f"{clock.starts_at:%H:%M}",
            end=f"{clock.ends_at:%H:%M}",
            minutes=clock.meeting_minutes,
        )
    if len(slots) > MOST_SLOTS:
        raise InputError(
            N_("More than {most} times on one day cannot be planned."),
            cure=N_("Make meetings longer, or the day shorter."),
            column="meeting_minutes",
            code="too-many-slots",
            most=MOST_SLOTS,
        )


def check_limits(name: str, low: int, high: int) -> None:
    """Raise ``InputError`` unless 0 <= low <= high and high allows at least one meeting; ``name`` is need or supplier."""
    if high < 1 or high > MOST_MEETINGS:
        raise InputError(
            N_("With at most {high} meetings nobody could meet, or nobody could plan it."),
            cure=N_("Allow 1 to {most} meetings."),
            column=f"{name}_max",
            code="capacity",
            high=high,
            most=MOST_MEETINGS,
        )
    if low < 0 or low > high:
        raise InputError(
            N_("At least {low} meetings, but at most {high}: that cannot be kept."),
            cure=N_("Lower the least number, or raise the most."),
            column=f"{name}_min",
            code="capacity",
            low=low,
            high=high,
        )


def check_tables(tables: int) -> None:
    """Raise ``InputError`` unless there is at least one table."""
    if not 1 <= tables <= MOST_TABLES:
        raise InputError(
            N_("With {tables} tables nobody can meet, or nobody could plan it."),
            cure=N_("Give 1 to {most} tables or rooms."),
            column="tables",
            code="capacity",
            tables=tables,
            most=MOST_TABLES,
        )


@dataclass(frozen=True)
class EventPlan:
    """What the office says of an event; checked as a whole, so that nothing half-right is kept.

    Raises
    ------
    InputError
        When a title or place is missing in a language, no meeting fits, a limit cannot be kept, or replies are asked for after
        the day itself.
    """

    title_zh: str
    title_en: str
    place_zh: str
    place_en: str
    held_on: date
    starts_at: time
    ends_at: time
    tables: int
    reply_by: date
    meeting_minutes: int = 20
    change_minutes: int = 5
    breaks: str = ""
    need_min: int = 0
    need_max: int = 3
    supplier_max: int = 5
    least_fit: float = LEAST_FIT

    def __post_init__(self) -> None:
        for name in ("title_zh", "title_en", "place_zh", "place_en"):
            if not getattr(self, name).strip():
                raise InputError(
                    N_("Title and place are needed in both languages."),
                    cure=N_("People of both languages come; write the other one too."),
                    column=name,
                    code="both-languages",
                )
        if self.reply_by > self.held_on:
            raise InputError(
                N_("Replies are asked for after the day of the event."),
                cure=N_("Ask for them earlier, so that the meetings can be planned."),
                column="reply_by",
                code="reply-by",
            )
        if not 0 <= self.least_fit <= 1:
            raise InputError(
                N_("The least fit {value} lies outside the scale."),
                cure=N_("Give a number from 0 (everybody may meet) to 1."),
                column="least_fit",
                code="least-fit",
                value=self.least_fit,
            )
        read_breaks(self.breaks)
        check_tables(self.tables)
        check_limits("need", self.need_min, self.need_max)
        check_limits("supplier", 0, self.supplier_max)

    def fields(self, zone: str) -> dict[str, object]:
        """Return the fields of a row, with at least one time on the day."""
        clock = Clock(
            self.held_on, self.starts_at, self.ends_at, self.meeting_minutes, self.change_minutes, self.breaks.strip(), zone
        )
        check_clock(clock)
        found: dict[str, object] = {name: getattr(self, name) for name in EDITABLE}
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}
