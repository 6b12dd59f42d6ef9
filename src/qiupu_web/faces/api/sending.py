"""What programs send, and what they are told about their own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema


class Me(Schema):
    """What a token acts as."""

    role: str
    name: str
    organisation: str
    scopes: list[str]


class NewScenario(Schema):
    """A need to be written down as a draft."""

    field: str
    code: str = ""
    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    metric: str = ""
    bar: float | None = None
    direction: str = ""
    budget_cny: Decimal | None = None
    decide_by: date | None = None
    region: str = ""


class NewCapability(Schema):
    """A capability to be registered as a draft."""

    field: str
    code: str = ""
    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    regions: str = ""
    certificates: str = ""
    price_cny: Decimal | None = None


class EntryLine(Schema):
    """An entry just sent, or one of one's own."""

    trial: str
    number: int
    name_zh: str
    name_en: str
    kind: str
    state: str
    error_code: str
    created_at: datetime

    @staticmethod
    def resolve_trial(row: Any) -> str:
        """Give the trial's code."""
        return str(row.trial.code)
