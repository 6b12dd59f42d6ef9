"""Several statements or commitments of one text at once: all of them or none, and one audit record that names each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.enums import CommitmentState, Disposition
from qiupu_web.agreements.models import Agreement, Commitment, Statement
from qiupu_web.agreements.queries import is_of
from qiupu_web.agreements.rules import OPEN_TO_EDIT
from qiupu_web.agreements.usecases.breakdown import break_down, dispose_statement, edit_commitment
from qiupu_web.base.audit import touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

SHARED = ("lead_unit", "due_on", "field")
"""What several commitments can be given together."""
SHOWN = 24
"""So many letters of a sentence tell which one is meant."""


@dataclass(frozen=True)
class Draft:
    """What one statement keeps of its own when it is broken down together with others."""

    statement: Statement
    title_zh: str = ""
    title_en: str = ""
    field: str = ""
    due_on: date | None = None
    measure_zh: str = ""
    measure_en: str = ""


@usecase("agreements.break_down_together")
def break_down_together(
    *,
    actor: Actor,
    now: datetime,
    agreement: Agreement,
    drafts: Sequence[Draft],
    lead_unit: Organisation | None,
    supporting_units: Sequence[Organisation] = (),
    due_on: date | None = None,
    field: str = "",
) -> list[Commitment]:
    """Draw one commitment from each of several statements, all with one lead unit; date and field too when they are given.

    Must hold: every statement is the text's and nothing was drawn from it or its translation; each has a title.
    Writes: the commitments, the statements' dispositions. May: the exchange office.
    """
    require(actor, "agreements.break_down_together")
    statements = [draft.statement for draft in drafts]
    _of_the_text(agreement, statements)
    _nothing_drawn(statements)
    untitled = [draft.statement for draft in drafts if not (draft.title_zh or draft.title_en)]
    if untitled:
        raise InputError(
            N_("Nothing was written: no title can be made of {rows}."),
            cure=N_("Break these down one by one, with a title of your own."),
            column="numbers",
            code="no-title",
            rows=_named(untitled),
        )
    touched(agreement, statements=[one.number for one in statements])
    return [
        break_down(
            actor=actor,
            now=now,
            statement=draft.statement,
            lead_unit=lead_unit,
            supporting_units=supporting_units,
            title_zh=draft.title_zh,
            title_en=draft.title_en,
            field=field or draft.field,
            due_on=due_on or draft.due_on,
            measure_zh=draft.measure_zh,
            measure_en=draft.measure_en,
        )
        for draft in drafts
    ]


@usecase("agreements.dispose_together")
def dispose_together(
    *, actor: Actor, now: datetime, agreement: Agreement, statements: Sequence[Statement], disposition: str, note: str = ""
) -> None:
    """Say of several statements that nothing is owed, and why; or let them wait again, which needs no reason.

    Must hold: every statement is the text's and nothing was drawn from it or its translation. Writes: the statements
    and their translations. May: the exchange office.
    """
    require(actor, "agreements.dispose_together")
    _of_the_text(agreement, statements)
    if disposition != Disposition.WAITING and not note.strip():
        raise InputError(N_("Say why nothing is owed."), column="note", code="no-note")
    _nothing_drawn(statements)
    touched(agreement, statements=[one.number for one in statements], disposition=disposition)
    for statement in statements:
        dispose_statement(actor=actor, now=now, statement=statement, disposition=disposition, note=note.strip())


@usecase("agreements.edit_together")
def edit_together(
    *, actor: Actor, now: datetime, agreement: Agreement, commitments: Sequence[Commitment], fields: Mapping[str, Any]
) -> None:
    """Give several commitments another lead unit, date or field; what is not given stays with each.

    Must hold: every commitment is the text's or its translation's and is not confirmed yet. Writes: the commitments;
    as with one alone, the units are asked again, approvals and confirmations so far are void. May: the exchange office.
    """
    require(actor, "agreements.edit_together")
    if not commitments:
        raise InputError(N_("Tick at least one."), column="commitments", code="none-chosen")
    if not fields or set(fields) - set(SHARED):
        raise InputError(N_("Give another lead unit, another date or another field."), column="lead_unit", code="nothing-given")
    closed = [row for row in commitments if row.state not in OPEN_TO_EDIT or not is_of(row, agreement)]
    if closed:
        raise Conflict(
            N_("Nothing was written: what is confirmed no longer changes: {rows}."),
            cure=N_("Take these out of the choice, or amend them one by one."),
            column="commitments",
            code="confirmed",
            rows=_listed(f"{row.code} {_short(str(row.title))} ({row.get_state_display()})" for row in closed),
        )
    touched(agreement, commitments=[row.code for row in commitments])
    for row in commitments:
        edit_commitment(actor=actor, now=now, commitment=row, **fields)


def _of_the_text(agreement: Agreement, statements: Sequence[Statement]) -> None:
    if not statements:
        raise InputError(N_("Tick at least one."), column="numbers", code="none-chosen")
    strange = [one for one in statements if one.agreement_id != agreement.pk]
    if strange:
        raise InputError(
            N_("Nothing was written: these belong to another text: {rows}."),
            column="numbers",
            code="other-text",
            rows=_named(strange),
        )


def _nothing_drawn(statements: Sequence[Statement]) -> None:
    ids = {pk for one in statements for pk in (one.pk, one.twin_id) if pk is not None}
    live = Commitment.objects.filter(statement_id__in=ids).exclude(state=CommitmentState.AMENDED)
    drawn = set(live.values_list("statement_id", flat=True))
    faulty = [one for one in statements if {one.pk, one.twin_id} & drawn]
    if faulty:
        raise Conflict(
            N_("Nothing was written: a commitment was drawn already from {rows}."),
            cure=N_("Take these out of the choice; change or waive their commitments instead."),
            column="numbers",
            code="broken-down",
            rows=_named(faulty),
        )


def _named(statements: Iterable[Statement]) -> str:
    return _listed(f"{one.number} “{_short(one.quote)}”" for one in statements)


def _listed(rows: Iterable[str]) -> str:
    return "; ".join(rows)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
