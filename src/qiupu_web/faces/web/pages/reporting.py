"""The monthly report and the leader's page of an agreement: to print, as Word, Excel or PDF, of this month or an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from qiupu_web.agreements.queries import visible_agreements
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.listing import Choice
from qiupu_web.faces.web.pages.leader import leader_docx
from qiupu_web.faces.web.pages.months import Month, chosen_month, months_of
from qiupu_web.faces.web.pages.report import Leader, Report, leaders_page, monthly_report
from qiupu_web.faces.web.pages.report_excel import report_xlsx
from qiupu_web.faces.web.pages.report_pdf import leader_pdf, report_pdf
from qiupu_web.faces.web.pages.report_word import report_docx

OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {"docx": f"{OFFICE}wordprocessingml.document", "xlsx": f"{OFFICE}spreadsheetml.sheet", "pdf": "application/pdf"}
ON_THE_PAGE = 8
"""Items of each list on the leader's page."""


@dataclass(frozen=True)
class MonthsShown:
    """The months to choose from, and the two beside the one that is shown; None where there is no report."""

    month: Month
    previous: Month | None
    next: Month | None
    choices: Sequence[Choice]


def _report(request: HttpRequest, code: str) -> Report:
    actor, now = actor_of(request), timezone.now()
    agreement = get_object_or_404(visible_agreements(actor).select_related("twin"), code=code)
    month = chosen_month(request.GET.get("month", ""), since=agreement.added_at, now=now)
    return monthly_report(agreement, actor, now, month)


def _months(report: Report) -> MonthsShown:
    first, last = Month.of(report.agreement.added_at), Month.of(timezone.now())
    here = report.month
    return MonthsShown(
        month=here,
        previous=here.previous if here > first else None,
        next=here.next if here < last else None,
        choices=[Choice(one.key, str(one), one == here) for one in months_of(first, last)],
    )


def _file(data: bytes, report: Report, suffix: str, word: str = "") -> FileResponse:
    name = f"{report.agreement.code}{word}-{report.month.key}.{suffix}"
    return FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=KINDS[suffix])


def report(request: HttpRequest, code: str) -> HttpResponse:
    """The page, made to be printed."""
    found = _report(request, code)
    return render(request, "pages/report.html", {"report": found, "months": _months(found)})


def report_word(request: HttpRequest, code: str) -> FileResponse:
    """The same as a Word file."""
    found = _report(request, code)
    return _file(report_docx(found), found, "docx")


def report_excel(request: HttpRequest, code: str) -> FileResponse:
    """The same as an Excel file."""
    found = _report(request, code)
    return _file(report_xlsx(found), found, "xlsx")


def report_as_pdf(request: HttpRequest, code: str) -> FileResponse:
    """The same as a PDF file."""
    found = _report(request, code)
    return _file(report_pdf(found), found, "pdf")


def _leader(found: Report) -> Leader:
    return leaders_page(found, ON_THE_PAGE)


def leader(request: HttpRequest, code: str) -> HttpResponse:
    """One page for the leader: the funnel, what the month brought, and what decays; made to be printed."""
    found = _report(request, code)
    return render(request, "pages/leader.html", {"leader": _leader(found), "months": _months(found)})


def leader_word(request: HttpRequest, code: str) -> FileResponse:
    """The same as a Word file of one page."""
    found = _report(request, code)
    return _file(leader_docx(_leader(found)), found, "docx", "-leader")


def leader_as_pdf(request: HttpRequest, code: str) -> FileResponse:
    """The same as a PDF file of one page."""
    found = _report(request, code)
    return _file(leader_pdf(_leader(found)), found, "pdf", "-leader")
