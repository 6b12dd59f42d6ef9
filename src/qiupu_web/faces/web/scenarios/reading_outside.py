"""Published tables of other cities, read by the exchange: which column is which, and the rows that they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qiupu.errors import QiupuError
from qiupu_web.base import blobs
from qiupu_web.faces.web.exchange.bridge import Sheet, read_sheet
from qiupu_web.faces.web.exchange.columns import Column, choice, folded, guess, money, text
from qiupu_web.faces.web.exchange.importing import Fault, fault_of
from qiupu_web.faces.web.exchange.kinds.capabilities import FIELDS
from qiupu_web.parties.enums import Field
from qiupu_web.scenarios.models import OutsideList
from qiupu_web.scenarios.rules_outside import OutsideWords, repeated, repeated_error

FIELD_NOTES = ("只认五个领域的名称或代码；对不上时选“文件中没有”", "Only names and codes of the five fields")
COLUMNS = (
    Column("ref", "编号", "Number in the list", text(120), note_zh="清单中的编号", note_en="Its id, when the list has one"),
    Column("title", "名称", "Title", text(300), is_needed=True),
    Column(
        "organisation_name",
        "单位",
        "Organisation",
        text(200),
        is_needed=True,
        note_zh="需求方或供给方",
        note_en="Who needs or offers it",
    ),
    Column("body", "说明", "Description", text(20000)),
    Column("field", "领域", "Field", choice(Field, FIELDS), note_zh=FIELD_NOTES[0], note_en=FIELD_NOTES[1]),
    Column("region", "地区", "Place", text(100)),
    Column(
        "budget_cny",
        "预算或报价（元）",
        "Budget or price in yuan",
        money,
        note_zh="如 380000 或 38万",
        note_en="Such as 380000",
    ),
)
ALIASES: Mapping[str, Sequence[str]] = {
    "ref": ("序号", "场景编号", "项目编号", "no", "id"),
    "title": ("场景名称", "项目名称", "需求名称", "能力名称", "产品名称", "scenario", "name"),
    "organisation_name": (
        *("需求单位", "需求方", "发布单位", "申报单位", "企业名称", "供给方", "单位名称"),
        *("owner", "supplier", "company"),
    ),
    "body": ("场景描述", "需求描述", "场景简介", "需求说明", "能力说明", "主要内容", "简介", "need", "summary"),
    "field": ("应用领域", "所属领域", "行业领域"),
    "region": ("所在地", "地点", "区县", "region"),
    "budget_cny": ("预算", "投资额", "报价", "预算（元）", "budget", "price"),
}
"""Words by which published lists head their columns."""


@dataclass(frozen=True)
class Reading:
    """What a file gives: the rows that can come in, what is wrong with the others, and its first lines."""

    headers: Sequence[str]
    preview: Sequence[Sequence[str]]
    row_count: int
    rows: Sequence[OutsideWords]
    faults: Sequence[Fault]


def guessed(headers: Iterable[str]) -> dict[str, str]:
    """Return which header holds which column, by our names first and then by the usual ones."""
    given = list(headers)
    found = guess(COLUMNS, given)
    by_fold = {folded(header): header for header in reversed(given)}
    for name, words in ALIASES.items():
        if name not in found:
            match = next((by_fold[folded(word)] for word in words if folded(word) in by_fold), None)
            if match is not None and match not in found.values():
                found[name] = match
    return found


def read_outside(outside: OutsideList) -> Reading:
    """Read a kept list by its mapping; every fault names row and column of the file."""
    sheet = read_sheet(blobs.load(outside.file_id), outside.file_name)
    rows, faults = parse(sheet, outside.mapping)
    return Reading(sheet.columns, [cells for _number, cells in sheet.rows[:5]], len(sheet.rows), rows, faults)


def parse(sheet: Sheet, mapping: Mapping[str, str]) -> tuple[list[OutsideWords], list[Fault]]:
    """Return the good rows, and what is wrong with the others; of two with one id the first comes in."""
    rows, faults = [], []
    for number, cells in sheet.rows:
        row, wrong = _row(number, dict(zip(sheet.columns, cells, strict=True)), mapping)
        faults += wrong
        if row is not None:
            rows.append(row)
    twice = repeated(rows)
    faults += [fault_of(repeated_error(first), row.number, mapping.get("ref") or mapping.get("title", "")) for row, first in twice]
    again = {row.number for row, _first in twice}
    return [row for row in rows if row.number not in again], sorted(faults, key=lambda one: int(one["row"]))


def _row(number: int, cells: Mapping[str, str], mapping: Mapping[str, str]) -> tuple[OutsideWords | None, list[Fault]]:
    words, faults = {}, []
    for column in COLUMNS:
        cell = cells.get(mapping.get(column.name, ""), "")
        if not cell:
            continue
        try:
            words[column.name] = column.parse(cell)
        except QiupuError as error:
            faults.append(fault_of(error, number, mapping[column.name]))
    if faults:
        return None, faults
    try:
        given = {"title": "", "organisation_name": "", **words}
        return OutsideWords(number=number, **given), []
    except QiupuError as error:
        name = error.where.column or ""
        return None, [fault_of(error, number, mapping.get(name) or name)]
