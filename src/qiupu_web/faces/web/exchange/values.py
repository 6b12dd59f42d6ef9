"""How values stand in JSON and in a cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model


def plain(value: object) -> Any:
    """Return a value as JSON keeps it: rows by their id, dates and amounts as text."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def cell_of(value: Any) -> Any:
    """Return how a value stands in a cell: rows by their code, sentences by their words, lists by semicolons."""
    if isinstance(value, list | tuple):
        return "; ".join(str(cell_of(item)) for item in value)
    if isinstance(value, Model):
        return getattr(value, "quote", None) or getattr(value, "code", str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return value
    found = plain(value)
    return "" if found is None else found
