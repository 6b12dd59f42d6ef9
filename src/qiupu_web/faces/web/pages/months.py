"""Calendar months of the city's time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from qiupu.errors import N_, InputError

KEY = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")
MOST_LISTED = 60


@dataclass(frozen=True, order=True)
class Month:
    """One month; ``key`` is how addresses and file names write it."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """Return the month in which a moment lies."""
        day = timezone.localdate(moment)
        return cls(day.year, day.month)

    @property
    def key(self) -> str:
        """For example ``2026-10``."""
        return f"{self.year}-{self.number:02d}"

    @property
    def begin(self) -> datetime:
        """Its first instant."""
        return timezone.make_aware(datetime(self.year, self.number, 1))  # noqa: DTZ001  # the zone is given by make_aware

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.next.begin

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> Month:
        """The month before it."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def __str__(self) -> str:
        return date_format(date(self.year, self.number, 1), "Y年n月" if (get_language() or "en").startswith("zh") else "F Y")


def months_of(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from the last back to the first, at most five years of them."""
    month = last
    for _ in range(MOST_LISTED):
        if month < first:
            return
        yield month
        month = month.previous


def chosen_month(key: str, *, since: datetime, now: datetime) -> Month:
    """Return the month that an address names; the running one when it names none.

    Raises
    ------
    InputError
        When it is no month, or one before the text was there or still to come.
    """
    running = Month.of(now)
    if not key:
        return running
    match = KEY.fullmatch(key)
    if match is None:
        raise InputError(N_("“{given}” is not a month."), cure=N_("Write it as 2026-10."), code="month", given=key[:20])
    found = Month(int(match[1]), int(match[2]))
    if not Month.of(since) <= found <= running:
        raise InputError(
            N_("There is no report of {given}: the records begin in {first} and end in {last}."),
            cure=N_("Choose a month between the two."),
            code="no-such-month",
            given=found.key,
            first=Month.of(since).key,
            last=running.key,
        )
    return found
