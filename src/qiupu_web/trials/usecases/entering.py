"""A supplier enters, names the entry that counts, or takes one back."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.db.models import Max

from qiupu.errors import N_, Conflict, FileError, InputError, NotAllowed
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep, load
from qiupu_web.capabilities.models import Capability
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.trials import bridge
from qiupu_web.trials.enums import CancelReason, EntryKind, EntryState, InputMode, TrialState
from qiupu_web.trials.models import Entry, Trial
from qiupu_web.trials.rules import ENTRY, LARGEST_ENTRY_MB, SUFFIXES, TERMS_VERSION
from qiupu_web.trials.usecases.guards import family_of, lock, lock_entry, require_state, version_in_force
from qiupu_web.trials.usecases.queueing import enqueue_entry


def submit_entry(
    *,
    actor: Actor,
    now: datetime,
    trial: Trial,
    organisation: Organisation,
    kind: str,
    data: bytes,
    name: str,
    name_zh: str = "",
    name_en: str = "",
    capability: Capability | None = None,
    accept_terms: bool = False,
    is_baseline: bool = False,
) -> Entry:
    """Enter a trial with a file of predictions, an ONNX model or code.

    The file is looked at first (kind, size, what is inside, whether it answers each item once), before anything is written and
    before it counts to the quota; then one entry is written and its scoring queued, in one transaction. Nothing of the file is
    run or unpickled here. An organisation's own suppliers may; a baseline is entered by the office or a steward.
    """
    require(actor, "trials.enter_baseline" if is_baseline else "trials.enter", organisation.pk)
    require_state(trial, TrialState.OPEN)
    examine_file(trial=trial, kind=kind, data=data, name=name)
    return _file_entry(
        actor=actor,
        now=now,
        trial=trial,
        organisation=organisation,
        kind=kind,
        data=data,
        name=name,
        names=(name_zh, name_en),
        capability=capability,
        accept_terms=accept_terms,
        is_baseline=is_baseline,
    )


def examine_file(*, trial: Trial, kind: str, data: bytes, name: str) -> None:
    """Look at an entry's file without running it; refuse what could not be scored, with the place and the cure.

    Raises
    ------
    InputError
        When kind, name, size or contents do not fit. Only public facts are used: the released inputs, never labels.
    """
    if kind == EntryKind.PREDICTIONS and trial.input_mode != InputMode.RELEASED:
        raise InputError(
            N_("The inputs of this trial are withheld, so predictions cannot enter."),
            cure=N_("Send an ONNX model or code."),
            column="kind",
            code="withheld",
        )
    if not name.lower().endswith(SUFFIXES[kind]):
        raise FileError(
            N_("A file called {name} does not fit this kind of entry."),
            cure=N_("Use one of: {types}."),
            file=name,
            column="file",
            code="type",
            name=name,
            types=", ".join(SUFFIXES[kind]),
        )
    if len(data) > LARGEST_ENTRY_MB << 20:
        raise FileError(
            N_("The file is larger than {limit} MB."),
            cure=N_("Send a smaller one."),
            file=name,
            column="file",
            code="too-large",
            limit=LARGEST_ENTRY_MB,
        )
    if kind == EntryKind.PREDICTIONS:
        version = version_in_force(trial)
        keys = load(version.hidden_inputs_id) if version.hidden_inputs_id else b""
        bridge.check_predictions(version.task, keys, data, name)
    else:
        bridge.take_program(kind, data, name)


@usecase("trials.enter")
def _file_entry(
    *,
    actor: Actor,
    now: datetime,
    trial: Trial,
    organisation: Organisation,
    kind: str,
    data: bytes,
    name: str,
    names: tuple[str, str],
    capability: Capability | None,
    accept_terms: bool,
    is_baseline: bool,
) -> Entry:
    lock(trial)
    require_state(trial, TrialState.OPEN)
    if trial.closes_at is not None and now >= trial.closes_at:
        raise Conflict(N_("The trial has closed."), code="closed")
    family = family_of(organisation)
    if not is_baseline:
        _require_outsider(trial, family)
        if not accept_terms:
            raise InputError(
                N_("The terms of the trial must be accepted."), cure=N_("Read them and tick the box."), column="accept_terms"
            )
        _require_quota(trial, family)
    if capability is not None and capability.supplier_id not in family:
        raise InputError(N_("The capability belongs to another supplier."), column="capability", code="capability")
    stem = PurePath(name).stem[:200]
    number = Entry.objects.filter(trial=trial, organisation=organisation).aggregate(Max("number"))["number__max"] or 0
    entry = Entry.objects.create(
        trial=trial,
        organisation=organisation,
        capability=capability,
        submitted_by_id=actor.user_id,
        number=number + 1,
        name_zh=names[0] or ("" if names[1] else stem),
        name_en=names[1] or ("" if names[0] else stem),
        kind=kind,
        artifact=keep(data, name=name, now=now),
        is_baseline=is_baseline,
        terms_version=TERMS_VERSION if accept_terms else "",
        terms_accepted_at=now if accept_terms else None,
        created_at=now,
        **ENTRY.begin(EntryState.UPLOADED, now),
    )
    touched(entry, trial=trial, kind=kind, sha256=entry.artifact_id)
    ENTRY.move(entry, EntryState.QUEUED, now=now, queued_at=now)
    enqueue_entry(entry.pk)
    return entry


def _require_outsider(trial: Trial, family: set[int]) -> None:
    if trial.scenario.owner_id in family:
        raise NotAllowed(
            N_("Who owns the need knows the data and cannot enter its own trial."),
            cure=N_("A starter solution may be entered as a baseline by a steward."),
            code="owner-enters",
        )


def _require_quota(trial: Trial, family: set[int]) -> None:
    left = trial.quota - entries_counted(trial, family)
    if left <= 0:
        raise Conflict(
            N_("The quota of {quota} entries is used up; affiliated organisations share it."),
            cure=N_("Name your best entry as the final one."),
            code="quota",
            quota=trial.quota,
        )


def entries_counted(trial: Trial, family: set[int]) -> int:
    """Return how many entries of a group of affiliated organisations count to the quota."""
    return Entry.objects.filter(trial=trial, organisation_id__in=family, quota_returned=False, is_baseline=False).count()


@usecase("trials.name_final")
def name_final_entry(*, actor: Actor, now: datetime, entry: Entry) -> Entry:
    """Name the entry that counts at the end; before closing only. The entry's own suppliers may.

    Without a name, the entry with the best feedback counts. One entry for each group of affiliated organisations.
    """
    require(actor, "trials.name_final", entry.organisation_id)
    lock(entry.trial)
    require_state(entry.trial, TrialState.OPEN)
    entry = lock_entry(entry.pk)
    if entry.state != EntryState.SCORED:
        raise Conflict(N_("Only an entry that was scored can be named."), cure=N_("Wait until it is scored."), code="not-scored")
    family = family_of(entry.organisation)
    for other in Entry.objects.filter(trial=entry.trial, organisation_id__in=family, is_final=True).exclude(pk=entry.pk):
        changed(other, is_final=False)
    changed(entry, is_final=True)
    return entry


@usecase("trials.cancel_entry")
def cancel_entry(*, actor: Actor, now: datetime, entry: Entry, note: str = "") -> Entry:
    """Take an entry back, before the trial closes. One that was not scored yet gives its quota back.

    The entry's own suppliers may, and stewards; the reason says who.
    """
    require(actor, "trials.cancel_entry", entry.organisation_id)
    lock(entry.trial)
    require_state(entry.trial, TrialState.OPEN)
    entry = lock_entry(entry.pk)
    learned_nothing = entry.state != EntryState.SCORED
    reason = CancelReason.SUPPLIER if actor.role == "supplier" else CancelReason.STEWARD
    ENTRY.move(
        entry,
        EntryState.CANCELLED,
        now=now,
        reason=reason,
        note=note,
        is_final=False,
        quota_returned=entry.quota_returned or learned_nothing,
        lease_until=None,
        finished_at=now,
    )
    return entry
