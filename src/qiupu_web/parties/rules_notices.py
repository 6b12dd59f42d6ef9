"""When somebody is told what; no database here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from qiupu_web.parties.enums import Rhythm

STAGES = ("waits", "week", "soon", "day", "late")
"""How urgent a thing is. Moving up by a stage is worth a mail; staying, or getting more time, is not."""
BOUNDS = (("late", timedelta(0)), ("day", timedelta(days=1)), ("soon", timedelta(days=3)), ("week", timedelta(days=7)))
MONDAY = 0
WEEK = timedelta(days=7)
TRIES_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""Pauses after the first, second, … failed attempt to reach a webhook; after the last one it is given up."""
ATTEMPT = timedelta(minutes=2)
"""After so long an attempt without a result is taken to have died with its worker."""
MOST_TRIES = len(TRIES_AFTER) + 1
MOST_SEARCHES = 20
MOST_WEBHOOKS = 10
LONGEST_NAME = 120
MOST_SEEN = 200
SEEN = "seen:"
"""What was put away on the page carries this before its key; what was told by mail does not."""
KEY = re.compile(r"scenario:\d{1,12}")
FILTERS = ("field", "state", "measured", "region")
"""Filters of the opportunity list that a saved search keeps."""


def stage_of(due: datetime | None, now: datetime) -> str:
    """Return how urgent a thing is: late, due within a day, three days, a week, or simply waiting."""
    if due is None:
        return "waits"
    return next((name for name, left in BOUNDS if due - now <= left), "waits")


def fresh_keys(stages: Mapping[str, str], told: Mapping[str, str]) -> set[str]:
    """Return the things that were not told yet, or have become more urgent since they were."""
    return {
        key
        for key, stage in stages.items()
        if key not in told or STAGES.index(stage) > (STAGES.index(told[key]) if told[key] in STAGES else -1)
    }


def is_time_to_tell(rhythm: str, day: date, *, last: date | None, waits: bool, is_fresh: bool) -> bool:
    """Return whether a digest is due.

    Daily: whenever something is fresh, and on Mondays when anything waits. Weekly: on Mondays, or when the last one is a week
    old (the Monday was missed). Never twice on one day.
    """
    if rhythm == Rhythm.OFF or not (waits or is_fresh) or last == day:
        return False
    is_weekly_day = day.weekday() == MONDAY or (last is not None and day - last >= WEEK)
    return is_weekly_day or (rhythm == Rhythm.DAILY and is_fresh)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when a message is tried again after ``attempts`` failed ones; None when it is given up."""
    return now + TRIES_AFTER[attempts - 1] if attempts <= len(TRIES_AFTER) else None
