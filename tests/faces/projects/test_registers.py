"""Risks, benefits, documents, replication, history and the plan as Excel on the pages: both languages, who sees and does what."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.faces.projects.test_pages import PDF, SignIn, a_project, address, move

from qiupu_web.faces.web.projects.registers import benefit_sentence
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Benefit, Project, Replication

pytestmark = pytest.mark.django_db


def page_of(client: Client, row: Project, lang: str = "en") -> str:
    response = client.get(address("detail", row.code, lang=lang))
    assert response.status_code == 200
    return response.content.decode()


def ordered() -> Project:
    row = a_project()
    move(row, "selected", "approved", "ordered")
    return row


@pytest.mark.parametrize(
    "lang, words",
    [
        (
            "en",
            (
                "Counters fail",
                "likelihood high, impact medium",
                "open",
                "Covers",
                "From “selected” to “approved”",
                "Risk written down",
            ),
        ),
        ("zh-hans", ("计数器失灵", "可能性高，影响中", "待处置", "加装防雨罩", "登记风险", "转为“已批准”")),
    ],
)
def test_risks_on_the_page(client: Client, sign_in: SignIn, lang: str, words: tuple[str, ...]) -> None:
    row = ordered()
    where = address("add_risk", row.code, lang=lang)
    data = {
        "title_zh": "计数器失灵", "title_en": "Counters fail", "likelihood": "high", "impact": "medium", "keeper": row.supplier_id,
        "measures_zh": "加装防雨罩", "measures_en": "Covers", "due_on": "2026-08-01",
    }  # fmt: skip
    assert client.post(where, data).status_code == 403
    sign_in("supplier", row.supplier)
    assert client.post(where, {**data, "title_zh": "", "title_en": ""}).status_code == 400
    for _ in range(2):
        assert client.post(where, {**data, "form_key": "once"}).status_code == 302
    assert row.risks.count() == 1
    client.logout()
    page = page_of(client, row, lang)
    assert all(word in page for word in words)
    assert where not in page


def test_a_risk_is_changed_and_moved_with_reasons(client: Client, sign_in: SignIn) -> None:
    row = ordered()
    office = factories.actor("office")
    usecases.add_risk(
        actor=office, now=timezone.now(), project=row, title_en="Rain", likelihood="low", impact="low", keeper=row.supplier
    )
    sign_in("owner", row.scenario.owner)
    edit, go = address("edit_risk", row.code, 1), address("move_risk", row.code, 1)
    assert 'value="Rain"' in client.get(edit).content.decode()
    data = {"title_en": "Much rain", "likelihood": "medium", "impact": "high", "keeper": row.supplier_id}
    assert client.post(edit, data).status_code == 302
    assert "Choose a reason." in client.post(go, {"to": "closed"}).content.decode()
    assert client.post(go, {"to": "closed", "reason": "passed-by", "note": "Summer is over"}).status_code == 302
    page = page_of(client, row)
    for words in ("Much rain", "can no longer happen: Summer is over", "Risk 1: closed (can no longer happen; Summer is over)"):
        assert words in page
    assert client.get(address("edit_risk", row.code, 9)).status_code == 404


@pytest.mark.parametrize(
    "lang, before, after, reviewed",
    [
        ("en", "Not measured yet.", "That is 50% of the change that was expected.", "reviewed"),
        ("zh-hans", "尚未测量。", "达到预期改变的 50%。", "复核"),
    ],
)
def test_a_benefit_from_promise_to_review(
    client: Client, sign_in: SignIn, lang: str, before: str, after: str, reviewed: str
) -> None:
    row = ordered()
    sign_in("owner", row.scenario.owner)
    data = {"title_en": "Waiting", "title_zh": "等候", "unit_en": "minutes", "unit_zh": "分钟", "direction": "lower"}
    where = address("add_benefit", row.code)
    assert client.post(where, {**data, "baseline": "30", "expected": "40"}).status_code == 400
    assert client.post(where, {**data, "baseline": "40", "expected": "30", "due_on": "2027-01-31"}).status_code == 302
    assert before in page_of(client, row, lang)
    measure = address("measure_benefit", row.code, 1)
    wrong = client.post(
        measure, {"value": "35", "measured_on": "2026-03-01", "how": "x", "document": SimpleUploadedFile("a.pdf", b"no")}
    )
    assert "not what its name says" in wrong.content.decode()
    today = timezone.localdate().isoformat()
    client.post(measure, {"value": "35", "measured_on": today, "how": "Counted", "document": SimpleUploadedFile("a.pdf", PDF)})
    page = page_of(client, row, lang)
    assert after in page
    assert before not in page
    value = row.benefits.get().measurements.get()
    assert client.get(address("measurement_file", row.code, value.pk)).status_code == 200
    review = address("review_benefit", row.code, value.pk)
    assert client.post(review, {"note": ""}).status_code == 403
    client.logout()
    assert client.get(address("measurement_file", row.code, value.pk)).status_code == 404
    sign_in("auditor")
    assert client.post(review, {"note": ""}).status_code == 302
    assert reviewed in page_of(client, row, lang)
    value.refresh_from_db()
    assert value.reviewed_at is not None


def test_a_missing_baseline_is_said_and_nothing_is_computed_from_it(sign_in: SignIn) -> None:
    row = ordered()
    benefit = Benefit(project=row, number=1, title_en="Visitors", unit_en="a day", direction="higher", expected=500.0)
    benefit.state, benefit.state_since, benefit.created_at = "expected", row.created_at, row.created_at
    benefit.save()
    assert benefit_sentence(benefit) == "Before: unknown, expected: 500 (a day). Not measured yet."


def test_contract_documents(client: Client, sign_in: SignIn) -> None:
    row = ordered()
    sign_in("supplier", row.supplier)
    where = address("add_document", row.code)
    assert client.post(where, {"kind": "contract"}).status_code == 400
    data = {"kind": "contract", "signed_on": "2026-03-01", "document": SimpleUploadedFile("contract.pdf", PDF)}
    assert client.post(where, data).status_code == 302
    again = client.post(where, {"kind": "other", "document": SimpleUploadedFile("b.pdf", PDF)})
    assert again.status_code == 400
    assert "already" in again.content.decode()
    found = row.documents.get()
    file = address("contract_file", row.code, found.pk)
    assert client.get(file).status_code == 200
    assert file in page_of(client, row)
    client.logout()
    assert client.get(file).status_code == 404
    page = page_of(client, row)
    assert "contract.pdf" in page
    assert file not in page
    assert found.document_id[:16] in page


@pytest.mark.parametrize("lang, words", [("en", "Taken over by others"), ("zh-hans", "推广情况")])
def test_another_unit_takes_it_over(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    row = ordered()
    other = factories.organisation(kind="unit", name_en="The other town", name_zh="邻县")
    where = address("replicate", row.code, lang=lang)
    sign_in("unit", other)
    assert words not in page_of(client, row, lang)
    row.state = "operating"
    row.save(update_fields=["state"])
    row.scenario.state = "benchmark"
    row.scenario.save(update_fields=["state"])
    assert words in page_of(client, row, lang)
    made = client.post(where, {"owner": other.pk, "note": "Two gates"})
    link = Replication.objects.get()
    assert made.status_code == 302
    assert link.scenario.code in made["Location"]
    assert client.post(where, {"owner": other.pk}).status_code == 400
    page = page_of(client, row, lang)
    assert ("The other town" if lang == "en" else "邻县") in page
    assert "Two gates" in page


def test_a_suspended_project_says_why(client: Client, sign_in: SignIn) -> None:
    row = ordered()
    sign_in("owner", row.scenario.owner)
    client.post(address("move", row.code), {"to": "suspended", "reason": "budget", "note": "Next year"})
    page = page_of(client, row)
    assert "the budget has changed: Next year" in page
    assert "From “ordered” to “suspended” (the budget has changed; Next year)" in page


def test_as_many_queries_for_more_of_everything(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    row, office = ordered(), factories.actor("office")

    def more(n: int) -> None:
        now = timezone.now()
        for number in range(n):
            usecases.add_risk(
                actor=office, now=now, project=row, title_en="Rain", likelihood="low", impact="low", keeper=factories.organisation()
            )
            benefit = usecases.add_benefit(actor=office, now=now, project=row, title_en="B", unit_en="u", direction="higher")
            usecases.measure_benefit(actor=office, now=now, benefit=benefit, value=1.0, measured_on=date(2026, 3, 1), how="x")
            document = PDF + f"{row.documents.count()}{number}".encode()
            usecases.add_document(actor=office, now=now, project=row, document=document, name="a.pdf", kind="other")

    more(1)
    page_of(client, row)
    with django_assert_max_num_queries(16) as one:
        page_of(client, row)
    more(2)
    with django_assert_max_num_queries(len(one.captured_queries)):
        page_of(client, row)


@pytest.mark.parametrize("lang, words", [("en", "Taken up by The other town (draft)"), ("zh-hans", "承接推广：邻县（草稿）")])
def test_the_benchmark_list_and_the_case_tell_who_took_it_over(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    row = ordered()
    row.state = "operating"
    row.save(update_fields=["state"])
    row.scenario.state = "benchmark"
    row.scenario.save(update_fields=["state"])
    other = factories.organisation(kind="unit", name_en="The other town", name_zh="邻县")
    link = usecases.replicate_project(actor=factories.actor("office"), now=timezone.now(), project=row, owner=other)
    with override(lang):
        cases, case, draft = (
            reverse("scenarios:benchmarks"), reverse("scenarios:detail", args=[row.scenario.code]),
            reverse("scenarios:detail", args=[link.scenario.code]),
        )  # fmt: skip
    assert words in client.get(cases).content.decode()
    page = client.get(case).content.decode()
    assert ("The other town" if lang == "en" else "邻县") in page
    assert draft not in page  # a draft is not for everybody
    sign_in("office")
    assert draft in client.get(case).content.decode()
    assert address("detail", row.code, lang=lang) in client.get(draft).content.decode()


@pytest.mark.parametrize("lang, words", [("en", "Milestone added: 2. Step 2"), ("zh-hans", "新增里程碑：2. 第2步")])
def test_the_history_names_things_in_the_readers_language(client: Client, lang: str, words: str) -> None:
    row = ordered()
    other = factories.organisation("other-town", kind="unit", name_en="The other town", name_zh="邻县")
    row.state = "operating"
    row.save(update_fields=["state"])
    usecases.replicate_project(actor=factories.actor("office"), now=timezone.now(), project=row, owner=other)
    page = page_of(client, row, lang)
    assert words in page
    assert ("Taken over by The other town" if lang == "en" else "推广至 邻县") in page
