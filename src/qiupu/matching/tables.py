"""Needs and capabilities from tables: which columns are read, under which names, and what a wrong cell says."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from qiupu.errors import N_, InputError, TableError
from qiupu.files import Table
from qiupu.matching.items import Capability, Need, Record

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("编号",),
    "title": ("标题", "名称", "场景名称", "能力名称"),
    "body": ("text", "正文", "内容", "需求", "需求描述", "能力描述", "description"),
    "field": ("fields", "领域"),
    "budget_cny": ("budget", "预算", "预算（元）"),
    "regions": ("region", "地区", "区域"),
    "deployment": ("部署方式",),
    "certificates": ("资质", "证书"),
    "must": ("硬性条件",),
    "organisation": ("单位", "企业", "organization"),
    "price_low_cny": ("最低价",),
    "price_high_cny": ("最高价",),
    "capacity": ("余力",),
    "trials_passed": ("盲测通过",),
    "trials_failed": ("盲测未通过",),
    "projects_accepted": ("验收项目",),
    "shown": ("展示次数",),
}
TEXT_COLUMNS = ("id", "编号", "field", "fields", "regions", "region", "certificates")
_SPLIT = re.compile(r"[;；、|，,]+")


class _Row:
    """One row, read by the columns' names or their aliases."""

    def __init__(self, table: Table, number: int, values: Mapping[str, Any]) -> None:
        self._table, self._number, self._values = table, number, values

    def _column(self, name: str) -> str | None:
        return next((one for one in (name, *ALIASES.get(name, ())) if one in self._values), None)

    def value(self, name: str) -> Any:
        column = self._column(name)
        return None if column is None else self._values[column]

    def text(self, name: str) -> str:
        value = self.value(name)
        return "" if value is None else str(value)

    def codes(self, name: str) -> tuple[str, ...]:
        value = self.value(name)
        if value is None:
            return ()
        parts = (
            [str(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else _SPLIT.split(str(value))
        )
        return tuple(part.strip() for part in parts if part.strip())

    def amount(self, name: str) -> float | None:
        value = self.value(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            number = float(str(value).replace(",", "").replace("，", ""))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.refuse(name, value)
        return number

    def count(self, name: str) -> int | None:
        number = self.amount(name)
        if number is not None and (number < 0 or number != int(number)):
            self.refuse(name, number)
        return None if number is None else int(number)

    def refuse(self, name: str, value: object) -> NoReturn:
        raise TableError(
            N_("{value} is not a number that fits here."),
            cure=N_("Write a plain number (yuan, or a count), or leave the cell empty."),
            file=self._table.name,
            row=self._number,
            column=self._column(name),
            code="number",
            value=str(value)[:40],
        )

    def wrap(self, error: InputError) -> TableError:
        """Return the error of an item with the place of its row."""
        params: dict[str, Any] = dict(error.params)
        return TableError(
            error.template, cure=error.cure_template, file=self._table.name, row=self._number, code=error.code, **params
        )


def _rows(table: Table) -> list[_Row]:
    names = table.frame.columns
    if not any(name in names for name in ("id", *ALIASES["id"])):
        table.require("id")
    if not any(name in names for one in ("title", "body") for name in (one, *ALIASES[one])):
        table.require("text")
    if table.frame.height == 0:
        raise TableError(
            N_("The table has a header and no rows."), cure=N_("Add at least one row."), file=table.name, code="no-rows"
        )
    rows = [_Row(table, number, values) for number, values in enumerate(table.frame.iter_rows(named=True), 2)]
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        one = row.text("id").strip()
        if not one:
            raise TableError(N_("The id is empty."), cure=N_("Give the row an id."), file=table.name, row=number, column="id")
        if one in seen:
            raise TableError(
                N_("The id {id} stands in row {first} already."),
                cure=N_("Give each row its own id."),
                file=table.name,
                row=number,
                column="id",
                code="repeated-id",
                id=one,
                first=seen[one],
            )
        seen[one] = number
    return rows


def needs_of(table: Table) -> list[Need]:
    """Return the needs of a table with ``id`` and ``text`` (or ``title``, ``body``), and any of the structured columns.

    Raises
    ------
    TableError
        With row and column, for a missing column, an empty or repeated id, or a cell that is no number.
    """
    return [_need(row) for row in _rows(table)]


def capabilities_of(table: Table) -> list[Capability]:
    """Return the capabilities of a table; as ``needs_of``."""
    return [_capability(row) for row in _rows(table)]


def _need(row: _Row) -> Need:
    try:
        return Need(
            id=row.text("id").strip(),
            title=row.text("title"),
            body=row.text("body"),
            field=next(iter(row.codes("field")), None),
            budget_cny=row.amount("budget_cny"),
            regions=row.codes("regions"),
            deployment=row.codes("deployment"),
            certificates=row.codes("certificates"),
            must=row.codes("must"),
            organisation=row.text("organisation").strip() or None,
        )
    except TableError:
        raise
    except InputError as error:
        raise row.wrap(error) from error


def _capability(row: _Row) -> Capability:
    counts = {name: row.count(name) for name in ("trials_passed", "trials_failed", "projects_accepted", "shown")}
    known = {name: value for name, value in counts.items() if value is not None}
    try:
        return Capability(
            id=row.text("id").strip(),
            title=row.text("title"),
            body=row.text("body"),
            fields=row.codes("field"),
            price_low_cny=row.amount("price_low_cny"),
            price_high_cny=row.amount("price_high_cny"),
            regions=row.codes("regions"),
            deployment=row.codes("deployment"),
            certificates=row.codes("certificates"),
            capacity=row.count("capacity"),
            record=Record(**known) if known else None,
            organisation=row.text("organisation").strip() or None,
        )
    except TableError:
        raise
    except InputError as error:
        raise row.wrap(error) from error
