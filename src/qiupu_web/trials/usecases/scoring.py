"""What the worker writes: an attempt is claimed by a lease, and its result is taken once or refused (fencing)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from qiupu.errors import N_, Conflict
from qiupu_web.base import leases
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.trials import bridge, vault
from qiupu_web.trials.enums import CancelReason, EntryKind, EntryState, ErrorCode, Split, TrialState
from qiupu_web.trials.models import Entry, LadderState, Score, Trial, TrialVersion
from qiupu_web.trials.rules import ENTRY, MOST_ATTEMPTS, PUBLIC_LOG, RETRY_S, WAITING
from qiupu_web.trials.usecases.guards import lock_entry, root_of, version_in_force
from qiupu_web.trials.usecases.queueing import enqueue_entry

SCORABLE = (TrialState.OPEN, TrialState.CLOSED)


@usecase("trials.claim_entry")
def claim_entry(*, actor: Actor, now: datetime, entry_id: int, holder: str) -> int | None:
    """Take the lease of a waiting entry and move it to *validating*.

    Returns the attempt number, the token without which no result is taken, or None when somebody else holds the entry or
    it waits no more. Only the worker may.
    """
    require(actor, "trials.claim_entry")
    seconds = settings.CONFIG["QIUPU_LEASE_S"]
    attempt = leases.take(Entry, entry_id, holder=holder, now=now, seconds=seconds, states=WAITING)
    if attempt is None:
        return None
    entry = lock_entry(entry_id)
    if entry.trial.state not in SCORABLE:
        changed(entry, lease_until=None)
        return None
    if entry.state != EntryState.QUEUED:  # the attempt before died with its worker
        ENTRY.move(entry, EntryState.QUEUED, now=now, failures=entry.failures + 1)
    ENTRY.move(entry, EntryState.VALIDATING, now=now, progress="validating")
    return attempt


@usecase("trials.advance_entry")
def advance_entry(*, actor: Actor, now: datetime, entry_id: int, attempt: int) -> bool:
    """Move an entry from *validating* to *running*; False when the attempt is no longer the current one. Only the worker may."""
    require(actor, "trials.advance_entry")
    entry = lock_entry(entry_id)
    if not leases.is_current(entry, attempt):
        return False
    ENTRY.move(entry, EntryState.RUNNING, now=now, progress="public")
    return True


@usecase("trials.record_feedback")
def record_feedback(
    *,
    actor: Actor,
    now: datetime,
    entry_id: int,
    attempt: int,
    version_id: int,
    measured: bridge.Measured,
    run: bridge.ProgramRun | None = None,
) -> bool:
    """Take the result of an attempt: the Ladder's answer for the feedback split, and the public score of a program.

    Writes the scores, what the Ladder remembers, coarse buckets of the hidden run and the log of the public one. False, and
    nothing written, when the attempt is not the current one or the data changed meanwhile. Only the worker may.
    """
    require(actor, "trials.record_feedback")
    entry = lock_entry(entry_id)
    version = version_in_force(entry.trial)
    if not leases.is_current(entry, attempt) or entry.state not in WAITING or version.pk != version_id:
        return False
    answer = _climb(entry, version, measured)
    _write_score(entry, version, Split.FEEDBACK, answer, attempt=attempt, now=now)
    if run is not None and run.public_score is not None:
        for one in run.public_score:
            _write_score(entry, version, Split.PUBLIC, one, attempt=attempt, now=now)
    ENTRY.move(
        entry,
        EntryState.SCORED,
        now=now,
        **_seen(run),
        error_code="",
        failures=0,
        quota_returned=False,
        lease_until=None,
        progress="",
        finished_at=now,
    )
    return True


def _climb(entry: Entry, version: TrialVersion, measured: bridge.Measured) -> bridge.Figure:
    """Ask the Ladder; its memory is one for each group of affiliated organisations, and a baseline has its own."""
    if entry.is_baseline:
        return bridge.climb(version.task, None, measured, quota=1)[0]
    root = root_of(entry.organisation)
    LadderState.objects.get_or_create(version=version, organisation=root)
    row = LadderState.objects.select_for_update().get(version=version, organisation=root)
    before = vault.open_memory(version, root.pk) if row.state else None
    figure, memory = bridge.climb(version.task, before, measured, quota=entry.trial.quota)
    if memory is not None:
        vault.stow_memory(version, root.pk, memory)
    row.state = {"answers": int(row.state.get("answers", 0)) + 1, "best": figure.value}
    row.save(update_fields=["state"])
    return figure


def _write_score(entry: Entry, version: TrialVersion, split: str, figure: bridge.Figure, *, attempt: int, now: datetime) -> None:
    Score.objects.update_or_create(
        entry=entry,
        version=version,
        split=split,
        metric=figure.metric,
        defaults={
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "level": figure.level,
            "n": figure.n,
            "method": figure.method,
            "seed": version.seed,
            "engine_version": figure.engine_version,
            "input_hashes": {"entry": entry.artifact_id, "manifest": version.manifest_sha256},
            "attempt": attempt,
            "scored_at": now,
        },
    )


def _seen(run: bridge.ProgramRun | None) -> dict[str, Any]:
    """Return what a supplier may see of a run: all of the public one, coarse words of the hidden one."""
    if run is None:
        return {}
    return {
        "tier": run.tier[:40],
        "public_log": run.public_log[-PUBLIC_LOG:],
        "seconds_bucket": run.seconds_bucket,
        "memory_bucket": run.memory_bucket,
    }


@usecase("trials.record_failure")
def record_failure(
    *,
    actor: Actor,
    now: datetime,
    entry_id: int,
    attempt: int,
    state: str,
    code: str,
    run: bridge.ProgramRun | None = None,
) -> bool:
    """End an attempt that gave no score, with a state and a fixed code and nothing else.

    A platform error gives the quota back and is tried again by the watchdog; the supplier's own errors count, but a file
    that no longer fits because the data changed does not. False when the attempt is not the current one. Only the worker may.
    """
    require(actor, "trials.record_failure")
    entry = lock_entry(entry_id)
    if not leases.is_current(entry, attempt) or entry.state not in WAITING:
        return False
    is_ours = state == EntryState.PLATFORM_ERROR
    failures = entry.failures + 1 if is_ours else entry.failures
    ENTRY.move(
        entry,
        state,
        now=now,
        due=now + timedelta(seconds=RETRY_S * failures) if is_ours else None,
        **_seen(run),
        error_code=code,
        failures=failures,
        quota_returned=entry.quota_returned or is_ours or code == ErrorCode.NEW_VERSION,
        lease_until=None,
        progress="",
        finished_at=now,
    )
    return True


@usecase("trials.requeue_entry")
def requeue_entry(*, actor: Actor, now: datetime, entry_id: int) -> bool:
    """Queue an entry again whose worker died, whose task was lost or that met a fault of ours; after three faults give it up.

    An entry that is given up ends as *cancelled*, reason *platform*, and its quota stays returned. False when there is
    nothing to do. Only the watchdog may.
    """
    require(actor, "trials.requeue_entry")
    entry = lock_entry(entry_id)
    is_dead = entry.state in (EntryState.VALIDATING, EntryState.RUNNING) and _has_run_out(entry, now)
    is_fault = entry.state == EntryState.PLATFORM_ERROR and entry.state_due_at is not None and entry.state_due_at <= now
    if not (is_dead or is_fault):
        if entry.state == EntryState.QUEUED and _has_run_out(entry, now):
            touched(entry, queued_again=True)
            enqueue_entry(entry.pk)
            return True
        return False
    failures = entry.failures + (1 if is_dead else 0)
    if failures >= MOST_ATTEMPTS:
        _give_up(entry, failures, now)
        return True
    ENTRY.move(
        entry, EntryState.QUEUED, now=now, failures=failures, queued_at=now, quota_returned=False, lease_until=None, progress=""
    )
    enqueue_entry(entry.pk)
    return True


def _has_run_out(entry: Entry, now: datetime) -> bool:
    return entry.lease_until is None or entry.lease_until < now


def _give_up(entry: Entry, failures: int, now: datetime) -> None:
    if entry.state != EntryState.PLATFORM_ERROR:
        ENTRY.move(entry, EntryState.PLATFORM_ERROR, now=now, error_code=ErrorCode.PLATFORM)
    ENTRY.move(
        entry,
        EntryState.CANCELLED,
        now=now,
        reason=CancelReason.PLATFORM,
        error_code=ErrorCode.PLATFORM,
        failures=failures,
        quota_returned=True,
        lease_until=None,
        progress="",
        finished_at=now,
    )


def renew_lease(*, entry_id: int, attempt: int, now: datetime, progress: str = "") -> bool:
    """Give a sign of life; False when the attempt is no longer the current one. No audit record: nothing is decided."""
    return leases.renew(Entry, entry_id, attempt=attempt, now=now, seconds=settings.CONFIG["QIUPU_LEASE_S"], progress=progress)


def measure_feedback(version: TrialVersion, entry: Entry, predictions: bytes, name: str) -> bridge.Measured:
    """Measure predictions on the feedback split. Reads the vault; writes nothing.

    Raises
    ------
    InputError
        When the predictions do not answer the feedback items; its words must not be shown for a program's output.
    """
    truth = bridge.remembered(
        ("feedback", version.pk, version.manifest_sha256), lambda: vault.open_feedback(version), version_sources(version)
    )
    return bridge.measure(truth, hidden_keys(version), predictions, name)


def version_sources(version: TrialVersion) -> bridge.Sources:
    """Return what is needed beside labels to read them: the task and the history."""
    return bridge.Sources(version.task, version.history_id)


def hidden_keys(version: TrialVersion) -> bytes:
    """Return the inputs of the hidden items: from the store when they are released, else from the vault."""
    if version.hidden_inputs_id is not None:
        return bridge.stored(version.hidden_inputs_id)
    return vault.open_inputs(version)


def keep_output(entry: Entry, version: TrialVersion, attempt: int, predictions: bytes) -> None:
    """Keep what a program predicted for the hidden items, for the final split."""
    vault.stow_output(entry, version, attempt, predictions)


def predictions_of(entry: Entry, version: TrialVersion) -> tuple[bytes, str]:
    """Return an entry's predictions for the hidden items and what the file is called."""
    if entry.kind == EntryKind.PREDICTIONS:
        return bridge.stored(entry.artifact_id), entry.artifact.name
    attempt = Score.objects.filter(entry=entry, version=version, split=Split.FEEDBACK).values_list("attempt", flat=True).first()
    if attempt is None:
        raise Conflict(N_("Only an entry that was scored can be named."), code="not-scored")
    return vault.open_output(entry, version, attempt), "predictions.csv"


def entries_scored(trial: Trial) -> QuerySet[Entry]:
    """Return the scored entries of a trial, in the order in which they came."""
    return (
        trial.entries.filter(state=EntryState.SCORED)
        .select_related("organisation__parent", "artifact")
        .order_by("created_at", "pk")
    )
