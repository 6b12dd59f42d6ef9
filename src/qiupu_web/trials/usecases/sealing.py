"""Two people seal, a steward opens and closes, two people unseal."""

from __future__ import annotations

import json
from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.rules import OPEN_STATES
from qiupu_web.scenarios.usecases import move_scenario
from qiupu_web.trials import bridge, vault
from qiupu_web.trials.enums import CancelReason, EntryState, TrialState
from qiupu_web.trials.models import Entry, Interest, SealApproval, Trial, TrialVersion
from qiupu_web.trials.rules import ENTRY, MOST_ATTEMPTS, TERMS_VERSION, TRIAL, WAITING
from qiupu_web.trials.usecases.guards import (
    lock,
    newest_version,
    require_impartial,
    require_person,
    require_state,
    version_in_force,
)
from qiupu_web.trials.usecases.queueing import enqueue_decision, enqueue_entry

BEFORE_CLOSING = (TrialState.DATA_CHECK, TrialState.SEALED, TrialState.PRACTICE, TrialState.OPEN)


@usecase("trials.declare_interest")
def declare_interest(*, actor: Actor, now: datetime, trial: Trial, has_conflict: bool, note: str = "") -> Interest:
    """Say whether one has an interest in a trial; without saying so nobody seals, unseals, reviews or decides.

    Writes one declaration a person; a later one replaces it, and both stay in the audit log. A conflict once declared
    cannot be withdrawn by the person. Everybody with a role inside the city may.
    """
    require(actor, "trials.declare_interest")
    user_id = require_person(actor)
    known = Interest.objects.filter(trial=trial, user_id=user_id).first()
    if known is None:
        known = Interest.objects.create(trial=trial, user_id=user_id, has_conflict=has_conflict, note=note, at=now)
        touched(trial, interest=has_conflict)
        return known
    if known.has_conflict and not has_conflict:
        raise Conflict(
            N_("You declared an interest in this trial; that stays."), cure=N_("Ask another person."), code="interest-stays"
        )
    touched(trial, interest=has_conflict)
    changed(known, has_conflict=has_conflict, note=note, at=now)
    return known


@usecase("trials.seal")
def approve_seal(*, actor: Actor, now: datetime, trial: Trial) -> TrialVersion:
    """Approve that the newest version is sealed; the second approval, by another person, seals it.

    Sealing writes the manifest: hashes of public files, salted hashes of hidden labels, splits, scorer version, metric,
    bar, quota and rules; the salts go into the vault. A blocking finding, a declared or evident interest, or a second
    approval by the same person is refused. A version sealed after the first one takes its place and every entry is
    queued again. Stewards may, and the auditor in a small office.
    """
    require(actor, "trials.seal")
    user_id = require_impartial(actor, trial)
    lock(trial)
    require_state(trial, *BEFORE_CLOSING)
    version = newest_version(trial)
    if version.sealed_at is not None:
        raise Conflict(N_("This version is sealed already."), code="sealed")
    if any(finding.get("severity") == "block" for finding in version.findings):
        raise Conflict(
            N_("The data check has a blocking finding, so the trial cannot be sealed."),
            cure=N_("Correct the data and add them again."),
            code="blocking",
        )
    if _approve(version, "seal", user_id, actor, now) < vault.APPROVALS_NEEDED:
        return version
    _seal(trial, version, now)
    return version


def _approve(version: TrialVersion, what: str, user_id: int, actor: Actor, now: datetime) -> int:
    """Record one approval and return how many people have approved."""
    approvals = SealApproval.objects.filter(version=version, what=what)
    if approvals.filter(user_id=user_id).exists():
        raise Conflict(
            N_("You have approved this already; the second approval must come from another person."),
            cure=N_("Ask a second steward, the auditor or another unit."),
            code="same-person",
        )
    organisation = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    SealApproval.objects.create(version=version, what=what, user_id=user_id, organisation=organisation, role=actor.role, at=now)
    touched(version.trial, version=version.number, approval=what)
    return approvals.count()


def _seal(trial: Trial, version: TrialVersion, now: datetime) -> None:
    sealed = bridge.seal(
        bridge.question_of(trial),
        version=bridge.version_facts(version),
        rules={
            "quota": trial.quota,
            "input_mode": trial.input_mode,
            "terms": TERMS_VERSION,
            "ties": "entries that the data cannot tell apart share a group; the order of equal values is the order of names",
            "attempts": MOST_ATTEMPTS,
        },
        labels={part: vault.read_for_sealing(version, part) for part in (vault.FEEDBACK, vault.FINAL)},
    )
    vault.stow(version, vault.SALTS, json.dumps(sealed.salts).encode())
    changed(version, manifest=sealed.manifest, manifest_sha256=sealed.sha256, sealed_at=now)
    if trial.state == TrialState.DATA_CHECK:
        TRIAL.move(trial, TrialState.SEALED, now=now)
    elif trial.version != version.number:
        changed(trial, version=version.number)
        _score_again(trial, now)


def _score_again(trial: Trial, now: datetime) -> None:
    for entry in trial.entries.filter(state__in=(EntryState.SCORED, *WAITING)).order_by("pk"):
        if entry.state != EntryState.QUEUED:
            ENTRY.move(entry, EntryState.QUEUED, now=now, queued_at=now, lease_until=None, finished_at=None)
        enqueue_entry(entry.pk)


@usecase("trials.practice")
def start_practice(*, actor: Actor, now: datetime, trial: Trial) -> Trial:
    """Publish the public sample for practice before entries are taken. Needs a sealed trial; stewards may."""
    require(actor, "trials.practice")
    lock(trial)
    require_state(trial, TrialState.SEALED)
    TRIAL.move(trial, TrialState.PRACTICE, now=now)
    return trial


@usecase("trials.open")
def open_trial(*, actor: Actor, now: datetime, trial: Trial, closes_at: datetime | None = None) -> Trial:
    """Open a sealed trial for entries.

    The scenario must be published; it moves to *on trial*, and its commitment gets the evidence. Stewards may.
    """
    require(actor, "trials.open")
    lock(trial)
    require_state(trial, TrialState.SEALED, TrialState.PRACTICE)
    closing = closes_at or trial.closes_at
    if closing is not None and closing <= now:
        raise Conflict(N_("The closing date has passed."), cure=N_("Set a later one."), code="past")
    scenario = trial.scenario
    if scenario.state not in OPEN_STATES:
        raise Conflict(N_("The scenario is not published."), cure=N_("Publish it first."), code="scenario-closed")
    TRIAL.move(trial, TrialState.OPEN, now=now, due=closing, opens_at=now, closes_at=closing)
    if scenario.state != ScenarioState.ON_TRIAL:
        move_scenario(actor=system("trials"), now=now, scenario=scenario, to=ScenarioState.ON_TRIAL)
    if scenario.commitment is not None:
        record_evidence(
            actor=system("trials"),
            now=now,
            commitment=scenario.commitment,
            kind="trial",
            key=f"trial:{trial.code}",
            title_zh=trial.title_zh or trial.title_en,
            title_en=trial.title_en or trial.title_zh,
        )
    return trial


@usecase("trials.close")
def close_trial(*, actor: Actor, now: datetime, trial: Trial) -> Trial:
    """Take no more entries. Entries that are queued are still scored on feedback. Stewards may; the deadline does by itself."""
    require(actor, "trials.close")
    lock(trial)
    require_state(trial, TrialState.OPEN)
    TRIAL.move(trial, TrialState.CLOSED, now=now, closes_at=trial.closes_at if trial.closes_at and trial.closes_at <= now else now)
    return trial


@usecase("trials.unseal")
def approve_unseal(*, actor: Actor, now: datetime, trial: Trial) -> TrialVersion:
    """Approve that the final labels are opened; the second approval, by another person, opens them and queues the decision.

    The trial must be closed, nothing may wait in its queue, and somebody must have been scored. Conflicts of interest
    refuse. Stewards may, and the auditor in a small office.
    """
    require(actor, "trials.unseal")
    user_id = require_impartial(actor, trial)
    lock(trial)
    require_state(trial, TrialState.CLOSED)
    version = version_in_force(trial)
    if Entry.objects.filter(trial=trial, state__in=(*WAITING, EntryState.PLATFORM_ERROR)).exists():
        raise Conflict(
            N_("Entries are still waiting to be scored."), cure=N_("Wait until the queue is empty."), code="queue-not-empty"
        )
    if not Entry.objects.filter(trial=trial, state=EntryState.SCORED).exists():
        raise Conflict(N_("No entry was scored, so there is nothing to decide."), cure=N_("Void the trial."), code="no-entries")
    if _approve(version, "unseal", user_id, actor, now) >= vault.APPROVALS_NEEDED:
        changed(version, unsealed_at=now)
        enqueue_decision(trial.pk)
    return version


@usecase("trials.void")
def void_trial(*, actor: Actor, now: datetime, trial: Trial, reason: str, note: str = "") -> Trial:
    """Declare that a trial counts for nothing, with a reason code. Waiting entries end. Stewards and the auditor may."""
    require(actor, "trials.void")
    lock(trial)
    TRIAL.move(trial, TrialState.VOID, now=now, reason=reason, note=note)
    for entry in trial.entries.filter(state__in=(*WAITING, EntryState.UPLOADED, EntryState.PLATFORM_ERROR)):
        ENTRY.move(
            entry, EntryState.CANCELLED, now=now, reason=CancelReason.VOID, quota_returned=True, lease_until=None, finished_at=now
        )
    return trial
