"""Money of a commitment: agreed, paid in, landed; each an entry with its day, its amount, its document and who recorded it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.enums import CommitmentState, MoneyKind
from qiupu_web.agreements.models import Commitment, MoneyEntry
from qiupu_web.agreements.rules import MOVING
from qiupu_web.agreements.usecases.evidence import involved, newest
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import content_type_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require

MOST_CNY = Decimal(10) ** 13
COUNTS = (*MOVING, CommitmentState.MET)
"""States in which a promise stands, so that money can be recorded for it."""


@usecase("agreements.record_money")
def record_money(
    *,
    actor: Actor,
    now: datetime,
    commitment: Commitment,
    kind: str,
    amount_cny: Decimal,
    on: date,
    note: str = "",
    data: bytes | None = None,
    name: str = "",
) -> MoneyEntry:
    """Record money of a commitment (of its newest amendment).

    Must hold: the commitment is confirmed and not waived; the amount is above 0; the day is not to come; what was paid
    in or has landed comes with a document that is what its name says. Writes: the file, the entry. May: the exchange
    office, the units of the commitment, its debtor and creditor.
    """
    require(actor, "agreements.record_money", *involved(commitment))
    if kind not in MoneyKind.values:
        raise InputError(N_("“{value}” is not one of the choices."), column="kind", value=kind)
    if not 0 < amount_cny < MOST_CNY:
        raise InputError(N_("The amount must be above 0 yuan and below ten trillion."), column="amount_cny", code="amount")
    if on > timezone.localdate(now):
        raise InputError(N_("This day is still to come; record what has happened."), column="on", code="to-come")
    if kind != MoneyKind.AGREED and data is None:
        raise InputError(
            N_("What was paid in or has landed needs a document that shows it."),
            cure=N_("Add the receipt, the bank's slip or the inspection record."),
            column="document",
            code="no-document",
        )
    commitment = newest(commitment)
    if commitment.state not in COUNTS:
        raise Conflict(
            N_("Money is recorded for a confirmed commitment; this one is “{state}”."),
            code="wrong-state",
            state=commitment.get_state_display(),
        )
    file = keep(data, name=name, now=now, content_type=content_type_of(data, name)) if data is not None else None
    row = MoneyEntry.objects.create(
        commitment=commitment,
        kind=kind,
        amount_cny=amount_cny,
        on=on,
        note=note.strip()[:300],
        document=file,
        recorded_at=now,
        recorded_by=actor.name,
        recorded_by_organisation_id=actor.organisation_id,
    )
    touched(commitment, money=kind, amount_cny=amount_cny, on=on, sha256=file.sha256 if file else None)
    return row


@usecase("agreements.strike_money")
def strike_money(*, actor: Actor, now: datetime, entry: MoneyEntry, note: str) -> None:
    """Strike a wrong entry out; it stays readable and counts no more.

    Must hold: not struck yet; a note says why. Writes: the entry. May: the exchange office.
    """
    require(actor, "agreements.strike_money")
    if entry.struck_at is not None:
        raise Conflict(N_("This entry is struck out already."), code="struck")
    if not note.strip():
        raise InputError(N_("Say why the entry is wrong; the page will show it."), column="note", code="no-note")
    touched(entry.commitment, struck=entry.pk)
    changed(entry, struck_at=now, struck_by=actor.name, struck_note=note.strip())
