"""Turn statements into commitments: who leads, by when, measured how; and what the unit says to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.enums import CommitmentState, Disposition, UnitAnswer
from qiupu_web.agreements.models import Commitment, Statement
from qiupu_web.agreements.rules import COMMITMENT, MOVING, OPEN_TO_EDIT, answer_in, free_code
from qiupu_web.agreements.usecases.approving import stands_in_at, void_approvals
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

S = CommitmentState
EDITABLE = (
    "title_zh", "title_en", "field", "debtor", "creditor", "lead_unit", "due_on", "measure_zh", "measure_en",
)  # fmt: skip


@usecase("agreements.dispose_statement")
def dispose_statement(*, actor: Actor, now: datetime, statement: Statement, disposition: str, note: str = "") -> None:
    """Say what the office made of a statement that owes nothing.

    Must hold: nothing was broken down from it. Writes: the statement and its translation. May: the exchange office.
    """
    require(actor, "agreements.dispose_statement")
    if disposition not in (Disposition.WAITING, Disposition.NOTED, Disposition.SAME):
        raise InputError(N_("“{value}” is not one of the choices."), column="disposition", value=disposition)
    if statement.commitments.exclude(state=S.AMENDED).exists():
        raise Conflict(N_("A commitment was drawn from this statement; waive the commitment instead."), code="broken-down")
    _dispose(statement, disposition, note)


def _dispose(statement: Statement, disposition: str, note: str) -> None:
    changed(statement, disposition=disposition, disposition_note=note)
    if statement.twin is not None:
        changed(statement.twin, disposition=disposition, disposition_note=note)


@usecase("agreements.break_down")
def break_down(
    *,
    actor: Actor,
    now: datetime,
    statement: Statement,
    lead_unit: Organisation | None,
    code: str = "",
    title_zh: str = "",
    title_en: str = "",
    field: str = "",
    supporting_units: Sequence[Organisation] = (),
    due_on: date | None = None,
    measure_zh: str = "",
    measure_en: str = "",
    debtor: Organisation | None = None,
    creditor: Organisation | None = None,
) -> Commitment:
    """Draw a commitment from a statement; it waits for its lead unit's answer.

    Must hold: it has a title, a lead unit, a known field or none. Debtor and creditor, when not given, are the parties
    that the statement names. Writes: the commitment, the statement's disposition. May: the exchange office.
    """
    require(actor, "agreements.break_down")
    facts = {"title_zh": title_zh, "title_en": title_en, "field": field, "lead_unit": lead_unit}
    _check(facts)
    codes = Commitment.objects.values_list("code", flat=True)
    if code and Commitment.objects.filter(code=code).exists():
        raise Conflict(N_("There is a commitment {taken} already."), code="code-taken", column="code", taken=code)
    commitment = Commitment.objects.create(
        code=code or free_code(f"{statement.agreement.code}-{statement.number}", codes),
        statement=statement,
        **facts,
        debtor=debtor or _party_named(statement, statement.debtor),
        creditor=creditor or _party_named(statement, statement.creditor),
        due_on=due_on,
        measure_zh=measure_zh,
        measure_en=measure_en,
        created_at=now,
        **COMMITMENT.begin(S.BROKEN_DOWN, now),
    )
    commitment.supporting_units.set(supporting_units)
    touched(commitment, **facts, due_on=due_on, supporting=[unit.code for unit in supporting_units])
    _dispose(statement, Disposition.BROKEN_DOWN, "")
    return commitment


def _check(facts: dict[str, Any]) -> None:
    if not (facts["title_zh"] or facts["title_en"]):
        raise InputError(N_("A commitment needs a title."), column="title_zh", code="no-title")
    if facts["lead_unit"] is None:
        raise InputError(N_("A commitment needs a lead unit: somebody who answers for it."), column="lead_unit", code="no-lead")
    if facts["field"] and facts["field"] not in Field.values:
        raise InputError(N_("“{value}” is not one of the choices."), column="field", value=facts["field"])


def _party_named(statement: Statement, name: str) -> Organisation | None:
    """Find the organisation that the text means by a name, an alias or a role's label such as 甲方."""
    if not name:
        return None
    read = statement.agreement.reading.get("parties", [])
    named = {party["name"][:200] for party in read if name in (party["name"], party.get("label"), *party.get("aliases", ()))}
    rows = statement.agreement.parties.filter(name__in={name, *named}, organisation__isnull=False).select_related("organisation")
    found = {row.organisation for row in rows}
    return found.pop() if len(found) == 1 else None


@usecase("agreements.edit_commitment")
def edit_commitment(
    *,
    actor: Actor,
    now: datetime,
    commitment: Commitment,
    supporting_units: Sequence[Organisation] | None = None,
    **fields: Any,
) -> None:
    """Change a commitment that is not confirmed yet; the unit is asked again, approvals and confirmations so far are void.

    Must hold: broken down, returned or accepted. Writes: the commitment, its confirmations. May: the exchange office.
    """
    require(actor, "agreements.edit_commitment")
    _only_known(fields)
    if commitment.state not in OPEN_TO_EDIT:
        raise Conflict(
            N_("This commitment is confirmed; its words no longer change."),
            cure=N_("Amend it: a new commitment takes its place and the old one stays readable."),
            code="confirmed",
        )
    _check({name: fields.get(name, getattr(commitment, name)) for name in ("title_zh", "title_en", "field", "lead_unit")})
    changed(commitment, **fields)
    if supporting_units is not None:
        before = sorted(commitment.supporting_units.values_list("pk", flat=True))
        commitment.supporting_units.set(supporting_units)
        if before != sorted(unit.pk for unit in supporting_units):
            touched(commitment, supporting=[unit.code for unit in supporting_units], supporting_before=before)
    void = list(commitment.confirmations.values_list("party__code", flat=True))
    if void:
        commitment.confirmations.all().delete()
        touched(commitment, void_confirmations=void)
    void_approvals(commitment, now)
    if commitment.state != S.BROKEN_DOWN:
        COMMITMENT.move(commitment, S.BROKEN_DOWN, now=now)


def _only_known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise InputError(N_("A commitment has no “{name}”."), name=", ".join(sorted(unknown)))


@usecase("agreements.amend_commitment")
def amend_commitment(*, actor: Actor, now: datetime, commitment: Commitment, note: str, **fields: Any) -> Commitment:
    """Replace a confirmed commitment by a new one, which both parties confirm again; the old one stays readable.

    Must hold: confirmed and not ended; a note says why. Writes: both commitments. May: the exchange office.
    """
    require(actor, "agreements.amend_commitment")
    _only_known(fields)
    if not note.strip():
        raise InputError(N_("Say why it is amended."), column="note", code="no-note")
    if commitment.state not in MOVING:
        raise Conflict(
            N_("Only a confirmed commitment that has not ended is amended."),
            cure=N_("Before it is confirmed, edit it."),
            code="not-confirmed",
        )
    root = commitment.code.split("-a", 1)[0] if commitment.amends_id else commitment.code
    values = {**{name: getattr(commitment, name) for name in EDITABLE}, **fields}
    _check(values)
    new = Commitment.objects.create(
        code=free_code(f"{root[:50]}-a", Commitment.objects.values_list("code", flat=True)),
        statement=commitment.statement,
        amends=commitment,
        created_at=now,
        **values,
        **COMMITMENT.begin(S.BROKEN_DOWN, now),
    )
    new.supporting_units.set(commitment.supporting_units.all())
    touched(new, amends=commitment, note=note)
    COMMITMENT.move(commitment, S.AMENDED, now=now, note=note)
    return new


@usecase("agreements.answer_breakdown")
def answer_breakdown(
    *, actor: Actor, now: datetime, commitment: Commitment, accept: bool, note: str = "", due_on: date | None = None
) -> None:
    """The lead unit accepts what it shall answer for, perhaps with another date, or returns it and says why.

    Must hold: it waits for an answer (or was accepted and is not confirmed); returning needs a note. Writes: the
    commitment; another date makes approvals void. May: its lead unit, signed in, by a one-time link or by a stand-in.
    """
    require(actor, "agreements.answer_breakdown", actor.organisation_id)
    behalf = stands_in_at(actor, commitment.lead_unit_id, timezone.localdate(now))
    if not behalf:
        require(actor, "agreements.answer_breakdown", commitment.lead_unit_id)
    if behalf:
        touched(commitment, on_behalf_of=behalf)
    if accept:
        fields: dict[str, Any] = {"due_on": due_on} if due_on and due_on != commitment.due_on else {}
        if fields:
            void_approvals(commitment, now)
        COMMITMENT.move(commitment, S.ACCEPTED, now=now, note=note, answer_note=note, **fields)
        return
    if not note.strip():
        raise InputError(N_("Say why it is returned, so that the office can mend it."), column="note", code="no-note")
    COMMITMENT.move(commitment, S.RETURNED, now=now, reason="unit", note=note, answer_note=note)


@usecase("agreements.record_answer")
def record_answer(*, actor: Actor, now: datetime, commitment: Commitment, answer: str, note: str = "") -> None:
    """The office records what the lead unit answered on paper or in a table; an empty answer takes one back.

    Must hold: the commitment is not confirmed yet; returning needs a note. Writes: the commitment, with who recorded it.
    May: the exchange office.
    """
    require(actor, "agreements.record_answer")
    if answer and answer not in UnitAnswer.values:
        raise InputError(N_("“{value}” is not one of the choices."), column="answer", value=answer)
    if answer == UnitAnswer.RETURN and not note.strip():
        raise InputError(N_("Say why it is returned, so that the office can mend it."), column="answer_note", code="no-note")
    if commitment.state not in OPEN_TO_EDIT:
        raise Conflict(
            N_("{number} is “{state}”; the unit's answer no longer changes."),
            column="answer",
            code="wrong-state",
            number=commitment.code,
            state=commitment.get_state_display(),
        )
    if answer == answer_in(commitment.state):
        changed(commitment, answer_note=note)
        return
    if commitment.state == S.RETURNED and answer == UnitAnswer.ACCEPT:
        COMMITMENT.move(commitment, S.BROKEN_DOWN, now=now)
    to, reason = {"accept": (S.ACCEPTED, ""), "return": (S.RETURNED, "unit"), "": (S.BROKEN_DOWN, "")}[answer]
    COMMITMENT.move(commitment, to, now=now, reason=reason, note=note, answer_note=note)
