"""Tables in: upload, dry run, import, undo. Each is one record, with the use cases of the rows as its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base import blobs
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.models import ImportBatch
from qiupu_web.faces.web.exchange.bridge import read_sheet
from qiupu_web.faces.web.exchange.columns import guess
from qiupu_web.faces.web.exchange.conflicts import FILE, ONLINE
from qiupu_web.faces.web.exchange.importing import Outcome, apply, moved_on, value_of
from qiupu_web.faces.web.exchange.kinds import KINDS
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require


@usecase("exchange.upload")
def upload_table(*, actor: Actor, now: datetime, kind: str, data: bytes, name: str) -> ImportBatch:
    """Keep a table that somebody wants to bring in, with a first guess of its columns.

    Must hold: it can be read and has rows. Writes: the file, the batch. Who: the exchange office.
    """
    require(actor, "exchange.upload")
    sheet = read_sheet(data, name)
    stored = blobs.keep(data, name=name, now=now)
    row = ImportBatch.objects.create(
        kind=KINDS[kind].code,
        file=stored,
        file_name=name[-200:],
        mapping=guess(KINDS[kind].columns, sheet.columns),
        added_at=now,
        added_by=actor.name,
    )
    touched(row, kind=kind, file=name, rows=len(sheet.rows), sha256=stored.sha256)
    return row


def try_table(*, actor: Actor, now: datetime, batch: ImportBatch, mapping: Mapping[str, str]) -> ImportBatch:
    """Make a dry run, everything as in earnest but rolled back, and keep what it found."""
    require(actor, "exchange.check")
    outcome = _run(actor, now, batch, mapping, keep=False)
    return check_table(actor=actor, now=now, batch=batch, mapping=mapping, outcome=outcome)


@usecase("exchange.check")
def check_table(*, actor: Actor, now: datetime, batch: ImportBatch, mapping: Mapping[str, str], outcome: Outcome) -> ImportBatch:
    """Keep what a dry run found. Must hold: nothing came in yet. Writes: the batch. Who: the exchange office."""
    require(actor, "exchange.check")
    _open(batch)
    chosen = {"choices": batch.plan["choices"]} if "choices" in batch.plan else {}
    plan = outcome.plan | outcome.more | chosen
    changed(batch, mapping=dict(mapping), faults=outcome.faults, plan=plan, checked_at=now)
    return batch


@usecase("exchange.choose")
def choose_values(*, actor: Actor, now: datetime, batch: ImportBatch, takes: Mapping[str, str]) -> ImportBatch:
    """Say, of values that were changed in the file and on line, which one stands; by conflict ``file`` or ``online``.

    A choice holds as long as the same value stands on line. Must hold: nothing came in yet; every conflict named is
    one of the batch. Writes: the batch. Who: the exchange office.
    """
    require(actor, "exchange.choose")
    _open(batch)
    known = {one["key"]: one for one in batch.plan.get("conflicts", [])}
    wrong = [key for key, take in takes.items() if key not in known or take not in (FILE, ONLINE)]
    if wrong:
        raise Conflict(N_("The table was checked again meanwhile."), cure=N_("Reload the page."), code="checked-again")
    choices = batch.plan.get("choices", {}) | {key: {"take": take, "online": known[key]["online"]} for key, take in takes.items()}
    changed(batch, plan=batch.plan | {"choices": choices})
    return batch


@usecase("exchange.import")
def import_table(*, actor: Actor, now: datetime, batch: ImportBatch) -> ImportBatch:
    """Bring the good rows in; the faulty ones stay named.

    Must hold: a dry run was made, nothing came in yet, at least one row is good, no value waits for a choice. Writes: the
    rows by their own use cases, and the batch with what stood there before. Who: the exchange office.
    """
    require(actor, "exchange.import")
    _open(batch)
    if batch.checked_at is None:
        raise Conflict(N_("The table has not been checked yet."), cure=N_("Check it first."), code="not-checked")
    touched(batch)
    outcome = _run(actor, now, batch, batch.mapping, keep=True)
    if outcome.conflicts:
        raise Conflict(
            N_("{n} values were changed in the file and on line, and nobody has chosen between them yet."),
            cure=N_("Check the table again and choose."),
            code="conflicts",
            n=len(outcome.conflicts),
        )
    if not outcome.results:
        raise InputError(N_("No row of the table can come in."), cure=N_("Correct the rows that are named."), code="all-faulty")
    changed(batch, faults=outcome.faults, plan=outcome.plan | outcome.more, results=outcome.results, imported_at=now)
    return batch


@usecase("exchange.undo")
def undo_import(*, actor: Actor, now: datetime, batch: ImportBatch) -> ImportBatch:
    """Take an import back: new rows go, changed ones get their old values again.

    Must hold: it came in, was not undone, and no row was changed, published or built upon since. Writes: the rows, the
    batch. Who: the exchange office.
    """
    require(actor, "exchange.undo")
    if batch.imported_at is None or batch.undone_at is not None:
        raise Conflict(N_("There is nothing to undo."), code="nothing-to-undo")
    kind = KINDS[batch.kind]
    moved = moved_on(kind, batch.results)
    if moved:
        raise Conflict(
            N_("These rows were changed or used since: {codes}. Nothing was undone."),
            cure=N_("Change them by hand."),
            code="moved-on",
            codes=", ".join(moved[:20]),
        )
    touched(batch)
    for one in reversed(batch.results):
        if one["what"] == "same":
            continue
        row = kind.rows().model._default_manager.get(pk=one["id"])
        if one["what"] == "changed":
            kind.edit(actor, now, row, {name: value_of(kind, name, value) for name, value in one["before"].items()})
            continue
        release = kind.tidy(actor, now, row) if kind.tidy else None
        touched(row, removed=one["code"])
        row.delete()
        if release is not None:
            release()
    changed(batch, undone_at=now)
    return batch


def _open(batch: ImportBatch) -> None:
    if batch.imported_at is not None:
        raise Conflict(N_("This table has come in already."), cure=N_("Undo it first, or send the file again."), code="imported")


def _run(actor: Actor, now: datetime, batch: ImportBatch, mapping: Mapping[str, str], *, keep: bool) -> Outcome:
    kind = KINDS[batch.kind]
    sheet = read_sheet(blobs.load(batch.file_id), batch.file_name)
    unknown = [header for header in mapping.values() if header not in sheet.columns]
    if unknown:
        raise InputError(N_("The file has no column “{given}”."), code="no-column", given=unknown[0])
    with transaction.atomic():
        outcome = apply(kind, mapping, sheet, actor=actor, now=now, choices=batch.plan.get("choices"))
        if not keep:
            transaction.set_rollback(True)
    return outcome
