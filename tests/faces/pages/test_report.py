"""The monthly report: the same facts on the page, in Word and in Excel, in both languages; who sees it; how quick it is."""

from __future__ import annotations

import io
import time
from datetime import timedelta

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook
from tests import factories

from qiupu_web.agreements.models import Agreement, Commitment
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.faces.web.pages.months import Month
from qiupu_web.faces.web.pages.report import monthly_report
from qiupu_web.parties.actors import VISITOR, system
from qiupu_web.projects import usecases as projects

pytestmark = pytest.mark.django_db


def a_month(n: int = 3, **fields: object) -> Agreement:
    """An agreement with n commitments begun 60 days ago; the first has a project, the second is overdue."""
    now = timezone.now()
    begun = now - timedelta(days=60)
    agreement = factories.agreement(added_at=begun, **fields)
    unit = factories.organisation(kind="unit")
    for number in range(n):
        factories.commitment(
            factories.statement(agreement), state="confirmed", title_en=f"=Promise {number + 1}", title_zh=f"承诺{number + 1}号",
            code=f"{agreement.code}-c{number + 1}", lead_unit=unit, created_at=begun, state_since=begun,
            due_on=(now + timedelta(days=-5 if number == 1 else 200)).date(), measure_zh="完成数量", measure_en="Count of done",
        )  # fmt: skip
    first, second = Commitment.objects.filter(statement__agreement=agreement).order_by("code")[:2]
    second.state = "overdue"
    second.save(update_fields=["state"])
    office = factories.actor("office")
    scenario = factories.scenario(state="matching", commitment=first)
    record_evidence(
        actor=system("test"),
        now=begun,
        commitment=first,
        kind="scenario",
        key="scenario:1",
        title_zh="发布场景",
        title_en="Need published",
    )
    project = projects.create_project(
        actor=office, now=max(now - timedelta(days=3), Month.of(now).begin), scenario=scenario,
        supplier=factories.organisation(kind="startup"),
        title_en="Gate forecast", title_zh="闸口预测", starts_on=begun.date(), ends_on=(now + timedelta(days=60)).date(),
    )  # fmt: skip
    projects.add_milestone(
        actor=office, now=now, project=project, title_en="First run", title_zh="首次运行", due_on=(now + timedelta(days=30)).date()
    )
    for state in ("selected", "approved", "ordered"):
        projects.move_project(actor=office, now=now, project=project, to=state)
    return agreement


def get(client: Client, name: str, agreement: Agreement, lang: str = "en") -> bytes:
    with override(lang):
        response = client.get(reverse(f"pages:{name}", args=[agreement.code]))
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # a file


def test_what_it_says() -> None:
    agreement = a_month()
    report = monthly_report(agreement, VISITOR, timezone.now())
    assert [str(one.row.title) for one in report.lines] == ["=Promise 1", "=Promise 2", "=Promise 3"]
    assert [(one.code, one.count) for one in report.lights] == [("confirmed", 1), ("on-track", 1), ("overdue", 1)]
    assert report.lines[1].light == "The due date has passed."
    assert [one.is_changed for one in report.lines] == [True, False, False]
    # what was recorded 60 days ago, and the light that it lit then, are not of this month; the project is
    assert [one.evidence.kind if one.evidence else one.outcome for one in report.changes] == ["project"]
    assert {bar.code: (bar.count, bar.change) for bar in report.bars}["contracted"] == (1, 1)
    assert [str(one.row) for one in report.projects] == ["Gate forecast"]
    assert report.projects[0].gantt is not None


@pytest.mark.parametrize(
    "lang, words", [("en", ("=Promise 2", "First run", "Ledger")), ("zh-hans", ("承诺2号", "首次运行", "台账"))]
)
def test_page_word_and_excel_say_the_same(client: Client, lang: str, words: tuple[str, ...]) -> None:
    agreement = a_month()
    page = get(client, "report", agreement, lang).decode()
    document = docx.Document(io.BytesIO(get(client, "report_word", agreement, lang)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    word = "\n".join([*(one.text for one in document.paragraphs), *cells])
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "report_excel", agreement, lang)))
    excel = "\n".join(
        [*book.sheet_names, *(str(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())]
    )
    for text in (page, word, excel):
        assert all(one in text for one in words)
    assert page.count("<h1") == 1
    assert document.sections[0].page_width > document.sections[0].page_height
    ledger = book.get_sheet_by_index(0).to_python()
    assert len(ledger) == 4
    assert ledger[1][6] == Commitment.objects.get(code=f"{agreement.code}-c1").due_on


def test_a_translation_reports_on_the_commitments_of_its_text(client: Client) -> None:
    agreement = a_month()
    other = factories.agreement(language="zh", twin=agreement, title_zh="译文")
    agreement.twin = other
    agreement.save(update_fields=["twin"])
    report = monthly_report(other, VISITOR, timezone.now())
    assert len(report.lines) == 3
    assert report.bars[0].count == 3


def test_who_does_not_see_the_agreement_does_not_see_the_report(client: Client) -> None:
    agreement = a_month(is_public=False)
    for name in ("report", "report_word", "report_excel"):
        assert client.get(reverse(f"pages:{name}", args=[agreement.code])).status_code == 404
    client.force_login(factories.member("office").user)
    get(client, "report", agreement)


def test_nothing_yet(client: Client) -> None:
    agreement = factories.agreement()
    assert "No commitment was drawn" in get(client, "report", agreement).decode()
    for name in ("report_word", "report_excel"):
        assert get(client, name, agreement)


def test_no_more_queries_for_more_commitments(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    small, large = a_month(2), a_month(6)
    get(client, "report", small)
    with django_assert_max_num_queries(24) as one:
        get(client, "report", small)
    with django_assert_max_num_queries(len(one.captured_queries)):
        get(client, "report", large)


def test_sixty_commitments_in_well_under_three_seconds(client: Client) -> None:
    agreement = a_month(60)
    for name in ("report", "report_word", "report_excel"):
        begin = time.process_time()
        get(client, name, agreement)
        assert time.process_time() - begin < 3.0
