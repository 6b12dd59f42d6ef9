"""What worked is taken over by another unit."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.agreements.enums import EvidenceKind
from qiupu_web.base.audit import touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.projects.models import Project, Replication
from qiupu_web.projects.rules import REPLICABLE
from qiupu_web.projects.usecases.telling import tell_commitment
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.usecases import draft_scenario

CARRIED = (
    "title_zh", "title_en", "body_zh", "body_en", "setting_zh", "setting_en", "data_zh", "data_en", "metric", "bar",
    "direction", "waiver",
)  # fmt: skip
"""What a new need takes over. Budget, decision-maker and dates are the new owner's own to set."""


@usecase("projects.replicate")
def replicate_project(*, actor: Actor, now: datetime, project: Project, owner: Organisation, note: str = "") -> Replication:
    """Begin the same at another unit: a draft of a need that links back, with words, metric and bar carried over.

    Must hold: the project was accepted and bought; the unit is another than its owner and has not taken it over yet. Writes: the
    scenario, the link. May: the exchange office, members of the unit that takes it over.
    """
    require(actor, "projects.replicate", owner.pk)
    if project.state not in REPLICABLE:
        raise Conflict(
            N_("Only what was accepted and bought is taken over by others; this project is “{state}”."),
            cure=N_("Wait until it is bought."),
            code="not-accepted",
            state=project.get_state_display(),
        )
    old = project.scenario
    if owner.pk == old.owner_id:
        raise Conflict(N_("This unit has it already."), cure=N_("Choose another one."), column="owner", code="same-owner")
    if Replication.objects.filter(source=project, scenario__owner=owner).exists():
        raise Conflict(N_("This unit has taken it over already."), column="owner", code="exists")
    values = {name: getattr(old, name) for name in CARRIED}
    scenario = draft_scenario(
        actor=actor, now=now, owner=owner, field=old.field, code=_code(old, owner), is_invented=old.is_invented, **values
    )
    carried = [name for name, value in values.items() if value not in ("", None)]
    row = Replication.objects.create(
        source=project, scenario=scenario, carried=carried, note=note.strip(), created_at=now, created_by=actor.name
    )
    touched(project, replication=scenario.code, owner=owner.code, carried=carried)
    return row


def _code(old: Scenario, owner: Organisation) -> str:
    """Return a code that names both; empty when it is taken, then one is made from the title."""
    code = f"{old.code[:28]}-{owner.code[:28]}"
    return "" if Scenario.objects.filter(code=code).exists() else code


def tell_source(actor: Actor, now: datetime, project: Project) -> None:
    """Tell the commitment behind the source that another unit has bought it too."""
    link = Replication.objects.filter(scenario_id=project.scenario_id).select_related("source__scenario__commitment").first()
    if link is not None:
        key = f"project:{link.source.code}:to:{project.code}"
        tell_commitment(link.source, about=project, actor=actor, now=now, kind=EvidenceKind.PROJECT, key=key, outcome="scaled")
