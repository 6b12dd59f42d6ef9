"""Leases with fencing: one worker holds a piece of work for a time; a late result of an older attempt is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q

from qiupu_web.base.models import Leased

L = TypeVar("L", bound=Leased)


def take(model: type[L], pk: object, *, holder: str, now: datetime, seconds: int, states: tuple[str, ...]) -> int | None:
    """Take the lease of a row that is free or whose lease has run out; return the attempt number, or None when it is held."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    row = model.objects.select_for_update().filter(free, pk=pk, state__in=states).order_by("pk").first()  # type: ignore[attr-defined]
    if row is None:
        return None
    row.attempt += 1
    row.lease_holder = holder
    row.lease_until = now + timedelta(seconds=seconds)
    row.save(update_fields=["attempt", "lease_holder", "lease_until"])
    return int(row.attempt)


def renew(model: type[L], pk: object, *, attempt: int, now: datetime, seconds: int, progress: str = "") -> bool:
    """Prolong a lease; False when the attempt is no longer the current one."""
    until = now + timedelta(seconds=seconds)
    fields = {"lease_until": until} | ({"progress": progress} if progress else {})
    return bool(model.objects.filter(pk=pk, attempt=attempt, lease_until__isnull=False).update(**fields))  # type: ignore[attr-defined]


def is_current(row: Leased, attempt: int) -> bool:
    """Return whether a result of this attempt may still be taken."""
    return row.attempt == attempt and row.lease_until is not None
