"""The monthly report as a Word file, in the reader's language, on A4 across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.utils.translation import gettext as _
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.styles.style import ParagraphStyle

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.faces.web.pages.paper import GREY, blank, bytes_of, funnel, funnel_job, gantt, gantt_job, line, pictures
from qiupu_web.faces.web.pages.report import Change, Line, ProjectShown, Report
from qiupu_web.faces.web.projects.registers import risk_line

CELL = "Cell"


def report_docx(report: Report) -> bytes:
    """Return the Word file."""
    document = blank(is_landscape=True)
    charts = [shown.gantt for shown in report.projects if shown.gantt is not None]
    of_funnel, *of_projects = pictures([funnel_job(report.bars), *(gantt_job(one) for one in charts)], report.today)
    drawn = iter(of_projects)
    title = _("Monthly report: %(title)s") % {"title": report.agreement}
    line(document, title, size=17, bold=True)
    made_up = " · " + _("invented for demonstration") if report.agreement.is_invented else ""
    line(document, report.span + made_up, colour=GREY)
    line(document, " · ".join(f"{one.mark} {one.label} {one.count}" for one in report.lights), bold=True)
    line(document, _("Ledger"), size=13, bold=True)
    _ledger(document, report.lines)
    line(document, _("What changed in the month"), size=13, bold=True)
    for change in report.changes:
        line(document, f"· {day(change.at)}  {change_text(change)}")
    if not report.changes:
        line(document, _("Nothing was recorded."), colour=GREY)
    line(document, _("How far its sentences came"), size=13, bold=True)
    funnel(document, report.bars, of_funnel)
    line(document, _("A signed number is the change since last month."), colour=GREY)
    line(document, _("Projects"), size=13, bold=True)
    for shown in report.projects:
        _project(document, shown, next(drawn) if shown.gantt is not None else None)
    if not report.projects:
        line(document, _("No project follows from it yet."), colour=GREY)
    return bytes_of(document, title)


def notes_of(shown: ProjectShown) -> list[tuple[str, list[str]]]:
    """Return what a report says below a project's drawing: acceptance, what it brings, open risks; each only when there is any."""
    found = [
        (_("Acceptance on fresh data"), [shown.acceptance] if shown.acceptance else []),
        (_("What it brings"), [f"{one.title} · {one.get_state_display()} · {sentence}" for one, sentence in shown.benefits]),
        (_("Open risks"), [risk_line(one) for one in shown.risks]),
    ]
    return [(title, lines) for title, lines in found if lines]


def change_text(change: Change) -> str:
    """Say what happened to which commitment."""
    what = f"{change.evidence.title} · {change.outcome}".strip(" ·") if change.evidence else change.outcome
    return _("%(title)s: %(what)s") % {"title": change.commitment.title, "what": what}


def ledger_head() -> tuple[str, ...]:
    """Return the columns of the ledger."""
    return (
        _("No."), _("Commitment"), _("Lead unit"), _("Due"), _("Light"), _("How it is measured"), _("Latest evidence"),
    )  # fmt: skip


def ledger_cells(one: Line) -> tuple[str, ...]:
    """Return one row of the ledger as texts."""
    row, shown = one.row, one.evidence
    light = f"{one.mark} {row.get_state_display()}" + (f"\n{one.light}" if one.light else "")
    latest = f"{day(shown.recorded_at)} {shown.title} {one.outcome}".strip() if shown else _("none yet")
    unit = str(row.lead_unit) if row.lead_unit else "–"
    return (str(one.number), f"{row.title}\n{row.code}", unit, day(row.due_on), light, str(row.measure) or "–", latest)


def _ledger(document: Document, lines: Sequence[Line]) -> None:
    if not lines:
        line(document, _("No commitment was drawn from it yet."), colour=GREY)
        return
    widths = (Cm(1), Cm(6), Cm(3.2), Cm(2.7), Cm(4.6), Cm(4), Cm(4.2))
    _table(document, ledger_head(), [ledger_cells(one) for one in lines], widths)


def _project(document: Document, shown: ProjectShown, drawn: bytes | None) -> None:
    row = shown.row
    line(document, f"{row.title} · {row.get_state_display()} · {row.supplier}", bold=True)
    line(document, shown.money, colour=GREY)
    gantt(document, drawn)
    rows = [(str(stone), day(stone.due_on), stone.get_state_display()) for stone in shown.milestones]
    if rows:
        _table(document, (_("Milestone"), _("Due"), _("State")), rows, (Cm(14), Cm(5), Cm(5)))
    for title, lines in notes_of(shown):
        line(document, title, bold=True)
        for words in lines:
            line(document, f"· {words}")


def _cell_style(document: Document) -> ParagraphStyle:
    """Return the style of text in tables; a style once for all, since thousands of cells would take long one by one."""
    known = document.styles
    if CELL in known:
        return cast(ParagraphStyle, known[CELL])
    style = cast(ParagraphStyle, known.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH))
    style.base_style = known["Normal"]
    style.font.size, style.paragraph_format.space_after = Pt(8.5), Pt(0)
    return style


def _table(document: Document, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[Length]) -> None:
    table = document.add_table(rows=len(rows) + 1, cols=len(head), style="Table Grid")
    table.autofit = False
    style = _cell_style(document)
    for number, (into, texts) in enumerate(zip(table.rows, (head, *rows), strict=True)):
        for cell, text, width in zip(into.cells, texts, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph._p.style = style.style_id  # the public setter looks the style up anew for each cell
            run = paragraph.add_run(text)
            if number == 0:
                run.bold = True
    repeat = OxmlElement("w:tblHeader")  # the head stands on every sheet of a long table
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)  # python-docx has no other way to repeat a head
    document.add_paragraph()
