"""What a project brings: promised with a unit and a baseline, measured later, looked at by somebody else."""

from __future__ import annotations

import math
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import content_type_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.projects.enums import BenefitState, DropReason, ProjectState
from qiupu_web.projects.models import Benefit, BenefitMeasurement, Project
from qiupu_web.projects.rules import BENEFIT
from qiupu_web.scenarios.enums import Direction


@usecase("projects.add_benefit")
def add_benefit(
    *,
    actor: Actor,
    now: datetime,
    project: Project,
    direction: str,
    title_zh: str = "",
    title_en: str = "",
    unit_zh: str = "",
    unit_en: str = "",
    baseline: float | None = None,
    expected: float | None = None,
    due_on: date | None = None,
) -> Benefit:
    """Write down what the project shall bring; until somebody measures it, it is "not measured yet".

    Must hold: a title, a unit, a direction; figures that are numbers; what is expected is better than the baseline; the project was
    not terminated. Writes: the benefit. May: the exchange office, the owner.
    """
    require(actor, "projects.add_benefit", project.scenario.owner_id)
    _require_not_terminated(project)
    if not (title_zh.strip() or title_en.strip()):
        raise InputError(N_("Say what it brings."), column="title_zh", code="no-title")
    if not (unit_zh.strip() or unit_en.strip()):
        raise InputError(N_("A benefit needs a unit, such as hours a month."), column="unit_zh", code="no-unit")
    if direction not in Direction.values:
        raise InputError(N_("“{value}” is not one of the choices."), column="direction", value=direction)
    for name, figure in (("baseline", baseline), ("expected", expected)):
        _check_number(figure, name)
    change = None if baseline is None or expected is None else expected - baseline
    if change is not None and (change <= 0 if direction == Direction.HIGHER else change >= 0):
        raise InputError(
            N_("What is expected is not better than what was before."),
            cure=N_("Correct the figures, or say which way is better."),
            column="expected",
            code="not-better",
        )
    last = project.benefits.aggregate(last=Max("number"))["last"] or 0
    benefit = Benefit.objects.create(
        project=project,
        number=last + 1,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        unit_zh=unit_zh.strip(),
        unit_en=unit_en.strip(),
        direction=direction,
        baseline=baseline,
        expected=expected,
        due_on=due_on,
        created_at=now,
        **BENEFIT.begin(BenefitState.EXPECTED, now),
    )
    touched(project, benefit=benefit, number=benefit.number, title=str(benefit), baseline=baseline, expected=expected)
    return benefit


@usecase("projects.measure_benefit")
def measure_benefit(
    *,
    actor: Actor,
    now: datetime,
    benefit: Benefit,
    value: float,
    measured_on: date,
    how: str,
    document: bytes | None = None,
    name: str = "",
) -> BenefitMeasurement:
    """Write down a measured value; earlier ones stay, and the benefit waits for review again.

    Must hold: a number; a day that has come; a sentence that says how it was found; a document is what its name says; the benefit
    is still pursued. Writes: the file, the measurement, the benefit. May: the exchange office, the owner.
    """
    project = benefit.project
    require(actor, "projects.measure_benefit", project.scenario.owner_id)
    _check_number(value, "value")
    if not how.strip():
        raise InputError(N_("Say in a sentence how the value was found."), column="how", code="no-method")
    if measured_on > timezone.localdate(now):
        raise InputError(N_("This day has not come yet."), column="measured_on", code="future")
    file = None
    if document is not None:
        file = keep(document, name=name, now=now, content_type=content_type_of(document, name))
    touched(project, benefit=benefit, number=benefit.number, value=value, measured_on=measured_on)
    BENEFIT.move(benefit, BenefitState.MEASURED, now=now)
    row = BenefitMeasurement.objects.create(
        benefit=benefit,
        value=value,
        measured_on=measured_on,
        how=how.strip(),
        document=file,
        recorded_at=now,
        recorded_by=actor.name,
        recorded_by_organisation_id=actor.organisation_id,
    )
    touched(row, evidence=file.sha256 if file else "note")
    return row


@usecase("projects.review_benefit")
def review_benefit(*, actor: Actor, now: datetime, measurement: BenefitMeasurement, note: str = "") -> None:
    """Say that a measured value holds, after looking at how it was found.

    Must hold: it is the newest value, not reviewed yet, and another organisation wrote it down. Writes: the measurement, the
    benefit. May: the exchange office, an auditor.
    """
    require(actor, "projects.review_benefit")
    benefit = measurement.benefit
    if benefit.state != BenefitState.MEASURED or measurement.reviewed_at is not None:
        raise Conflict(N_("This value does not wait for a review."), code="wrong-state")
    if benefit.measurements.order_by("-recorded_at", "-id").values_list("pk", flat=True).first() != measurement.pk:
        raise Conflict(N_("A newer value was written down."), cure=N_("Review that one."), code="newer")
    mine = actor.organisation_id
    if mine is not None and mine == measurement.recorded_by_organisation_id:
        raise NotAllowed(N_("A value is reviewed by another organisation than the one that wrote it down."), code="own-value")
    touched(benefit.project, benefit=benefit, number=benefit.number)
    changed(measurement, reviewed_at=now, reviewed_by=actor.name)
    BENEFIT.move(benefit, BenefitState.REVIEWED, now=now, note=note)


@usecase("projects.drop_benefit")
def drop_benefit(*, actor: Actor, now: datetime, benefit: Benefit, reason: str, note: str = "") -> None:
    """Say that a benefit is no longer pursued, and why; it stays on the page.

    Must hold: a reason of the list; it is not reviewed. Writes: the benefit. May: the exchange office, the owner.
    """
    require(actor, "projects.drop_benefit", benefit.project.scenario.owner_id)
    if reason not in DropReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason-missing")
    touched(benefit.project, benefit=benefit, number=benefit.number, reason=reason)
    BENEFIT.move(benefit, BenefitState.DROPPED, now=now, reason=reason, note=note)


def _require_not_terminated(project: Project) -> None:
    if project.state == ProjectState.TERMINATED:
        raise Conflict(N_("This project has ended; it stays as it is."), code="ended")


def _check_number(value: float | None, name: str) -> None:
    if value is not None and not math.isfinite(value):
        raise InputError(N_("This is not a number."), column=name, code="number")
