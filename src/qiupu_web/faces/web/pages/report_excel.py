"""The monthly report as an Excel file: ledger, changes, funnel with its chart, projects; dates are dates, so that they sort."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiupu_web.faces.web.pages.report import Line, Report
from qiupu_web.faces.web.pages.report_word import change_text
from qiupu_web.faces.web.projects.registers import newest_of
from qiupu_web.parties.enums import Field
from qiupu_web.projects.rules import gravity


def report_xlsx(report: Report) -> bytes:
    """Return the workbook in the reader's language."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": str(report.agreement)})
    paper = _Paper(book)
    head = (
        _("No."), _("Code"), _("Commitment"), _("Field"), _("Lead unit"), _("Supporting units"), _("Due"), _("State"),
        _("Why this light"), _("How it is measured"), _("Latest evidence"), _("Recorded"), _("Changed in the month"),
    )  # fmt: skip
    widths = (6, 22, 40, 16, 24, 24, 12, 14, 36, 36, 36, 12, 12)
    paper.sheet(_("Ledger"), head, (_ledger(one) for one in report.lines), widths)
    changes = ((change.at, change.commitment.code, change_text(change)) for change in report.changes)
    paper.sheet(_("Changes"), (_("Day"), _("Code"), _("What happened")), changes, (12, 22, 90))
    stages = ((bar.label, bar.count, bar.lost, bar.change) for bar in report.bars)
    name = _("Funnel")
    sheet = paper.sheet(name, (_("Stage"), _("Sentences"), _("Lost before"), _("Change")), stages, (18, 12, 12, 12))
    chart = book.add_chart({"type": "bar"})
    last = len(report.bars)
    chart.add_series(
        {"categories": [name, 1, 0, last, 0], "values": [name, 1, 1, last, 1], "fill": {"color": "#2B3236"}, "gap": 40}
    )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"none": True})
    chart.set_title({"name": _("How far its sentences came")})
    sheet.insert_chart("F2", chart)
    stones = (
        (
            shown.row.code,
            str(shown.row),
            shown.row.get_state_display(),
            stone.number,
            str(stone.title),
            stone.due_on,
            stone.get_state_display(),
        )
        for shown in report.projects
        for stone in shown.milestones
    )
    of_projects = (_("Code"), _("Project"), _("State"), _("No."), _("Milestone"), _("Due"), _("Milestone's state"))
    paper.sheet(_("Projects"), of_projects, stones, (22, 40, 14, 6, 40, 12, 16))
    _registers(paper, report)
    book.close()
    return stream.getvalue()


def _registers(paper: _Paper, report: Report) -> None:
    """Add what the projects bring and their open risks, when there are any."""
    benefits = [
        (shown.row.code, str(one.title), str(one.unit), one.baseline, one.expected,
         value and value.value, value and value.measured_on, one.get_state_display())
        for shown in report.projects
        for one, _sentence in shown.benefits
        for value in (newest_of(one),)
    ]  # fmt: skip
    if benefits:
        head = (
            _("Code"), pgettext("project", "Benefit"), _("Unit"), _("Before the project"), _("Expected"),
            _("Measured value"), _("Measured on"),
            _("State"),
        )  # fmt: skip
        paper.sheet(_("What it brings"), head, benefits, (22, 40, 14, 12, 12, 12, 12, 20))
    risks = [
        (shown.row.code, str(one.title), str(gravity(one.likelihood, one.impact).label), one.get_state_display(), str(one.keeper),
         one.due_on, str(one.measures))
        for shown in report.projects
        for one in shown.risks
    ]  # fmt: skip
    if risks:
        columns = (
            _("Code"), _("What may happen"), _("How grave"), _("State"), _("Who watches it"), pgettext("risk", "Dealt with by"),
            _("What is done against it"),
        )  # fmt: skip
        paper.sheet(_("Open risks"), columns, risks, (22, 40, 10, 14, 24, 12, 40))


def _ledger(one: Line) -> tuple[Any, ...]:
    row, shown = one.row, one.evidence
    return (
        one.number, row.code, str(row.title), str(Field(row.field).label) if row.field else "", str(row.lead_unit or ""),
        "; ".join(str(unit) for unit in row.supporting_units.all()), row.due_on, f"{one.mark} {row.get_state_display()}", one.light,
        str(row.measure), f"{shown.title} {one.outcome}".strip() if shown else "", shown.recorded_at if shown else None,
        _("yes") if one.is_changed else "",
    )  # fmt: skip


class _Paper:
    """Writes tables that filter, sort and print well."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bg_color": "#2B3236", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})

    def sheet(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> Any:
        """Add a sheet with a table and return it."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, (word, width) in enumerate(zip(head, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, word, self.head)
        line = 0
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                self._write(sheet, line, place, value)
        sheet.autofilter(0, 0, max(line, 1), len(head) - 1)
        return sheet

    def _write(self, sheet: Any, line: int, place: int, value: object) -> None:
        if isinstance(value, datetime):
            value = timezone.localdate(value)
        if isinstance(value, date):
            sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001  # Excel knows no zones
        elif isinstance(value, int | float):
            sheet.write_number(line, place, value, self.text)
        elif value:
            sheet.write_string(line, place, str(value), self.text)
