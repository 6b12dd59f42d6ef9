"""Several statements or commitments at once: all or none, one record that names each."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.agreements import usecases
from qiupu_web.agreements.models import Agreement, Commitment, Statement
from qiupu_web.agreements.usecases import Draft
from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Actor:
    return factories.actor("office", factories.organisation("exchange", kind="office"))


@pytest.fixture
def unit() -> Organisation:
    return factories.organisation("tourism", kind="unit")


def text_of(count: int) -> tuple[Agreement, list[Statement]]:
    agreement = factories.agreement()
    return agreement, [factories.statement(agreement, quote=f"Hall {n} shall open.") for n in range(1, count + 1)]


def drafts_of(statements: list[Statement]) -> list[Draft]:
    return [Draft(one, title_en=f"Title {one.number}", measure_en=f"{one.number} halls", field="culture") for one in statements]


def test_several_are_broken_down_with_one_record(office: Actor, unit: Organisation) -> None:
    agreement, statements = text_of(3)
    helper = factories.organisation("parks", kind="unit")
    drafts = [*drafts_of(statements[:2]), Draft(statements[2], title_en="Title 3", due_on=date(2028, 1, 1))]
    made = usecases.break_down_together(
        actor=office, now=NOW, agreement=agreement, drafts=drafts, lead_unit=unit, supporting_units=[helper]
    )
    rows = list(Commitment.objects.order_by("statement__number"))
    assert rows == made
    assert [(row.title_en, row.measure_en, row.field) for row in rows] == [
        ("Title 1", "1 halls", "culture"), ("Title 2", "2 halls", "culture"), ("Title 3", "", ""),
    ]  # fmt: skip
    assert [row.due_on for row in rows] == [None, None, date(2028, 1, 1)]  # none was given for all: each keeps its own
    assert all(row.lead_unit == unit and list(row.supporting_units.all()) == [helper] for row in rows)
    assert set(agreement.statements.values_list("disposition", flat=True)) == {"broken-down"}
    record = AuditRecord.objects.get()
    assert (record.action, record.target_id) == ("agreements.break_down_together", str(agreement.pk))
    assert record.changes[0]["statements"] == [1, 2, 3]
    assert [child["action"] for child in record.changes[1:]] == ["agreements.break_down"] * 3
    named = [child["changes"][0]["thing"] for child in record.changes[1:]]
    assert named == [f"agreements.commitment:{row.pk}" for row in rows]
    assert not list(broken_links())


def test_a_date_and_a_field_for_all_come_before_each_ones_own(office: Actor, unit: Organisation) -> None:
    agreement, statements = text_of(1)
    drafts = [Draft(statements[0], title_en="T", field="culture", due_on=date(2028, 1, 1))]
    (row,) = usecases.break_down_together(
        actor=office, now=NOW, agreement=agreement, drafts=drafts, lead_unit=unit, due_on=date(2027, 6, 1), field="agriculture"
    )
    assert (row.due_on, row.field) == (date(2027, 6, 1), "agriculture")


def test_one_faulty_statement_and_nothing_is_written(office: Actor, unit: Organisation) -> None:
    agreement, statements = text_of(3)
    factories.commitment(statements[1])
    with pytest.raises(Conflict) as raised:
        usecases.break_down_together(actor=office, now=NOW, agreement=agreement, drafts=drafts_of(statements), lead_unit=unit)
    assert "2 “Hall 2 shall open.”" in raised.value.message("en")
    assert "2 “Hall 2 shall open.”" in raised.value.message("zh-hans")
    assert "什么都没有写入" in raised.value.message("zh-hans")
    with pytest.raises(Conflict, match="2 “Hall 2"):
        usecases.dispose_together(
            actor=office, now=NOW, agreement=agreement, statements=statements, disposition="noted", note="A wish"
        )
    with pytest.raises(InputError, match="no title can be made of 1"):
        usecases.break_down_together(
            actor=office, now=NOW, agreement=agreement, drafts=[Draft(statements[0]), *drafts_of(statements[2:])], lead_unit=unit
        )
    with pytest.raises(InputError, match="lead unit"):
        usecases.break_down_together(actor=office, now=NOW, agreement=agreement, drafts=drafts_of(statements[:1]), lead_unit=None)
    assert Commitment.objects.count() == 1
    assert set(agreement.statements.values_list("disposition", flat=True)) == {"waiting"}
    assert not AuditRecord.objects.exists()


def test_what_was_drawn_from_the_translation_counts(office: Actor, unit: Organisation) -> None:
    agreement, (one,) = text_of(1)
    _other, (twin,) = text_of(1)
    Statement.objects.filter(pk=one.pk).update(twin=twin)
    one.refresh_from_db()
    factories.commitment(twin)
    with pytest.raises(Conflict, match="drawn already"):
        usecases.break_down_together(actor=office, now=NOW, agreement=agreement, drafts=drafts_of([one]), lead_unit=unit)


def test_several_are_noted_with_a_reason(office: Actor) -> None:
    agreement, statements = text_of(2)
    with pytest.raises(InputError, match="Say why"):
        usecases.dispose_together(actor=office, now=NOW, agreement=agreement, statements=statements, disposition="noted", note=" ")
    usecases.dispose_together(actor=office, now=NOW, agreement=agreement, statements=statements, disposition="noted", note="A wish")
    assert list(agreement.statements.values_list("disposition", "disposition_note")) == [("noted", "A wish")] * 2
    record = AuditRecord.objects.get()
    assert [child["changes"][0]["thing"] for child in record.changes[1:]] == [
        f"agreements.statement:{one.pk}" for one in statements
    ]
    usecases.dispose_together(actor=office, now=NOW, agreement=agreement, statements=statements, disposition="waiting")
    assert set(agreement.statements.values_list("disposition", flat=True)) == {"waiting"}


def test_none_and_another_texts_are_refused(office: Actor, unit: Organisation) -> None:
    agreement, _statements = text_of(1)
    _other, strangers = text_of(1)
    with pytest.raises(InputError, match="Tick"):
        usecases.dispose_together(actor=office, now=NOW, agreement=agreement, statements=[], disposition="noted", note="x")
    with pytest.raises(InputError, match="another text"):
        usecases.break_down_together(actor=office, now=NOW, agreement=agreement, drafts=drafts_of(strangers), lead_unit=unit)
    with pytest.raises(InputError, match="Tick"):
        usecases.edit_together(actor=office, now=NOW, agreement=agreement, commitments=[], fields={"lead_unit": unit})


def test_several_commitments_change_and_approvals_are_void(office: Actor, unit: Organisation) -> None:
    agreement, statements = text_of(2)
    approver = factories.organisation("hall", kind="unit")
    usecases.set_approval_steps(actor=office, now=NOW, agreement=agreement, approvers=[(approver, None)])
    rows = [factories.commitment(one, state="accepted", title_en="Kept", measure_en="Kept too") for one in statements]
    usecases.decide_approval(actor=factories.actor("unit", approver), now=NOW, commitment=rows[0], approve=True)
    usecases.edit_together(
        actor=office, now=NOW, agreement=agreement, commitments=rows, fields={"lead_unit": unit, "due_on": date(2027, 6, 1)}
    )
    for row in rows:
        row.refresh_from_db()
        assert (row.lead_unit, row.due_on, row.title_en, row.measure_en) == (unit, date(2027, 6, 1), "Kept", "Kept too")
        assert (row.state, row.approvals_passed) == ("broken-down", 0)  # the units are asked again
    assert rows[0].approvals.get().void_at == NOW
    record = AuditRecord.objects.order_by("-number")[0]
    assert (record.action, record.target_id) == ("agreements.edit_together", str(agreement.pk))
    assert record.changes[0]["commitments"] == [row.code for row in rows]


def test_a_confirmed_one_among_them_and_nothing_changes(office: Actor, unit: Organisation) -> None:
    agreement, statements = text_of(2)
    rows = [factories.commitment(statements[0]), factories.commitment(statements[1], state="confirmed")]
    with pytest.raises(Conflict, match=rows[1].code) as raised:
        usecases.edit_together(actor=office, now=NOW, agreement=agreement, commitments=rows, fields={"lead_unit": unit})
    assert rows[0].code not in raised.value.message()
    assert not Commitment.objects.filter(lead_unit=unit).exists()
    for wrong in ({}, {"title_en": "x"}):
        with pytest.raises(InputError, match="another"):
            usecases.edit_together(actor=office, now=NOW, agreement=agreement, commitments=rows[:1], fields=wrong)
    assert not AuditRecord.objects.exists()


@pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor", "administrator"])
def test_only_the_office_works_on_several(role: str, unit: Organisation) -> None:
    agreement, statements = text_of(1)
    actor, row = factories.actor(role), factories.commitment(statements[0])
    with pytest.raises(NotAllowed):
        usecases.break_down_together(actor=actor, now=NOW, agreement=agreement, drafts=drafts_of(statements), lead_unit=unit)
    with pytest.raises(NotAllowed):
        usecases.dispose_together(actor=actor, now=NOW, agreement=agreement, statements=statements, disposition="noted", note="x")
    with pytest.raises(NotAllowed):
        usecases.edit_together(actor=actor, now=NOW, agreement=agreement, commitments=[row], fields={"lead_unit": unit})
