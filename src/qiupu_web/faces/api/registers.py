"""The registers of a project, risks and benefits: whoever sees the project reads them, as on its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Schema

from qiupu_web.faces.api.asking import asker, router
from qiupu_web.faces.api.rows import one_of
from qiupu_web.projects.models import BenefitMeasurement
from qiupu_web.projects.queries import visible_projects
from qiupu_web.projects.rules import gravity, share_reached


class RiskLine(Schema):
    """A risk; ``gravity`` follows from likelihood and impact."""

    number: int
    title_zh: str
    title_en: str
    likelihood: str
    impact: str
    gravity: str
    state: str
    reason_code: str
    keeper: str
    due_on: date | None
    measures_zh: str
    measures_en: str

    @staticmethod
    def resolve_gravity(row: Any) -> str:
        """Give how grave it is."""
        return str(gravity(row.likelihood, row.impact).value)

    @staticmethod
    def resolve_keeper(row: Any) -> str:
        """Give the code of the organisation that watches it."""
        return str(row.keeper.code)


class ValueLine(Schema):
    """A measured value."""

    value: float
    measured_on: date


class NewestLine(ValueLine):
    """The value that was written down last, how it was found, and whether somebody else has looked at it."""

    how: str
    is_reviewed: bool

    @staticmethod
    def resolve_is_reviewed(row: Any) -> bool:
        """Give whether it was reviewed."""
        return row.reviewed_at is not None


class BenefitLine(Schema):
    """A benefit. ``share_reached``: how much of the expected change the newest value shows; null where that is unknown."""

    number: int
    title_zh: str
    title_en: str
    unit_zh: str
    unit_en: str
    direction: str
    baseline: float | None
    expected: float | None
    due_on: date | None
    state: str
    reason_code: str
    newest: NewestLine | None
    earlier: list[ValueLine]
    share_reached: float | None

    @staticmethod
    def resolve_newest(row: Any) -> BenefitMeasurement | None:
        """Give the newest value."""
        return _by_record(row)[-1] if _by_record(row) else None

    @staticmethod
    def resolve_earlier(row: Any) -> list[BenefitMeasurement]:
        """Give the others, the earliest day first."""
        return sorted(_by_record(row)[:-1], key=lambda one: (one.measured_on, one.pk))

    @staticmethod
    def resolve_share_reached(row: Any) -> float | None:
        """Give how much of the way the newest value is."""
        values = _by_record(row)
        return share_reached(baseline=row.baseline, expected=row.expected, value=values[-1].value) if values else None


def _by_record(row: Any) -> list[BenefitMeasurement]:
    return sorted(row.measurements.all(), key=lambda one: (one.recorded_at, one.pk))


@router.get("/projects/{code}/risks", response=list[RiskLine], tags=["projects"])
def risks(request: HttpRequest, code: str) -> Any:
    """The risks of a project, by number."""
    return list(one_of(visible_projects(asker(request)), code).risks.select_related("keeper").order_by("number"))


@router.get("/projects/{code}/benefits", response=list[BenefitLine], tags=["projects"])
def benefits(request: HttpRequest, code: str) -> Any:
    """What a project shall bring and what was measured of it, by number."""
    return list(one_of(visible_projects(asker(request)), code).benefits.prefetch_related("measurements").order_by("number"))
