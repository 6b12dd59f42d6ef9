"""Work in the background: score an entry, decide a trial, and watch that nothing stays stuck.

An attempt is claimed by a lease with a number; a thread renews the lease while the work lasts; a result is taken only while
its attempt is the current one. A worker that is killed leaves nothing half-written: the watchdog queues the entry again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from qiupu.errors import Conflict, InputError, NotFound, QiupuError, SandboxUnavailable
from qiupu_web.parties.actors import Actor, system
from qiupu_web.trials import bridge, usecases
from qiupu_web.trials.enums import EntryKind, EntryState, ErrorCode, TrialState
from qiupu_web.trials.models import Entry, Trial, TrialVersion
from qiupu_web.trials.rules import CONCLUDED, LOST_S, PROGRAM_DAYS

log = logging.getLogger("qiupu.trials")
WORKER: Actor = system("worker")
WATCHDOG: Actor = system("watchdog")
READY = "READY"
HIDDEN_RUN = "hidden"
"""What a program's run on hidden data is called while it lasts."""


@task(queue_name="trials")
def score_entry(entry_id: int) -> str:
    """Score one entry on feedback; the answer says what came of it, in one fixed word."""
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}"
    attempt = usecases.claim_entry(actor=WORKER, now=timezone.now(), entry_id=entry_id, holder=holder)
    if attempt is None:
        return "not-free"
    with kept_alive(entry_id, attempt) as tell:
        ticks = Ticks(tell, settings.CONFIG["QIUPU_HIDDEN_TICK_S"])
        try:
            finish = _attempt(entry_id, attempt, ticks.tell)
            ticks.wait()
            return finish()
        except SandboxUnavailable as error:
            log.error("entry %s: %s", entry_id, error)  # noqa: TRY400  # the sentence is ours and holds nothing of the entry
        except Exception as error:  # whatever breaks is our fault, is tried again, and must not tell hidden data
            # Never the error's own words: they may quote hidden data. Where it broke is enough to find it.
            log.error("entry %s: %s\n%s", entry_id, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))  # noqa: TRY400
        ticks.wait()
        return _fail(entry_id, attempt, EntryState.PLATFORM_ERROR, ErrorCode.PLATFORM)


class Ticks:
    """Lets what came of a run on hidden data be seen at ticks only: a program could tell of the data by how long it runs.

    Ticks are counted from the start of the hidden run; work without one is not held up.
    """

    def __init__(self, tell: Callable[[str], None], seconds: float) -> None:
        self._tell = tell
        self._seconds = seconds
        self._began: float | None = None

    def tell(self, progress: str) -> None:
        """Say how far the work is, and note when the hidden run begins."""
        if progress == HIDDEN_RUN:
            self._began = time.monotonic()
        self._tell(progress)

    def wait(self) -> None:
        """Sleep until the next tick."""
        if self._began is not None and self._seconds > 0:
            time.sleep(self._seconds - (time.monotonic() - self._began) % self._seconds)
            self._began = None


def _attempt(entry_id: int, attempt: int, tell: Callable[[str], None]) -> Callable[[], str]:
    """Work an attempt out and return what writes its result, in one fixed word."""
    entry = Entry.objects.select_related("trial", "organisation__parent", "artifact").get(pk=entry_id)
    version = usecases.version_in_force(entry.trial)
    run = None
    if entry.kind == EntryKind.PREDICTIONS:
        predictions, name = bridge.stored(entry.artifact_id), entry.artifact.name
    else:
        usecases.advance_entry(actor=WORKER, now=timezone.now(), entry_id=entry_id, attempt=attempt)
        outcome = _run(entry, version, tell)
        run = outcome.run
        if outcome.output is None:
            return partial(_fail, entry_id, attempt, outcome.state, outcome.code, run)
        predictions, name = outcome.output, "predictions.csv"
    if run is None:  # after a hidden run the step itself would tell when the run was over
        tell("feedback")
    try:
        measured = usecases.measure_feedback(version, entry, predictions, name)
    except InputError:
        if run is not None:
            return partial(_fail, entry_id, attempt, EntryState.SUPPLIER_ERROR, ErrorCode.BAD_OUTPUT, run)
        code = ErrorCode.NEW_VERSION if version.sealed_at and version.sealed_at > entry.created_at else ErrorCode.BAD_FILE
        return partial(_fail, entry_id, attempt, EntryState.INVALID, code)
    if measured.value is None:
        return partial(_fail, entry_id, attempt, EntryState.INVALID, ErrorCode.UNDEFINED, run)
    if run is not None:
        usecases.keep_output(entry, version, attempt, predictions)
    return partial(_score, entry_id, attempt, version.pk, measured, run)


def _score(entry_id: int, attempt: int, version_id: int, measured: bridge.Measured, run: bridge.ProgramRun | None) -> str:
    taken = usecases.record_feedback(
        actor=WORKER, now=timezone.now(), entry_id=entry_id, attempt=attempt, version_id=version_id, measured=measured, run=run
    )
    return "scored" if taken else "too-late"


def _run(entry: Entry, version: TrialVersion, tell: Callable[[str], None]) -> bridge.Outcome:
    sources = bridge.Sources(version.task, version.history_id)
    public_truth = bridge.stored(version.public_truth_id)
    past = None if version.history_id is None else bridge.stored(version.history_id)
    return bridge.run_program(
        kind=entry.kind,
        data=bridge.stored(entry.artifact_id),
        name=entry.artifact.name,
        columns=tuple(version.data_card.get("columns", ())),
        public=bridge.Inputs(bridge.stored(version.public_inputs_id or ""), past),
        hidden=bridge.Inputs(usecases.hidden_keys(version), bridge.known_history(sources, public_truth)),
        score=bridge.score_of_public(sources, public_truth),
        tell=tell,
    )


def _fail(entry_id: int, attempt: int, state: str, code: str, run: bridge.ProgramRun | None = None) -> str:
    taken = usecases.record_failure(
        actor=WORKER, now=timezone.now(), entry_id=entry_id, attempt=attempt, state=state, code=code, run=run
    )
    return str(state) if taken else "too-late"


@contextmanager
def kept_alive(entry_id: int, attempt: int) -> Iterator[Callable[[str], None]]:
    """Renew the lease in a thread of its own while the work lasts; yield a function that says how far it is."""
    over = threading.Event()
    pause = max(settings.CONFIG["QIUPU_LEASE_S"] / 4, 0.2)

    def renew() -> None:
        try:
            while not over.wait(pause):
                try:
                    if not usecases.renew_lease(entry_id=entry_id, attempt=attempt, now=timezone.now()):
                        return
                except DatabaseError as error:
                    log.warning("entry %s: the lease could not be renewed now (%s)", entry_id, type(error).__name__)
        finally:
            connection.close()

    def tell(progress: str) -> None:
        usecases.renew_lease(entry_id=entry_id, attempt=attempt, now=timezone.now(), progress=progress)

    thread = threading.Thread(target=renew, daemon=True, name=f"lease-{entry_id}")
    if connection.in_atomic_block:  # a test's transaction: another connection would not see the row
        yield tell
        return
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join()


@task(queue_name="trials")
def decide_trial(trial_id: int) -> str:
    """Score the final split of an unsealed trial and write the verdicts; once."""
    trial = Trial.objects.select_related("scenario").get(pk=trial_id)
    if trial.state != TrialState.CLOSED:
        return "not-closed"
    board = usecases.measure_final(trial=trial)
    try:
        usecases.decide_entries(actor=WORKER, now=timezone.now(), trial=trial, board=board)
    except Conflict:
        return "decided-already"
    return "decided"


def watch(now: datetime) -> int:
    """Bring on whatever is stuck or due; return how many things were moved. Run every few seconds by the worker."""
    return _watch_entries(now) + _watch_trials(now)


def next_retry() -> datetime | None:
    """Return when the next entry is tried again that met a fault of ours; None when there is none."""
    waiting = Entry.objects.filter(state=EntryState.PLATFORM_ERROR, trial__state__in=(TrialState.OPEN, TrialState.CLOSED))
    return waiting.order_by("state_due_at").values_list("state_due_at", flat=True).first()


def _watch_entries(now: datetime) -> int:
    stuck = Entry.objects.filter(state__in=(EntryState.VALIDATING, EntryState.RUNNING), lease_until__lt=now) | Entry.objects.filter(
        state__in=(EntryState.VALIDATING, EntryState.RUNNING), lease_until__isnull=True
    )
    due = Entry.objects.filter(state=EntryState.PLATFORM_ERROR, state_due_at__lte=now)
    lost = Entry.objects.filter(state=EntryState.QUEUED, state_since__lt=now - timedelta(seconds=LOST_S))
    waiting = _queued_arguments(score_entry.module_path)
    ids = [*stuck.values_list("pk", flat=True), *due.values_list("pk", flat=True)]
    ids += [pk for pk in lost.values_list("pk", flat=True) if pk not in waiting]
    return sum(_guarded(usecases.requeue_entry, now, entry_id=pk) for pk in ids)


def _watch_trials(now: datetime) -> int:
    moved = 0
    for trial in Trial.objects.filter(state=TrialState.OPEN, closes_at__lte=now):
        moved += _guarded(usecases.close_trial, now, trial=trial)
    for trial in Trial.objects.filter(state=TrialState.ANNOUNCED, state_due_at__lte=now):
        moved += _guarded(usecases.open_objections, now, trial=trial)
    over = now - timedelta(days=PROGRAM_DAYS)
    programs = Entry.objects.exclude(kind=EntryKind.PREDICTIONS).filter(artifact_deleted_at__isnull=True)
    for entry in programs.filter(trial__state__in=CONCLUDED, trial__state_since__lte=over):
        moved += _guarded(usecases.delete_program, now, entry=entry)
    waiting = _queued_arguments(decide_trial.module_path)
    late = now - timedelta(seconds=LOST_S)
    for version in TrialVersion.objects.filter(trial__state=TrialState.CLOSED, unsealed_at__lt=late):
        if version.trial_id not in waiting:
            usecases.queue_decision(version.trial_id)
            moved += 1
    return moved


def _queued_arguments(path: str) -> set[int]:
    """Return the first arguments of a task's rows that wait, or that run and are young enough to be alive."""
    young = timezone.now() - timedelta(seconds=max(LOST_S, settings.CONFIG["QIUPU_LEASE_S"]))
    ready = DBTaskResult.objects.filter(task_path=path, status=READY)
    running = DBTaskResult.objects.filter(task_path=path, status="RUNNING", started_at__gt=young)
    return {
        row["args"][0] for row in [*ready.values_list("args_kwargs", flat=True), *running.values_list("args_kwargs", flat=True)]
    }


def _guarded(act: Callable[..., object], now: datetime, **arguments: object) -> int:
    """Do one thing; what has moved on meanwhile is left alone, and one fault does not stop the rest."""
    try:
        return int(bool(act(actor=WATCHDOG, now=now, **arguments)))
    except (Conflict, NotFound):
        return 0
    except (QiupuError, DatabaseError) as error:
        log.error("watchdog: %s", type(error).__name__)  # noqa: TRY400  # as above: no words of hidden data
        return 0
