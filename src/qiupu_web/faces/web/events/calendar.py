"""Calendar files (RFC 5545): one file a participant, one entry a meeting, with identifiers that stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

SHANGHAI = "Asia/Shanghai"
ZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{SHANGHAI}",
    "BEGIN:STANDARD",
    "DTSTART:19910915T010000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
"""China has kept +08:00 the year round since summer time ended on 15 September 1991."""
LONGEST = 75
"""Octets of a line without its line break (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Entry:
    """One meeting. ``uid`` never changes; ``sequence`` rises each time the timetable is published anew."""

    uid: str
    sequence: int
    begins_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    is_cancelled: bool = False


def escaped(text: str) -> str:
    """Return a text value as RFC 5545, 3.3.11 has it: special characters and line breaks behind a backslash."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(char for char in plain if char in {"\n", "\t"} or ord(char) >= 32)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Cut a line into pieces of at most 75 octets, never within a character; each further piece begins with a space."""
    pieces: list[str] = []
    here, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LONGEST:
            pieces.append(here)
            here, size = " ", 1
        here += char
        size += width
    return "\r\n".join([*pieces, here])


def calendar_file(name: str, entries: Iterable[Entry], *, zone: str, stamped_at: datetime) -> bytes:
    """Return the file. Times stand in the zone of Shanghai, or in UTC when the installation is elsewhere."""
    rows = list(entries)
    method = "PUBLISH"
    lines: list[str] = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Qiupu//Matchmaking events//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    if zone == SHANGHAI:
        lines += ZONE
    for one in rows:
        lines += _entry(one, zone, stamped_at)
    lines.append("END:VCALENDAR")
    return ("\r\n".join(folded(line) for line in lines) + "\r\n").encode()


def _entry(one: Entry, zone: str, stamped_at: datetime) -> Sequence[str]:
    return (
        "BEGIN:VEVENT",
        f"UID:{one.uid}",
        f"DTSTAMP:{_utc(stamped_at)}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTART{_moment(one.begins_at, zone)}",
        f"DTEND{_moment(one.ends_at, zone)}",
        f"SUMMARY:{escaped(one.summary)}",
        f"LOCATION:{escaped(one.place)}",
        f"DESCRIPTION:{escaped(one.description)}",
        f"STATUS:{'CANCELLED' if one.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    )


def _utc(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moment(value: datetime, zone: str) -> str:
    return f";TZID={SHANGHAI}:{value:%Y%m%dT%H%M%S}" if zone == SHANGHAI else f":{_utc(value)}"
