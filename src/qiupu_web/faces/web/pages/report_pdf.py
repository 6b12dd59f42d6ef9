"""The monthly report and the leader's page as PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.agreements.models import Agreement, Commitment, Evidence
from qiupu_web.faces.templatetags.qiupu import MARKS, TONES, day
from qiupu_web.faces.web.pages.drawings import funnel_rows, gantt_of
from qiupu_web.faces.web.pages.report import Leader, Line, ProjectShown, Report
from qiupu_web.faces.web.pages.report_word import change_text, ledger_cells, ledger_head, notes_of
from qiupu_web.faces.web.pages.typesetting import Job, typeset

LIGHT = 4
"""Which column of the ledger shows the light."""


def report_pdf(report: Report) -> bytes:
    """Return the report on A4 across."""
    title = _("Monthly report: %(title)s") % {"title": report.agreement}
    data = {
        **_frame(report.agreement, title, report.span),
        "words": _words(),
        "lights": [
            {"mark": one.mark, "tone": TONES.get(one.code, "plain"), "label": one.label, "count": str(one.count)}
            for one in report.lights
        ],
        "ledger": {"head": ledger_head(), "rows": [_ledger_row(one) for one in report.lines]},
        "changes": [{"day": day(one.at), "text": change_text(one)} for one in report.changes],
        "funnel": funnel_rows(report.bars),
        "projects": [_project(one) for one in report.projects],
    }
    return typeset([Job("report.typ", data)], at=report.today)[0]


def _ledger_row(one: Line) -> list[str | dict[str, str]]:
    """Return the cells of a row; the mark of the light stands apart, so that it gets its colour."""
    cells: list[str | dict[str, str]] = [*ledger_cells(one)]
    text = str(cells[LIGHT]).removeprefix(one.mark).lstrip()
    cells[LIGHT] = {"mark": one.mark, "tone": TONES.get(one.row.state, "plain"), "text": text}
    return cells


def _project(shown: ProjectShown) -> dict[str, Any]:
    row = shown.row
    line = f"{row.get_state_display()} · {row.supplier} · {shown.money}"
    notes = [{"title": head, "lines": lines} for head, lines in notes_of(shown)]
    stones = [f"{stone} · {stone.get_state_display()} · {day(stone.due_on)}" for stone in shown.milestones]
    return {"title": str(row.title), "line": line, "gantt": gantt_of(shown.gantt), "stones": stones, "notes": notes}


def leader_pdf(page: Leader) -> bytes:
    """Return one sheet, always: what does not fit is cut, and how much that is stands below."""
    lengths = range(max(len(page.news), len(page.decaying), 1), 0, -1)
    found = typeset([Job("leader.typ", _leader(page, shown)) for shown in lengths], at=page.today)
    return next((data for data in found if pages_of(data) == 1), found[-1])


def pages_of(data: bytes) -> int:
    """Return how many sheets a PDF has."""
    import pypdfium2  # 8 MB that the site does not need before somebody asks for the page

    with pypdfium2.PdfDocument(BytesIO(data)) as document:
        return len(document)


def _leader(page: Leader, shown: int) -> dict[str, Any]:
    span = _("What became of it · %(span)s") % {"span": page.span}
    return {
        **_frame(page.agreement, str(page.agreement), span),
        "words": _words(),
        "funnel": funnel_rows(page.bars),
        "news": _items(page.news, page.news_more, shown, _news),
        "decaying": _items(page.decaying, page.decaying_more, shown, _decaying),
    }


def _items(rows: Sequence[Any], more: int, shown: int, say: Callable[[Any], dict[str, str]]) -> dict[str, Any]:
    left = more + max(len(rows) - shown, 0)
    return {"rows": [say(one) for one in rows[:shown]], "more": _("and %(n)d more") % {"n": left} if left else ""}


def _news(item: Evidence) -> dict[str, str]:
    line = f"{day(item.recorded_at)} · {item.title}"
    return {"mark": MARKS["plain"], "tone": "plain", "title": str(item.commitment.title), "line": line}


def _decaying(one: Commitment) -> dict[str, str]:
    tone = TONES.get(one.state, "plain")
    parts = (one.get_state_display(), _("due %(day)s") % {"day": day(one.due_on)}, str(one.lead_unit or "–"))
    return {"mark": MARKS[tone], "tone": tone, "title": str(one.title), "line": " · ".join(parts)}


def _frame(agreement: Agreement, title: str, span: str) -> dict[str, str]:
    site = settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"])
    mark = _("invented for demonstration") if agreement.is_invented else ""
    return {"title": title, "span": span, "invented": mark, "site": site, "foot": f"{site} · {Truncator(title).chars(80)}"}


def _words() -> dict[str, str]:
    return {
        "ledger": _("Ledger"),
        "changes": _("What changed in the month"),
        "funnel": _("How far its sentences came"),
        "signed": _("A signed number is the change since last month."),
        "projects": _("Projects"),
        "decays": _("What decays"),
        "nothing": _("Nothing was recorded."),
        "sound": _("Nothing is overdue or at risk."),
        "no_commitment": _("No commitment was drawn from it yet."),
        "no_project": _("No project follows from it yet."),
    }
