"""After the scores: review, announcement, objections, conclusion with what happens next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import path_of
from qiupu_web.capabilities.usecases import record_proof
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.trials import bridge
from qiupu_web.trials.enums import EntryKind, NextStep, ObjectionState, TrialState
from qiupu_web.trials.models import Decision, Entry, Objection, SealApproval, Trial
from qiupu_web.trials.rules import CONCLUDED, OBJECTION, PROGRAM_DAYS, TRIAL, outcome_of
from qiupu_web.trials.usecases.guards import lock, lock_entry, require_impartial, require_state, version_in_force

OPEN_OBJECTIONS = (ObjectionState.FILED, ObjectionState.ANSWERED)
DECIDED_OBJECTIONS = (ObjectionState.UPHELD, ObjectionState.DECLINED, ObjectionState.INVALID)


@usecase("trials.review")
def review_trial(*, actor: Actor, now: datetime, trial: Trial) -> Trial:
    """Take the scores into review, before anybody outside sees them. Needs no interest; stewards and the auditor may."""
    require(actor, "trials.review")
    require_impartial(actor, trial)
    lock(trial)
    require_state(trial, TrialState.SCORED)
    TRIAL.move(trial, TrialState.REVIEW, now=now)
    return trial


@usecase("trials.announce")
def announce_trial(*, actor: Actor, now: datetime, trial: Trial) -> Trial:
    """Publish board, verdicts and receipts to everybody at the same moment. The exchange office and stewards may."""
    require(actor, "trials.announce")
    lock(trial)
    require_state(trial, TrialState.REVIEW)
    TRIAL.move(trial, TrialState.ANNOUNCED, now=now)
    return trial


@usecase("trials.open_objections")
def open_objections(*, actor: Actor, now: datetime, trial: Trial) -> Trial:
    """Open the time for objections. The exchange office and stewards may; the deadline does by itself."""
    require(actor, "trials.open_objections")
    lock(trial)
    require_state(trial, TrialState.ANNOUNCED)
    TRIAL.move(trial, TrialState.OBJECTIONS, now=now)
    return trial


@usecase("trials.object")
def file_objection(
    *, actor: Actor, now: datetime, trial: Trial, organisation: Organisation, text: str, entry: Entry | None = None
) -> Objection:
    """Object to a result, while the time for it runs. Organisations that entered may, by their own suppliers."""
    require(actor, "trials.object", organisation.pk)
    lock(trial)
    require_state(trial, TrialState.ANNOUNCED, TrialState.OBJECTIONS)
    if not text.strip():
        raise InputError(N_("Say what you object to."), column="text", code="text-missing")
    if not trial.entries.filter(organisation=organisation).exists():
        raise NotAllowed(N_("Only an organisation that entered can object."), code="not-entered")
    objection = Objection.objects.create(
        trial=trial,
        entry=entry,
        organisation=organisation,
        text=text.strip(),
        filed_at=now,
        **OBJECTION.begin(ObjectionState.FILED, now),
    )
    touched(objection, trial=trial)
    return objection


@usecase("trials.answer_objection")
def answer_objection(*, actor: Actor, now: datetime, objection: Objection, answer: str, outcome: str) -> Objection:
    """Answer an objection and decide it: upheld, declined or invalid.

    Whoever sealed, unsealed or has an interest may not. An upheld objection makes the trial void by a second step, which says why.
    The exchange office and the auditor may.
    """
    require(actor, "trials.answer_objection")
    user_id = require_impartial(actor, objection.trial)
    if SealApproval.objects.filter(version__trial=objection.trial, user_id=user_id).exists():
        raise NotAllowed(
            N_("You sealed or unsealed this trial, so somebody else has to decide the objection."),
            cure=N_("Ask the exchange office or the auditor."),
            code="scored-it",
        )
    if outcome not in DECIDED_OBJECTIONS:
        raise InputError(N_("Choose upheld, declined or invalid."), column="outcome", code="outcome")
    if not answer.strip():
        raise InputError(N_("Give the reasons for the decision."), column="answer", code="answer-missing")
    OBJECTION.move(objection, outcome, now=now, answer=answer.strip(), answered_by_id=user_id)
    return objection


@usecase("trials.conclude")
def conclude_trial(
    *,
    actor: Actor,
    now: datetime,
    trial: Trial,
    next_step: str = "",
    next_owner: Organisation | None = None,
    next_due_on: date | None = None,
) -> Trial:
    """End a trial by its verdicts: passed, none passed, or undecided with the next step, who takes it and by when.

    Every objection must be decided and none upheld, and the time for objections must be over (a demonstration on public data need
    not wait). Commitment and capabilities get the facts. The owner, the exchange office and stewards may.
    """
    require(actor, "trials.conclude", trial.scenario.owner_id)
    lock(trial)
    require_state(trial, TrialState.OBJECTIONS)
    _require_objections_over(trial, now)
    version = version_in_force(trial)
    decisions = list(Decision.objects.filter(version=version, entry__is_baseline=False).select_related("entry__capability"))
    state = outcome_of([decision.verdict for decision in decisions])
    if state == TrialState.UNDECIDED and not (next_step in NextStep and next_owner and next_due_on):
        raise InputError(
            N_("The data do not decide. Say what happens next, who does it and by when."),
            cure=N_("Choose fresh items, a paid pilot or closing, an organisation and a day."),
            column="next_step",
            code="next-step",
        )
    if next_due_on is not None and next_due_on < now.date():
        raise InputError(N_("The day has passed."), cure=N_("Choose a later one."), column="next_due_on", code="past")
    if state == TrialState.PASSED and not next_step:
        next_step, next_owner = NextStep.CONTRACT, next_owner or trial.scenario.owner
    TRIAL.move(trial, state, now=now)
    changed(trial, next_step=next_step, next_owner=next_owner, next_due_on=next_due_on)
    _tell(trial, state, decisions, now)
    return trial


@usecase("trials.delete_program")
def delete_program(*, actor: Actor, now: datetime, entry: Entry) -> bool:
    """Delete an entry's code or model when the time of the terms is over, and write a signed record of it.

    The file stays while another entry that is not due holds the same bytes; the hash stays for good. Only the clock may.
    """
    require(actor, "trials.delete_program")
    entry = lock_entry(entry.pk)
    due = now - timedelta(days=PROGRAM_DAYS)
    is_over = entry.trial.state in CONCLUDED and entry.trial.state_since <= due
    if entry.artifact_deleted_at is not None or entry.kind == EntryKind.PREDICTIONS or not is_over:
        return False
    facts = {
        "trial": entry.trial.code,
        "entry": f"{entry.organisation.code}/{entry.number}",
        "entry_sha256": entry.artifact_id,
        "deleted_at": now.isoformat(),
    }
    changed(entry, artifact_deleted_at=now, deletion=bridge.sign_deletion(facts))
    if not Entry.objects.filter(artifact_id=entry.artifact_id, artifact_deleted_at__isnull=True).exists():
        path_of(entry.artifact_id).unlink(missing_ok=True)
    return True


def _require_objections_over(trial: Trial, now: datetime) -> None:
    states = set(trial.objections.values_list("state", flat=True))
    if states & set(OPEN_OBJECTIONS):
        raise Conflict(N_("An objection is not decided yet."), cure=N_("Decide it first."), code="objection-open")
    if ObjectionState.UPHELD in states:
        raise Conflict(N_("An objection was upheld."), cure=N_("Void the trial, with the reason."), code="objection-upheld")
    if not trial.is_demo and trial.state_due_at is not None and now < trial.state_due_at:
        raise Conflict(N_("The time for objections still runs."), cure=N_("Wait until it is over."), code="objections-run")


def _tell(trial: Trial, state: str, decisions: list[Decision], now: datetime) -> None:
    key = f"trial:{trial.code}"
    if trial.scenario.commitment is not None:
        record_evidence(
            actor=system("trials"),
            now=now,
            commitment=trial.scenario.commitment,
            kind="verdict",
            key=key,
            title_zh=trial.title_zh or trial.title_en,
            title_en=trial.title_en or trial.title_zh,
            outcome=state,
        )
    for decision in decisions:
        capability = decision.entry.capability
        if capability is not None:
            record_proof(actor=system("trials"), now=now, capability=capability, kind="trial", key=key, outcome=decision.verdict)
