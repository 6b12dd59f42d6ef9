"""The report of an earlier month: rows as they stood at its end, and what changed since the month before."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook
from tests import factories
from tests.faces.pages.test_paper import text_of
from tests.faces.pages.test_report import get

from qiupu.errors import InputError
from qiupu_web.agreements.models import Agreement
from qiupu_web.agreements.usecases import break_down, edit_commitment, record_evidence, settle_commitment
from qiupu_web.faces.web.pages.months import Month, chosen_month, months_of
from qiupu_web.faces.web.pages.report import Report, leaders_page, monthly_report
from qiupu_web.parties.actors import VISITOR, system
from qiupu_web.projects import usecases as projects
from qiupu_web.projects.models import Project

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 4, 0, tzinfo=UTC)


def test_months_by_hand() -> None:
    december = Month(2025, 12)
    assert (december.next, december.previous) == (Month(2026, 1), Month(2025, 11))
    assert Month(2026, 1).previous == december
    # in Shanghai the year begins eight hours before it does in Greenwich
    assert december.end == datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert Month.of(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == Month(2026, 1)
    assert [one.key for one in months_of(Month(2025, 11), Month(2026, 1))] == ["2026-01", "2025-12", "2025-11"]
    assert str(december) == "December 2025"
    with override("zh-hans"):
        assert str(december) == "2025年12月"


@pytest.mark.parametrize("key", ["2026-13", "26-1", "x", "2025-12", "2026-06", "2026-1"])
def test_what_is_no_month_or_has_no_report(key: str) -> None:
    with pytest.raises(InputError):
        chosen_month(key, since=at(1, 5), now=NOW)
    assert chosen_month("2026-01", since=at(1, 5), now=NOW) == Month(2026, 1)
    assert chosen_month("", since=at(1, 5), now=NOW) == Month(2026, 5)


def a_year() -> Agreement:
    """Read in January; one promise with a scenario in February and a project in March, one waived in April, one drawn in April.

    The second changes its lead unit in March, before anything is confirmed.
    """
    agreement = factories.agreement(added_at=at(1, 5), title_zh="协议", title_en="Pact")
    office = factories.actor("office")
    kept = factories.commitment(
        factories.statement(agreement), state="confirmed", code="kept", created_at=at(1, 6), state_since=at(1, 6),
        due_on=date(2026, 12, 31),
    )  # fmt: skip
    first, second = factories.organisation("first", kind="unit"), factories.organisation("second", kind="unit")
    dropped = break_down(
        actor=office, now=at(1, 7), statement=factories.statement(agreement), code="dropped", title_en="Dropped", lead_unit=first
    )
    record_evidence(actor=system("t"), now=at(2, 3), commitment=kept, kind="scenario", key="s", title_en="Need published")
    edit_commitment(actor=office, now=at(3, 1), commitment=dropped, lead_unit=second, title_en="Dropped, said better")
    scenario = factories.scenario(state="matching", commitment=kept)
    project = projects.create_project(
        actor=office, now=at(3, 2), scenario=scenario, supplier=factories.organisation(), title_en="Gate",
        starts_on=date(2026, 3, 2), ends_on=date(2026, 9, 1),
    )  # fmt: skip
    projects.add_milestone(actor=office, now=at(3, 3), project=project, title_en="One", due_on=date(2026, 4, 1))
    for state in ("selected", "approved", "ordered"):
        projects.move_project(actor=office, now=at(3, 4), project=project, to=state)
    projects.add_milestone(actor=office, now=at(4, 3), project=project, title_en="Two", due_on=date(2026, 6, 1))
    projects.move_project(actor=office, now=at(4, 4), project=project, to="building")
    settle_commitment(actor=office, now=at(4, 6), commitment=dropped, met=False, reason="both-agreed", note="Not needed")
    break_down(actor=office, now=at(4, 9), statement=factories.statement(agreement), code="late", title_en="Late", lead_unit=second)
    return agreement


def of(agreement: Agreement, month: int) -> Report:
    return monthly_report(agreement, VISITOR, NOW, Month(2026, month))


def test_each_month_as_it_was() -> None:
    agreement = a_year()

    def states(month: int) -> dict[str, str]:
        return {one.row.code: one.row.state for one in of(agreement, month).lines}

    assert states(1) == {"kept": "confirmed", "dropped": "broken-down"}
    assert states(2) == {"kept": "on-track", "dropped": "broken-down"}
    assert states(4) == {"kept": "on-track", "dropped": "waived", "late": "broken-down"}
    january, march = (next(one.row for one in of(agreement, month).lines if one.row.code == "dropped") for month in (1, 3))
    assert (january.title_en, january.lead_unit and january.lead_unit.code) == ("Dropped", "first")
    assert (march.title_en, march.lead_unit and march.lead_unit.code) == ("Dropped, said better", "second")
    assert march.reason_note == ""
    assert [one.evidence.kind if one.evidence else None for one in of(agreement, 1).lines] == [None, None]


def test_changes_are_of_their_own_month() -> None:
    agreement = a_year()

    def told(month: int) -> list[tuple[str, str]]:
        return [(one.commitment.code, one.evidence.kind if one.evidence else one.outcome) for one in of(agreement, month).changes]

    assert sorted(told(1)) == [("dropped", "new: broken down"), ("kept", "new: confirmed")]
    assert sorted(told(2)) == [("kept", "scenario"), ("kept", "was confirmed, now on track")]
    assert told(3) == [("kept", "project")]
    assert sorted(told(4)) == [("dropped", "was broken down, now waived"), ("late", "new: broken down")]
    assert told(5) == []


def test_the_funnel_and_its_changes() -> None:
    agreement = a_year()

    def drawn(month: int, *stages: str) -> list[tuple[int, int | None]]:
        found = {bar.code: (bar.count, bar.change) for bar in of(agreement, month).bars}
        return [found[stage] for stage in stages]

    # the text has three sentences, read in January; two promises are drawn then, one is dropped and one drawn in April
    assert drawn(1, "said", "committed", "published") == [(3, 3), (2, 2), (0, 0)]
    assert drawn(2, "said", "committed", "published") == [(3, 0), (2, 0), (1, 1)]
    assert drawn(3, "published", "contracted") == [(1, 0), (1, 1)]
    assert drawn(4, "committed", "contracted") == [(2, 0), (1, 0)]


def test_projects_and_the_line_of_today_as_they_were() -> None:
    agreement = a_year()
    assert of(agreement, 2).projects == ()
    march, april = of(agreement, 3).projects[0], of(agreement, 4).projects[0]
    assert (march.row.state, [stone.number for stone in march.milestones]) == ("ordered", [1])
    assert (april.row.state, [stone.number for stone in april.milestones]) == ("building", [1, 2])
    assert march.gantt is not None
    # 183 days from 2 March to 1 September; 31 March is day 29
    assert march.gantt.today_x == round(1000 * 29 / 183, 1)
    assert march.gantt.stretches[0].tone == "planned"
    assert april.gantt is not None
    assert april.gantt.stretches[0].tone == "late"


def test_the_leaders_page_of_a_month() -> None:
    agreement = a_year()
    page = leaders_page(of(agreement, 3), 8)
    assert [one.kind for one in page.news] == ["project"]
    assert page.decaying == []
    assert page.span == "March 2026: 1 March 2026 to 31 March 2026"
    running = leaders_page(of(agreement, 5), 8)
    assert running.span == "May 2026, so far: 1 May 2026 to 20 May 2026"


@pytest.mark.parametrize("lang, before, words", [("en", "← February 2026", "March 2026"), ("zh-hans", "← 2026年2月", "2026年3月")])
def test_pages_and_files_of_an_earlier_month(client: Client, lang: str, before: str, words: str) -> None:
    agreement = a_year()
    for name in ("report", "leader"):
        with override(lang):
            response = client.get(reverse(f"pages:{name}", args=[agreement.code]), {"month": "2026-03"})
        page = response.content.decode()
        assert before in page
        assert "?month=2026-04" in page
        assert '<option value="2026-03" selected>' in page
    for name in ("report_word", "report_excel", "report_pdf", "leader_word", "leader_pdf"):
        with override(lang):
            response = client.get(reverse(f"pages:{name}", args=[agreement.code]), {"month": "2026-03"})
        assert response.status_code == 200
        assert "-2026-03." in response["Content-Disposition"]
        if name.endswith("pdf"):
            assert words.replace(" ", "") in text_of(response.getvalue()).replace(" ", "")
    with override(lang):
        wrong = client.get(reverse("pages:report", args=[agreement.code]), {"month": "1999-01"})
    assert wrong.status_code == 400
    assert "2026-01" in wrong.content.decode()
    first = client.get(reverse("pages:report", args=[agreement.code]), {"month": "2026-01"}).content.decode()
    assert 'rel="prev"' not in first
    assert get(client, "report", agreement)


def test_as_many_queries_for_a_long_past(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    agreement = a_year()
    of(agreement, 1)
    with django_assert_max_num_queries(18) as first:
        of(agreement, 3)
    office = factories.actor("office")
    for number in range(5):
        row = factories.commitment(factories.statement(agreement), state="confirmed", created_at=at(1, 8))
        settle_commitment(actor=office, now=at(4, 10 + number), commitment=row, met=False, reason="other", note="x")
    with django_assert_max_num_queries(len(first.captured_queries)):
        of(agreement, 3)


def test_risks_and_benefits_as_they_were() -> None:
    agreement = a_year()
    project, office = Project.objects.get(), factories.actor("office")
    supplier = project.supplier
    risk = projects.add_risk(
        actor=office, now=at(3, 10), project=project, title_en="Rain", likelihood="high", impact="high", keeper=supplier
    )
    projects.edit_risk(actor=office, now=at(4, 2), risk=risk, title_en="Much rain", keeper=project.scenario.owner)
    projects.move_risk(actor=office, now=at(4, 3), risk=risk, to="closed", reason="passed-by")
    benefit = projects.add_benefit(
        actor=office,
        now=at(3, 11),
        project=project,
        title_en="Waiting",
        unit_en="minutes",
        direction="lower",
        baseline=40,
        expected=30,
    )
    projects.measure_benefit(actor=office, now=at(4, 12), benefit=benefit, value=35, measured_on=date(2026, 4, 10), how="Counted")
    projects.edit_project(actor=office, now=at(4, 13), project=project, paid_cny=1_000)
    march, april = of(agreement, 3).projects[0], of(agreement, 4).projects[0]
    assert [(str(one.title), one.state, one.keeper) for one in march.risks] == [("Rain", "open", supplier)]
    assert april.risks == ()
    assert [(one.state, said) for one, said in march.benefits] == [
        ("expected", "Before: 40, expected: 30 (minutes). Not measured yet."),
    ]
    assert april.benefits[0][1] == (
        "Before: 40, expected: 30 (minutes). Measured: 35 on 10 April 2026. That is 50% of the change that was expected."
    )
    assert (march.row.paid_cny, april.row.paid_cny) == (None, 1_000)


@pytest.mark.parametrize(
    "lang, words", [("en", ("Open risks", "Rain", "Not measured yet.")), ("zh-hans", ("未关闭的风险", "下雨", "尚未测量。"))]
)
def test_page_and_files_tell_of_risks_and_benefits(client: Client, lang: str, words: tuple[str, ...]) -> None:
    agreement = a_year()
    project, office = Project.objects.get(), factories.actor("office")
    projects.add_risk(
        actor=office, now=at(3, 10), project=project, title_en="Rain", title_zh="下雨", likelihood="high", impact="high",
        keeper=project.supplier,
    )  # fmt: skip
    projects.add_benefit(
        actor=office,
        now=at(3, 11),
        project=project,
        title_en="Waiting",
        title_zh="等候",
        unit_en="min",
        unit_zh="分钟",
        direction="lower",
    )
    assert all(word in get(client, "report", agreement, lang).decode() for word in words)
    pdf = text_of(get(client, "report_pdf", agreement, lang)).replace(" ", "")
    assert all(word.replace(" ", "") in pdf for word in words)
    document = docx.Document(io.BytesIO(get(client, "report_word", agreement, lang)))
    said = "\n".join(one.text for one in document.paragraphs)
    assert all(word in said for word in words)
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "report_excel", agreement, lang)))
    assert words[0] in book.sheet_names
    assert words[1] in str(book.get_sheet_by_name(words[0]).to_python())
