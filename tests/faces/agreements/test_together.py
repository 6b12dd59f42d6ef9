"""Several sentences at once in the workshop: ticking, what is asked once, what is refused, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests import factories

from qiupu_web.agreements.models import Agreement, Commitment
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def workshop(agreement: Agreement, *, lang: str = "en") -> str:
    with override(lang):
        return reverse("agreements:breakdown", args=[agreement.code])


def asking(agreement: Agreement, act: str, *numbers: int, lang: str = "en") -> str:
    with override(lang):
        address = reverse("agreements:together", args=[agreement.code])
    return f"{address}?act={act}" + "".join(f"&numbers={one}" for one in numbers)


def a_text(count: int = 3) -> Agreement:
    agreement = factories.agreement()
    for number in range(1, count + 1):
        factories.statement(agreement, number=number, quote=f"The Firm shall open hall {number}.", quantity=f"{number} halls")
    return agreement


@pytest.fixture
def unit() -> Organisation:
    return factories.organisation("tourism", kind="unit")


@pytest.mark.parametrize(
    "lang, tick, untick, button",
    [
        ("en", "Tick all on this sheet", "Untick all on this sheet", "Break down together"),
        ("zh-hans", "勾选本页全部", "取消本页全部勾选", "一并分解"),
    ],
)
def test_the_sheet_is_ticked_without_scripts(
    client: Client, sign_in: SignIn, lang: str, tick: str, untick: str, button: str
) -> None:
    agreement = a_text()
    sign_in("office")
    page = client.get(workshop(agreement, lang=lang)).content.decode()
    assert tick in page
    assert button in page
    assert "checked" not in page
    ticked = client.get(workshop(agreement, lang=lang), {"ticked": "1"}).content.decode()
    assert untick in ticked
    assert len(re.findall(r'name="numbers" value="\d" checked aria-label="[^"]+ ?\d', ticked)) == 3


def test_buttons_are_only_those_that_can_do_something(client: Client, sign_in: SignIn) -> None:
    agreement = a_text(2)
    sign_in("office")
    assert 'value="edit"' not in client.get(workshop(agreement)).content.decode()
    for one in agreement.statements.all():
        factories.commitment(one)
    page = client.get(f"{workshop(agreement)}?show=all").content.decode()
    assert 'value="edit"' in page
    assert 'value="dispose"' not in page


@pytest.mark.parametrize("lang, done", [("en", "2 commitments were made."), ("zh-hans", "已生成 2 条承诺。")])
def test_several_are_broken_down(client: Client, sign_in: SignIn, unit: Organisation, lang: str, done: str) -> None:
    agreement = a_text()
    statement = agreement.statements.get(number=1)
    statement.due = "2028-03-01"
    statement.save()
    sign_in("office")
    where = asking(agreement, "break_down", 1, 2, 3, lang=lang)
    page = client.get(where).content.decode()
    assert page.count(" checked ") == 3
    assert "The Firm shall open hall 1</dd>" in page  # the title that the single form proposes
    assert "2 halls</dd>" in page  # and the measure
    assert ("1 March 2028" if lang == "en" else "2028年3月1日") in page
    form = {"numbers": ["1", "2"], "lead_unit": unit.pk, "field": "culture", "form_key": "a"}
    sent = client.post(where, form)
    assert sent["Location"] == workshop(agreement, lang=lang)
    assert client.post(where, form)["Location"] == sent["Location"]  # pressed twice
    assert done in client.get(sent["Location"]).content.decode()
    rows = Commitment.objects.order_by("statement__number")
    assert [(row.title_en, row.measure_en, row.due_on, row.field) for row in rows] == [
        ("The Firm shall open hall 1", "1 halls", date(2028, 3, 1), "culture"),
        ("The Firm shall open hall 2", "2 halls", None, "culture"),
    ]
    assert AuditRecord.objects.filter(action__startswith="agreements.").count() == 1
    with override(lang):
        history = client.get(reverse("agreements:commitment", args=[rows[0].code])).content.decode()
    assert ("broken down from the text, with others" if lang == "en" else "由原文分解（与其他句子一并）") in history


@pytest.mark.parametrize(
    "lang, words",
    [
        ("en", "a commitment was drawn already from 2 “The Firm shall open hall"),
        ("zh-hans", "以下各句已分解出承诺：2 “The Firm shall"),
    ],
)
def test_a_faulty_row_is_named_and_what_was_typed_stays(
    client: Client, sign_in: SignIn, unit: Organisation, lang: str, words: str
) -> None:
    agreement = a_text()
    factories.commitment(agreement.statements.get(number=2))
    sign_in("office")
    where = asking(agreement, "break_down", 1, 2, 3, lang=lang)
    assert client.get(where).content.decode().count(" checked ") == 2  # the drawn one is offered unticked
    sent = client.post(where, {"numbers": ["1", "2"], "lead_unit": unit.pk, "due_on": "2027-07-07", "form_key": "a"})
    page = sent.content.decode()
    assert sent.status_code == 400
    assert words in page
    assert 'value="2027-07-07"' in page
    assert f'<option value="{unit.pk}" selected>' in page
    assert re.findall(r'name="numbers" value="(\d)" checked', page) == ["1", "2"]
    assert Commitment.objects.count() == 1


def test_several_are_noted_with_a_reason(client: Client, sign_in: SignIn) -> None:
    agreement = a_text()
    sign_in("office")
    where = asking(agreement, "dispose", 1, 3)
    without = client.post(where, {"numbers": ["1", "3"], "disposition": "same", "note": ""})
    assert without.status_code == 400
    assert "Say why nothing is owed." in without.content.decode()
    assert '<option value="same" selected>' in without.content.decode()
    client.post(where, {"numbers": ["1", "3"], "disposition": "noted", "note": "A wish", "form_key": "b"})
    assert list(agreement.statements.order_by("number").values_list("disposition", "disposition_note")) == [
        ("noted", "A wish"), ("waiting", ""), ("noted", "A wish"),
    ]  # fmt: skip
    none = client.post(where, {"disposition": "noted", "note": "x"})
    assert "Tick at least one." in none.content.decode()


def test_several_commitments_change(client: Client, sign_in: SignIn, unit: Organisation) -> None:
    agreement = a_text()
    rows = [factories.commitment(one, field="culture", measure_en="Kept") for one in agreement.statements.order_by("number")]
    Commitment.objects.filter(pk=rows[2].pk).update(state="confirmed")
    sign_in("office")
    where = asking(agreement, "edit", 1, 2, 3)
    assert client.get(where).content.decode().count(" checked ") == 2
    codes = [row.code for row in rows]
    refused = client.post(where, {"commitments": codes, "lead_unit": unit.pk, "form_key": "a"})
    assert refused.status_code == 400
    assert f"{codes[2]} " in refused.content.decode().split('role="alert"')[1].split("</div>")[0]
    assert not Commitment.objects.filter(lead_unit=unit).exists()
    empty = client.post(where, {"commitments": codes[:2], "form_key": "b"})
    assert "Give another lead unit" in empty.content.decode()
    given = {"commitments": codes[:2], "lead_unit": unit.pk, "due_on": "2027-07-07", "field": "none", "form_key": "c"}
    assert client.post(where, given).status_code == 302
    found = Commitment.objects.filter(pk__in=[row.pk for row in rows[:2]])
    assert [(row.lead_unit, row.due_on, row.field, row.measure_en) for row in found] == [(unit, date(2027, 7, 7), "", "Kept")] * 2
    history = client.get(reverse("agreements:commitment", args=[codes[0]])).content.decode()
    assert "was changed, with others" in history


def test_nothing_ticked_leads_back(client: Client, sign_in: SignIn) -> None:
    agreement = a_text(1)
    sign_in("office")
    for wrong in ("", "&numbers=x", "&numbers=99", "&numbers=²"):
        sent = client.get(asking(agreement, "break_down") + wrong)
        assert sent["Location"] == workshop(agreement)
    assert "Tick at least one sentence first." in client.get(workshop(agreement)).content.decode()
    assert "Nothing was drawn from these sentences yet." in client.get(asking(agreement, "edit", 1)).content.decode()


def test_where_none_can_take_part_nothing_is_asked(client: Client, sign_in: SignIn) -> None:
    agreement = a_text(1)
    factories.commitment(agreement.statements.get(), state="confirmed")
    sign_in("office")
    for act in ("break_down", "dispose", "edit"):
        page = client.get(asking(agreement, act, 1)).content.decode()
        assert "None of these can take part." in page
        assert "The same for all" not in page


@pytest.mark.parametrize("act", ["break_down", "dispose", "edit"])
@pytest.mark.parametrize("role", ["", "unit", "owner", "supplier", "steward", "auditor", "administrator"])
def test_only_the_office_sees_it(client: Client, sign_in: SignIn, act: str, role: str) -> None:
    agreement = a_text(1)
    if role:
        sign_in(role)
    assert client.get(asking(agreement, act, 1)).status_code == 403
    assert client.post(asking(agreement, act, 1), {"numbers": ["1"]}).status_code == 403


def test_the_number_of_queries_does_not_grow(
    client: Client, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in("office")
    lead = factories.organisation(kind="unit")
    counts: dict[str, set[int]] = {"break_down": set(), "dispose": set(), "edit": set(), "workshop": set()}
    for count in (1, 3):
        free, drawn = a_text(count), a_text(count)
        for one in drawn.statements.all():
            factories.commitment(one, lead_unit=lead)
        numbers = range(1, count + 1)
        for name, where in (
            ("break_down", asking(free, "break_down", *numbers)),
            ("dispose", asking(free, "dispose", *numbers)),
            ("edit", asking(drawn, "edit", *numbers)),
            ("workshop", f"{workshop(drawn)}?show=all"),
        ):
            client.get(where)
            with django_assert_num_queries(40, exact=False) as captured:
                client.get(where)
            counts[name].add(len(captured))
    assert all(len(found) == 1 for found in counts.values()), counts
