"""The breakdown (责任分解) as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from qiupu.errors import N_, InputError
from qiupu_web.agreements.enums import Disposition, UnitAnswer
from qiupu_web.agreements.models import Commitment, Statement
from qiupu_web.agreements.rules import answer_in
from qiupu_web.agreements.usecases import break_down, dispose_statement, edit_commitment, record_answer
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.exchange.columns import Column, choice, day, number, organisation, organisations, text
from qiupu_web.faces.web.exchange.conflicts import Change, Changes
from qiupu_web.faces.web.exchange.kinds.capabilities import CODE, FIELDS
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field


def statement(cell: str) -> Statement:
    """Find a statement by its words (a whole sentence or a part of it), or by agreement and number: ``agreement#12``."""
    rows = Statement.objects.select_related("agreement")
    code, hash_, number = cell.rpartition("#")
    found = list(rows.filter(agreement__code=code, number=int(number))[:1]) if hash_ and number.isdigit() else []
    found = found or list(rows.filter(quote=cell)[:2]) or list(rows.filter(quote__contains=cell)[:2])
    if len(found) != 1:
        raise InputError(
            N_("No agreement holds the sentence “{given}”.") if not found else N_("Several sentences hold “{given}”."),
            cure=N_("Copy the whole sentence from the agreement's page, or write its number as agreement#12."),
            code="statement",
            given=cell[:60],
        )
    return found[0]


def version(cell: str) -> int:
    """Parse the number of the audit record at which a row was taken out."""
    value = number(cell)
    if value < 0 or value != int(value):
        raise InputError(
            N_("“{given}” is no version that the platform has written."),
            cure=N_("Leave the cell as it was taken out, or empty."),
            code="version",
            given=cell[:60],
        )
    return int(value)


def _find(words: Words) -> Commitment | None:
    if not words.get("code"):
        return None
    rows = Commitment.objects.select_related("statement__agreement", "debtor", "creditor", "lead_unit")
    return rows.filter(code=words["code"]).first()


def _read(row: Commitment) -> Words:
    found = {column.name: getattr(row, column.name) for column in COLUMNS if column.name not in NO_FIELDS}
    units = sorted(row.supporting_units.all(), key=lambda one: one.code)
    return found | {"supporting_units": units, "answer": answer_in(row.state), "version": None}


def _create(actor: Actor, now: datetime, words: Words) -> Commitment:
    answer, rest = _parted(words)
    row = break_down(actor=actor, now=now, **{"lead_unit": None, **rest})
    _answer(actor, now, row, answer)
    return row


def _edit(actor: Actor, now: datetime, row: Commitment, words: Words) -> None:
    answer, rest = _parted(words)
    if rest:
        given = answer_in(row.state)
        edit_commitment(actor=actor, now=now, commitment=row, **rest)
        if answer and "answer" not in answer and given:
            answer["answer"] = given  # only the note and other words were changed: the answer itself stands
    _answer(actor, now, row, answer)


def _parted(words: Words) -> tuple[Words, Words]:
    answer = {name: value for name, value in words.items() if name in ("answer", "answer_note")}
    return answer, {name: value for name, value in words.items() if name not in (*answer, "version")}


def _answer(actor: Actor, now: datetime, row: Commitment, answer: Words) -> None:
    """Record what the unit wrote, beside everything else of the row."""
    if answer:
        said = answer.get("answer", answer_in(row.state))
        note = answer.get("answer_note", row.answer_note)
        record_answer(actor=actor, now=now, commitment=row, answer=said, note=note)


def _stamp() -> Words:
    return {"version": AuditRecord.objects.aggregate(last=Max("number"))["last"] or 0}


def changes_since(number: int) -> Changes:
    """Read from the audit records what was changed of commitments after a record."""
    found: dict[int, dict[str, list[Change]]] = {}
    records = AuditRecord.objects.filter(Q(action__startswith="agreements.") | Q(action__startswith="exchange."), number__gt=number)
    for record in records.order_by("number").iterator():
        for part in _parts(record.changes):
            kind, _colon, pk = part.get("thing", "").partition(":")
            if kind != "agreements.commitment":
                continue
            who = record.organisation_code or record.actor_name
            for name, before in _befores(part):
                found.setdefault(int(pk), {}).setdefault(name, []).append(Change(record.number, before, record.at, who))
    return found


def _parts(changes: list[Any]) -> Iterator[dict[str, Any]]:
    for part in changes:
        if "action" in part:
            yield from _parts(part["changes"])
        else:
            yield part


def _befores(part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, (before, after) in part.get("changed", {}).items():
        if name == "state":
            if answer_in(before) != answer_in(after):
                yield "answer", answer_in(before)
        else:
            is_row = isinstance(before, str) and before.startswith("parties.organisation:")
            yield name, int(before.partition(":")[2]) if is_row else before
    if "supporting_before" in part:
        yield "supporting_units", part["supporting_before"]


def _tidy(actor: Actor, now: datetime, row: Commitment) -> Callable[[], None]:
    said = row.statement

    def release() -> None:
        if not said.commitments.exists():
            dispose_statement(actor=actor, now=now, statement=said, disposition=Disposition.WAITING)

    return release


def _own(rows: Any, organisation_id: int) -> Any:
    return rows.filter(lead_unit_id=organisation_id)


ANSWERS = {"accept": ("接受", "Accept"), "return": ("退回", "Return")}
NO_FIELDS = ("supporting_units", "answer", "version")
COLUMNS = (
    CODE,
    Column(
        "statement",
        "原文句子",
        "Sentence of the agreement",
        statement,
        is_needed=True,
        note_zh="照抄协议原句，或写 协议代码#序号",
        note_en="Copied from the agreement, or agreement#number",
    ),
    Column(
        "title_zh",
        "承诺事项（中文）",
        "Title in Chinese",
        text(300),
        note_zh="中英文至少填一项",
        note_en="At least one of the two titles",
    ),
    Column("title_en", "承诺事项（英文）", "Title in English", text(300)),
    Column("field", "领域", "Field", choice(Field, FIELDS), choices={k: v[0] for k, v in FIELDS.items()}),
    Column(
        "lead_unit", "牵头单位", "Lead unit", organisation, is_needed=True, note_zh="机构代码或全称", note_en="Code or full name"
    ),
    Column("supporting_units", "配合单位", "Supporting units", organisations, note_zh="用分号分开", note_en="By semicolons"),
    Column("debtor", "承诺方", "Who owes it", organisation),
    Column("creditor", "受益方", "To whom", organisation),
    Column("due_on", "完成时限", "Due on", day, note_zh="如 2026-12-31", note_en="Such as 2026-12-31"),
    Column("measure_zh", "完成标准（中文）", "Measure in Chinese", text(5000)),
    Column("measure_en", "完成标准（英文）", "Measure in English", text(5000)),
    Column(
        "answer",
        "单位答复",
        "Answer of the unit",
        choice(UnitAnswer, ANSWERS),
        note_zh="牵头单位填“接受”或“退回”；退回须写明理由；可同时改完成时限",
        note_en="The lead unit writes accept or return; a return needs a reason; the due date may be changed",
        choices={code: zh for code, (zh, _en) in ANSWERS.items()},
    ),
    Column("answer_note", "答复说明", "Note to the answer", text(5000)),
    Column(
        "version",
        "导出版本",
        "Version taken out",
        version,
        note_zh="由平台填写，请勿改动：据此看出导出后在线上改过什么",
        note_en="Written by the platform; leave it: it shows what was changed on line since",
    ),
)
COMMITMENTS = Kind(
    code="commitments",
    title_zh="责任分解",
    title_en="Breakdown",
    note_zh="每行一项承诺，须与协议原句对应；双方确认后的承诺不能再改。发给单位填写答复，收回后导入；线上线下都改过的逐项由您取舍。",
    note_en="One commitment a row, each with its sentence; what both parties confirmed cannot be changed. "
    "Send it to the units for their answers and bring it in again; where file and platform were both changed, you choose.",
    columns=COLUMNS,
    rows=lambda: (
        Commitment.objects.select_related("statement__agreement", "debtor", "creditor", "lead_unit")
        .prefetch_related("supporting_units")
        .order_by("code")
    ),
    own=_own,
    find=_find,
    read=_read,
    create=_create,
    edit=_edit,
    fixed=frozenset({"statement"}),
    tidy=_tidy,
    stamp=_stamp,
    changes_since=changes_since,
)
