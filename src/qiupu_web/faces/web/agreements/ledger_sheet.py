"""The benefits ledger as Excel: accounts, deliverables, entries of money."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.agreements.standing import entries_of
from qiupu_web.faces.web.agreements.ledger_contexts import Ledger


def ledger_xlsx(ledger: Ledger) -> bytes:
    """Return the ledger as a workbook of three sheets; what is not recorded says so and is no zero."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#2B3236", "font_color": "#FFFFFF", "text_wrap": True}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
    }
    _accounts(book, styles, ledger)
    _deliverables(book, styles, ledger)
    _entries(book, styles, ledger)
    book.close()
    return stream.getvalue()


def _sheet(book: Any, styles: dict[str, Any], title: str, widths: list[int], header: list[str]) -> Any:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for place, (width, words) in enumerate(zip(widths, header, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, words, styles["head"])
    return sheet


def _write(sheet: Any, styles: dict[str, Any], line: int, cells: list[Any]) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, Decimal):
            sheet.write_number(line, place, float(cell), styles["money"])
        elif isinstance(cell, int):
            sheet.write_number(line, place, cell)
        elif hasattr(cell, "isoformat"):
            sheet.write_datetime(line, place, cell, styles["date"])
        else:
            sheet.write_string(line, place, _("not recorded") if cell is None else str(cell), styles["text"])


def _accounts(book: Any, styles: dict[str, Any], ledger: Ledger) -> None:
    header = [_("Party"), _("Benefit"), _("Gave"), _("Got")]
    sheet = _sheet(book, styles, _("Accounts"), [36, 36, 20, 20], header)
    rows = [[str(side.organisation), line.label, line.gave, line.got] for side in ledger.sides for line in side.lines]
    for number, cells in enumerate(rows, 1):
        _write(sheet, styles, number, cells)
    notes = [_("Money in yuan."), str(ledger.agreement)]
    notes += [_("This agreement is invented for demonstration.")] if ledger.agreement.is_invented else []
    for number, words in enumerate(notes, len(rows) + 2):
        sheet.write_string(number, 0, words, styles["text"])


def _deliverables(book: Any, styles: dict[str, Any], ledger: Ledger) -> None:
    header = [
        _("Code"), _("Deliverable"), _("Who owes it"), _("To whom"), _("The partner's own"), _("State"), _("Due"),
        _("Money agreed"), _("Money paid in"), _("Money landed"),
    ]  # fmt: skip
    sheet = _sheet(book, styles, _("Deliverables"), [12, 48, 28, 28, 12, 14, 12, 16, 16, 16], header)
    for number, one in enumerate(ledger.deliverables(ledger.rows), 1):
        row = one.row
        cells = [row.code, str(row.title), row.debtor, row.creditor, _("yes") if one.is_partners else "", row.get_state_display()]
        _write(sheet, styles, number, [*cells, row.due_on, one.money.agreed, one.money.paid_in, one.money.landed])


def _entries(book: Any, styles: dict[str, Any], ledger: Ledger) -> None:
    header = [
        _("Day"), _("Kind"), _("Amount in yuan"), _("Commitment"), _("Note"), _("Document, sha256"), _("Recorded by"),
        _("Recorded on"), _("Struck out"),
    ]  # fmt: skip
    sheet = _sheet(book, styles, _("Entries of money"), [12, 12, 18, 40, 32, 24, 24, 12, 32], header)
    for number, one in enumerate(entries_of(ledger.rows), 1):
        struck = f"{one.struck_by}: {one.struck_note}" if one.struck_at else ""
        recorded = timezone.localdate(one.recorded_at)
        who = str(one.recorded_by_organisation or one.recorded_by)
        cells = [one.on, one.get_kind_display(), one.amount_cny, str(one.commitment), one.note, one.document_id or "", who]
        _write(sheet, styles, number, [*cells, recorded, struck])
