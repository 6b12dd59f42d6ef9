"""The register of a project's risks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from qiupu.errors import N_, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.projects.enums import Degree, RiskReason, RiskState
from qiupu_web.projects.models import Project, Risk
from qiupu_web.projects.rules import RISK
from qiupu_web.projects.usecases.telling import require_living

RISK_FIELDS = ("title_zh", "title_en", "likelihood", "impact", "keeper", "due_on", "measures_zh", "measures_en")


@usecase("projects.add_risk")
def add_risk(
    *,
    actor: Actor,
    now: datetime,
    project: Project,
    likelihood: str,
    impact: str,
    keeper: Organisation,
    title_zh: str = "",
    title_en: str = "",
    due_on: date | None = None,
    measures_zh: str = "",
    measures_en: str = "",
) -> Risk:
    """Write down what may go wrong.

    Must hold: the project lives; it says what, how likely, how grave, and who watches it. Writes: the risk. May: the exchange
    office, the owner, the supplier.
    """
    require(actor, "projects.add_risk", project.scenario.owner_id, project.supplier_id)
    require_living(project)
    fields: dict[str, Any] = {
        "title_zh": title_zh.strip(),
        "title_en": title_en.strip(),
        "likelihood": likelihood,
        "impact": impact,
        "keeper": keeper,
        "due_on": due_on,
        "measures_zh": measures_zh.strip(),
        "measures_en": measures_en.strip(),
    }
    _check(fields)
    last = project.risks.aggregate(last=Max("number"))["last"] or 0
    risk = Risk.objects.create(project=project, number=last + 1, created_at=now, **fields, **RISK.begin(RiskState.OPEN, now))
    touched(project, risk=risk, number=risk.number, title=str(risk), keeper=keeper.code)
    return risk


@usecase("projects.edit_risk")
def edit_risk(*, actor: Actor, now: datetime, risk: Risk, **fields: Any) -> None:
    """Change what a risk says: words, degrees, who watches it, until when.

    Must hold: the project lives; what is needed to write a risk down still holds. Writes: the risk. May: the exchange office, the
    owner, the supplier.
    """
    project = risk.project
    require(actor, "projects.edit_risk", project.scenario.owner_id, project.supplier_id)
    require_living(project)
    unknown = set(fields) - set(RISK_FIELDS)
    if unknown:
        raise InputError(N_("A risk has no “{name}”."), name=", ".join(sorted(unknown)))
    _check({name: fields.get(name, getattr(risk, name)) for name in RISK_FIELDS})
    touched(project, risk=risk, number=risk.number)
    changed(risk, **fields)


@usecase("projects.move_risk")
def move_risk(*, actor: Actor, now: datetime, risk: Risk, to: str, reason: str = "", note: str = "") -> None:
    """Say that a risk is dealt with, has happened, is closed or is open again.

    Must hold: the step is possible; what has happened or is closed says why, with a reason of the list. Writes: the risk. May:
    the exchange office, the owner, the supplier.
    """
    project = risk.project
    require(actor, "projects.move_risk", project.scenario.owner_id, project.supplier_id)
    if to in RISK.exits and reason and reason not in RiskReason.values:
        raise InputError(N_("“{value}” is not one of the reasons."), column="reason", value=reason)
    touched(project, risk=risk, number=risk.number, to=to, reason=reason, note=note)
    RISK.move(risk, to, now=now, reason=reason, note=note)


def _check(fields: dict[str, Any]) -> None:
    if not (fields["title_zh"] or fields["title_en"]):
        raise InputError(N_("Say what may happen."), column="title_zh", code="no-title")
    for name in ("likelihood", "impact"):
        if fields[name] not in Degree.values:
            raise InputError(N_("“{value}” is not one of the choices."), column=name, value=fields[name])
