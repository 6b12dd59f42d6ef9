"""Acceptance: the metric of the trial, measured again on fresh data against the bar that was set before."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.enums import EvidenceKind
from qiupu_web.base.audit import touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.projects import bridge
from qiupu_web.projects.enums import AcceptanceVerdict, ProjectState
from qiupu_web.projects.models import Acceptance, Project
from qiupu_web.projects.usecases.telling import carry_scenario, tell_commitment
from qiupu_web.scenarios.enums import ScenarioState


def record_acceptance(
    *,
    actor: Actor,
    now: datetime,
    project: Project,
    truth: bytes,
    predictions: bytes,
    history: bytes | None = None,
    truth_name: str = "truth.csv",
    predictions_name: str = "predictions.csv",
    history_name: str = "history.csv",
) -> Acceptance:
    """Measure the metric again on fresh data; the verdict is computed, nobody enters it.

    The files are read and measured first, with no transaction open; then the result is written, whatever it says. Must hold:
    the project is in acceptance; a bar was sealed or published; no item was in the trial; the data have not served an
    acceptance of this scenario before. Writes: the acceptance with hashes, not the data; on a pass the evidence of the commitment,
    and the scenario becomes accepted. May: the exchange office, the scenario's owner.
    """
    require(actor, "projects.record_acceptance", project.scenario.owner_id)
    _require_in_acceptance(project)
    yardstick = bridge.yardstick_of(project)
    hashes = {"truth": bridge.sha256_of(truth), "predictions": bridge.sha256_of(predictions)}
    if history is not None:
        hashes["history"] = bridge.sha256_of(history)
    if yardstick.manifest_sha256:
        hashes["manifest"] = yardstick.manifest_sha256
    _require_unused(project, hashes["truth"])
    found = bridge.measure(
        yardstick,
        truth=truth,
        predictions=predictions,
        history=history,
        names=(truth_name, predictions_name, history_name),
    )
    return _write(actor=actor, now=now, project=project, found=found, hashes=hashes)


def _require_in_acceptance(project: Project) -> None:
    if project.state != ProjectState.ACCEPTANCE:
        raise Conflict(
            N_("The metric is measured again when the project is in acceptance; this one is “{state}”."),
            cure=N_("Move it to acceptance first."),
            code="wrong-state",
            state=project.get_state_display(),
        )


def _require_unused(project: Project, truth: str) -> None:
    if Acceptance.objects.filter(project__scenario_id=project.scenario_id, truth_sha256=truth).exists():
        raise InputError(
            N_("These data have served an acceptance already, so they are not fresh any more."),
            cure=N_("Measure on data that came later."),
            column="truth",
            code="used",
        )


@usecase("projects.record_acceptance")
def _write(*, actor: Actor, now: datetime, project: Project, found: bridge.Measured, hashes: dict[str, str]) -> Acceptance:
    """Write what was measured. Asked, looked at and computed by ``record_acceptance``."""
    Project.objects.select_for_update().filter(pk=project.pk).values("pk").first()
    project.refresh_from_db(fields=["state", "state_since"])
    _require_in_acceptance(project)
    _require_unused(project, hashes["truth"])
    row = Acceptance.objects.create(
        project=project,
        verdict=found.verdict,
        metric=found.metric,
        direction=found.direction,
        bar=found.bar,
        value=found.value,
        low=found.low,
        high=found.high,
        level=found.level,
        n=found.n,
        n_needed=found.n_needed,
        method=found.method,
        seed=found.seed,
        engine_version=found.engine_version,
        file_hashes=hashes,
        truth_sha256=hashes["truth"],
        measured_at=now,
        measured_by=actor.name,
        measured_by_organisation_id=actor.organisation_id,
    )
    touched(project, acceptance=row.verdict, metric=row.metric, bar=row.bar, value=row.value, n=row.n, **hashes)
    if row.verdict == AcceptanceVerdict.PASS:
        key = f"project:{project.code}"
        tell_commitment(project, about=project, actor=actor, now=now, kind=EvidenceKind.ACCEPTANCE, key=key, outcome="accepted")
        carry_scenario(actor, now, project.scenario, ScenarioState.ACCEPTED)
    return row


@usecase("projects.waive_acceptance")
def waive_acceptance(*, actor: Actor, now: datetime, project: Project, reason: str) -> Acceptance:
    """Say that nothing can be measured, and why; the page shows it, and no evidence of an acceptance is recorded.

    Must hold: the project is in acceptance; its scenario was published as not measurable, or by a metric that cannot be
    computed; there is a reason. Writes: the waiver. May: the exchange office.
    """
    require(actor, "projects.waive_acceptance")
    _require_in_acceptance(project)
    if not reason.strip():
        raise InputError(N_("Say why nothing can be measured; the page will show it."), column="reason", code="no-reason")
    if bridge.is_measurable(project):
        raise Conflict(
            N_("There is a metric and a bar, so the acceptance is measured and not waived."),
            cure=N_("Record the acceptance on fresh data."),
            code="measurable",
        )
    row = Acceptance.objects.create(
        project=project,
        verdict=AcceptanceVerdict.WAIVED,
        reason=reason.strip(),
        measured_at=now,
        measured_by=actor.name,
        measured_by_organisation_id=actor.organisation_id,
    )
    touched(project, acceptance=row.verdict, reason=row.reason)
    return row
